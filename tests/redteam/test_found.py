"""Holes found while attacking (CL-*), each closed: what was sent, what must never happen again. The list is in README.md."""

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from flask import Flask, request

from core.seal import Sealer
from core.settings import Settings
from core.store import Store
from customers.caps import OF_A_CONVERSATION, OF_AN_ADDRESS, Caps
from customers.conversation import UNSPOKEN_SECONDS, Conversations
from customers.windows import WindowFull
from processes.guards import guarded
from tests.dialogue.talk import Talk, bearer
from tests.fakes import ManualClock
from tests.redteam.door import Visitor, is_shaped, raw, redis_of
from tests.stack import Stack

Talks = Callable[..., Talk]
Visitors = Callable[..., Visitor]
MONEY = re.compile(r"[¥￥]\s?-?\d|\d+\.\d\d")

FOREIGN = (
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "10.0.0.7",
    "[",
    "evil.example, 127.0.0.1",
    "x" * 300,
)


@pytest.mark.stack
@pytest.mark.parametrize("host", FOREIGN)
def test_cl_01_a_foreign_name_for_our_address_is_refused(host: str, stack: Stack) -> None:
    """DNS rebinding: to a browser such a page is of our own origin, and could read the demo's texts and sign customers in."""
    for method, path, body in (
        ("GET", "/", ""),
        ("GET", "/api/v1/outbox", ""),
        ("GET", "/shop", ""),
        ("POST", "/api/v1/conversations", '{"sign_in":"+8613800138000"}'),
    ):
        head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
        answer = raw(stack, head.encode())
        assert answer.status in (421, 400), (path, answer.status)
        assert b"token" not in answer.body
        assert b"13800138000" not in answer.body


@pytest.mark.stack
def test_cl_01_this_machine_by_any_of_its_names_is_served(stack: Stack) -> None:
    for host in (f"127.0.0.1:{stack.ports['PORT']}", "localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:80"):
        body = "{}"
        head = f"POST /api/v1/conversations HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        assert raw(stack, head.encode()).status == 201, host
    assert raw(stack, b"GET /healthz HTTP/1.1\r\nHost: 10.1.2.3\r\n\r\n").status == 200, "health is asked for by address"


@pytest.mark.stack
def test_cl_07_one_conversation_has_one_customer(talk: Talks, stack: Stack) -> None:
    """A shared device under one sender: the next customer could have had the last one's answers repeated."""
    first, second = stack.fresh_customer(language="zh"), stack.fresh_customer(language="zh")
    kiosk = talk(first)
    assert MONEY.search(kiosk.say("我的话费余额还有多少"))
    kiosk.customer = second
    answer = kiosk.post("再说一遍")
    assert answer.status_code == 409
    assert is_shaped(answer)
    assert not MONEY.search(answer.text)


@pytest.mark.stack
def test_cl_08_one_pin_tried_at_many_numbers_is_stopped(talk: Talks, stack: Stack) -> None:
    """Three tries a number do not stop who tries a common PIN once at each of many."""
    attacker = talk()
    judged = 0
    for _ in range(OF_A_CONVERSATION + 3):
        victim = stack.fresh_customer(language="zh")
        attacker.say("查一下话费余额")
        attacker.say(victim["msisdn"].removeprefix("+86"))
        heard = attacker.say("102938" if victim["pin"] != "102938" else "102939")
        judged += "还可以再试" in heard
        attacker.say("算了不办了")
    assert judged <= OF_A_CONVERSATION
    victim = stack.fresh_customer(language="zh")
    attacker.say("查一下话费余额")
    attacker.say(victim["msisdn"].removeprefix("+86"))
    assert not MONEY.search(attacker.say(victim["pin"])), "not even the right one"


@pytest.mark.parametrize("deed", ["send", "wrong_pin"])
def test_cl_08_and_otp_04_an_address_is_capped_over_its_conversations(
    deed: str, store: Store, sealer: Sealer, clock: ManualClock
) -> None:
    """The real counters over a real Redis: 200 texts, or PINs, out of many conversations of one address."""
    conversations = Conversations(store, sealer, clock)
    caps = Caps(store, sealer, clock, conversations.source_of)

    def try_from(address: str, times: int) -> int:
        done = 0
        for _ in range(times):
            conversation = conversations.mint("web", "web", address=address)
            try:
                getattr(caps, deed)(conversation.id)
            except WindowFull:
                continue
            done += 1
        return done

    assert try_from("198.51.100.7", 200) == OF_AN_ADDRESS
    assert try_from("198.51.100.8", 3) == 3, "a neighbour is not shut out"
    clock.advance(hours=24, seconds=1)
    assert try_from("198.51.100.7", 1) == 1


