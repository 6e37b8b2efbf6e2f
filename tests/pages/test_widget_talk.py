"""The widget as a page and its customer know it: nothing said is lost or said twice, nothing unread is missed, tabs agree, the page's calls work."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Request, Route, expect

from tests.pages.backstage import Backstage
from tests.pages.browsing import Visit
from tests.pages.conftest import Visiting
from tests.stack import Stack

DEMO = "/api/v1/demo/customer_token"
A_DAY_LATER = timedelta(hours=25)
LOOKS_AGAIN = "01:01"  # the widget looks at its token once a minute
RENEWED = "navigator.locks.request('careline.renew', () => {})"  # done when nobody is at it any more


def type_in(visit: Visit, *texts: str) -> None:
    for text in texts:
        visit.field.fill(text)
        visit.field.press("Enter")


def said(visit: Visit, text: str) -> list[str]:
    return [one for one in visit.talk() if one == text]


def messages_of(visit: Visit) -> list[dict[str, Any]]:
    """What this tab sends from now on, as it is sent."""
    sent: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/messages"):
            sent.append(request.post_data_json)

    visit.page.on("request", note)
    return sent


# -- offline


def test_what_is_typed_offline_is_sent_once_and_in_order_when_the_line_is_back(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    visit.context.set_offline(True)
    type_in(visit, "谢谢", "你能做什么")
    expect(visit.page.locator("#log .is-pending")).to_have_count(2)
    expect(visit.page.locator("#notice")).to_contain_text("网络断开")
    expect(visit.page.locator("#working")).to_be_hidden()
    visit.context.set_offline(False)
    visit.is_answered()
    expect(visit.page.locator("#notice")).to_have_text("")
    talk = visit.talk()
    assert talk.index("谢谢") < talk.index("你能做什么")
    assert [len(said(visit, text)) for text in ("你好", "谢谢", "你能做什么")] == [1, 1, 1]


def test_what_was_not_sent_outlives_its_tab(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    visit.context.set_offline(True)
    type_in(visit, "谢谢", "你能做什么")
    expect(visit.page.locator("#log .is-pending")).to_have_count(2)
    visit.page.close()
    visit.context.set_offline(False)
    visit.page = visit.another_tab().page
    visit.go("/shop?lang=zh")
    visit.open().is_answered()
    talk = visit.talk()
    assert talk.index("谢谢") < talk.index("你能做什么")
    assert [len(said(visit, text)) for text in ("你好", "谢谢", "你能做什么")] == [1, 1, 1]
    assert visit.kept("outbox") is None


def test_what_waits_is_shown_as_waiting_after_a_reload(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    visit.page.route("**/messages", lambda route: route.abort())
    visit.open()
    type_in(visit, "你好", "谢谢")
    expect(visit.page.locator("#notice")).to_contain_text("暂时连不上")
    visit.page.reload()
    visit.open()
    expect(visit.page.locator("#log .is-pending .bubble span[lang]")).to_have_text(["你好", "谢谢"])
    visit.page.unroute("**/messages")
    visit.is_answered()
    assert [len(said(visit, text)) for text in ("你好", "谢谢")] == [1, 1]
    assert visit.talk()[0] == "你好"


def test_what_waits_is_shown_while_what_came_before_is_still_read(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    before = visit.talk()
    visit.page.route("**/messages", lambda route: route.abort())
    type_in(visit, "谢谢")
    expect(visit.page.locator("#log .is-pending")).to_have_count(1)
    held: list[Route] = []
    visit.page.route("**/events?after=0", lambda route: held.append(route), times=1)
    visit.page.reload()
    with visit.page.expect_request("**/events?after=0"):
        visit.open()
    visit.shows(["谢谢"])
    held.pop().continue_()
    visit.shows([*before, "谢谢"])
    visit.page.unroute("**/messages")
    visit.is_answered()


def test_told_to_slow_down_it_waits_and_sends_once(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    body = '{"error": "too_many", "message": "slow down", "request_id": "1"}'
    answers = {"status": 429, "headers": {"Retry-After": "1"}, "content_type": "application/json", "body": body}
    visit.page.route("**/messages", lambda route: route.fulfill(**answers), times=2)
    visit.say("你好")
    assert len(said(visit, "你好")) == 1
    assert all("429" in complaint for complaint in visit.complaints)  # Chromium's own words about the refusal
    visit.complaints.clear()


def test_a_refused_message_can_be_sent_again_or_removed(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    body = '{"error": "bad_field", "message": "no", "request_id": "1"}'
    visit.page.route("**/messages", lambda route: route.fulfill(status=400, content_type="application/json", body=body))
    type_in(visit, "谢谢", "再见")
    expect(visit.page.locator("#log .is-failed")).to_have_count(2)
    visit.page.unroute("**/messages")
    visit.page.locator(".is-failed", has_text="再见").get_by_role("button", name="删除").click()
    expect(visit.field).to_be_focused()
    visit.page.get_by_role("button", name="重发").click()
    visit.is_answered()
    expect(visit.field).to_be_focused()
    assert [len(said(visit, text)) for text in ("谢谢", "再见")] == [1, 0]
    visit.complaints.clear()  # Chromium's own words about the refusals


# -- away, and in two tabs


def test_three_messages_while_away_for_a_day_are_three_on_the_badge_and_shown_once(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    before = visit.talk()
    visit.page.close()
    with Backstage(stack, first(visit)["id"]) as backstage:
        for number in (1, 2, 3):
            backstage.write("person", {"text": f"第{number}条", "name": "王敏"})
        assert backstage.kept_for() > A_DAY_LATER, "the gateway keeps it for longer than that"
    visit.page = visit.another_tab().page
    visit.page.clock.set_system_time(datetime.now(UTC) + A_DAY_LATER)
    visit.go("/shop?lang=zh")
    expect(visit.page.locator(".badge")).to_have_text("3")
    expect(visit.launcher).to_have_accessible_name(re.compile("3 条未读"))
    expect(visit.panel).to_have_count(0)
    visit.open()
    expect(visit.messages.last).to_contain_text("第3条")
    assert visit.talk() == [*before, "第1条", "第2条", "第3条"]
    expect(visit.page.locator(".badge")).to_be_hidden()
    visit.page.reload()
    visit.open()
    expect(visit.messages.last).to_contain_text("第3条")
    assert visit.talk() == [*before, "第1条", "第2条", "第3条"]
    expect(visit.page.locator(".badge")).to_be_hidden()


def first(visit: Visit) -> dict[str, Any]:
    """What the browser keeps of the conversation, asked in a tab that does nothing else."""
    tab = visit.another_tab()
    tab.go("/")
    kept: dict[str, Any] = tab.kept("talk")
    tab.page.close()
    return kept


def test_the_page_hears_of_unread_messages_while_the_panel_is_closed(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    visit.page.evaluate("window.counts = []; careline.onUnread(count => counts.push(count)); careline.hide()")
    expect(visit.panel).to_be_hidden()
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        backstage.write("bot", {"text": "还在吗？"})
        expect(visit.page.locator(".badge")).to_have_text("1")
        backstage.write("bot", {"text": "我们一直都在。"})
        expect(visit.page.locator(".badge")).to_have_text("2")
    visit.open()
    expect(visit.page.locator(".badge")).to_be_hidden()
    assert visit.page.evaluate("counts") == [0, 1, 2, 0]


def test_two_tabs_show_the_same(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    other = visit.another_tab()
    other.go("/shop?lang=zh")
    other.open()
    visit.say("你好")
    expect(other.messages).to_have_count(visit.messages.count())
    other.say("谢谢")
    expect(visit.messages).to_have_count(other.messages.count())
    visit.say("再见")
    expect(other.messages).to_have_count(visit.messages.count())
    assert visit.talk() == other.talk()
    assert [len(said(other, text)) for text in ("你好", "谢谢", "再见")] == [1, 1, 1]
    other.is_clean()


def test_where_no_socket_can_be_had_it_reads_by_polls(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/")
    visit.page.route_web_socket(re.compile("/socket.io/"), lambda line: line.close())
    polls: list[str] = []
    visit.page.on("request", lambda asked: polls.append(asked.url) if "wait=" in asked.url else None)
    visit.go("/shop?lang=zh")
    visit.say("你好")
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        backstage.write("bot", {"text": "第一条"})
        visit.hears("第一条")
        backstage.write("bot", {"text": "第二条"})
        visit.hears("第二条")
        backstage.show("waiting", position=3, wait_minutes=5)
        expect(visit.page.locator("#status")).to_contain_text("前面还有 2 位")
    assert [len(said(visit, text)) for text in ("第一条", "第二条")] == [1, 1]
    assert polls


def test_what_was_said_before_is_read_again_when_it_could_not_be(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    before = visit.talk()
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        visit.page.goto("about:blank")
        backstage.write("person", {"text": "您走后的一句", "name": "王敏"})
    visit.go("/shop?lang=zh")
    expect(visit.page.locator(".badge")).to_have_text("1")
    visit.page.route("**/events?after=0", lambda route: route.abort(), times=1)
    visit.open()
    visit.shows([*before, "您走后的一句"])


def test_a_token_is_renewed_once_half_of_its_life_is_over(visiting: Visiting) -> None:
    visit = visiting("/")
    visit.page.clock.install()
    visit.go("/shop?lang=zh")
    visit.say("你好")
    asked = renewals_of(visit)
    began = visit.kept("talk")
    half = (datetime.fromisoformat(began["expires"]).timestamp() * 1000 - began["since"]) / 2
    visit.page.clock.fast_forward(LOOKS_AGAIN)
    with visit.page.expect_response(re.compile("/token$")):
        visit.page.clock.fast_forward(int(half))
    visit.page.evaluate(RENEWED)
    visit.page.clock.fast_forward(LOOKS_AGAIN)
    visit.page.evaluate(RENEWED)
    renewed = visit.kept("talk")
    assert asked == [f"{visit.stack.url}/api/v1/conversations/{began['id']}/token"]
    assert renewed["id"] == began["id"]
    assert renewed["token"] != began["token"]
    assert renewed["expires"] > began["expires"]
    visit.page.reload()
    visit.say("谢谢")
    assert visit.talk()[0] == "你好"
    assert visit.kept("talk")["token"] == renewed["token"]


def renewals_of(visit: Visit) -> list[str]:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/token") else None)
    return asked


def test_a_conversation_ended_in_one_tab_is_gone_from_the_other(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    other = visit.another_tab()
    other.go("/shop?lang=zh")
    other.open()
    expect(other.messages.first).to_be_visible()
    visit.page.evaluate("careline.shutdown()")
    expect(other.messages).to_have_count(0)
    assert other.kept("talk") is None
    other.is_clean()


# -- the page's calls


def test_calls_before_the_script_is_there_are_done_in_order(visiting: Visiting) -> None:
    visit = visiting("/")
    visit.page.add_init_script(
        "(window.careline ||= []).push(['update', {language: 'en'}]); careline.push(['show', {prefill: 'hello'}]);"
    )
    visit.go("/shop?lang=en")
    expect(visit.field).to_have_value("hello")
    expect(visit.panel).to_have_accessible_name("Chat with us")


def test_calls_before_the_modules_are_there_are_done_in_order(visiting: Visiting) -> None:
    visit = visiting("/")
    held: list[Route] = []
    visit.page.route("**/widget/*/main.js", lambda route: held.append(route))
    with visit.page.expect_request("**/widget/*/main.js"):  # asked for by /widget.js, which is there then
        visit.page.goto(f"{visit.stack.url}/shop?lang=zh", wait_until="commit")
    visit.page.evaluate("() => { careline.show({prefill: '一'}); careline.hide(); careline.show({prefill: '二'}); }")
    held.pop().continue_()
    expect(visit.field).to_have_value("二")


def test_log_out_wipes_the_device(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop?lang=zh")
    visit.page.evaluate("localStorage.setItem('careline.refused', '\"2026-01-01\"')")
    visit.say("你好")
    visit.page.route("**/messages", lambda route: route.abort())
    type_in(visit, "谢谢")
    expect(visit.page.locator("#log .is-pending")).to_have_count(1)
    left = visit.kept("talk")
    visit.page.evaluate("careline.shutdown()")
    keys = visit.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('careline.')).sort()")
    assert set(keys) <= {"careline.language", "careline.refused"}
    assert "careline.refused" in keys
    assert visit.page.evaluate("sessionStorage.length") == 0
    expect(visit.page.locator("careline-chat")).to_have_count(0)
    answer = stack.http.get(
        f"{stack.url}/api/v1/conversations/{left['id']}/events", headers={"Authorization": f"Bearer {left['token']}"}
    )
    assert answer.status_code == 401
    visit.page.unroute("**/messages")
    visit.page.evaluate("careline.boot()")
    visit.say("你好")
    assert visit.talk()[0] == "你好"
    assert said(visit, "谢谢") == []


def test_after_log_out_a_page_hears_of_nothing_more(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    visit.page.evaluate("window.counts = []; careline.onUnread(count => counts.push(count))")
    visit.page.evaluate("careline.shutdown()")
    visit.page.evaluate("() => void document.dispatchEvent(new Event('visibilitychange'))")
    assert visit.page.evaluate("counts") == [0]


def test_another_customer_gets_another_conversation(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop?lang=zh")
    tokens = [
        stack.http.post(f"{stack.url}{DEMO}", json={"number": number}).json()["customer_token"]
        for number in ("+8613800138000", "+8613900139000")
    ]
    visit.page.evaluate("token => careline.identify(token)", tokens[0])
    visit.say("我的话费余额是多少")
    visit.hears("¥|元")
    one = visit.kept("talk")["id"]
    visit.page.evaluate("token => careline.identify(token)", tokens[0])
    assert visit.kept("talk")["id"] == one
    visit.page.evaluate("token => careline.identify(token)", tokens[1])
    expect(visit.messages).to_have_count(0)
    visit.say("我的话费余额是多少")
    assert visit.kept("talk")["id"] != one
    assert all("409" in complaint for complaint in visit.complaints)  # Chromium's own words about the refusal
    visit.complaints.clear()


def test_another_customer_told_of_while_the_conversation_begins_gets_another(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop?lang=zh")
    tokens = [
        stack.http.post(f"{stack.url}{DEMO}", json={"number": number}).json()["customer_token"]
        for number in ("+8613800138000", "+8613900139000")
    ]
    visit.open()
    visit.page.evaluate("token => careline.identify(token)", tokens[0])
    held: list[Route] = []
    visit.page.route("**/api/v1/conversations", lambda route: held.append(route), times=1)
    with visit.page.expect_request("**/api/v1/conversations"):
        type_in(visit, "前一位客户的话")
    visit.page.evaluate("token => careline.identify(token)", tokens[1])
    with visit.page.expect_response(re.compile("/identity$")) as refused:
        held.pop().continue_()
    assert refused.value.status == 409
    expect(visit.messages).to_have_count(0)
    visit.say("你好")
    assert said(visit, "前一位客户的话") == []
    assert all("409" in complaint for complaint in visit.complaints)  # Chromium's own words about the refusal
    visit.complaints.clear()


def test_the_context_travels_with_the_first_message_after_it_changed(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    expect(visit.launcher).to_be_visible()
    sent = messages_of(visit)
    visit.page.evaluate("careline.setContext({order: 'DD20261103K7Q2MX', product: {no: 'text'}, cart: [1, 2], error: 'E1'})")
    visit.say("你好")
    visit.say("谢谢")
    visit.page.evaluate("careline.setContext({order: 'DD20261104K7Q2MX'})")
    visit.say("再见")
    assert sent[0]["context"]["order"] == "DD20261103K7Q2MX"
    assert sent[0]["context"]["page"] == "/shop"
    assert sent[0]["context"]["cart"] == 2
    assert set(sent[0]["context"]) <= {"page", "title", "order", "cart"}
    assert "context" not in sent[1]
    assert sent[2]["context"]["order"] == "DD20261104K7Q2MX"


def test_language_theme_and_place_change_live(visiting: Visiting) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    before = visit.talk()
    visit.field.fill("我还没说完")
    visit.page.evaluate("careline.update({language: 'en', theme: 'dark', position: 'left'})")
    expect(visit.panel).to_have_accessible_name("Chat with us")
    expect(visit.field).to_have_value("我还没说完")
    expect(visit.messages).to_have_count(len(before))
    assert visit.talk() == before
    assert visit.kept("language") == "en"
    box = visit.panel.bounding_box()
    assert box is not None
    assert box["x"] < 400
    dark = visit.panel.evaluate("one => getComputedStyle(one).backgroundColor")
    visit.page.evaluate("careline.update({theme: 'light'})")
    assert visit.panel.evaluate("one => getComputedStyle(one).backgroundColor") != dark


# -- shapes

UNKNOWN: list[tuple[str, Any]] = [
    ("bot", {"hologram": {"x": 1}}),
    ("bot", {"text": "文字还在", "hologram": [1, 2]}),
    ("bot", {"text": 7, "buttons": "three", "elements": {"title": "one"}, "image": 5}),
    (
        "bot",
        {"text": {"deep": ["er"]}, "buttons": [None, 3, {"payload": "b.x"}, {"title": ["a"]}], "elements": [None, [], "x", {}]},
    ),
    (
        "bot",
        {
            "elements": [
                {"title": None, "subtitle": {"a": 1}, "image": "::::", "buttons": [{"title": "x", "url": "javascript:1"}]}
            ]
        },
    ),
    ("person", {"text": "", "name": {"first": "王"}, "attachment": "a file"}),
    ("person", {"name": "王敏", "attachment": {"id": 5, "name": ["x"], "kind": "hologram", "size": "big"}}),
    ("note", {"what": "constructor", "text": "这是说明"}),
    ("note", {"what": {"a": 1}}),
    ("note", {"what": "rating_asked", "episode": {"a": 1}}),
    ("note", {}),
    ("alien", {"text": "别的来客"}),
    ("customer", {"text": None, "attachment": 3}),
]


def test_a_shape_it_does_not_know_is_words_or_nothing_and_never_the_end(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        for kind, body in UNKNOWN:
            backstage.write(kind, body)
        backstage.write("bot", {"text": "最后一句"})
    expect(visit.messages.last).to_contain_text("最后一句")
    live = visit.talk()
    assert {"文字还在", "别的来客", "7"} <= set(live)
    expect(visit.page.locator("#log")).to_contain_text("这是说明")
    visit.page.reload()
    visit.open()
    expect(visit.messages.last).to_contain_text("最后一句")
    assert visit.talk() == live
    visit.say("还在吗")


def test_links_are_safe_and_end_where_chinese_begins(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        backstage.write(
            "bot",
            {
                "text": "见https://a.example/b?c=1，或（http://b.example/x_(y)）。别点 javascript:alert(1) https://bank@evil.example/"
            },
        )
    expect(visit.messages.last).to_contain_text("别点")
    links = visit.messages.last.locator("a")
    found = links.evaluate_all("all => all.map(one => [one.href, one.textContent, one.rel, one.target])")
    how = ["noopener noreferrer nofollow", "_blank"]
    assert found == [
        ["https://a.example/b?c=1", "https://a.example/b?c=1", *how],
        ["http://b.example/x_(y)", "http://b.example/x_(y)", *how],
    ]


@pytest.mark.parametrize("layout", ["cards", "list"])
def test_a_button_of_a_card_is_pressed_once(visiting: Visiting, stack: Stack, layout: str) -> None:
    visit = visiting("/shop?lang=zh")
    visit.say("你好")
    sent = messages_of(visit)
    buttons = [{"title": "就选它", "payload": "b.aaaaaaaaaaaaaaaaaaaaaa"}, {"title": "看看", "url": "https://a.example/"}]
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        backstage.write("bot", {"elements": [{"title": "19元套餐", "subtitle": "5 GB", "buttons": buttons}], "layout": layout})
    card = visit.page.locator("#log .cards .card")
    expect(card).to_contain_text("19元套餐")
    expect(card.get_by_role("link", name=re.compile("看看"))).to_have_attribute("href", "https://a.example/")
    card.get_by_role("button", name="就选它").click()
    expect(visit.field).to_be_focused()
    visit.is_answered()
    expect(card.get_by_role("button", name="就选它")).to_be_disabled()
    assert [message["text"] for message in sent] == ["b.aaaaaaaaaaaaaaaaaaaaaa"]
