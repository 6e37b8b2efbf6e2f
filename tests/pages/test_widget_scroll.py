"""Where the chat stands when something new comes: at the end, at the beginning of what is taller than the panel, or where somebody reads."""

from playwright.sync_api import Locator, expect

from tests.pages.backstage import Backstage
from tests.pages.browsing import Visit
from tests.pages.conftest import Visiting
from tests.stack import Stack

TALL = "\n".join(f"第 {line} 行" for line in range(60))


def message(visit: Visit, text: str) -> Locator:
    return visit.messages.filter(has_text=text).last


def test_follows_what_is_new_and_leaves_a_reader_alone(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop")
    visit.say("你好")
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        for n in range(8):
            backstage.write("bot", {"text": f"第 {n} 条消息", "buttons": [{"title": "好", "payload": f"b.{n}"}]})
        expect(message(visit, "第 7 条消息").get_by_role("button")).to_be_in_viewport(ratio=1)

        backstage.write("bot", {"text": TALL, "buttons": [{"title": "知道了", "payload": "b.tall"}]})
        expect(message(visit, "第 59 行")).to_be_in_viewport()
        top, seen = message(visit, "第 59 行").bounding_box(), visit.page.locator(".scroller").bounding_box()
        assert top
        assert seen
        assert seen["y"] <= top["y"] < seen["y"] + 60  # read from its beginning

        visit.page.locator(".scroller").evaluate("one => { one.scrollTop = 0; }")
        expect(message(visit, "你好")).to_be_in_viewport()
        backstage.write("bot", {"text": "还有一件事"})
        expect(message(visit, "还有一件事")).to_be_attached()
        expect(message(visit, "还有一件事")).not_to_be_in_viewport()
        expect(message(visit, "你好")).to_be_in_viewport()

    visit.say("谢谢")
    expect(visit.messages.last).to_be_in_viewport()
