"""News without a socket: the long poll and the event stream, with the state."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.redteam.door import Visitor, is_shaped
from tests.webchat.clients import PATIENCE_SECONDS, Backdoor, eventually

pytestmark = pytest.mark.stack


def ask(visitor: Visitor, **params: Any) -> httpx2.Response:
    return visitor.stack.http.get(
        f"{visitor.address}/events", params=params, headers=visitor.bearer, timeout=PATIENCE_SECONDS
    )  # fmt: skip


def pieces(answer: httpx2.Response) -> Iterator[dict[str, str]]:
    """The events of a stream, as fields."""
    fields: dict[str, str] = {}
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif fields:
            yield fields
            fields = {}


def streamed(visitor: Visitor, **headers: str) -> Any:
    asked = {**visitor.bearer, "Accept": "text/event-stream", **headers}
    return visitor.stack.http.stream("GET", f"{visitor.address}/events", headers=asked, timeout=PATIENCE_SECONDS)


def test_an_answer_holds_events_and_state(visitor: Visitor) -> None:
    visitor.say("你好")
    body = ask(visitor, after=0).json()
    assert [event["seq"] for event in body["events"]] == [1, 2]
    assert body["last"] == 2
    assert set(body["state"]) == {"phase", "name", "position", "wait_minutes", "typing", "read"}


def test_a_long_poll_with_something_to_tell_does_not_wait(visitor: Visitor) -> None:
    visitor.say("你好")
    assert ask(visitor, after=1, wait=25).json()["last"] == 2


def test_a_long_poll_returns_when_something_is_said(visitor: Visitor, backdoor: Backdoor) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, visitor, after=0, wait=25)
        eventually(lambda: _listeners(visitor), "the wait")
        backdoor.write(visitor.id, "person", name="小林", text="您好")
        body = waiting.result().json()
    assert [event["body"]["text"] for event in body["events"]] == ["您好"]
    assert body["last"] == 1


def test_a_long_poll_returns_when_the_state_changes(visitor: Visitor, backdoor: Backdoor) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, visitor, after=0, wait=25)
        eventually(lambda: _listeners(visitor), "the wait")
        backdoor.parts.presence.typing(visitor.id, "person")
        body = waiting.result().json()
    assert body["events"] == []
    assert body["state"]["typing"] == "person"


def test_a_long_poll_ends_empty_at_its_deadline(visitor: Visitor) -> None:
    body = ask(visitor, after=0, wait=1).json()
    assert (body["events"], body["last"]) == ([], 0)


@pytest.mark.parametrize("wait", ["0", "26", "-1", "x", "1.5", "", "²"])
def test_a_wait_that_is_no_wait_is_refused(visitor: Visitor, wait: str) -> None:
    answer = ask(visitor, after=0, wait=wait)
    assert answer.status_code == 400
    assert is_shaped(answer)


def test_so_many_requests_of_one_conversation_may_wait_and_no_more(visitor: Visitor, backdoor: Backdoor) -> None:
    with ThreadPoolExecutor(12) as pool:
        waiting = [pool.submit(ask, visitor, after=0, wait=25) for _ in range(12)]
        eventually(lambda: sum(each.done() for each in waiting) >= 4, "four refusals")
        refused = [each.result() for each in waiting if each.done()]
        backdoor.write(visitor.id, "bot", text="好了")
        answers = [each.result() for each in waiting]
    assert [(one.status_code, one.json()["error"]) for one in refused] == [(429, "too_many")] * 4
    assert all("Retry-After" in one.headers for one in refused)
    assert [one.json()["last"] for one in answers if one.status_code == 200] == [1] * 8


def test_a_stream_tells_entries_and_state_as_they_come(visitor: Visitor, backdoor: Backdoor) -> None:
    visitor.say("你好")
    with streamed(visitor) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        heard = pieces(answer)
        told = [next(heard) for _ in range(4)]
        assert told[0] == {"retry": "1000"}
        assert [(one["event"], one["id"]) for one in told[1:3]] == [("entry", "1"), ("entry", "2")]
        assert json.loads(told[1]["data"])["body"] == {"text": "你好"}
        assert told[3]["event"] == "state"
        backdoor.write(visitor.id, "person", name="小林", text="第一行\n第二行")
        third = next(heard)
        assert third["id"] == "3"
        assert json.loads(third["data"])["body"]["text"] == "第一行\n第二行"


def test_a_stream_goes_on_after_the_last_event_id(visitor: Visitor, backdoor: Backdoor) -> None:
    for n in range(5):
        backdoor.write(visitor.id, "bot", text=str(n))
    with streamed(visitor, **{"Last-Event-ID": "3"}) as answer:
        heard = pieces(answer)
        next(heard)
        assert [next(heard)["id"] for _ in range(2)] == ["4", "5"]


def test_a_stream_ends_when_the_device_leaves(visitor: Visitor) -> None:
    with streamed(visitor) as answer:
        heard = pieces(answer)
        next(heard)
        assert visitor.stack.http.delete(visitor.address, headers=visitor.bearer).status_code == 204
        assert [piece for piece in heard if piece.get("event") == "entry"] == []  # and it ends by itself


def test_a_stream_needs_a_token(visitor: Visitor) -> None:
    with streamed(visitor, Authorization="Bearer x") as answer:
        answer.read()
        assert answer.status_code == 401
        assert is_shaped(answer)


def test_what_the_customer_has_seen_is_kept(visitor: Visitor, backdoor: Backdoor) -> None:
    visitor.say("你好")
    answer = visitor.stack.http.post(f"{visitor.address}/seen", json={"seq": 2}, headers=visitor.bearer)
    assert (answer.status_code, answer.content) == (204, b"")
    assert backdoor.parts.presence.customer(visitor.id)["seen"] == 2
    for odd in (None, "x", -1, [1], 10**13, True):
        refused = visitor.stack.http.post(f"{visitor.address}/seen", json={"seq": odd}, headers=visitor.bearer)
        assert refused.status_code == 400
        assert is_shaped(refused)


def _listeners(visitor: Visitor) -> bool:
    lines = visitor.stack.http.get(f"{visitor.stack.url}/metrics").text.splitlines()
    return any(line.startswith("careline_listeners ") and not line.endswith(" 0.0") for line in lines)
