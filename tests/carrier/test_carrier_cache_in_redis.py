"""The cache over the real Redis store: what processes share, and that a Redis that stops makes it slower, never wrong."""

import pytest
from pydantic import TypeAdapter

from carrier.cache import Cache
from carrier.deadline import Deadline
from core.clock import SystemClock
from core.seal import Sealer
from core.shared_cache import RedisCache
from core.store import Store
from tests.carrier.given import together
from tests.conftest import RedisServer

INTS: TypeAdapter[int] = TypeAdapter(int)
CLOCK = SystemClock()


def process(store: Store, sealer: Sealer) -> Cache[int]:
    """What one process of ours holds."""
    return Cache("balance", INTS, shared=RedisCache(store, sealer), clock=CLOCK, fresh_seconds=5.0)


def test_four_processes_ask_once_and_a_write_of_one_is_seen_by_all(store: Store, sealer: Sealer) -> None:
    processes = [process(store, sealer) for _ in range(4)]
    asked: list[int] = []

    def load() -> int:
        asked.append(1)
        CLOCK.sleep(0.15)
        return 8650

    def read(index: int) -> int:
        return processes[index % 4].read("+8613800138000", load, Deadline.after(CLOCK, 20)).value

    assert together(read, 40) == [8650] * 40
    assert len(asked) == 1
    processes[0].invalidate("+8613800138000")
    for one in processes:
        assert one.read("+8613800138000", lambda: 13650, Deadline.after(CLOCK, 20)).value == 13650


def test_a_read_in_flight_in_one_process_during_a_write_in_another_leaves_nothing_stale(store: Store, sealer: Sealer) -> None:
    gateway, actions = process(store, sealer), process(store, sealer)

    def slow_load() -> int:
        actions.invalidate("+8613800138000")
        return 8650

    gateway.read("+8613800138000", slow_load, Deadline.after(CLOCK, 20))
    for one in (gateway, actions):
        assert one.read("+8613800138000", lambda: 13650, Deadline.after(CLOCK, 20)).value == 13650


def test_nothing_in_redis_shows_the_number_or_the_value(store: Store, sealer: Sealer, redis_server: RedisServer) -> None:
    process(store, sealer).read("+8613800138000", lambda: 123456789, Deadline.after(CLOCK, 20))
    everything = redis_server.everything()
    assert b"carrier:" in everything
    assert b"13800138000" not in everything
    assert b"123456789" not in everything


def test_with_redis_paused_the_operator_is_asked_inside_the_deadline(
    redis_socket: str, redis_server: RedisServer, sealer: Sealer
) -> None:
    store = Store(redis_socket, budget_ms=100)
    cache = process(store, sealer)
    redis_server.pause()
    try:
        deadline = Deadline.after(CLOCK, 20)
        assert cache.read("+8613800138000", lambda: 8650, deadline).value == 8650
        assert deadline.left() > 0
    finally:
        redis_server.resume()
        store.close()


@pytest.mark.parametrize("installation", ["same", "other"])
def test_what_another_installation_sealed_is_not_read(store: Store, sealer: Sealer, installation: str) -> None:
    process(store, sealer).read("a", lambda: 1, Deadline.after(CLOCK, 20))
    reader = process(store, sealer if installation == "same" else Sealer(bytes(32)))
    assert reader.read("a", lambda: 2, Deadline.after(CLOCK, 20)).value == (1 if installation == "same" else 2)
