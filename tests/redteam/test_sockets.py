"""Attacks on /socket.io (WEB-01, 06, 09, 14, 15, 17 and CL-01 there): it is answered before Flask, so it needs guards of its own."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import websocket

from tests.redteam.door import EVIL_ORIGINS, Visitor, connection, is_closed, is_shaped, raw
from tests.stack import Stack
from tests.webchat.clients import Backdoor, RasaTab, Tab, eventually

pytestmark = pytest.mark.stack

SECONDS = 60.0
HANDSHAKE = "/socket.io/?EIO=4&transport="
Visitors = Callable[..., Visitor]


@pytest.fixture
def backdoor(stack: Stack) -> Backdoor:
    return Backdoor(stack)


@contextmanager
def line(stack: Stack, **more: Any) -> Iterator[websocket.WebSocket]:
    """A websocket with Engine.IO's handshake behind it."""
    opened = websocket.create_connection(
        f"ws://127.0.0.1:{stack.ports['PORT']}{HANDSHAKE}websocket", timeout=SECONDS, suppress_origin=True, **more
    )
    try:
        assert opened.recv().startswith("0{")
        yield opened
    finally:
        opened.close()


def welcomed(opened: websocket.WebSocket, auth: dict[str, Any] | None = None) -> None:
    opened.send("40" + (json.dumps(auth) if auth else ""))
    assert opened.recv().startswith("40{")


def ends(opened: websocket.WebSocket) -> bool:
    """True once the other side hangs up, although its pings are answered; two of them are patience enough."""
    pings = 0
    try:
        while (heard := opened.recv()) and pings < 2:
            if heard == "2":
                pings += 1
                opened.send("3")
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return True
    except websocket.WebSocketTimeoutException:
        return False
    return pings < 2


@pytest.mark.parametrize("origin", EVIL_ORIGINS)
def test_web_06_a_foreign_page_gets_no_handshake(stack: Stack, origin: str) -> None:
    for transport in ("polling", "websocket"):
        answer = stack.http.get(f"{stack.url}{HANDSHAKE}{transport}", headers={"Origin": origin})
        assert answer.status_code == 403
        assert is_shaped(answer)
        assert "Access-Control-Allow-Origin" not in answer.headers
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(f"ws://127.0.0.1:{stack.ports['PORT']}{HANDSHAKE}websocket", origin=origin, timeout=SECONDS)


def test_web_06_our_own_page_and_no_page_at_all_get_in(stack: Stack) -> None:
    answer = stack.http.get(f"{stack.url}{HANDSHAKE}polling", headers={"Origin": stack.url})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == stack.url
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert stack.http.get(f"{stack.url}{HANDSHAKE}polling").status_code == 200


def test_web_06_no_page_reads_it_as_a_script(stack: Stack) -> None:
    answer = stack.http.get(f"{stack.url}{HANDSHAKE}polling&j=0")
    assert answer.status_code == 400
    assert is_shaped(answer)


def test_cl_01_a_name_that_is_not_ours_gets_no_handshake(stack: Stack) -> None:
    for transport in ("polling", "websocket"):
        head = f"GET {HANDSHAKE}{transport} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        assert raw(stack, head.encode()).status == 421


def test_web_01_another_visitors_session_in_a_message_counts_for_nothing(stack: Stack, backdoor: Backdoor) -> None:
    victim, attacker = RasaTab(stack).begin(), RasaTab(stack).begin()
    attacker.utter("你好", session_id=victim.session, sender=victim.session, sender_id=victim.session)
    assert attacker.answered(1)[0]
    assert backdoor.transcript.after(backdoor.tokens.read(victim.session).conversation_id) == []
    assert victim.said == []
    victim.close()
    attacker.close()


def test_web_01_a_socket_hears_its_own_conversation_only(visitor: Visitors, backdoor: Backdoor) -> None:
    victim, attacker = visitor(), visitor()
    spy = Tab(attacker)
    spy.auth |= {"conversation": victim.id, "id": victim.id, "room": victim.id}
    spy.connect()
    backdoor.write(victim.id, "bot", text="只给他的话")
    backdoor.write(attacker.id, "bot", text="给我的话")
    eventually(lambda: spy.events)
    assert [event["body"]["text"] for event in spy.events] == ["给我的话"]
    spy.close()


