"""axe-core finds nothing in the shop and its chat: WCAG 2.0 to 2.2, A and AA, and its best practice, in every state, language and scheme."""

import json
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.pages.backstage import Backstage
from tests.pages.browsing import Visit
from tests.pages.conftest import Visiting
from tests.pages.files import PICTURE
from tests.pages.packages import source
from tests.stack import Stack

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
LOOK = """async tags => {
  const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'], preload: false });
  return violations.flatMap(one => one.nodes.map(node => `${one.id} (${one.impact}): ${node.html.slice(0, 160)} | ${node.failureSummary.slice(0, 300)}`));
}"""
BUTTONS = [
    {"title": "好", "payload": "b.1"},
    {"title": "Maybe later", "payload": "b.2"},
    {"title": "看看网页", "url": "https://example.com/"},
]
ELEMENTS = [{"title": f"{n}元套餐", "subtitle": f"{n} GB", "buttons": BUTTONS} for n in (19, 39)]


class Audit:
    """What axe says of one visit, state by state."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.found: dict[str, list[str]] = {}
        visit.page.evaluate(source("axe-core", "axe.min.js"))

    def look(self, state: str) -> None:
        found: Any = self.visit.page.evaluate(LOOK, TAGS)
        if found:
            self.found[state] = found

    def after(self, state: str, shown: Locator) -> None:
        """Look once this is to be seen."""
        expect(shown.first).to_be_visible()
        self.look(state)


@pytest.mark.parametrize(("language", "scheme"), list(product(("zh-CN", "en-US"), ("light", "dark"))))
def test_nothing_is_found_in_any_state(visiting: Visiting, stack: Stack, language: str, scheme: str) -> None:
    visit = visiting("/shop", language=language, color_scheme=scheme, reduced_motion="reduce")
    part = visit.page.locator
    audit = Audit(visit)
    expect(part("#cards .card").first).to_be_visible()
    audit.after("closed", visit.launcher)
    visit.open()
    audit.after("open", part("#log, .greeting"))
    visit.say("你好")
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        backstage.write("bot", {"text": "Which one? 选哪一个？", "buttons": BUTTONS})
        backstage.write("bot", {"text": "套餐", "elements": ELEMENTS, "layout": "cards"})
        backstage.write("bot", {"elements": ELEMENTS, "layout": "list", "image": "https://example.com/a.png"})
        audit.after("rich", part("#log", has_text="39元套餐"))
        backstage.show("waiting", position=3, wait_minutes=4)
        audit.after("waiting", part("#status:not(:empty)"))
        backstage.write("note", {"what": "person_joined", "name": "小林"})
        backstage.show("person", name="小林")
        backstage.write("person", {"name": "小林", "text": "您好，我是小林。"})
        backstage.person_types()
        audit.after("agent", part("#status", has_text="小林"))
        backstage.write("note", {"what": "rating_asked", "episode": 1})
        audit.after("rating", part(".rating"))
        part(".rating button").last.click()
        audit.look("rating without a score")
        part(".rating input[type=radio]").nth(3).check(force=True)
        audit.after("rating with a comment", part(".rating textarea"))
        uploads(audit)
        sheets(audit)
        visit.page.set_viewport_size({"width": 320, "height": 640})
        audit.after("320 px", visit.panel)
        visit.page.keyboard.press("Escape")
        expect(visit.panel).to_be_hidden()
        backstage.write("bot", {"text": "还在吗？"})
        audit.after("320 px, closed, unread", part("careline-chat .badge"))
    for view in ("cart", "order"):
        visit.page.evaluate("view => { location.hash = view; }", view)
        audit.after(view, part(f"[data-view={view}] h1"))
    assert audit.found == {}, json.dumps(audit.found, indent=1, ensure_ascii=False)


def uploads(audit: Audit) -> None:
    """A picture that was sent; one that is on its way and then fails; words that could not be sent."""
    visit = audit.visit
    attach = visit.panel.get_by_role("button", name="添加文件").or_(visit.panel.get_by_role("button", name="Add a file"))
    give(visit, attach)
    audit.after("picture", visit.page.locator("#log .attachment canvas.is-drawn"))
    held: list[Route] = []
    visit.page.route("**/attachments", lambda route: held.append(route))
    give(visit, attach)
    audit.after("upload", visit.page.locator(".upload"))
    held[0].abort()
    audit.after("upload failed", visit.page.locator(".upload.is-failed"))
    visit.page.unroute("**/attachments")
    visit.context.set_offline(True)
    visit.field.fill("没有网络")
    visit.field.press("Enter")
    audit.after("error", visit.page.locator("#notice:not(:empty)"))
    visit.context.set_offline(False)
    expect(visit.page.locator("#log .mine.is-pending")).to_have_count(0)


def give(visit: Visit, attach: Locator) -> None:
    with visit.page.expect_file_chooser() as chooser:
        attach.click()
    chooser.value.set_files({"name": "账单 bill.png", "mimeType": "image/png", "buffer": PICTURE})


def sheets(audit: Audit) -> None:
    """Every dialog over the log."""
    panel = audit.visit.panel
    menu = panel.get_by_role("button", name="更多").or_(panel.get_by_role("button", name="More", exact=True))
    for zh, en in (("对话记录", "Transcript"), ("结束对话", "End conversation")):
        menu.click()
        item = panel.get_by_role("button", name=zh, exact=True).or_(panel.get_by_role("button", name=en, exact=True))
        audit.after("menu", item)
        item.click()
        audit.after(en, panel.get_by_role("dialog"))
        audit.visit.page.keyboard.press("Escape")
        expect(panel.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_found_in_an_invitation(visiting: Visiting, scheme: str) -> None:
    visit = visiting("/shop", language="en-US", color_scheme=scheme, reduced_motion="reduce", width=320)
    audit = Audit(visit)
    expect(visit.launcher).to_be_visible()
    visit.page.evaluate("careline.setContext({error: 'payment'}); careline.setContext({error: 'payment'})")
    audit.after("invitation", visit.page.locator(".invitation", has_text="No thanks"))
    assert audit.found == {}, json.dumps(audit.found, indent=1, ensure_ascii=False)
