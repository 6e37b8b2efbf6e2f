"""The shop's chat when things go wrong: no network, a lost answer, a bot that takes its time; and input methods."""

import os
import re
import signal

from playwright.sync_api import Route, expect

from tests.pages.conftest import Visiting
from tests.stack import Stack


def test_what_is_typed_offline_waits_and_is_sent_once_in_order(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.say("你好")
    visit.context.set_offline(True)
    for words in ("你能做什么", "谢谢"):
        visit.field.fill(words)
        visit.field.press("Enter")
    expect(visit.page.locator("#log .mine.is-pending")).to_have_count(2)
    expect(visit.page.locator("#notice")).not_to_be_empty()
    visit.context.set_offline(False)
    visit.is_answered()
    expect(visit.page.locator("#notice")).to_be_empty()
    said = visit.page.locator("#log .mine .bubble span[lang]")
    expect(said).to_have_text(["你好", "你能做什么", "谢谢"])


def test_an_answer_lost_on_the_way_is_read_later_and_the_message_counts_once(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.say("你好")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    visit.page.route("**/messages", lose_the_answer, times=1)
    visit.field.fill("你能做什么")
    visit.field.press("Enter")
    # The server has it: the page finds it in the transcript by itself.
    expect(visit.page.locator(".mine.is-failed")).to_have_count(0)
    visit.is_answered()
    assert visit.talk().count("你能做什么") == 1


def test_told_to_wait_the_page_brings_the_late_answer_by_itself(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop")
    visit.say("你好")
    bot = stack.pid("bot")
    os.kill(bot, signal.SIGSTOP)
    try:
        for words, told in (("你能做什么", "稍等"), ("谢谢", "排队")):
            visit.field.fill(words)
            visit.field.press("Enter")
            expect(visit.page.locator("#working")).to_contain_text(told)
    finally:
        os.kill(bot, signal.SIGCONT)
    visit.is_answered()
    said = visit.page.locator("#log .mine .bubble span[lang]")
    expect(said).to_have_text(["你好", "你能做什么", "谢谢"])


def test_a_talk_that_is_over_begins_anew_with_the_same_words(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.expected = re.compile("status of 401")
    expect(visit.launcher).to_be_visible()
    gone = {"id": "web-gone", "token": "no.such.token", "expires": "2099-01-01T00:00:00Z", "seen": 0}
    visit.page.evaluate("gone => localStorage.setItem('careline.talk', JSON.stringify(gone))", gone)
    visit.page.reload()
    visit.say("你好")
    assert visit.talk()[0] == "你好"
    assert visit.kept("talk")["id"] != "web-gone"


def test_enter_that_picks_a_word_does_not_send(visiting: Visiting) -> None:
    visit = visiting("/shop").open()
    keys = visit.context.new_cdp_session(visit.page)
    keys.send("Input.imeSetComposition", {"text": "nihao", "selectionStart": 5, "selectionEnd": 5})
    # Some input methods mark the key by its code, others only by the composition that is open.
    for code in (229, 13):
        keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": code})
        keys.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Enter", "windowsVirtualKeyCode": code})
    expect(visit.field).to_have_value("nihao")
    expect(visit.messages).to_have_count(0)
    keys.send("Input.insertText", {"text": "你好"})
    expect(visit.field).to_have_value("你好")
    visit.field.press("Shift+Enter")
    expect(visit.messages).to_have_count(0)
    visit.field.press("Enter")
    visit.is_answered()
    assert visit.talk()[0] == "你好"
