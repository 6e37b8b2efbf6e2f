"""The chat with nothing but a keyboard, and what a screen reader is told of it."""

import re

from playwright.sync_api import expect

from tests.pages.backstage import Backstage
from tests.pages.browsing import Visit
from tests.pages.conftest import Visiting
from tests.pages.files import PICTURE
from tests.stack import Stack

# Everything that is put into the log, with how the log announces it at that moment: [[words, aria-live], ...]
HEARING = """
window.heard = [];
new MutationObserver(() => {
  const root = document.querySelector('careline-chat')?.shadowRoot;
  if (!root || root.isHeard) return;
  root.isHeard = true;
  const hear = all => all.forEach(({ target, addedNodes }) => {
    const log = target.closest?.('[role=log]');
    if (log) addedNodes.forEach(node => heard.push([node.textContent, log.getAttribute('aria-live')]));
  });
  new MutationObserver(hear).observe(root, { childList: true, subtree: true });
}).observe(document, { childList: true, subtree: true });
"""
STEPS_MOST = 30  # of the Tab key, on the way to something


def reach(visit: Visit, name: str, key: str = "Tab") -> None:
    """Press a key until what is called so has the focus, and see that it can be seen."""
    for _ in range(STEPS_MOST):
        visit.page.keyboard.press(key)
        if re.search(name, visit.focused_name()):
            assert visit.focus_is_seen(), name
            return
    raise AssertionError(f"no way to {name} by {key}")


def press(visit: Visit, *keys: str) -> None:
    for key in keys:
        visit.page.keyboard.press(key)


def test_one_conversation_by_keyboard_alone(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop?lang=zh")
    expect(visit.launcher).to_be_visible()
    expect(visit.page.locator("#cards .card").first).to_be_visible()

    reach(visit, "咨询客服", "Shift+Tab")  # the launcher is the page's last stop
    press(visit, "Enter")
    expect(visit.field).to_be_focused()

    customer = stack.fresh_customer(language="zh")
    for words in ("我要充话费", customer["msisdn"].removeprefix("+86"), customer["pin"]):
        visit.page.keyboard.type(words)
        press(visit, "Enter")
        visit.is_answered()
        expect(visit.field).to_be_focused()
    reach(visit, "30元", "Shift+Tab")
    press(visit, "Enter")
    expect(visit.field).to_be_focused()
    visit.is_answered()
    assert "30元" in visit.talk()

    reach(visit, "添加文件", "Shift+Tab")
    with visit.page.expect_file_chooser() as chooser:
        press(visit, "Enter")
    chooser.value.set_files({"name": "账单.png", "mimeType": "image/png", "buffer": PICTURE})
    expect(visit.page.locator("#log .mine .attachment")).to_be_visible()
    expect(visit.page.locator(".upload")).to_have_count(0)

    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        backstage.write("note", {"what": "rating_asked", "episode": 1})
    expect(visit.page.locator(".rating")).to_be_visible()
    visit.field.focus()
    reach(visit, "很好", "Shift+Tab")  # of scores that are not chosen yet, the last is met first
    press(visit, "ArrowLeft")
    reach(visit, "补充")
    visit.page.keyboard.type("很清楚")
    reach(visit, "提交评价")
    press(visit, "Enter")
    expect(visit.page.locator("#log")).to_contain_text(re.compile("评价.*4 分"))

    visit.field.focus()
    reach(visit, "更多", "Shift+Tab")
    press(visit, "Enter")
    reach(visit, "对话记录", "ArrowDown")
    press(visit, "Enter")
    sheet = visit.panel.get_by_role("dialog")
    expect(sheet).to_be_visible()
    for _ in range(8):  # the focus stays inside
        press(visit, "Tab")
        assert sheet.evaluate("sheet => sheet.contains(sheet.getRootNode().activeElement)")
    press(visit, "Escape")
    expect(sheet).to_have_count(0)
    expect(visit.panel).to_be_visible()
    assert re.search("更多", visit.focused_name())

    press(visit, "Escape")
    expect(visit.panel).to_be_hidden()
    expect(visit.launcher).to_be_focused()
    press(visit, "Enter")
    expect(visit.field).to_be_focused()


def test_escape_gives_the_focus_back_to_where_the_chat_was_opened_from(visiting: Visiting) -> None:
    visit = visiting("/shop")
    ask = visit.page.locator("#cards").get_by_role("button", name=re.compile("问问客服")).first
    ask.focus()
    press(visit, "Enter")
    expect(visit.field).to_be_focused()
    press(visit, "Escape")
    expect(visit.panel).to_be_hidden()
    expect(ask).to_be_focused()


def test_what_is_new_is_announced_and_what_is_old_is_not(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop")
    visit.context.add_init_script(HEARING)
    visit.page.reload()
    visit.say("你好")
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        backstage.write("bot", {"text": "还有一件事"})
        visit.hears("还有一件事")
        assert "polite" in announced(visit, "还有一件事")
        visit.page.reload()
        visit.open().hears("还有一件事")
        assert "polite" not in announced(visit, "你好|还有一件事")
        backstage.write("person", {"name": "小林", "text": "我是小林"})
        visit.hears("我是小林")
        assert announced(visit, "我是小林")[-1] == "polite"
        backstage.show("waiting", position=2, wait_minutes=3)
        expect(visit.page.locator("#status")).to_contain_text("3")
        expect(visit.page.locator("#status")).to_have_attribute("role", "status")


def announced(visit: Visit, words: str) -> list[str]:
    """How the log announced what matches, each time it was put in."""
    heard: list[list[str]] = visit.page.evaluate("window.heard")
    return [live for said, live in heard if re.search(words, said)]


def test_enter_that_picks_a_word_never_sends(visiting: Visiting) -> None:
    visit = visiting("/shop").open()
    keys = visit.context.new_cdp_session(visit.page)
    for typed in ("nihao", "ni hao shi", "woyaochahuafei"):
        keys.send("Input.imeSetComposition", {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)})
        for code in (229, 13):  # some input methods mark the key by its code, others only by the open composition
            keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": code})
            keys.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Enter", "windowsVirtualKeyCode": code})
        expect(visit.field).to_have_value(typed)
        keys.send("Input.insertText", {"text": ""})
        expect(visit.field).to_have_value("")
    expect(visit.messages).to_have_count(0)
    assert visit.kept("talk") is None
    assert visit.kept("outbox") is None
