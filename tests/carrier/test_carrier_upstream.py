"""One careful call: what is tried again, what each failure is called, what is audited. And the wire on real sockets."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import httpx2
import pytest

from carrier.audit import CallRecord
from carrier.breaker import BreakerState
from carrier.deadline import Deadline
from carrier.errors import (
    BusinessRefusal,
    CircuitOpen,
    KeyReused,
    Malformed,
    MalformedOutcome,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    ServerFault,
    TimedOut,
    TooBusy,
    Unavailable,
)
from carrier.http import Asked, Wire, WireError, require_safe_address
from carrier.trace import trace_id
from carrier.upstream import Reply
from core.clock import SystemClock
from core.errors import SettingsError
from tests.carrier.given import told, upstream
from tests.fakes import ManualClock


def whole(reply: Reply) -> Any:
    return reply.json


class Answers:
    """An operator that gives these answers one after the other (the last one for ever) and remembers what it was asked."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_read_is_tried_again_inside_the_budget() -> None:
    clock, answers = ManualClock(), Answers(told({}, 503), httpx2.ReadError("cut"), told({"a": 1}))
    began = clock.monotonic()
    assert upstream(answers, clock).get("thing", whole, about="C1") == {"a": 1}
    assert len(answers.requests) == 3
    assert clock.monotonic() - began < 0.3


def test_a_read_that_keeps_failing_is_a_server_fault_after_three_attempts() -> None:
    answers = Answers(told({}, 500))
    with pytest.raises(ServerFault):
        upstream(answers, ManualClock()).get("thing", whole, about="C1")
    assert len(answers.requests) == 3


def test_nothing_is_tried_again_when_the_budget_is_used_up() -> None:
    clock = ManualClock()

    def slow(request: httpx2.Request) -> httpx2.Response:
        clock.advance(1.15)
        return told({}, 500)

    answers: list[int] = []
    with pytest.raises(ServerFault):
        upstream(lambda request: answers.append(1) or slow(request), clock).get("thing", whole, about="C1")  # type: ignore[func-returns-value]
    assert len(answers) == 1


def test_a_write_is_sent_again_under_its_own_key_only() -> None:
    answers = Answers(httpx2.ReadError("cut after commit"), told({"id": 1}, 201))
    assert upstream(answers, ManualClock()).post("thing", {"x": 1}, whole, about="C1", key="K1") == {"id": 1}
    assert [request.headers["Idempotency-Key"] for request in answers.requests] == ["K1", "K1"]
    assert answers.requests[0].content == answers.requests[1].content


@pytest.mark.parametrize(
    "failure",
    [told({}, 500), told({}, 503), httpx2.ReadError("cut"), httpx2.ReadTimeout("hung"), httpx2.RemoteProtocolError("?")],
)
def test_a_write_that_was_sent_and_not_answered_has_an_unknown_outcome(failure: httpx2.Response | Exception) -> None:
    with pytest.raises(OutcomeUnknown):
        upstream(Answers(failure), ManualClock()).post("thing", {}, whole, about="C1", key="K1")


def test_a_write_that_was_never_sent_did_not_happen() -> None:
    for failure, kind in ((httpx2.ConnectError("refused"), ServerFault), (httpx2.ConnectTimeout("slow"), TimedOut)):
        with pytest.raises(kind):
            upstream(Answers(failure), ManualClock()).post("thing", {}, whole, about="C1", key="K1")


@pytest.mark.parametrize("later", [httpx2.ConnectError("refused"), told({"code": "quotaExceeded"}, 429), told({}, 401)])
def test_a_write_once_sent_stays_unknown_when_its_repetition_is_turned_away(later: httpx2.Response | Exception) -> None:
    with pytest.raises(OutcomeUnknown):
        upstream(Answers(httpx2.ReadError("cut"), later), ManualClock()).post("thing", {}, whole, about="C1", key="K1")


