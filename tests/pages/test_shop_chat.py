"""The shop's chat, as a customer uses it: clicking and typing in a real browser, on the real stack."""

import re

from playwright.sync_api import expect

from core.clock import SystemClock
from core.settings import Settings
from customers.integrators import Integrators
from tests.pages.conftest import Visiting
from tests.stack import Stack

NASTY = (
    "<img src=x onerror=\"document.title='taken'\"> <script>document.title='taken'</script> &lt;b&gt; {{7*7}} javascript:alert(1)"
)
DEMO = "/api/v1/demo/customer_token"
EMILY = "+8613900139000"
WANG = "+8613700137000"
JSON = {"Content-Type": "application/json"}


def credits(stack: Stack, number: str) -> list[int]:
    """What was put on a line since the seed, in fen."""
    return [row["amount"] for row in stack.ledger(number) if row["kind"] == "topup"]


def test_guest_proves_a_number_and_tops_up_by_clicking(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    before = credits(stack, customer["msisdn"])
    visit = visiting("/shop")
    visit.page.locator("main").get_by_role("button", name="我要充话费").click()
    expect(visit.field).to_have_value("我要充话费")
    visit.field.press("Enter")
    visit.is_answered()
    visit.proves(customer)
    visit.hears("充多少|多少钱|金额")
    visit.click("50元")
    visit.click("微信")
    visit.hears(r"50\.00")
    visit.click("确认")
    visit.hears(r"成功.*TU\w+")
    assert credits(stack, customer["msisdn"]) == [*before, 5000]
    assert customer["pin"] not in "".join(visit.talk())
    assert "••••" in visit.talk()
    expect(visit.page.locator("#log .choices button:enabled")).to_have_count(0)
    assert [title for title in visit.talk() if title in ("50元", "微信支付", "确认")] == ["50元", "微信支付", "确认"]


def test_guest_asks_for_the_balance_in_english(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="en")
    visit = visiting("/shop", language="en-US", color_scheme="dark")
    visit.say("What's my balance")
    visit.proves(customer)
    visit.hears("¥")


def test_the_shop_signs_in_the_demo_customer_that_is_chosen(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=en", language="zh-CN")
    visit.page.get_by_label("Demo identity").select_option(EMILY)
    with visit.page.expect_response(f"**{DEMO}") as vouched:  # a fresh token, when it is needed
        visit.asks("What's my balance", "¥")
    assert vouched.value.request.post_data_json == {"number": EMILY}
    visit.page.reload()
    expect(visit.page.get_by_label("Demo identity")).to_have_value(EMILY)
    visit.open().is_answered()
    visit.asks("What's my balance", "¥")


def test_logging_out_wipes_the_device_and_closes_the_talk(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop?lang=zh")
    visit.page.get_by_label("演示身份").select_option(WANG)
    visit.asks("我的话费余额是多少", r"¥\d|\d ?元")
    left = visit.kept("talk")
    visit.page.get_by_label("演示身份").select_option("")
    expect(visit.launcher).to_be_visible()
    expect(visit.panel).to_be_hidden()
    assert visit.kept("talk") is None
    visit.say("我的话费余额是多少")
    assert visit.talk()[0] == "我的话费余额是多少"
    assert not re.search(r"¥\d|\d ?元", "".join(visit.talk())), visit.talk()
    assert visit.kept("talk")["id"] != left["id"]
    address = f"{stack.url}/api/v1/conversations/{left['id']}/events"
    assert stack.http.get(address, headers={"Authorization": f"Bearer {left['token']}"}).status_code == 401


def test_the_shop_vouches_for_its_demo_customers_only(stack: Stack) -> None:
    answer = stack.http.post(f"{stack.url}{DEMO}", json={"number": EMILY})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    integrators = Integrators(Settings(demo_api_key=stack.secrets["DEMO_API_KEY"], token_key="x" * 32), SystemClock())
    token = answer.json()["customer_token"]
    assert integrators.read_customer_token(integrators.signer_of(token), token) == EMILY
    for body, status in (({"number": "+8613000000000"}, 400), ({}, 400), ({"number": 1}, 400), ({"number": "1" * 99}, 413)):
        assert stack.http.post(f"{stack.url}{DEMO}", json=body).status_code == status


def test_markup_is_shown_as_it_was_typed(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.say(NASTY)
    visit.say("第一行，\n第二行 " + "长" * 200 + "w" * 300)
    assert visit.talk()[0] == NASTY
    assert any(said.startswith("第一行，\n第二行") for said in visit.talk())
    visit.page.reload()
    visit.open().is_answered()
    assert visit.talk()[0] == NASTY
    expect(visit.page.locator("#log img, #log script, #log b")).to_have_count(0)
    expect(visit.page).to_have_title(re.compile("青岚通信"))
    said = visit.page.locator(".mine .bubble").last
    assert said.evaluate("one => getComputedStyle(one).whiteSpaceCollapse ?? 'preserve'") == "preserve"


def test_reload_keeps_the_talk_and_it_goes_on(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    visit = visiting("/shop")
    visit.say("查一下话费余额")
    visit.proves(customer)
    before = visit.talk()
    visit.page.reload()
    visit.open().is_answered()
    assert visit.talk() == before
    visit.say("我的套餐是什么")
    visit.hears("套餐")
    assert visit.talk()[: len(before)] == before
    token = visit.kept("talk")["token"]
    assert token not in visit.page.url
    assert token not in str(visit.page.evaluate("performance.getEntriesByType('resource').map(one => one.name)"))


def test_two_tabs_show_the_same_talk(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.say("你好")
    other = visit.another_tab()
    other.go("/shop")
    other.open().shows(visit.talk())
    other.say("谢谢")
    visit.page.bring_to_front()
    visit.shows(other.talk())
    other.is_clean()


def test_a_button_pressed_in_both_tabs_counts_once(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    visit = visiting("/shop")
    visit.say("我要充话费")
    visit.proves(customer)
    visit.hears("充多少|多少钱|金额")
    other = visit.another_tab()
    other.go("/shop")
    choice = other.open().page.locator("#log .choices button:enabled", has_text="30元")
    expect(choice).to_be_visible()
    # Both are pressed before either tab hears of the other.
    press = "button => { window.pressing = new Promise(done => setTimeout(() => done(button.click()), 300)); }"
    choice.evaluate(press)
    visit.page.locator("#log .choices button:enabled", has_text="30元").evaluate(press)
    expect(visit.page.locator(".mine", has_text="30元")).to_have_count(1)
    visit.hears("支付")
    visit.is_answered()
    assert visit.talk().count("30元") == 1
    other.shows(visit.talk())
    other.is_clean()
