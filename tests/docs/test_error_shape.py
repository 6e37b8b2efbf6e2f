"""Whatever a door refuses, it answers in one JSON shape (docs/errors.md), with a code that is documented."""

from typing import Any

import pytest

from tests.docs.test_errors_documented import DOORS
from tests.stack import Stack

REST = "/webhooks/rest/webhook"
CHAT = "/api/v1/conversations"
JSON = "application/json"

# name: (method, path, content, headers, expected status, expected code); {key} stands for the integrator's key
REFUSED: dict[str, tuple[str, str, Any, dict[str, str], int, str]] = {
    "nobody there": ("GET", "/no/such/page", None, {}, 404, "not_found"),
    "wrong method": ("GET", REST, None, {}, 405, "method_not_allowed"),
    "no key": ("POST", REST, b'{"sender": "a", "message": "b"}', {}, 401, "unauthorised"),
    "wrong key": ("POST", REST, b'{"sender": "a", "message": "b"}', {"Authorization": "Bearer nonsense"}, 401, "unauthorised"),
    "not JSON": ("POST", REST, b"{", {"Authorization": "Bearer {key}"}, 400, "bad_json"),
    "not an object": ("POST", REST, b"[]", {"Authorization": "Bearer {key}"}, 400, "bad_json"),
    "a key twice": ("POST", REST, b'{"sender": "a", "sender": "b"}', {"Authorization": "Bearer {key}"}, 400, "bad_json"),
    "no message": ("POST", REST, b'{"sender": "a"}', {"Authorization": "Bearer {key}"}, 400, "bad_field"),
    "long sender": ("POST", REST, b'{"sender": "%s"}' % (b"x" * 200), {"Authorization": "Bearer {key}"}, 413, "too_long"),
    "huge body": ("POST", REST, b"x" * 70_000, {"Authorization": "Bearer {key}"}, 413, "too_long"),
    "forged sign-in": (
        "POST", REST, b'{"sender": "a", "message": "b", "metadata": {"customer_token": "x.y.z"}}',
        {"Authorization": "Bearer {key}"}, 401, "unauthorised",
    ),
    "foreign page": ("POST", CHAT, b"{}", {"Origin": "https://elsewhere.example"}, 403, "foreign_origin"),
    "not a demo customer": ("POST", CHAT, b'{"sign_in": "+8613000000000"}', {}, 400, "bad_field"),
    "foreign host": ("GET", "/", None, {"Host": "elsewhere.example"}, 421, "wrong_host"),
    "no token": ("GET", f"{CHAT}/web-nobody/events", None, {}, 401, "unauthorised"),
}  # fmt: skip


@pytest.mark.stack
@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_has_the_one_shape(stack: Stack, name: str) -> None:
    method, path, content, headers, status, code = REFUSED[name]
    filled = {key: value.replace("{key}", stack.secrets["DEMO_API_KEY"]) for key, value in headers.items()}
    answer = stack.http.request(method, stack.url + path, content=content, headers={"Content-Type": JSON, **filled})
    assert (answer.status_code, answer.headers["content-type"]) == (status, JSON), answer.text
    body = answer.json()
    assert set(body) == {"error", "message", "request_id"}
    assert body["error"] == code
    assert code in DOORS
    assert body["message"]
    assert body["request_id"] == answer.headers["x-request-id"]
