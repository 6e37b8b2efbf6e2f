"""Bytes as weapons (WEB-12 to WEB-18): what is sent is bounded, read strictly, and shown as text."""

import gzip
import json
import re
import socket
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from core.keys import Keys
from core.problems import Problem
from core.seal import Sealer
from core.store import Store
from tests.dialogue.talk import Talk, bearer
from tests.fakes import ManualClock
from tests.redteam.door import Visitor, connection, is_closed, is_shaped, raw, read_answer, redis_of
from tests.stack import Stack
from webchat.quotas import QUOTAS, Quotas

pytestmark = pytest.mark.stack

Talks = Callable[..., Talk]
Visitors = Callable[..., Visitor]

MARKUP = (
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "[x](javascript:alert(1))", "![](http://evil.example/p.png)", "<!--",
    "&lt;script&gt;", "</script><script>alert(1)</script>", '"><script>alert(1)</script>', "javascript:alert(1)",
)  # fmt: skip


@pytest.mark.parametrize("markup", MARKUP)
def test_web_12_markup_is_carried_as_json_text_only(markup: str, visitor: Visitors) -> None:
    attacker = visitor()
    answer = attacker.post(markup)
    assert answer.status_code == 200
    for response in (answer, attacker.events()):
        assert response.headers["Content-Type"].startswith("application/json")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert markup.replace("/", "") in attacker.events().json()["events"][0]["body"]["text"].replace("/", "").replace("\u2215", "")


def test_web_12_the_outbox_carries_texts_as_json_only(stack: Stack) -> None:
    """In demo mode the front page shows the outbox, which holds what a stranger made us text; tests/pages look at it in a browser."""
    path = stack.folder / "outbox" / "sms.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        for markup in MARKUP:
            file.write(json.dumps({"at": datetime.now(UTC).isoformat(), "to": "+8613000000000", "text": markup}) + "\n")
    texts = stack.http.get(f"{stack.url}/api/v1/outbox")
    assert [row["text"] for row in texts.json()["texts"]][: len(MARKUP)] == list(reversed(MARKUP))
    assert texts.headers["Content-Type"].startswith("application/json")
    assert texts.headers["X-Content-Type-Options"] == "nosniff"
    assert texts.headers["Cache-Control"] == "no-store"
    page = stack.http.get(f"{stack.url}/").text
    assert "alert(1)" not in page, "the page's script puts the texts in, as text (tests/pages)"


def test_web_12_no_page_builds_markup_from_words(stack: Stack) -> None:
    """Scripts of our pages put words into pages as text; no script stands in a page itself."""
    for address in ("/", "/shop"):
        page = stack.http.get(f"{stack.url}{address}")
        assert page.status_code == 200, address
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|\son\w+\s*=|javascript:", page.text, re.I), address
        for source in re.findall(r'<script[^>]*\bsrc="([^"]+)"', page.text):
            assert source.startswith("/"), "our own scripts only"
            script = stack.http.get(f"{stack.url}{source}")
            assert script.status_code == 200
            assert not re.search(
                r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc", script.text
            ), source


