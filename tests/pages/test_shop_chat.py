"""The shop's chat, as a customer uses it: clicking and typing in a real browser, on the real stack."""

import re

from playwright.sync_api import expect

from tests.pages.conftest import Visiting
from tests.stack import Stack

NASTY = (
    "<img src=x onerror=\"document.title='taken'\"> <script>document.title='taken'</script> &lt;b&gt; {{7*7}} javascript:alert(1)"
)


def credits(stack: Stack, number: str) -> list[int]:
    """What was put on a line since the seed, in fen."""
    return [row["amount"] for row in stack.ledger(number) if row["kind"] == "topup"]


def test_guest_proves_a_number_and_tops_up_by_clicking(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    before = credits(stack, customer["msisdn"])
    visit = visiting("/shop")
    visit.page.get_by_role("button", name="我要充话费").click()
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
    expect(visit.page.locator("#log .choices button.chosen")).to_have_text(["50元", "微信支付", "确认"])


def test_guest_asks_for_the_balance_in_english(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="en")
    visit = visiting("/shop", language="en-US", color_scheme="dark")
    visit.page.get_by_role("button", name="What's my balance").click()
    visit.is_answered()
    visit.proves(customer)
    visit.hears("¥")


def test_the_page_signs_in_the_demo_customer_that_is_chosen(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=en", language="zh-CN")
    with visit.page.expect_request("**/api/v1/conversations") as begun:
        visit.page.get_by_label("Demo identity").select_option("+8613900139000")
        visit.say("what can you do")
    assert begun.value.post_data_json == {"sign_in": "+8613900139000"}
    visit.page.reload()
    expect(visit.page.get_by_label("Demo identity")).to_have_value("+8613900139000")


def test_markup_is_shown_as_it_was_typed(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.say(NASTY)
    visit.say("第一行，\n第二行 " + "长" * 200 + "w" * 300)
    assert visit.talk()[0] == NASTY
    assert any(said.startswith("第一行，\n第二行") for said in visit.talk())
    visit.page.reload()
    visit.is_answered()
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
    visit.is_answered()
    assert visit.talk() == before
    visit.say("我的套餐是什么")
    visit.hears("套餐")
    assert visit.talk()[: len(before)] == before
    token = visit.page.evaluate("JSON.parse(sessionStorage.getItem('careline.talk')).token")
    assert token not in visit.page.url
    assert token not in str(visit.page.evaluate("performance.getEntriesByType('resource').map(one => one.name)"))


def test_starting_over_forgets_the_talk(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.say("你好")
    first = visit.page.evaluate("sessionStorage.getItem('careline.talk')")
    visit.page.get_by_role("button", name="重新开始").click()
    expect(visit.messages).to_have_count(0)
    visit.say("你好")
    assert visit.page.evaluate("sessionStorage.getItem('careline.talk')") != first
    assert visit.talk()[0] == "你好"


def test_two_tabs_are_two_talks_and_a_copied_tab_follows_the_same_one(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.say("你好")
    other = visit.another_tab()
    other.go("/shop")
    expect(other.page.locator(".card").first).to_be_visible()
    assert other.talk() == []
    other.say("谢谢")
    assert "谢谢" not in visit.talk()
    kept = visit.page.evaluate("sessionStorage.getItem('careline.talk')")
    other.page.evaluate("kept => sessionStorage.setItem('careline.talk', kept)", kept)
    other.page.reload()
    expect(other.messages.first).to_contain_text("你好")
    visit.page.bring_to_front()
    visit.say("再见")
    other.page.bring_to_front()
    expect(other.page.locator(".mine").last).to_contain_text("再见")
    assert other.talk() == visit.talk()
    other.is_clean()


def test_a_button_pressed_in_both_tabs_counts_once(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    visit = visiting("/shop")
    visit.say("我要充话费")
    visit.proves(customer)
    visit.hears("充多少|多少钱|金额")
    other = visit.another_tab()
    kept = visit.page.evaluate("sessionStorage.getItem('careline.talk')")
    other.go("/")  # a page of ours that keeps no talk, to put the copied one in before the shop opens
    other.page.evaluate("kept => sessionStorage.setItem('careline.talk', kept)", kept)
    other.go("/shop")
    choice = other.page.locator("#log .choices button:enabled", has_text="30元")
    expect(choice).to_be_visible()
    other.page.route("**/events*", lambda route: route.abort())  # so that it does not hear of the first press
    visit.click("30元")
    choice.click()
    other.page.unroute("**/events*")
    other.is_answered()
    expect(other.page.locator(".mine", has_text="30元")).to_have_count(1)
    assert visit.talk().count("30元") == 1
    assert other.talk() == visit.talk()
