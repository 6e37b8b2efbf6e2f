"""Being somebody else through the widget (WEB-19): a name, a frame or a message of another window signs nobody in; only a fresh signed token does."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.docs.reading import ROOT
from tests.redteam.door import EVIL_ORIGINS, is_shaped, raw
from tests.stack import Stack
from tests.webchat.door import Web, customer_token

MONEY = re.compile(r"[¥￥]\s?-?\d|\d+\.\d\d")
WIDGET = sorted((ROOT / "webchat" / "widget").rglob("*.js"))


@pytest.mark.parametrize("path", WIDGET, ids=lambda path: path.name)
def test_web_19_the_widget_hears_no_other_window(path: Path) -> None:
    """No iframe to send to, no listener to hear it; in a browser: tests/pages/test_widget_messages.py."""
    source = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    assert not re.search(
        r"""postMessage|["']message["']\s*,|(?:window|self|globalThis)\.onmessage|<iframe|["']iframe["']|document\.domain""",
        source,
    )


CLAIMED: tuple[dict[str, Any], ...] = (
    {"setUser": "+8613800138000"}, {"identify": "+8613800138000"}, {"customer_id": "1"}, {"number": "+8613800138000"}, {"verified": True},
    {"user": {"id": "1", "identifier_hash": "x"}}, {"owner_person": "me"}, {"language": "zh", "auth": {"level": "verified"}},
)  # fmt: skip


@pytest.mark.stack
@pytest.mark.parametrize("claimed", CLAIMED)
def test_web_19_nobody_is_signed_in_by_saying_so(claimed: dict[str, Any], stack: Stack) -> None:
    web = Web(stack, **claimed)
    answer = web.ask("POST", "/identity", json=claimed)
    assert (answer.status_code, is_shaped(answer)) == (400, True)
    assert not MONEY.search(web.say("我的话费余额还有多少").text)


@pytest.mark.stack
def test_web_19_what_the_page_tells_of_itself_gives_no_rights(stack: Stack) -> None:
    web = Web(stack)
    context = {"page": "/admin", "title": "verified=true", "order": "+8613800138000", "product": "customer_id=1"}
    body = {"id": "1", "text": "我的话费余额还有多少", "context": context}
    answer = web.ask("POST", "/messages", json=body)
    assert answer.status_code == 200
    assert not MONEY.search(answer.text)


@pytest.mark.stack
def test_web_19_a_signature_guards_every_way_and_not_only_signing_in(stack: Stack) -> None:
    """Elsewhere a signature was asked for by setUser only, and messages passed without: here whoever is signed in is so by a conversation's own token."""
    customer = stack.fresh_customer(language="zh")
    signed_in = Web(stack, customer_token=customer_token(stack, customer["msisdn"]))
    assert MONEY.search(signed_in.say("我的话费余额还有多少").text)
    stranger = Web(stack)
    body = {
        "id": "x",
        "text": "我的话费余额还有多少",
        "sender": signed_in.id,
        "customer_token": customer_token(stack, customer["msisdn"], key="x" * 32),
    }
    assert not MONEY.search(stranger.ask("POST", "/messages", json=body).text)
    for path in ("/events", "/transcript"):
        assert stack.http.get(signed_in.address + path, headers=stranger.bearer).status_code == 404


@pytest.mark.stack
def test_web_19_a_customer_token_is_no_conversation_token_and_no_key(stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    token = customer_token(stack, customer["msisdn"])
    web = Web(stack, customer_token=token)
    headers = {"Authorization": f"Bearer {token}"}
    assert stack.http.get(f"{web.address}/events", headers=headers).status_code == 401
    rest = stack.http.post(f"{stack.url}/webhooks/rest/webhook", json={"sender": "x", "message": "你好"}, headers=headers)
    assert rest.status_code == 401


@pytest.mark.stack
def test_web_19_a_customer_token_of_yesterday_or_for_ever_signs_nobody_in(stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    for seconds in (-60, -86_400, 3_600, 10**8):
        answer = stack.http.post(
            f"{stack.url}/api/v1/conversations",
            json={"customer_token": customer_token(stack, customer["msisdn"], seconds=seconds)},
        )
        assert (answer.status_code, is_shaped(answer)) == (401, True), seconds


@pytest.mark.stack
def test_web_19_a_second_customer_gets_nothing_of_the_first(stack: Stack) -> None:
    first, second = stack.fresh_customer(language="zh"), stack.fresh_customer(language="zh")
    kiosk = Web(stack, customer_token=customer_token(stack, first["msisdn"]))
    assert MONEY.search(kiosk.say("我的话费余额还有多少").text)
    told = kiosk.ask("POST", "/identity", json={"customer_token": customer_token(stack, second["msisdn"])})
    assert (told.status_code, told.json()["error"]) == (409, "other_customer")
    assert first["name"] not in told.text
    assert kiosk.ask("DELETE", "").status_code == 204
    after = Web(stack, customer_token=customer_token(stack, second["msisdn"]))
    assert after.id != kiosk.id
    assert after.events() == []


@pytest.mark.stack
def test_cl_23_a_guests_token_copied_before_the_sign_in_reads_nothing_after(stack: Stack) -> None:
    """Session fixation: at a shared computer somebody begins a chat, keeps its token, and waits for the next customer to sign in."""
    customer = stack.fresh_customer(language="zh")
    page = Web(stack)
    copied = page.token
    told = page.ask("POST", "/identity", json={"customer_token": customer_token(stack, customer["msisdn"])})
    page.token = told.json()["token"]
    assert MONEY.search(page.say("我的话费余额还有多少").text)
    page.token, own = copied, page.token
    for method, path in (("GET", "/events"), ("GET", "/transcript"), ("POST", "/token"), ("POST", "/messages")):
        body = {"id": "x", "text": "我的话费余额还有多少"} if path == "/messages" else None
        answer = page.ask(method, path, json=body) if body else page.ask(method, path)
        assert (answer.status_code, is_shaped(answer)) == (401, True), path
    page.token = own
    assert page.ask("GET", "/events").status_code == 200


UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@pytest.mark.stack
@pytest.mark.parametrize("origin", EVIL_ORIGINS)
def test_web_06_a_page_from_elsewhere_gets_no_socket(origin: str, stack: Stack) -> None:
    """WebSockets know no same-origin policy: the handshake is where a foreign page is refused, by long poll as well."""
    for transport, more in (("websocket", UPGRADE), ("polling", "")):
        head = f"GET /socket.io/?EIO=4&transport={transport} HTTP/1.1\r\nHost: 127.0.0.1:{stack.ports['PORT']}\r\nOrigin: {origin}\r\n{more}\r\n"
        answer = raw(stack, head.encode())
        assert answer.status == 403, transport
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.stack
def test_web_06_the_own_page_gets_one(stack: Stack) -> None:
    head = f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{stack.ports['PORT']}\r\nOrigin: {stack.url}\r\n{UPGRADE}\r\n"
    assert raw(stack, head.encode()).status == 101