def test_a_refusal_of_the_repetition_is_the_outcome_because_the_operator_looked_at_the_key() -> None:
    answers = Answers(httpx2.ReadError("cut"), told({"code": "outOfStock"}, 409))
    with pytest.raises(BusinessRefusal, match="outOfStock"):
        upstream(answers, ManualClock()).post("thing", {}, whole, about="C1", key="K1")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "schemaViolation", Refused),
        (401, "unauthorized", NotAllowed),
        (403, "forbidden", NotAllowed),
        (404, "notFound", NotFound),
        (409, "changePending", BusinessRefusal),
        (409, "notFound", NotFound),
        (422, "idempotencyKeyReused", KeyReused),
    ],
)
def test_each_refusal_has_its_name_and_is_not_tried_again(status: int, code: str, kind: type[Refused]) -> None:
    answers = Answers(told({"code": code, "reason": "no"}, status))
    with pytest.raises(kind) as caught:
        upstream(answers, ManualClock()).post("thing", {}, whole, about="C1", key="K1")
    assert caught.value.code == code
    assert len(answers.requests) == 1


def test_a_refusal_with_a_broken_body_is_still_that_refusal() -> None:
    with pytest.raises(BusinessRefusal, match="http409"):
        upstream(Answers(httpx2.Response(409, content=b"<html>")), ManualClock()).get("thing", whole, about="")


def test_past_the_quota_we_learn_how_long_to_wait() -> None:
    with pytest.raises(RateLimited) as caught:
        upstream(Answers(told({"code": "quotaExceeded"}, 429, **{"Retry-After": "7"})), ManualClock()).get("t", whole, about="")
    assert caught.value.retry_after == 7.0


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, content=b"not json"),
        httpx2.Response(200, content=b'{"a": NaN}'),
        httpx2.Response(200, content=b"[" * 100_000),
        httpx2.Response(200, content=b"1" * 5000),
        httpx2.Response(200, content=b"x" * 1_000_001),
        httpx2.Response(302, headers={"location": "http://127.0.0.1:1/elsewhere"}),
        httpx2.Response(200, content=b"\x1f\x8b", headers={"x": "y"}),
    ],
)
def test_an_answer_that_makes_no_sense_is_malformed_and_after_a_write_unknown(answer: httpx2.Response) -> None:
    with pytest.raises(Malformed):
        upstream(Answers(answer), ManualClock()).get("thing", whole, about="")
    with pytest.raises(MalformedOutcome):
        upstream(Answers(answer), ManualClock()).post("thing", {}, whole, about="", key="K1")


def test_an_error_never_quotes_what_the_operator_said_about_the_customer() -> None:
    def read(reply: Reply) -> Any:
        raise ValueError(f"bad: {reply.json}")

    with pytest.raises(Malformed) as caught:
        upstream(Answers(told({"name": "王小明"})), ManualClock()).get("thing", read, about="")
    assert "王小明" not in str(caught.value)


def test_five_failures_open_the_circuit_and_then_nothing_is_sent() -> None:
    clock, answers = ManualClock(), Answers(told({}, 500))
    api = upstream(answers, clock)
    for _ in range(2):
        with pytest.raises(Unavailable):
            api.get("thing", whole, about="")
    assert api.breaker.state is BreakerState.OPEN
    sent = len(answers.requests)
    with pytest.raises(CircuitOpen):
        api.get("thing", whole, about="")
    with pytest.raises(CircuitOpen):
        api.post("thing", {}, whole, about="", key="K1")
    assert len(answers.requests) == sent
    answers.answers = [told({"ok": 1})]
    clock.advance(15)
    assert api.get("thing", whole, about="") == {"ok": 1}
    api.breaker.admit()  # closed again: this would raise


def test_refusals_never_open_the_circuit() -> None:
    api = upstream(Answers(told({"code": "outOfStock"}, 409)), ManualClock())
    for _ in range(20):
        with pytest.raises(BusinessRefusal):
            api.post("thing", {}, whole, about="", key="K1")
    assert api.breaker.state is BreakerState.CLOSED


def test_callers_with_hardly_any_time_left_do_not_open_the_circuit() -> None:
    clock = ManualClock()
    api = upstream(Answers(httpx2.ReadTimeout("hung")), clock)
    for _ in range(20):
        with pytest.raises(TimedOut):
            api.get("thing", whole, about="", deadline=Deadline.after(clock, 0.05))
    assert api.breaker.state is BreakerState.CLOSED


