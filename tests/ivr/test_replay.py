"""The same request once more: the same TwiML, and nothing done twice."""

import threading

import pytest

from core.clock import SystemClock
from core.errors import StoreDown
from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from ivr.replay import KEPT_SECONDS, Replays
from tests.conftest import AtOnce, RedisServer

CALL, TALK = "c" * 32, f"tel-{'c' * 32}"


class Work:
    """Counts how often it is done."""

    def __init__(self) -> None:
        self.done = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            self.done += 1
            return f"<Response><Say>{self.done}</Say></Response>"


@pytest.fixture
def replays(store: Store, sealer: Sealer) -> Replays:
    return Replays(store, sealer, SystemClock())


def test_a_step_is_worked_out_once(replays: Replays) -> None:
    work = Work()
    first = replays.once(CALL, TALK, 3, None, work)
    assert [replays.once(CALL, TALK, 3, None, work) for _ in range(3)] == [first] * 3
    assert work.done == 1


def test_a_retry_under_its_token_is_the_same_request(replays: Replays) -> None:
    work = Work()
    first = replays.once(CALL, TALK, 3, "token-1", work)
    assert replays.once(CALL, TALK, 4, "token-1", work) == first
    assert replays.once(CALL, TALK, 4, "token-2", work) != first
    assert work.done == 2


def test_calls_share_nothing(replays: Replays) -> None:
    work = Work()
    assert replays.once(CALL, TALK, 3, "t", work) != replays.once("d" * 32, f"tel-{'d' * 32}", 3, "t", work)


def test_many_at_once_are_one(replays: Replays, at_once: AtOnce) -> None:
    work = Work()
    answers = at_once(12, lambda _: replays.once(CALL, TALK, 7, None, work))
    assert set(answers) == {"<Response><Say>1</Say></Response>"}
    assert work.done == 1


def test_who_finds_another_at_work_for_too_long_gets_nothing_done(replays: Replays, store: Store) -> None:
    work = Work()
    with store.guard() as client:
        client.set(Keys.call_step(CALL, "step-5"), "somebody else", px=60_000)
    assert replays.once(CALL, TALK, 5, None, work) is None
    assert work.done == 0


def test_what_fails_may_be_tried_again(replays: Replays) -> None:
    def broken() -> str:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        replays.once(CALL, TALK, 6, None, broken)
    assert replays.once(CALL, TALK, 6, None, Work()) == "<Response><Say>1</Say></Response>"


def test_what_was_said_is_sealed_and_forgotten(replays: Replays, store: Store, redis_server: RedisServer) -> None:
    replays.once(CALL, TALK, 8, "a token", lambda: "<Response><Say>余额一百零八块</Say></Response>")
    kept = redis_server.everything()
    assert "余额".encode() not in kept
    assert b"a token" not in kept
    with store.guard() as client:
        assert 0 < int(client.ttl(Keys.said_to_call(CALL, "step-8"))) <= KEPT_SECONDS  # type: ignore[arg-type]


def test_what_is_worked_out_is_said_also_when_redis_goes_meanwhile(
    redis_socket: str, redis_server: RedisServer, sealer: Sealer
) -> None:
    """The turn is recorded by then; an apology in its place would be a lie."""
    impatient = Store(redis_socket, budget_ms=300)
    replays = Replays(impatient, sealer, SystemClock())

    def work() -> str:
        redis_server.pause()
        return "<Response><Say>done</Say></Response>"

    try:
        assert replays.once(CALL, TALK, 9, None, work) == "<Response><Say>done</Say></Response>"
        with pytest.raises(StoreDown):
            replays.once(CALL, TALK, 9, None, work)
    finally:
        redis_server.resume()
        impatient.close()
