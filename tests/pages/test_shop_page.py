"""The shop's page around the chat: what is for sale, languages, small screens, the keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.pages.browsing import Visit
from tests.pages.conftest import Visiting
from tests.stack import Stack


def test_shows_what_the_operator_sells_and_asks_about_it(visiting: Visiting) -> None:
    visit = visiting("/shop")
    expect(visit.page.locator(".card")).to_have_count(9)
    visit.page.get_by_role("button", name="手机").click()
    expect(visit.page.locator(".card", has_text="青禾 S")).to_contain_text("¥1799")
    expect(visit.page.locator(".card", has_text="X1 Pro")).to_contain_text("暂时缺货")
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


def test_the_language_is_switched_without_losing_the_talk(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh", language="en-US")
    visit.say("你好")
    before = visit.talk()
    visit.page.get_by_role("button", name="English").click()
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    expect(visit.page.get_by_role("heading", name="On sale")).to_be_visible()
    expect(visit.page.locator(".card h3").first).to_have_text(re.compile(r"^[\x20-\x7e]+$"))
    assert visit.talk() == before
    visit.page.reload()
    expect(visit.page.get_by_role("heading", name="On sale")).to_be_visible()


def test_a_guest_who_opens_the_english_page_is_answered_in_english(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=en")
    visit.say("12345")
    assert re.search("[a-z]", visit.talk()[-1]), visit.talk()


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en-US", "dark")])
def test_fits_a_small_phone(visiting: Visiting, language: str, scheme: str) -> None:
    visit = visiting("/shop", language=language, width=320, color_scheme=scheme)
    expect(visit.page.locator(".card").first).to_be_visible()
    visit.say("w" * 200)
    assert not visit.scrolls_sideways()
    visit.page.locator(".card").last.scroll_into_view_if_needed()
    visit.page.locator("#to-chat").click()
    expect(visit.field).to_be_in_viewport()


def test_the_keyboard_alone_is_enough(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    visit = visiting("/shop")
    expect(visit.page.locator(".card").first).to_be_visible()
    visit.page.keyboard.press("Tab")
    expect(visit.page.locator(".skip")).to_be_focused()
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
    for _ in range(8):
        visit.page.keyboard.press("Shift+Tab")
        if title in visit.page.evaluate("document.activeElement.textContent"):
            visit.page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to {title} by keys")


def test_new_messages_are_announced_and_old_ones_are_not(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.page.evaluate(
        "new MutationObserver(all => { window.loud = (window.loud ?? 0) + (document.getElementById('log').ariaLive === 'polite'); })"
        ".observe(document.getElementById('log'), {childList: true})"
    )
    visit.say("你好")
    assert visit.page.evaluate("window.loud") > 0
    visit.page.reload()
    visit.is_answered()
    expect(visit.page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    for bubble in visit.page.locator("#log .bubble span[lang]").all():
        assert bubble.get_attribute("lang") in ("zh-CN", "en")
