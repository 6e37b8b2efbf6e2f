"""150 pieces of text that try to become code, everywhere text from others is shown: none runs, none asks anybody else, none breaches the policy."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.pages.backstage import Backstage
from tests.pages.browsing import Visit
from tests.pages.conftest import Visiting
from tests.pages.payloads import PAYLOADS
from tests.stack import Stack

KINDS = ("image", "voice", "file")
NO_SUCH_FILE = re.compile(r"Failed to load resource: the server responded with a status of 4")
AS_TYPED = [payload for payload in PAYLOADS if payload.isprintable() and payload == payload.strip()]

# What may not stand in the widget, whatever it was told: elements that run or load, handlers, addresses that are no page's.
FOREIGN = """() => {
  const found = [];
  for (const one of document.querySelector('careline-chat').shadowRoot.querySelectorAll('*')) {
    if (/^(script|iframe|frame|object|embed|base|meta|link|style|marquee|video|audio|template|math)$/i.test(one.tagName)) found.push(one.outerHTML);
    for (const { name, value } of one.attributes) {
      if (/^on|^srcdoc$/i.test(name)) found.push(`${name}=${value}`);
      if (/href|src|action|data$/i.test(name) && !/^(https?:|mailto:|tel:|blob:)/.test(new URL(value, location.href).protocol)) found.push(`${name}=${value}`);
    }
  }
  return found;
}"""  # fmt: skip

HAND_OVER = """async payloads => {
  for (const payload of payloads) {
    const context = Object.fromEntries(['page', 'title', 'product', 'order', 'cart', 'error'].map(name => [name, payload]));
    careline.setContext(context);
    careline.update({ theme: payload, position: payload, language: payload, context });
    await careline.show({ prefill: payload });
  }
}"""


def said(payload: str, turn: int) -> list[tuple[str, dict[str, Any]]]:
    """One payload in every field of every shape an entry can have."""
    file = {
        "id": payload,
        "name": payload,
        "type": payload,
        "size": payload,
        "kind": KINDS[turn % 3],
        "width": payload,
        "seconds": payload,
    }
    buttons = [{"title": payload, "payload": payload}, {"title": payload, "url": payload}]
    element = {"title": payload, "subtitle": payload, "image": payload, "buttons": buttons}
    return [
        ("customer", {"text": payload, "attachment": file, "context": {"page": payload, "title": payload}}),
        ("bot", {"text": payload, "buttons": buttons, "image": payload}),
        ("bot", {"elements": [element], "layout": ("cards", "list", payload)[turn % 3]}),
        ("person", {"name": payload, "text": payload, "attachment": file}),
        ("note", {"what": "person_joined", "name": payload, "text": payload}),
        ("note", {"what": payload, "episode": payload, "score": payload, "text": payload}),
    ]


@pytest.fixture
def talking(visiting: Visiting) -> Visit:
    """A visitor in a conversation."""
    visit = visiting("/shop")
    visit.say("你好")
    return visit


def test_nothing_that_is_said_becomes_code(talking: Visit, stack: Stack) -> None:
    assert len(PAYLOADS) == 150
    talking.expected = NO_SUCH_FILE
    with Backstage(stack, talking.kept("talk")["id"]) as backstage:
        for turn, payload in enumerate(PAYLOADS):
            backstage.show("person", name=payload)
            for kind, body in said(payload, turn):
                backstage.write(kind, body)
        backstage.show("bot")
        backstage.write("bot", {"text": "都说完了"})
    talking.hears("都说完了")
    nothing_happened(talking)
    talking.page.reload()  # all of it as history
    talking.open().hears("都说完了")
    for picture in talking.page.locator("#log .attachment").all()[::25]:
        picture.scroll_into_view_if_needed()
    nothing_happened(talking)
    assert set(AS_TYPED) <= set(talking.talk())


def test_nothing_that_is_typed_becomes_code(talking: Visit) -> None:
    for payload in AS_TYPED[::15]:
        talking.say(payload)
        assert payload in talking.talk()
    nothing_happened(talking)


def test_nothing_that_the_page_hands_over_becomes_code(talking: Visit) -> None:
    talking.page.evaluate(HAND_OVER, list(PAYLOADS))
    for address in (f"/shop?lang={PAYLOADS[0]}#{PAYLOADS[0]}", f"/shop#{PAYLOADS[-1]}"):
        talking.go(address)
        expect(talking.page.locator("#cards .card").first).to_be_visible()
    talking.open()
    nothing_happened(talking)


def nothing_happened(visit: Visit) -> None:
    """No effect of any payload, and nothing in place that could still have one."""
    assert visit.page.evaluate("window.taken") is None
    assert visit.page.title() != "taken"
    assert visit.page.evaluate(FOREIGN) == []
    visit.is_clean()