BROKEN: dict[str, bytes] = {
    "no UTF-8": b'\xff\xfe{"sender":"a","message":"b"}',
    "bad UTF-8 inside": b'{"sender":"a","message":"\xff\xfe"}',
    "lone surrogate": b'{"sender":"\\ud800","message":"\\ud800","id":"\\ud800","text":"\\ud800"}',
    "cut": b"{",
    "a list": b"[]",
    "null": b"null",
    "a string": b'"x"',
    "a number": b"1e999",
    "nothing": b"",
    "blank": b"  ",
    "NaN": b'{"sender":NaN,"message":Infinity}',
    "wrong types": b'{"sender":{"a":[{}]},"message":[[{"b":1}]],"id":{},"text":{"t":{"u":1}}}',
    "the same key twice": b'{"sender":"a","message":"b","message":"/restart","id":"1","text":"a","text":"b"}',
    "the same key twice, escaped": b'{"sender":"a","message":"b","mess\\u0061ge":"c","id":"1","text":"a","te\\u0078t":"b"}',
    "a number of 5000 digits": b'{"sender":"a","message":' + b"9" * 5000 + b"}",
    "UTF-16": '{"sender":"a","message":"b"}'.encode("utf-16"),
    "a form": b"sender=a&message=b",
    "two values": b'{"sender":"a","message":"b"}{}',
    "a comment": b'{"sender":"a","message":"b"}//',
    "nested 30000 deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a list nested 60000 deep": b"[" * 60_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_web_14_a_broken_body_is_a_shaped_400(name: str, stack: Stack, visitor: Visitors) -> None:
    attacker = visitor()
    doors = {
        f"{stack.url}/webhooks/rest/webhook": bearer(stack),
        f"{attacker.address}/messages": attacker.bearer,
    }
    for address, headers in doors.items():
        for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            answer = stack.http.post(address, content=BROKEN[name], headers={**headers, "Content-Type": kind})
            assert answer.status_code == 400, (address, answer.text)
            assert is_shaped(answer)


def test_web_14_nul_in_text_is_taken_out(visitor: Visitors) -> None:
    attacker = visitor()
    assert attacker.say("你\x00好")
    assert "你好" in attacker.transcript()
    assert "\\u0000" not in attacker.transcript()


def test_web_15_too_many_keys_or_too_deep_is_refused(stack: Stack) -> None:
    rest = f"{stack.url}/webhooks/rest/webhook"
    many = json.dumps({"sender": "a", **{f"k{i}": i for i in range(1000)}}).encode()
    assert stack.http.post(rest, content=many, headers=bearer(stack)).status_code == 400
    deep = b'{"sender":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    assert stack.http.post(rest, content=deep, headers=bearer(stack)).status_code == 413


def test_web_15_thirty_megabytes_are_refused_unread(stack: Stack) -> None:
    """The answer comes on the head alone, and the connection does not take the rest."""
    head = f"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: 127.0.0.1:{stack.ports['PORT']}\r\nAuthorization: {bearer(stack)['Authorization']}\r\n"
    with connection(stack) as line:
        line.sendall(
            f"{head}Content-Type: application/json\r\nContent-Length: 31457280\r\n\r\n".encode() + b'{"a":"' + b"x" * 1000
        )
        assert read_answer(line).status == 413
        assert is_closed(line)


def test_web_15_a_body_without_end_is_cut(stack: Stack) -> None:
    head = f"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: 127.0.0.1:{stack.ports['PORT']}\r\nAuthorization: {bearer(stack)['Authorization']}\r\n"
    with connection(stack) as line:
        line.sendall(f"{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        answered = send_without_end(line)
    assert answered.status in (400, 413)  # 0 would be an answer lost to a reset connection


def send_without_end(line: socket.socket) -> Any:
    """Chunks until the other side has answered or hung up; 64 MB at most."""
    chunk = b"2000\r\n" + b"x" * 0x2000 + b"\r\n"
    line.settimeout(0.2)
    for _ in range(8192):
        try:
            line.sendall(chunk)
            if line.recv(1, socket.MSG_PEEK):
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    line.settimeout(30)
    return read_answer(line)


def test_web_15_a_gzip_bomb_is_not_unpacked(stack: Stack) -> None:
    bomb = gzip.compress(b'{"sender":"a","message":"' + b"x" * 30_000_000 + b'"}')
    headers = {**bearer(stack), "Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = stack.http.post(f"{stack.url}/webhooks/rest/webhook", content=bomb, headers=headers)
    assert answer.status_code in (400, 413, 415)


SLOW = 200


def test_web_16_half_open_requests_stop_nobody_and_are_cut(stack: Stack, talk: Talks) -> None:
    with ExitStack() as held:
        lines = [held.enter_context(connection(stack)) for _ in range(SLOW)]
        for line in lines:
            line.sendall(b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert talk().say("你好")
        assert stack.http.get(f"{stack.url}/healthz").status_code == 200
        assert all(is_closed(line) for line in lines), "a head that does not end is not waited for"


def test_cl_02_a_body_that_drips_is_cut(stack: Stack, talk: Talks) -> None:
    head = f"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {bearer(stack)['Authorization']}\r\n"
    with ExitStack() as held:
        lines = [held.enter_context(connection(stack)) for _ in range(20)]
        for line in lines:
            line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n".encode() + b'{"sender":')
        assert talk().say("你好")
        answers = [read_answer(line) for line in lines]
    assert {answer.status for answer in answers} <= {408, 400, 0}
    assert 408 in {answer.status for answer in answers}


def test_web_17_beyond_the_quota_of_a_conversation(visitor: Visitors, stack: Stack) -> None:
    attacker, neighbour = visitor(), visitor()
    key = Keys.quota("message", Sealer(stack.secrets["SEAL_KEY"]).digest("quota", attacker.id))
    attacker.say("你好")
    assert redis_of(stack).exists(key)
    redis_of(stack).hset(key, "n", "-100")  # what a burst of messages leaves
    answer = attacker.post("你好")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert is_shaped(answer)
    assert neighbour.say("你好"), "somebody else behind the same address is served"


def test_web_17_a_burst_of_messages_is_bounded(visitor: Visitors, at_once: Any) -> None:
    attacker = visitor()
    answers = at_once(60, lambda _: attacker.post("你好"))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {200, 429}
    assert 429 in statuses
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 429)


def test_web_17_new_conversations_of_one_address_are_bounded(store: Store, sealer: Sealer, clock: ManualClock) -> None:
    """The real quotas over a real Redis, with a clock that stands still."""
    quotas = Quotas(store, sealer, clock)
    most = QUOTAS["conversation"].most
    for _ in range(most):
        quotas.take("conversation", "198.51.100.7")
    with pytest.raises(Problem) as refused:
        quotas.take("conversation", "198.51.100.7")
    assert (refused.value.status, refused.value.retry_after) == (429, 1)
    quotas.take("conversation", "198.51.100.8")
    clock.advance(1)
    quotas.take("conversation", "198.51.100.7")


def test_web_17_an_address_that_claims_to_be_another_is_counted_as_itself(stack: Stack) -> None:
    redis = redis_of(stack)
    before = set(redis.scan_iter("quota:conversation:*"))
    with httpx2.Client(transport=httpx2.HTTPTransport(local_address="127.0.0.9")) as client:
        for number in range(5):
            headers = {
                "X-Forwarded-For": f"203.0.113.{number}",
                "X-Real-IP": f"203.0.113.{number}",
                "Forwarded": f"for=203.0.113.{number}",
            }
            assert client.post(f"{stack.url}/api/v1/conversations", json={}, headers=headers).status_code == 201
    assert len(set(redis.scan_iter("quota:conversation:*")) - before) <= 1


ADDRESSES = ("/", "/shop", "/nothing/here", "/healthz", "/api/v1/conversations/x/events", "/webhooks/rest/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_web_18_every_answer_is_hardened(address: str, stack: Stack) -> None:
    headers = stack.http.get(f"{stack.url}{address}").headers
    policy = {
        name: rest for name, _, rest in (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    }
    assert policy["frame-ancestors"] == "'none'"
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "*" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


def test_web_18_a_method_nobody_needs_is_refused(stack: Stack) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        answer = stack.http.request(method, f"{stack.url}/webhooks/rest/webhook", headers=bearer(stack))
        assert answer.status_code == 405
        assert is_shaped(answer)


SMUGGLED = {
    "length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    "a signed length": b"Content-Length: +2\r\n\r\n{}",
    "a blank before the colon": b"Content-Length : 2\r\n\r\n{}",
    "an odd coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_cl_03_no_request_hides_in_another(name: str, stack: Stack) -> None:
    head = (
        f"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {bearer(stack)['Authorization']}\r\n".encode()
    )
    answer = raw(stack, head + SMUGGLED[name])
    assert 400 <= answer.status < 600
    assert answer.status != 500
    assert b"Traceback" not in answer.body