def test_every_call_leaves_one_record_with_the_trace_id_and_no_number() -> None:
    records: list[CallRecord] = []
    answers = Answers(told({}, 503), told({}))
    api = upstream(answers, ManualClock(), records.append)
    trace_id.set("turn-7")
    api.get("customer/C123", whole, about="C1", params={"msisdn": "+8613800138000"})
    answers.answers = [told({"code": "outOfStock"}, 409)]
    with pytest.raises(BusinessRefusal):
        api.post("thing", {"msisdn": "+8613800138000"}, whole, about="C1", key="K1")
    trace_id.set("")
    assert [(r.operation, r.outcome, r.attempts, r.status, r.key, r.trace_id) for r in records] == [
        ("GET customer", "ok", 2, 200, "", "turn-7"),
        ("POST thing", "outOfStock", 1, 409, "K1", "turn-7"),
    ]
    assert all(request.headers["X-Trace-Id"] == "turn-7" for request in answers.requests)
    assert "13800138000" not in repr(records)


def test_a_call_that_never_left_the_house_is_audited_too() -> None:
    records: list[CallRecord] = []
    clock = ManualClock()
    api = upstream(Answers(told({})), clock, records.append)
    for _ in range(120):
        api.get("thing", whole, about="C1")
    with pytest.raises(TooBusy):
        api.get("thing", whole, about="C1")
    assert (records[-1].outcome, records[-1].attempts) == ("operator_too_busy", 0)


def test_a_write_that_happened_is_told_even_when_it_cannot_be_audited() -> None:
    def broken(record: CallRecord) -> None:
        raise OSError("disk full")

    assert upstream(Answers(told({"id": 1}, 201)), ManualClock(), broken).post("t", {}, whole, about="", key="K1") == {"id": 1}


@pytest.mark.parametrize(
    "address",
    ["http://api.example.com", "http://10.0.0.1:80", "ftp://127.0.0.1", "https://user:pw@api.example.com", "api.example.com", ""],
)
def test_an_address_that_is_not_safe_is_refused_in_one_sentence(address: str) -> None:
    with pytest.raises(SettingsError) as caught:
        require_safe_address(address)
    assert "pw" not in str(caught.value)


def test_https_anywhere_and_http_on_this_machine_are_fine() -> None:
    assert require_safe_address("https://api.example.com/") == "https://api.example.com"
    for address in ("http://127.0.0.1:8090", "http://localhost:8090", "http://[::1]:8090"):
        assert require_safe_address(address) == address


@contextmanager
def operator_that(behaves: Callable[[socket.socket], None]) -> Iterator[str]:
    """A real socket on this machine whose every connection is handled by `behaves`."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=behaves, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def fails_with(address: str, budget: float) -> WireError:
    wire = Wire(address)
    with closing(wire), pytest.raises(WireError) as caught:
        wire.send(Asked("GET", "/x"), Deadline.after(SystemClock(), budget))
    return caught.value


def test_an_operator_that_hangs_is_waited_for_until_the_deadline() -> None:
    stop = threading.Event()

    def hang(connection: socket.socket) -> None:
        stop.wait(20)
        connection.close()

    with operator_that(hang) as address:
        error = fails_with(address, 0.2)
    stop.set()
    assert error.timed_out
    assert error.sent


def test_an_operator_that_sends_a_byte_at_a_time_gets_no_more_time() -> None:
    dribbled: list[int] = []

    def dribble(connection: socket.socket) -> None:
        with closing(connection), suppress(OSError):
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            for number in range(400):  # header bytes for 20 s, each well inside any per-read time-out
                connection.sendall(b"x")
                dribbled.append(number)
                time.sleep(0.05)

    with operator_that(dribble) as address:
        error = fails_with(address, 0.3)
    assert error.timed_out
    assert len(dribbled) < 400  # we left long before it was done


def test_a_connection_that_is_refused_was_not_sent() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
    assert not fails_with(address, 1.0).sent


def test_a_connection_cut_before_the_answer_was_sent() -> None:
    def cut(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.close()

    with operator_that(cut) as address:
        assert fails_with(address, 1.0).sent
