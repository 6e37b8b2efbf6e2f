"""The shop's page around the chat: what is for sale, cart and orders, languages, small screens, the keyboard alone, its headers."""

import re

import pytest
from playwright.sync_api import expect

from tests.pages.browsing import Visit
from tests.pages.conftest import Visiting
from tests.stack import Stack

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}


def test_shows_what_the_operator_sells_and_asks_about_it(visiting: Visiting) -> None:
    visit = visiting("/shop")
    expect(visit.page.locator("#cards .card")).to_have_count(9)
    visit.page.get_by_role("button", name="手机").click()
    expect(visit.page.locator("#cards .card", has_text="青禾 S")).to_contain_text("¥1799")
    expect(visit.page.locator("#cards .card", has_text="X1 Pro")).to_contain_text("暂时缺货")
    visit.page.get_by_role("button", name="流量包").click()
    visit.page.get_by_role("button", name=re.compile("问问客服.*10GB流量包")).click()
    expect(visit.field).to_have_value("我想订10GB流量包")
    expect(visit.field).to_be_focused()


def test_the_catalogue_is_bounded_and_asked_by_category(stack: Stack) -> None:
    for category in ("plan", "dataPack", "broadband", "phone", "accessory"):
        answer = stack.http.get(f"{stack.url}/api/v1/offerings", params={"category": category})
        offerings = answer.json()["offerings"]
        assert 1 <= len(offerings) <= 12
        assert {offering["category"] for offering in offerings} == {category}
        assert "max-age" in answer.headers["Cache-Control"]
    assert stack.http.get(f"{stack.url}/api/v1/offerings", params={"category": "../admin"}).status_code == 400


def test_the_page_may_load_from_its_own_server_only(stack: Stack) -> None:
    headers = stack.http.get(f"{stack.url}/shop").headers
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    assert {name: value for name, _, value in parts} == POLICY
    assert headers["Permissions-Policy"] == "camera=(), geolocation=(), microphone=(self)"


def test_the_cart_is_kept_and_told_to_the_chat(visiting: Visiting) -> None:
    visit = visiting("/shop")
    for _ in range(2):  # of a plan one line has one
        visit.page.get_by_role("button", name="加入购物车: 39元畅聊套餐").click()
    visit.page.get_by_role("button", name="手机").click()
    for _ in range(2):
        visit.page.get_by_role("button", name=re.compile("加入购物车.*青禾 S")).click()
    expect(visit.page.locator("#count")).to_have_text("3")
    visit.page.reload()
    visit.page.get_by_role("link", name="购物车").click()
    expect(visit.page.get_by_role("heading", name="购物车")).to_be_focused()
    expect(visit.page.locator("#sum")).to_have_text("共 3 件 · 每月 ¥39 · 一次付 ¥3598")
    visit.page.get_by_role("button", name=re.compile("移除.*青禾 S")).click()
    expect(visit.page.locator("#sum")).to_have_text("共 1 件 · 每月 ¥39")
    visit.page.get_by_role("button", name="跟客服下单: 39元畅聊套餐").click()
    expect(visit.field).to_have_value("我想换成39元畅聊套餐")
    with visit.page.expect_request("**/messages") as sent:
        visit.field.press("Enter")
    told = sent.value.post_data_json["context"]
    assert (told["page"], told["cart"]) == ("/shop/cart", 1)
    visit.is_answered()


def test_an_order_number_goes_to_the_chat(visiting: Visiting) -> None:
    visit = visiting("/shop#order")
    field = visit.page.get_by_label("订单号", exact=True)
    field.fill("12345")
    field.press("Enter")
    expect(visit.page.get_by_role("alert")).to_contain_text("订单号是 DD")
    expect(field).to_be_focused()
    field.fill("dd 20261103 k7q2mx")
    field.press("Enter")
    expect(visit.field).to_have_value("我的订单DD20261103K7Q2MX到哪了")
    with visit.page.expect_request("**/messages") as sent:
        visit.field.press("Enter")
    assert sent.value.post_data_json["context"]["order"] == "DD20261103K7Q2MX"
    visit.is_answered()


def test_the_language_is_switched_without_losing_the_talk(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh", language="en-US")
    visit.say("你好")
    before = visit.talk()
    visit.page.get_by_role("button", name="English").click()
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    expect(visit.page.get_by_role("heading", name="On sale")).to_be_visible()
    expect(visit.page.locator("#cards .card h3").first).to_have_text(re.compile(r"^[\x20-\x7e]+$"))
    expect(visit.panel).to_have_attribute("aria-label", re.compile(r"^[\x20-\x7e]+$"))
    assert visit.talk() == before
    visit.page.reload()
    expect(visit.page.get_by_role("heading", name="On sale")).to_be_visible()
    expect(visit.open().panel).to_have_attribute("aria-label", re.compile(r"^[\x20-\x7e]+$"))


def test_a_guest_who_opens_the_english_page_is_answered_in_english(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=en")
    visit.say("12345")
    assert re.search("[a-z]", visit.talk()[-1]), visit.talk()


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en-US", "dark")])
def test_fits_a_small_phone(visiting: Visiting, language: str, scheme: str) -> None:
    visit = visiting("/shop", language=language, width=320, color_scheme=scheme)
    expect(visit.page.locator("#cards .card").first).to_be_visible()
    assert not visit.scrolls_sideways()
    visit.page.locator("#cards .card").last.scroll_into_view_if_needed()
    expect(visit.launcher).to_be_in_viewport()
    visit.say("w" * 200)
    assert not visit.scrolls_sideways()
    expect(visit.field).to_be_in_viewport()
    for view in ("cart", "order"):
        visit.go(f"/shop#{view}")
        expect(visit.page.locator(f"[data-view={view}] h1")).to_be_visible()
        assert not visit.scrolls_sideways()


def test_the_keyboard_alone_is_enough(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    visit = visiting("/shop")
    expect(visit.page.locator("#cards .card").first).to_be_visible()
    visit.page.keyboard.press("Tab")
    expect(visit.page.locator(".skip")).to_be_focused()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("main")).to_be_focused()
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_role("button", name="和客服聊聊").first).to_be_focused()
    visit.page.keyboard.press("Enter")
    expect(visit.field).to_be_focused()
    for words in ("我要充话费", customer["msisdn"].removeprefix("+86"), customer["pin"]):
        visit.page.keyboard.type(words)
        visit.page.keyboard.press("Enter")
        visit.is_answered()
    choose_by_keys(visit, "30元")
    expect(visit.field).to_be_focused()
    visit.is_answered()
    assert "30元" in visit.talk()


def choose_by_keys(visit: Visit, title: str) -> None:
    """Back from the field through the buttons of the last answer."""
    for _ in range(20):
        visit.page.keyboard.press("Shift+Tab")
        if title in visit.focused_text():
            visit.page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to {title} by keys")


def test_new_messages_are_announced_and_old_ones_are_not(visiting: Visiting) -> None:
    visit = visiting("/shop").open()
    log = visit.page.get_by_role("log")
    log.evaluate(
        "log => new MutationObserver(all => { window.loud = (window.loud ?? 0) + (log.ariaLive === 'polite'); })"
        ".observe(log, {childList: true})"
    )
    visit.say("你好")
    assert visit.page.evaluate("window.loud") > 0
    visit.page.reload()
    visit.open().is_answered()
    expect(log).to_have_attribute("aria-live", "polite")
    for bubble in visit.page.locator("#log .bubble span[lang]").all():
        assert bubble.get_attribute("lang") in ("zh-CN", "en")
