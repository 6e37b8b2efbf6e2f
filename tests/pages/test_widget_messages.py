"""WEB-19 in a browser: what another window says to the page reaches the widget nowhere, and signs nobody in."""

import pytest
from playwright.sync_api import Page

from tests.pages.conftest import Visiting
from tests.stack import Stack
from tests.webchat.door import customer_token

# As pages speak to the frames of other chat widgets; {token} is a customer token that holds.
SAID = """token => {
  const words = ["identify", "setUser", "set-user", "login", "boot", "careline:identify", "shutdown", "show"];
  const shapes = words.flatMap((word) => [
    { event: word, token, customerToken: token, user: { identifier: "1" } }, { careline: word, args: [token] }, [word, token], { type: word, payload: token },
    "careline:" + JSON.stringify({ event: word, token }), "chatwoot-widget:" + JSON.stringify({ event: word, token }),
  ]);
  for (const data of shapes) {
    window.postMessage(data, "*");
    for (const origin of ["https://evil.example", "null", location.origin]) {
      for (const target of [window, document, document.querySelector("careline-chat")]) target.dispatchEvent(new MessageEvent("message", { data, origin }));
    }
  }
  return new Promise((done) => setTimeout(done, 0)).then(() => shapes.length);
}"""


def listeners(page: Page, expression: str) -> set[str]:
    """Which events somebody listens to there."""
    session = page.context.new_cdp_session(page)
    found = session.send("Runtime.evaluate", {"expression": expression})
    listening = session.send("DOMDebugger.getEventListeners", {"objectId": found["result"]["objectId"]})
    session.detach()
    return {one["type"] for one in listening["listeners"]}


@pytest.mark.stack
def test_web_19_other_windows_are_not_heard(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    visit = visiting("/shop")
    visit.open()
    visit.say("你好")
    visit.is_answered()
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    assert visit.page.evaluate(SAID, customer_token(stack, customer["msisdn"])) > 40
    visit.say("我的话费余额还有多少")
    visit.hears("手机号码")
    assert not [one for one in asked if one.startswith("DELETE") or "/identity" in one or "/token" in one]
    assert customer["name"] not in "".join(visit.talk())


@pytest.mark.stack
def test_web_19_there_is_no_frame_and_no_listener_for_one(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.open()
    assert len(visit.page.frames) == 1
    for expression in ("window", "document", 'document.querySelector("careline-chat")'):
        assert "message" not in listeners(visit.page, expression), expression
    assert "click" in listeners(visit.page, 'document.querySelector("careline-chat").shadowRoot.querySelector(".launcher")'), (
        "or nothing was looked at"
    )
