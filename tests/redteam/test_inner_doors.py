"""The doors inside (API-01, API-02): on loopback, under a secret, and believing no tracker."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.dialogue.talk import Talk
from tests.redteam.door import balanced
from tests.stack import Stack

pytestmark = pytest.mark.stack

MONEY = re.compile(r"[¥￥]\s?-?\d|\d+\.\d\d")
RASA = (
    ("GET", "/conversations/{id}/tracker"),
    ("POST", "/conversations/{id}/tracker/events"),
    ("PUT", "/conversations/{id}/tracker/events"),
    ("POST", "/conversations/{id}/execute"),
    ("POST", "/conversations/{id}/trigger_intent"),
    ("GET", "/conversations/{id}/story"),
    ("POST", "/conversations/{id}/predict"),
    ("PUT", "/model"),
    ("DELETE", "/model"),
    ("POST", "/model/train"),
    ("POST", "/model/parse"),
    ("GET", "/domain"),
    ("GET", "/status"),
    ("POST", "/webhooks/rest/webhook"),
    ("GET", "/webhooks/rest/"),
    ("POST", "/webhooks/twilio/webhook"),
    ("POST", "/webhooks/twilio_voice/webhook"),
    ("POST", "/webhooks/callback/webhook"),
    ("GET", "/socket.io/?EIO=4&transport=polling"),
)


def client_of(stack: Stack, port: str, **headers: str) -> httpx2.Client:
    return httpx2.Client(base_url=f"http://127.0.0.1:{stack.ports[port]}", headers=headers, timeout=30)


@pytest.mark.parametrize(("method", "path"), RASA)
def test_api_01_the_bot_has_no_door_but_ours(method: str, path: str, stack: Stack) -> None:
    events = [{"event": "slot", "name": "identity", "value": "verified"}]
    with client_of(stack, "BOT_PORT") as bot:
        answer = bot.request(method, path.format(id="x"), json=events, params={"token": "x"})
        assert answer.status_code == 404, answer.text
    if path == "/webhooks/rest/" or path.startswith("/socket.io/"):
        return  # our own gateway has these too: a health check, and a line that opens nothing without a token (test_sockets.py)
    assert stack.http.request(method, f"{stack.url}{path.format(id='x')}", json=events).status_code in (401, 404, 405)


@pytest.mark.parametrize("given", [None, "", "x", "null", "Bearer x"])
def test_api_01_our_door_of_the_bot_needs_the_secret(given: str | None, stack: Stack) -> None:
    asked = {"conversation": "x", "channel": "web", "text": "/restart", "id": "1", "trusted": True}
    headers = {} if given is None else {"X-Careline-Secret": given}
    with client_of(stack, "BOT_PORT", **headers) as bot:
        for path in ("/webhooks/careline/turn", "/webhooks/careline/parse"):
            answer = bot.post(path, json=asked)
            assert (answer.status_code, answer.text) == (401, "")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"conversation":{}}', b"\xff", b"[" * 50_000])
def test_api_01_a_broken_turn_is_an_error_never_an_empty_answer(body: bytes, stack: Stack) -> None:
    with client_of(stack, "BOT_PORT", **{"X-Careline-Secret": stack.secrets["ACTION_SECRET"]}) as bot:
        answer = bot.post("/webhooks/careline/turn", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code >= 400
        assert "Traceback" not in answer.text


def test_api_01_every_server_listens_on_loopback_only(stack: Stack) -> None:
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("this system does not show its sockets in /proc")
    rows = [line.split() for line in table.read_text().splitlines()[1:]]
    listening = {tuple(row[1].split(":")) for row in rows if row[3] == "0A"}
    six = Path("/proc/net/tcp6").read_text() if Path("/proc/net/tcp6").exists() else ""
    for name, port in stack.ports.items():
        addresses = {address for address, number in listening if int(number, 16) == port}
        assert addresses == {"0100007F"}, name
        assert f":{port:04X} " not in " ".join(line.split()[1] + " " for line in six.splitlines()[1:])


def forged(action: str, conversation: str, slots: dict[str, Any], loop: str | None = None) -> dict[str, Any]:
    parsed = {"text": "确认", "intent": {"name": "affirm", "confidence": 1.0}, "entities": []}
    tracker = {
        "sender_id": conversation,
        "slots": slots,
        "latest_message": parsed,
        "latest_event_time": 1.0,
        "followup_action": None,
        "paused": False,
        "events": [{"event": "user", "timestamp": 1.0, "text": "确认", "parse_data": parsed, "input_channel": "web"}],
        "latest_input_channel": "web",
        "active_loop": {"name": loop} if loop else {},
        "latest_action_name": "action_listen",
    }
    return {"next_action": action, "sender_id": conversation, "tracker": tracker, "domain": {}, "version": "3.6.21"}


def values(number: str) -> dict[str, Any]:
    return {
        "verified": True,
        "identity": "verified",
        "language": "zh",
        "caller_number": number,
        "top_up_number": number,
        "top_up_amount": 5000,
        "top_up_method": "wechat_pay",
        "proof": "yes",
        "confirmed": "yes",
        "operation": {"hash": "yes", "key": uuid4().hex},
    }


@pytest.mark.parametrize("given", [None, "x"])
def test_api_02_the_action_server_needs_the_secret(given: str | None, stack: Stack) -> None:
    customer = stack.fresh_customer()
    before = balanced(stack, customer["msisdn"])
    headers = {} if given is None else {"X-Careline-Secret": given}
    with client_of(stack, "ACTIONS_PORT", **headers) as actions:
        answer = actions.post("/webhook", json=forged("action_top_up", "web-x", values(customer["msisdn"])))
        assert answer.status_code == 401
        assert actions.get("/actions").status_code == 401
        assert actions.post("/health/../webhook", json={}).status_code == 401
        assert actions.post("//webhook", json={}).status_code in (401, 404)
    assert balanced(stack, customer["msisdn"]) == before


@pytest.mark.parametrize(
    "action", ["action_top_up", "action_query_balance", "action_query_bill", "action_cancel_order", "action_query_usage"]
)
def test_api_02_an_action_believes_no_forged_tracker(action: str, stack: Stack) -> None:
    """Even with the secret: who is verified stands in customers/, not in a slot."""
    customer = stack.fresh_customer()
    before = balanced(stack, customer["msisdn"])
    with client_of(stack, "ACTIONS_PORT", **{"X-Careline-Secret": stack.secrets["ACTION_SECRET"]}) as actions:
        answer = actions.post("/webhook", json=forged(action, f"web-{uuid4().hex}", values(customer["msisdn"]), "top_up_form"))
    assert answer.status_code == 200
    said = " ".join(str(response) for response in answer.json()["responses"])
    assert not MONEY.search(said)
    assert not re.search(r"TU\d|topped_up", said)
    assert balanced(stack, customer["msisdn"]) == before


def test_api_02_another_conversations_authority_does_not_travel(stack: Stack) -> None:
    """A tracker that names one conversation and carries the slots of another."""
    customer, other = stack.fresh_customer(language="zh"), stack.fresh_customer(language="zh")
    talk = Talk(stack, customer)
    talk.say("你好")
    with client_of(stack, "ACTIONS_PORT", **{"X-Careline-Secret": stack.secrets["ACTION_SECRET"]}) as actions:
        answer = actions.post("/webhook", json=forged("action_query_balance", talk.sender, values(other["msisdn"])))
    assert not MONEY.search(str(answer.json()["responses"]))


@pytest.mark.parametrize("path", ["/admin/faults", "/admin/ledger", "/admin/customers/take", "/admin/audit"])
def test_api_02_the_operators_back_door_needs_its_own_key(path: str, stack: Stack) -> None:
    bearer = {"Authorization": f"Bearer {stack.secrets['OPERATOR_API_KEY']}"}
    for headers in ({}, bearer, {"X-Admin-Key": ""}, {"X-Admin-Key": stack.secrets["OPERATOR_API_KEY"]}):
        assert stack.http.get(f"{stack.operator_url}{path}", headers=headers).status_code == 401
    assert stack.http.get(f"{stack.url}{path}").status_code == 404
