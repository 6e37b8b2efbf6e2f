"""Who is let in: what Twilio signed for the configured address, and nothing else, on every route below /voice/."""

import random
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, request
from twilio.request_validator import RequestValidator

from core.problems import Problem
from core.settings import Settings
from ivr.signature import Signatures, auth_token_of
from processes.gateway import create_app
from tests.inside import PATIENT_MS

TOKEN = "a token of the tests, as long as one"
BASE = "https://care.example"
FORM = {
    "CallSid": f"CA{'1' * 32}", "From": "+8613800138000", "To": "+8610010086", "CallStatus": "in-progress", "Digits": "1", "SpeechResult": "查 话费&="
}  # fmt: skip
SIGNATURES = Signatures(TOKEN, BASE)
APP = Flask("line")


def sign(path: str, form: dict[str, str], *, base: str = BASE, token: str = TOKEN) -> str:
    signed: str = RequestValidator(token).compute_signature(base + path, form)
    return signed


def is_let_in(
    path: str, body: str, headers: dict[str, str], *, signatures: Signatures = SIGNATURES, method: str = "POST", host: str = BASE
) -> bool:
    content = {"Content-Type": "application/x-www-form-urlencoded"}
    with APP.test_request_context(path, base_url=host, method=method, data=body, headers={**content, **headers}):
        try:
            signatures.check(request)
        except Problem as problem:
            if (problem.status, problem.code) != (403, "bad_signature"):
                raise
            return False
        return True


def test_what_twilio_signed_is_let_in_whatever_host_the_proxy_names() -> None:
    for path in ("/voice/incoming", "/voice/step?s=3.zh.0.0.0.1.abc_-", "/voice/poll?s=1&a=%E4%B8%AD+x"):
        headers = {"X-Twilio-Signature": sign(path, FORM)}
        for host in (BASE, "http://127.0.0.1:8080", "http://care.example:8081", "https://elsewhere.example"):
            assert is_let_in(path, urlencode(FORM), headers, host=host), (path, host)


def test_the_port_may_stand_in_the_signed_address_or_not() -> None:
    headers = {"X-Twilio-Signature": sign("/voice/incoming", FORM, base=f"{BASE}:443")}
    assert is_let_in("/voice/incoming", urlencode(FORM), headers)
    odd = Signatures(TOKEN, "https://care.example:8443")
    for base in ("https://care.example", "https://care.example:8443"):
        headers = {"X-Twilio-Signature": sign("/voice/incoming", FORM, base=base)}
        assert is_let_in("/voice/incoming", urlencode(FORM), headers, signatures=odd)


def test_without_a_signature_nobody_is_let_in() -> None:
    assert not is_let_in("/voice/incoming", urlencode(FORM), {})
    assert not is_let_in("/voice/incoming", urlencode(FORM), {"X-Twilio-Signature": ""})


def test_an_empty_token_lets_nobody_in() -> None:
    headers = {"X-Twilio-Signature": sign("/voice/incoming", FORM, token="")}
    assert not is_let_in("/voice/incoming", urlencode(FORM), headers, signatures=Signatures("", BASE))


def test_a_body_of_another_type_is_not_let_in() -> None:
    """Nothing in it would be under the signature."""
    headers = {"X-Twilio-Signature": sign("/voice/incoming", {}), "Content-Type": "application/json"}
    assert not is_let_in("/voice/incoming", '{"CallSid": "CA"}', headers)


def mutated(rng: random.Random) -> tuple[str, str, dict[str, str]]:
    """A genuine request with one thing wrong."""
    path, form, signature = "/voice/step?s=3.zh.0.0.0.1.abc", dict(FORM), sign("/voice/step?s=3.zh.0.0.0.1.abc", FORM)
    match rng.randrange(9):
        case 0:
            place = rng.randrange(len(signature) - 2)  # the last character but the "=" holds two bits that say nothing
            signature = signature[:place] + ("A" if signature[place] != "A" else "B") + signature[place + 1 :]
        case 1:
            name = rng.choice(list(form))
            form[name] += rng.choice("019 x中")
        case 2:
            del form[rng.choice(list(form))]
        case 3:
            form[rng.choice(["Digit", "AccountSid", "RecordingUrl", "X"])] = str(rng.random())
        case 4:
            path = path.replace("3.zh", f"{rng.randrange(4, 900)}.zh")
        case 5:
            path = rng.choice(["/voice/incoming", "/voice/poll?s=3.zh.0.0.0.1.abc", "/voice/step", "/voice/step/?s=3.zh.0.0.0.1.abc", path + "&",
                               path + "&t=1", path + "?"])  # fmt: skip
        case 6:
            signature = sign(path, form, token=TOKEN + rng.choice("xyz"))
        case 7:
            base = rng.choice(
                ["http://care.example", "https://care.example/", "https://Care.example", "https://127.0.0.1:8080", ""]
            )
            signature = sign(path, form, base=base)
        case _:
            signature = rng.choice(["", " ", signature[:-1], signature + "=", signature.lower(), "é" * 28, "0" * 28])
    return path, urlencode(form), {"X-Twilio-Signature": signature.encode("utf-8").decode("latin-1")}


def test_of_ten_thousand_mutated_requests_none_is_let_in() -> None:
    rng = random.Random(20)  # the same ones every time
    for _ in range(10_000):
        path, body, headers = mutated(rng)
        assert not is_let_in(path, body, headers), (path, body, headers)


def test_in_demo_mode_a_token_of_our_own_stands_in_and_otherwise_none() -> None:
    def settings(**values: Any) -> Settings:
        return Settings(_env_file=None, token_key="t" * 30, **values)  # type: ignore[call-arg]

    assert len(auth_token_of(settings(demo=True))) == 64
    assert auth_token_of(settings(demo=True)) != auth_token_of(Settings(_env_file=None, token_key="u" * 30, demo=True))  # type: ignore[call-arg]
    assert auth_token_of(settings(demo=False)) == ""
    assert auth_token_of(settings(demo=True, twilio_auth_token="Twilio's own")) == "Twilio's own"


@pytest.fixture
def app(redis_socket: str, tmp_path: Any) -> Flask:
    key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    return create_app(
        Settings(
            _env_file=None, redis_url=f"unix://{redis_socket}", var_dir=tmp_path, redis_budget_ms=PATIENT_MS, seal_key=key, token_key="t" * 30,
            demo=True,
        )  # type: ignore[call-arg]
    )  # fmt: skip


def test_every_route_below_voice_refuses_what_is_not_signed(app: Flask) -> None:
    """Walks the url map, so that a new route is asked too, wherever it is made."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/voice")]
    assert {rule.rule for rule in rules} >= {f"/voice/{name}" for name in ("incoming", "step", "poll", "status", "fallback")}
    client = app.test_client()
    for rule in rules:
        assert rule.methods == {"POST", "OPTIONS"}, rule
        for method in ("POST", "OPTIONS"):
            for headers in ({}, {"X-Twilio-Signature": "bm90IHR3aWxpbw=="}):
                answer = client.open(rule.rule, method=method, data=FORM, headers=headers)
                assert answer.status_code == 403, (rule, method)
                assert answer.get_json()["error"] == "bad_signature"
                assert answer.get_json()["request_id"]
