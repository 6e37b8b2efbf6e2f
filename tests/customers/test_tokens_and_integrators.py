"""Who may speak: conversation tokens, integrators' keys and their customers' tokens."""

import base64
import json
import secrets
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from core.settings import Settings
from customers.errors import CustomerTokenInvalid, TokenExpired, TokenInvalid
from customers.integrators import Integrator, Integrators
from customers.tokens import ConversationTokens
from tests.fakes import ManualClock

KEY, OTHER_KEY = secrets.token_urlsafe(32), secrets.token_urlsafe(32)


@pytest.fixture
def tokens(clock: ManualClock) -> ConversationTokens:
    return ConversationTokens("a key of some length", clock)


@pytest.fixture
def integrators(clock: ManualClock) -> Integrators:
    return Integrators(Settings(demo_api_key=KEY, integrator_keys=f"{OTHER_KEY}, ", token_key=secrets.token_urlsafe(32)), clock)


@pytest.fixture
def acme(integrators: Integrators) -> Integrator:
    found = integrators.by_bearer(f"Bearer {KEY}")
    assert found is not None
    return found


def signed(claims: dict[str, Any], key: str = KEY, algorithm: str = "HS256") -> str:
    return jwt.encode({"alg": algorithm}, claims, OctKey.import_key(key.encode()), algorithms=[algorithm])


def test_a_token_opens_its_conversation_until_it_ends(tokens: ConversationTokens, clock: ManualClock) -> None:
    token = tokens.issue("web-1", "web", 12)
    claims = tokens.read(token)
    assert (claims.conversation_id, claims.owner) == ("web-1", "web")
    clock.advance(hours=11)
    younger = tokens.renew(token, 12)
    clock.advance(hours=1)
    with pytest.raises(TokenExpired):
        tokens.read(token)
    with pytest.raises(TokenExpired):
        tokens.renew(token, 12)
    assert tokens.read(younger).conversation_id == "web-1"


def test_altered_foreign_or_odd_tokens_open_nothing(tokens: ConversationTokens, clock: ManualClock) -> None:
    token = tokens.issue("web-1", "web", 12)
    prefix, _, signature = token.split(".")
    claims = json.dumps({"c": "web-2", "o": "web", "e": 9_999_999_999_999})
    forged = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
    foreign = ConversationTokens("another key", clock).issue("web-1", "web", 12)
    for bad in [f"{prefix}.{forged}.{signature}", foreign, token[:-1], token + "A", "", "..", "c1.é.é", "x" * 5000, f"{token}."]:
        with pytest.raises(TokenInvalid):
            tokens.read(bad)


def test_only_a_known_key_is_an_integrator(integrators: Integrators, acme: Integrator) -> None:
    other = integrators.by_bearer(f"bearer  {OTHER_KEY} ")
    assert other is not None
    assert other.id != acme.id
    assert KEY not in repr(acme)
    for header in [None, "", "Bearer", "Bearer ", f"Basic {KEY}", KEY, f"Bearer {KEY}x", "Bearer 钥匙"]:
        assert integrators.by_bearer(header) is None


def test_no_key_set_lets_nobody_in() -> None:
    assert Integrators(Settings(demo_api_key="", token_key="k")).by_bearer("Bearer ") is None


def test_senders_are_namespaced_to_their_integrator(integrators: Integrators, acme: Integrator) -> None:
    other = integrators.by_bearer(f"Bearer {OTHER_KEY}")
    assert other is not None
    mine = integrators.namespaced(acme, "alice")
    assert mine == integrators.namespaced(acme, "alice")
    assert len({mine, integrators.namespaced(acme, "bob"), integrators.namespaced(other, "alice")}) == 3
    assert "alice" not in mine
    assert integrators.namespaced(acme, "+8613800138000 {x}").isascii()


def test_a_customer_token_signs_its_customer_in(integrators: Integrators, acme: Integrator, clock: ManualClock) -> None:
    now = int(clock.now().timestamp())
    assert integrators.read_customer_token(acme, signed({"sub": "C-WANG", "exp": now + 300, "iat": now})) == "C-WANG"
    assert integrators.read_customer_token(acme, signed({"sub": "C-WANG", "exp": now + 300, "iat": now + 20})) == "C-WANG"


def test_every_other_customer_token_is_refused(integrators: Integrators, acme: Integrator, clock: ManualClock) -> None:
    now = int(clock.now().timestamp())
    good = {"sub": "C-WANG", "exp": now + 300}
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    body = base64.urlsafe_b64encode(json.dumps(good).encode()).decode().rstrip("=")
    bad: list[Any] = [
        signed(good, OTHER_KEY),
        signed(good, algorithm="HS512"),
        f"{header}.{body}.",
        signed({"sub": "C-WANG"}),
        signed({"sub": "C-WANG", "exp": now - 60}),
        signed({"sub": "C-WANG", "exp": now + 3600}),
        signed({"sub": "C-WANG", "exp": "soon"}),
        signed({"sub": "C-WANG", "exp": True}),
        signed(good | {"iat": now + 120}),
        signed(good | {"nbf": now + 120}),
        signed({"exp": now + 300}),
        signed(good | {"sub": ""}),
        signed(good | {"sub": "C" * 100}),
        "a.b.c",
        "",
        "x" * 10_000,
        {"sub": "C-WANG"},
        None,
    ]
    for token in bad:
        with pytest.raises(CustomerTokenInvalid):
            integrators.read_customer_token(acme, token)
