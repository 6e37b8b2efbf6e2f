"""A widget that exists already, rasa-webchat 1.0.1 as npm has it, on a page of another origin, before our gateway; not a letter of it changed."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from core.clock import SystemClock
from customers.tokens import ConversationTokens
from tests.pages.backstage import Backstage
from tests.pages.browsing import PATIENCE_MS
from tests.pages.packages import source
from tests.stack import Stack, running_stack

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>A page of another integrator</title></head>
<body><h1>Another shop</h1><script src="/index.js"></script><script src="/start.js"></script></body></html>"""
START = """WebChat.default({ socketUrl: "%s", socketPath: "/socket.io/", customData: { language: "zh" }, title: "客服",
  inputTextFieldHint: "请输入", params: { storage: "local" } }, null);"""
PICTURE = "/webchat/static/mark.svg"


class Site:
    """Somebody else's web site: a page with that widget, which talks to our gateway."""

    def __init__(self) -> None:
        self.files = {
            "/": (PAGE, "text/html; charset=utf-8"),
            "/index.js": (source("rasa-webchat", "lib/index.js"), "text/javascript; charset=utf-8"),
        }
        files = self.files

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text, content_type = files.get(self.path, ("", "text/plain"))
                self.send_response(200 if text else 404)
                self.send_header("Content-Type", content_type)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def talks_to(self, stack: Stack) -> None:
        self.files["/start.js"] = (START % stack.url, "text/javascript; charset=utf-8")


class Elsewhere:
    """One tab of that page."""

    def __init__(self, stack: Stack, site: Site, context: BrowserContext) -> None:
        self.stack = stack
        self.site = site
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def go(self) -> None:
        self.page.goto(self.site.origin)
        expect(self.page.locator(".rw-launcher")).to_be_visible()
        if not self.field.is_visible():
            self.page.locator(".rw-launcher").click()
        expect(self.field).to_be_enabled()

    @property
    def field(self) -> Locator:
        return self.page.locator(".rw-new-message")

    @property
    def mine(self) -> Locator:
        return self.page.locator(".rw-message .rw-client")

    @property
    def theirs(self) -> Locator:
        return self.page.locator(".rw-message .rw-response")

    def say(self, words: str) -> None:
        """Type, press Enter, and wait for an answer to it."""
        before = self.theirs.count()
        self.field.fill(words)
        self.field.press("Enter")
        expect(self.mine.last).to_have_text(words)
        expect(self.theirs.nth(before)).not_to_be_empty()

    def conversation(self) -> str:
        """The id behind the session it keeps, which is a signed token of ours."""
        token = self.page.evaluate("JSON.parse(localStorage.getItem('chat_session')).session_id")
        return ConversationTokens(self.stack.secrets["TOKEN_KEY"], SystemClock()).read(token).conversation_id

    def backstage(self) -> Backstage:
        return Backstage(self.stack, self.conversation())


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    opened = Site()
    yield opened
    opened.server.shutdown()


@pytest.fixture(scope="module")
def stack(site: Site) -> Iterator[Stack]:
    """A stack of our own, which lets that site in."""
    with running_stack(ALLOWED_ORIGINS=site.origin) as running:
        site.talks_to(running)
        yield running


@pytest.fixture
def elsewhere(browser: Browser, site: Site, stack: Stack) -> Iterator[Elsewhere]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    context.route("**://fonts.googleapis.com/**", lambda route: route.abort())  # it asks for one; nobody answers
    visitor = Elsewhere(stack, site, context)
    visitor.go()
    yield visitor
    context.close()
    assert visitor.errors == []


def drawn(elsewhere: Elsewhere, body: dict[str, Any]) -> None:
    with elsewhere.backstage() as backstage:
        backstage.write("bot", body)


def test_connects_sends_and_draws_what_the_bot_says(elsewhere: Elsewhere, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    elsewhere.say("我要充话费")
    elsewhere.say(customer["msisdn"].removeprefix("+86"))
    elsewhere.say(customer["pin"])
    choice = elsewhere.page.locator(".rw-reply", has_text="30元")
    choice.click()
    expect(elsewhere.mine.last).to_have_text("30元")
    expect(elsewhere.page.locator(".rw-reply", has_text="微信")).to_be_visible()
    expect(elsewhere.mine.filter(has_text=customer["pin"])).to_have_count(
        1
    )  # it shows what was typed; the transcript does not hold it


def test_draws_text_buttons_picture_and_list(elsewhere: Elsewhere) -> None:
    elsewhere.say("你好")
    drawn(elsewhere, {"text": "第一段\n\n第二段"})
    expect(elsewhere.page.locator(".rw-messages-container")).to_contain_text("第二段")
    drawn(elsewhere, {"image": f"{elsewhere.stack.url}{PICTURE}"})
    expect(elsewhere.page.locator(".rw-messages-container img[src$='mark.svg']")).to_have_count(1)
    elements = [
        {"title": f"套餐{n}", "subtitle": f"{n} GB", "buttons": [{"title": f"选{n}", "payload": f"b.{n}"}]} for n in (1, 2, 3)
    ]
    drawn(elsewhere, {"text": "有这几种", "elements": elements, "layout": "list"})
    for n in (1, 2, 3):
        expect(elsewhere.page.locator(".rw-messages-container")).to_contain_text(f"套餐{n}")
    drawn(elsewhere, {"text": "选一个", "buttons": [{"title": "好", "payload": "b.x"}, {"title": "不好", "payload": "b.y"}]})
    expect(elsewhere.page.locator(".rw-reply")).to_have_text(["选1", "选2", "选3", "好", "不好"])
    with elsewhere.backstage() as backstage:
        backstage.write("person", {"name": "小林", "text": "我是小林"})
        backstage.write("note", {"what": "something new", "shape": [1, {"x": None}]})
        backstage.write("bot", {"something": "else"})
        backstage.write("bot", {"text": "再见"})
    expect(elsewhere.page.locator(".rw-messages-container")).to_contain_text("我是小林")
    expect(elsewhere.theirs.last).to_contain_text("再见")


def test_what_was_said_while_its_tab_was_away_appears_after_return(elsewhere: Elsewhere) -> None:
    elsewhere.say("你好")
    with elsewhere.backstage() as backstage:
        elsewhere.page.goto("about:blank")
        for n in range(3):
            backstage.write("bot", {"text": f"您不在的时候{n}"})
        elsewhere.go()
        for n in range(3):
            expect(elsewhere.theirs.filter(has_text=f"您不在的时候{n}")).to_have_count(1)
        backstage.write("bot", {"text": "您回来了"})
    expect(elsewhere.theirs.filter(has_text="您回来了")).to_have_count(1)
    expect(elsewhere.theirs.filter(has_text="您不在的时候")).to_have_count(3)


def test_the_conversation_outlives_a_reload_and_a_dead_gateway(elsewhere: Elsewhere, stack: Stack) -> None:
    elsewhere.say("你好")
    mine = elsewhere.conversation()
    elsewhere.go()
    assert elsewhere.conversation() == mine
    expect(elsewhere.mine.first).to_have_text("你好")
    before = stack.pid("gateway")
    assert stack.kill("gateway") == before
    stack.wait_ready()
    expect(elsewhere.page.locator(".rw-launcher")).to_be_visible()
    expect(elsewhere.field).to_be_enabled()
    elsewhere.say("你能做什么")
    assert elsewhere.conversation() == mine
    expect(elsewhere.mine).to_have_text(["你好", "你能做什么"])
