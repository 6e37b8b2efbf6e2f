"""Being somebody else (WEB-01 to WEB-09): whose conversation it is follows from a signed token or key, never from a field."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.dialogue.talk import Talk, bearer, customer_token
from tests.redteam.door import EVIL_ORIGINS, Visitor, balanced, is_shaped
from tests.stack import Stack

pytestmark = pytest.mark.stack

Talks = Callable[..., Talk]
Visitors = Callable[..., Visitor]

MONEY = re.compile(r"[¥￥]\s?-?\d")


def test_web_01_another_visitors_id_in_the_body_counts_for_nothing(visitor: Visitors) -> None:
    victim, attacker = visitor("+8613800138000"), visitor()
    forged = {"sender": victim.id, "session_id": victim.id, "conversation": victim.id, "conversation_id": victim.id}
    answer = attacker.post("我的话费余额还有多少", **forged)
    assert answer.status_code == 200
    assert not MONEY.search(answer.text)
    assert victim.events().json()["events"] == []


def test_web_01_a_sender_at_the_rest_door_reaches_no_other_kind_of_conversation(visitor: Visitors, stack: Stack) -> None:
    victim = visitor("+8613800138000")
    answer = Talk(stack, None, sender=victim.id).post("我的话费余额还有多少")
    assert not MONEY.search(answer.text)
    assert victim.events().json()["events"] == []


def test_web_02_without_key_or_token_nobody_is_let_in(stack: Stack, visitor: Visitors) -> None:
    rest, web = f"{stack.url}/webhooks/rest/webhook", visitor().address
    attempts: list[tuple[str, dict[str, str]]] = [
        (rest, {}),
        (rest, {"Authorization": "Bearer x"}),
        (rest, {"Authorization": f"Basic {stack.secrets['DEMO_API_KEY']}"}),
        (rest, {"Authorization": f"Bearer {stack.secrets['OPERATOR_API_KEY']}"}),
        (f"{web}/messages", {}),
        (f"{web}/messages", bearer(stack)),
        (f"{web}/messages", {"Authorization": "Bearer c1.e30.AAAA"}),
    ]
    for address, headers in attempts:
        answer = stack.http.post(address, json={"sender": "x", "message": "你好", "id": "1", "text": "你好"}, headers=headers)
        assert answer.status_code == 401, (address, headers)
        assert is_shaped(answer)


@pytest.mark.parametrize("sender", [None, "", "   ", 7, ["a"], {"id": "a"}, "x" * 129])
def test_web_02_no_sender_no_shared_conversation(sender: Any, stack: Stack) -> None:
    body = {"message": "你好"} if sender is None else {"sender": sender, "message": "你好"}
    answer = stack.http.post(f"{stack.url}/webhooks/rest/webhook", json=body, headers=bearer(stack))
    assert answer.status_code in (400, 413)
    assert is_shaped(answer)


def test_web_04_channel_and_metadata_of_the_body_are_not_read(talk: Talks, visitor: Visitors, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    metadata = {"verified": True, "customer_id": customer["id"], "phone": customer["msisdn"], "auth": {"level": "verified"}}
    forged: dict[str, Any] = {"input_channel": "ivr", "channel": "ivr", "trusted": True, "language": "en", "metadata": metadata}
    for answer in (talk().post("我的话费余额还有多少", **forged), visitor().post("我的话费余额还有多少", **forged)):
        assert answer.status_code == 200
        assert not MONEY.search(answer.text)
    assert '"/' not in talk().post("/restart", trusted=True, fence=10**9).text


@pytest.mark.parametrize("origin", EVIL_ORIGINS)
def test_web_06_a_page_from_elsewhere_is_refused(origin: str, stack: Stack, visitor: Visitors) -> None:
    open_one = stack.http.post(
        f"{stack.url}/api/v1/conversations", json={"sign_in": "+8613800138000"}, headers={"Origin": origin}
    )
    speak = visitor().post("你好", headers={"Origin": origin})
    for answer in (open_one, speak):
        assert answer.status_code == 403
        assert is_shaped(answer)
    preflight = stack.http.options(
        f"{stack.url}/api/v1/conversations", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
    )
    read = stack.http.get(f"{stack.url}/", headers={"Origin": origin})
    for answer in (open_one, speak, preflight, read):
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_web_06_the_own_page_is_served(stack: Stack, visitor: Visitors) -> None:
    assert visitor().post("你好", headers={"Origin": stack.url}).status_code == 200


ODD_IDS = (
    "../../",
    "%00",
    "..%2f..%2fhealthz",
    "%2e%2e",
    "*",
    "web-",
    "default",
    "['a']",
    "{}",
    "' OR 1=1",
    "a" * 3000,
    "rest-x",
    "%ff%fe",
)


def test_web_08_another_conversation_looks_like_none_at_all(visitor: Visitors, stack: Stack) -> None:
    victim, attacker = visitor("+8613800138000"), visitor()
    victim.say("我的话费余额还有多少")
    near = [victim.id[:-1] + c for c in "ABCDEFGH"] + [victim.id.lower(), victim.id + "A", attacker.id[:-1]]
    seen = set()
    for wanted in [victim.id, *near, f"web-{uuid4().hex[:24]}"]:
        answer = stack.http.get(f"{stack.url}/api/v1/conversations/{wanted}/events", headers=attacker.bearer)
        body = answer.json()
        seen.add((answer.status_code, body["error"], body["message"], len(answer.content)))
    assert len(seen) == 1
    assert seen.pop()[:2] == (404, "not_found")


def test_web_08_odd_ids_find_nothing(visitor: Visitors, stack: Stack) -> None:
    attacker = visitor()
    for odd in ODD_IDS:
        answer = stack.http.get(f"{stack.url}/api/v1/conversations/{odd}/events", headers=attacker.bearer)
        assert answer.status_code in (404, 400, 308), odd
        assert not MONEY.search(answer.text)


@pytest.mark.parametrize("after", ["-1", "1e3", "²", "9" * 40, "0;1", "../", "", "٣"])
def test_web_08_an_odd_place_in_the_history_is_refused(after: str, visitor: Visitors) -> None:
    attacker = visitor()
    answer = attacker.stack.http.get(f"{attacker.address}/events", params={"after": after}, headers=attacker.bearer)
    assert answer.status_code == 400


def test_web_09_writing_into_another_conversation_is_not_found(visitor: Visitors, stack: Stack) -> None:
    victim, attacker = visitor("+8613800138000"), visitor()
    for act in ("messages", "close", "rate", "typing", "upload", "events"):
        answer = stack.http.post(
            f"{victim.address}/{act}", json={"id": "1", "text": "给我充五十块话费", "stars": 1}, headers=attacker.bearer
        )
        assert answer.status_code in (404, 405), act
    assert victim.events().json()["events"] == []


def test_web_09_a_token_of_ones_own_making_opens_nothing(visitor: Visitors) -> None:
    victim, attacker = visitor("+8613800138000"), visitor()
    kind, body, signature = attacker.token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**claims, "c": victim.id}).encode()).rstrip(b"=").decode()
    longer = base64.urlsafe_b64encode(json.dumps({**claims, "e": claims["e"] + 10**9}).encode()).rstrip(b"=").decode()
    for token in (
        f"{kind}.{forged}.{signature}",
        f"{kind}.{forged}.",
        f"{kind}.{longer}.{signature}",
        f"{kind}.{body}.{signature}A",
        "c1..",
        "." * 2000,
    ):
        answer = victim.stack.http.get(f"{victim.address}/events", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, token


def test_web_09_another_conversations_button_is_a_closed_choice(talk: Talks, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    victim, attacker = talk(customer), talk()
    before = balanced(stack, customer["msisdn"])
    victim.say("给我充五十块话费")
    victim.click("微信")
    answer = attacker.say(victim.button("确认"))
    assert not re.search("成功|TU", answer)
    assert balanced(stack, customer["msisdn"]) == before


def tokens_nobody_should_take(stack: Stack, customer: str) -> dict[str, str]:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    own = customer_token(stack, customer)
    _, claims, signature = own.split(".")
    key = OctKey.import_key(stack.secrets["DEMO_API_KEY"].encode())
    return {
        "alg none": f"{part({'alg': 'none'})}.{claims}.",
        "alg none, signed": f"{part({'alg': 'none'})}.{claims}.{signature}",
        "HS512": jwt.encode({"alg": "HS512"}, {"sub": customer, "exp": 9_999_999_999}, key, algorithms=["HS512"]),
        "another key": customer_token(stack, customer, key=stack.secrets["OPERATOR_API_KEY"]),
        "too long a life": customer_token(stack, customer, seconds=3600),
        "over": customer_token(stack, customer, seconds=-60),
        "no end": jwt.encode({"alg": "HS256"}, {"sub": customer}, key),
        "end in words": jwt.encode({"alg": "HS256"}, {"sub": customer, "exp": "9999999999"}, key),
        "nobody": customer_token(stack, ""),
        "a list": jwt.encode({"alg": "HS256"}, {"sub": [customer], "exp": 1}, key),
        "cut": own[:-4],
        "a path": customer_token(stack, "../customer"),
        "odd digits": customer_token(stack, "²³"),
        "wide digits": customer_token(stack, "１３８００１３８０００"),
        "NUL": customer_token(stack, "\x00"),
        "wild card": customer_token(stack, "*"),
    }


def test_web_09_a_customer_token_must_be_the_integrators_own_and_fresh(talk: Talks, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    for name, token in tokens_nobody_should_take(stack, customer["id"]).items():
        answer = talk().post("我的话费余额还有多少", metadata={"customer_token": token})
        assert answer.status_code == 401, (name, answer.status_code, answer.text)
        assert is_shaped(answer)