def test_web_09_typing_and_seen_count_for_the_tokens_conversation_only(visitor: Visitors, backdoor: Backdoor) -> None:
    victim, attacker = visitor(), visitor()
    backdoor.write(victim.id, "bot", text="您好")
    backdoor.write(attacker.id, "bot", text="您好")
    tab = Tab(attacker).connect()
    tab.client.emit("seen", {"seq": 1, "conversation": victim.id})
    tab.client.emit("typing", {"on": True, "conversation_id": victim.id})
    eventually(lambda: backdoor.parts.presence.customer(attacker.id) == {"typing": True, "seen": 1})
    assert backdoor.parts.presence.customer(victim.id) == {"typing": False, "seen": 0}
    tab.close()


def test_web_14_packets_that_are_none_do_no_harm(stack: Stack, visitor: Visitors) -> None:
    me = visitor()
    odd = [
        "", "9", "4", "49", "4\x00", "42", "42[", "42[]", "42[1]", "42[null]", '42{"a":1}', '42["seen"]', '42["seen",1,2,3]', '42[["seen"]]',
        '42["connect",{"token":"x"}]', '42["disconnect"]', '42["seen",' + "[" * 9000, "42" + "9" * 150 + '["seen"]', '40/admin,{"token":"x"}',
        '451-["seen",{"_placeholder":true,"num":0}]', '4599999-["seen",{"_placeholder":true,"num":0}]', '43["x"]', "44", "6", "1x", "3", "3probe",
        '42["\ud7ff"]',
    ]  # fmt: skip
    for packet in odd:
        with line(stack) as opened:
            welcomed(opened, {"token": me.token, "after": 0})
            opened.send(packet)
            opened.send_binary(b"\xff\xfe")
    with line(stack) as opened:
        welcomed(opened, {"token": me.token, "after": 0})
        opened.send('42["connect",{"token":"x"}]')  # an event with a name that is not an event's
        me.say("你好")
        assert any('"events"' in opened.recv() for _ in range(20))


def test_web_14_bytes_that_are_no_websocket_end_the_line(stack: Stack) -> None:
    head = (
        f"GET {HANDSHAKE}websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with connection(stack) as bare:
        bare.sendall(head.encode())
        assert b"101" in bare.recv(1024)
        bare.sendall(b"\xff" * 64)
        assert is_closed(bare)
    assert raw(stack, head.replace("Sec-WebSocket-Key", "X").encode()).status == 400


def test_web_15_a_packet_larger_than_any_message_ends_the_line(stack: Stack, visitor: Visitors) -> None:
    me = visitor()
    with line(stack) as opened:
        welcomed(opened, {"token": me.token, "after": 0})
        opened.send('42["seen","' + "x" * 40_000 + '"]')
        assert ends(opened)
    answer = stack.http.post(f"{stack.url}{HANDSHAKE}polling&sid=x", content=b"4" * 200_000)
    assert answer.status_code == 413
    assert is_shaped(answer)
    assert me.say("你好")


def test_web_15_no_compression_is_agreed_on(stack: Stack) -> None:
    with line(stack, header=["Sec-WebSocket-Extensions: permessage-deflate"]) as opened:
        assert "sec-websocket-extensions" not in {name.lower() for name in opened.getheaders()}


def test_web_17_a_flood_of_signals_harms_nobody(visitor: Visitors, stack: Stack) -> None:
    me, neighbour = visitor(), visitor()
    tab, beside = Tab(me).connect(), Tab(neighbour).connect()
    for _ in range(2_000):
        tab.client.emit("typing", {"on": True})
    neighbour.say("你好")
    eventually(lambda: beside.seqs == [1, 2])
    me.say("你好")
    eventually(lambda: tab.seqs == [1, 2])
    tab.close()
    beside.close()


def test_web_17_a_line_nobody_begins_a_talk_on_is_closed(stack: Stack) -> None:
    with line(stack) as silent, line(stack) as unsettled:
        welcomed(unsettled)
        assert ends(silent)
        assert ends(unsettled)


def test_the_line_id_in_an_address_carries_no_authority(stack: Stack, visitor: Visitors) -> None:
    me = visitor()
    me.say("你好")
    opened = stack.http.get(f"{stack.url}{HANDSHAKE}polling").text
    sid = json.loads(opened[1:])["sid"]
    address = f"{stack.url}{HANDSHAKE}polling&sid={sid}"
    assert stack.http.post(address, content=b'42["seen",{"seq":1}]').status_code == 200
    assert stack.http.post(address + f"&token={me.token}", content=b"40").status_code == 200
    answer = stack.http.get(address).text
    assert "你好" not in answer
    assert '"events"' not in answer