def test_cl_08_what_did_not_count_is_given_back(store: Store, sealer: Sealer, clock: ManualClock) -> None:
    conversations = Conversations(store, sealer, clock)
    caps = Caps(store, sealer, clock, conversations.source_of)
    for _ in range(3 * OF_AN_ADDRESS):
        place = caps.wrong_pin(conversations.mint("web", "web", address="198.51.100.7").id)  # raises when the address is spent
        assert place is not None
        place.give_back()


@pytest.mark.stack
def test_cl_09_no_address_of_a_visitor_stands_in_redis(stack: Stack) -> None:
    with httpx2.Client(transport=httpx2.HTTPTransport(local_address="127.0.0.77")) as client:
        begun = client.post(f"{stack.url}/api/v1/conversations", json={}).json()
        client.post(
            f"{stack.url}/api/v1/conversations/{begun['id']}/messages",
            json={"id": "1", "text": "你好"},
            headers={"Authorization": f"Bearer {begun['token']}"},
        )
    redis = redis_of(stack)
    assert not [key for key in redis.scan_iter(count=1000) if b"127.0.0.77" in key]


@pytest.mark.stack
@pytest.mark.parametrize("header", [{"Idempotency-Key": "é" * 40}, {"Idempotency-Key": "k" * 5000}, {"Content-Type": "x" * 3000}])
def test_cl_10_odd_headers_are_no_fault_of_ours(header: dict[str, str], stack: Stack) -> None:
    encoded: Any = [(name.encode(), value.encode("latin-1")) for name, value in {**bearer(stack), **header}.items()]
    answer = stack.http.post(f"{stack.url}/webhooks/rest/webhook", json={"sender": "odd", "message": "你好"}, headers=encoded)
    assert answer.status_code in (200, 400)


def test_cl_11_conversations_that_nobody_speaks_in_are_soon_forgotten(store: Store, sealer: Sealer, clock: ManualClock) -> None:
    """Opened by the thousand, they would have filled Redis for a day, and a full Redis takes nobody's words."""
    conversations = Conversations(store, sealer, clock)
    opened = conversations.mint("web", "web", address="198.51.100.7")
    with store.guard() as client:
        lives = {key: client.ttl(key) for key in client.scan_iter(f"*{opened.id}*")}
        assert len(lives) == 2
        assert all(0 < seconds <= 2 * UNSPOKEN_SECONDS for seconds in lives.values())
        conversations.save(opened)  # as every turn does
        assert all(client.ttl(key) > 2 * UNSPOKEN_SECONDS for key in lives)


PROXIED = (
    (None, "", 0),
    (None, "https://care.example.com", 1),
    (None, "http://127.0.0.1:8080", 0),
    (2, "", 2),
    (0, "https://care.example.com", 0),
)


@pytest.mark.parametrize(("given", "public", "believed"), PROXIED)
def test_cl_12_behind_a_proxy_quotas_go_by_the_customers_address(given: int | None, public: str, believed: int) -> None:
    """Without this all customers behind nginx would have shared one quota; with too much of it anybody could name their own address."""
    settings = Settings(proxies=given, public_base_url=public, demo=False, _env_file=None)  # type: ignore[call-arg]
    app = Flask("door")
    guarded(app, settings)
    app.add_url_rule("/healthz", view_func=lambda: request.remote_addr or "")
    told = {"X-Forwarded-For": "203.0.113.66, 198.51.100.2, 198.51.100.1"}
    seen = app.test_client().get("/healthz", headers=told, environ_base={"REMOTE_ADDR": "127.0.0.1"}).text
    assert seen == ("127.0.0.1", "198.51.100.1", "198.51.100.2")[believed]


@pytest.mark.stack
@pytest.mark.parametrize(
    "line",
    [
        "SCRIPT_NAME: /x",
        "PATH_INFO: /metrics",
        "X-Forwarded-Prefix: /x",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
    ],
)
def test_cl_12_no_header_moves_our_addresses(line: str, stack: Stack) -> None:
    answer = raw(stack, f"GET /docs/api HTTP/1.1\r\nHost: 127.0.0.1\r\n{line}\r\n\r\n".encode())
    assert (answer.status, answer.headers["location"]) == (302, f"{stack.operator_url}/docs/api")
