"""API-04: whatever is sent to the doors, the answer is theirs: no 5xx, one shape of error, and no insides shown."""

import string
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dialogue.talk import bearer
from tests.redteam.door import Visitor, is_shaped
from tests.stack import Stack

pytestmark = pytest.mark.stack

bounded = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
words = st.text(max_size=60)
headers = st.dictionaries(
    st.sampled_from(
        ["Origin", "Content-Type", "Idempotency-Key", "Accept", "X-Forwarded-Host", "X-HTTP-Method-Override", "Range", "If-Match"]
    ),
    st.text(alphabet=string.printable.strip(), min_size=1, max_size=40),
    max_size=3,
)
FIELDS = ("sender", "message", "message_id", "metadata", "id", "text", "sign_in", "language", "after")


@pytest.fixture(scope="module")
def visitor(stack: Stack) -> Visitor:
    return Visitor(stack)


def check(answer: Any) -> None:
    assert answer.status_code < 500, f"{answer.status_code} {answer.text[:500]}"
    if answer.status_code >= 400:
        assert is_shaped(answer), answer.text[:500]
    assert answer.headers["X-Request-Id"]


@bounded
@given(body=json_values, more=headers)
def test_api_04_any_json_at_any_door(body: Any, more: dict[str, str], stack: Stack, visitor: Visitor) -> None:
    rest = f"{stack.url}/webhooks/rest/webhook"
    for address, key in (
        (rest, bearer(stack)),
        (rest, {}),
        (f"{visitor.address}/messages", visitor.bearer),
        (f"{stack.url}/api/v1/conversations", {}),
    ):
        check(stack.http.post(address, json=body, headers={**more, **key}))


@bounded
@given(body=st.binary(max_size=200), more=headers)
def test_api_04_any_bytes_at_any_door(body: bytes, more: dict[str, str], stack: Stack, visitor: Visitor) -> None:
    check(stack.http.post(f"{stack.url}/webhooks/rest/webhook", content=body, headers={**more, **bearer(stack)}))
    check(stack.http.post(f"{visitor.address}/messages", content=body, headers={**more, **visitor.bearer}))


@bounded
@given(fields=st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=6))
def test_api_04_any_value_in_a_known_field(fields: dict[str, Any], stack: Stack, visitor: Visitor) -> None:
    check(stack.http.post(f"{stack.url}/webhooks/rest/webhook", json=fields, headers=bearer(stack)))
    check(stack.http.post(f"{visitor.address}/messages", json=fields, headers=visitor.bearer))
    check(
        stack.http.post(f"{stack.url}/api/v1/conversations", json={k: v for k, v in fields.items() if k != "sign_in"} or [fields])
    )


@settings(bounded, max_examples=25)
@given(text=words.filter(str.strip), message_id=words, metadata=json_values)
def test_api_04_any_words_in_a_right_message(text: str, message_id: str, metadata: Any, stack: Stack) -> None:
    body = {"sender": uuid4().hex, "message": text, "message_id": message_id, "metadata": metadata}
    check(stack.http.post(f"{stack.url}/webhooks/rest/webhook", json=body, headers=bearer(stack)))


@bounded
@given(
    path=st.text(alphabet=string.printable.strip(), max_size=40),
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"]),
)
def test_api_04_any_path(path: str, method: str, stack: Stack) -> None:
    answer = stack.http.request(
        method, f"{stack.url}/{path.lstrip('/').replace('?', '%3F').replace('#', '%23').replace(chr(92), '%5C')}"
    )
    assert answer.status_code < 500, answer.text[:300]


@bounded
@given(after=st.text(max_size=20), other=st.text(max_size=20))
def test_api_04_any_question_in_an_address(after: str, other: str, stack: Stack, visitor: Visitor) -> None:
    answer = stack.http.get(f"{visitor.address}/events", params={"after": after, other or "x": other}, headers=visitor.bearer)
    assert answer.status_code in (200, 400, 429)
    check(answer)


@bounded
@given(key=st.text(alphabet=[chr(c) for c in range(0x21, 0x100) if c != 0x7F and not 0x80 <= c < 0xA0], min_size=1, max_size=60))
def test_api_04_any_key_is_refused_politely(key: str, stack: Stack, visitor: Visitor) -> None:
    for address in (f"{stack.url}/webhooks/rest/webhook", f"{visitor.address}/messages"):
        for scheme in ("Bearer", "bearer", key):
            value = f"{scheme} {key}".encode("latin-1")
            answer = stack.http.post(address, json={"sender": "a", "message": "b"}, headers=[(b"Authorization", value)])
            assert answer.status_code == 401
            check(answer)
