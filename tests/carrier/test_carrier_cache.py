"""The cache: one question for a thousand callers, never older than a write, shared by processes."""

import threading

import pytest
from pydantic import TypeAdapter

from carrier.cache import Cache
from carrier.deadline import Deadline
from carrier.errors import ServerFault, TimedOut
from carrier.shared import InMemoryCache, SharedCache
from core.clock import Clock, SystemClock
from core.errors import StoreDown
from tests.carrier.given import together
from tests.fakes import ManualClock

INTS: TypeAdapter[int] = TypeAdapter(int)


def cache_on(shared: SharedCache, clock: Clock, fresh: float = 5.0) -> Cache[int]:
    return Cache("test", INTS, shared=shared, clock=clock, fresh_seconds=fresh)


def test_a_thousand_cold_reads_over_fifty_numbers_ask_fifty_times() -> None:
    clock = SystemClock()
    cache = cache_on(InMemoryCache(clock), clock)
    asked: list[int] = []

    def call(index: int) -> int:
        number = index % 50

        def load() -> int:
            asked.append(number)
            clock.sleep(0.005)
            return number

        return cache.read(str(number), load, Deadline.after(clock, 30)).value

    assert together(call, 1000) == [index % 50 for index in range(1000)]
    assert sorted(asked) == list(range(50))


def test_a_kept_value_carries_its_age_and_ends_after_its_time() -> None:
    clock = ManualClock()
    cache = cache_on(InMemoryCache(clock), clock)
    values = iter([1, 2])

    def read() -> tuple[int, float]:
        aged = cache.read("a", lambda: next(values), Deadline.after(clock, 1))
        return aged.value, aged.age_seconds

    assert read() == (1, 0.0)
    clock.advance(4)
    assert read() == (1, 4.0)
    clock.advance(2)
    assert read() == (2, 0.0)


def test_a_fresh_read_always_asks() -> None:
    clock = ManualClock()
    cache = cache_on(InMemoryCache(clock), clock)
    values = iter([1, 2])
    cache.read("a", lambda: next(values), Deadline.after(clock, 1))
    assert cache.read("a", lambda: next(values), Deadline.after(clock, 1), fresh=True).value == 2


def test_a_read_in_flight_during_a_write_never_leaves_its_stale_value() -> None:
    clock = ManualClock()
    cache = cache_on(InMemoryCache(clock), clock)
    balance = 100

    def slow_load() -> int:
        nonlocal balance
        seen = balance
        balance = 150  # the write commits while our read is on its way back
        cache.invalidate("a")
        return seen

    assert cache.read("a", slow_load, Deadline.after(clock, 1)).value == 100
    assert cache.read("a", lambda: balance, Deadline.after(clock, 1)).value == 150


def test_who_asks_after_a_write_does_not_join_a_read_from_before_it() -> None:
    clock = SystemClock()
    cache = cache_on(InMemoryCache(clock), clock)
    begun, go_on = threading.Event(), threading.Event()

    def old_load() -> int:
        begun.set()
        go_on.wait(20)
        return 100

    old: list[int] = []
    reader = threading.Thread(target=lambda: old.append(cache.read("a", old_load, Deadline.after(clock, 20)).value), daemon=True)
    reader.start()
    assert begun.wait(20)
    cache.invalidate("a")
    assert cache.read("a", lambda: 150, Deadline.after(clock, 20)).value == 150
    go_on.set()
    reader.join(20)
    assert old == [100]
    assert cache.read("a", lambda: 0, Deadline.after(clock, 20)).value == 150


def test_two_processes_share_values_and_writes() -> None:
    clock = ManualClock()
    shared = InMemoryCache(clock)
    gateway, actions = cache_on(shared, clock), cache_on(shared, clock)
    gateway.read("a", lambda: 1, Deadline.after(clock, 1))
    assert actions.read("a", lambda: 9, Deadline.after(clock, 1)).value == 1
    actions.invalidate("a")
    assert gateway.read("a", lambda: 2, Deadline.after(clock, 1)).value == 2


def test_a_second_process_waits_for_the_one_that_is_asking() -> None:
    clock = SystemClock()
    shared = InMemoryCache(clock)
    processes = [cache_on(shared, clock) for _ in range(4)]
    asked: list[int] = []

    def load() -> int:
        asked.append(1)
        clock.sleep(0.1)
        return 7

    assert together(lambda index: processes[index % 4].read("a", load, Deadline.after(clock, 5)).value, 20) == [7] * 20
    assert len(asked) == 1


def test_a_process_that_died_asking_delays_the_others_but_does_not_stop_them() -> None:
    clock = ManualClock()
    shared = InMemoryCache(clock)
    cache = cache_on(shared, clock)
    assert shared.lock(cache._key("lock", "a", ""), 2.0)
    deadline = Deadline.after(clock, 1.2)
    assert cache.read("a", lambda: 7, deadline).value == 7
    assert deadline.left() >= 0.5


def test_the_kept_value_is_told_with_its_age_when_the_operator_is_down() -> None:
    clock = ManualClock()
    cache = cache_on(InMemoryCache(clock), clock, fresh=2.0)
    cache.read("a", lambda: 1, Deadline.after(clock, 1))

    def down() -> int:
        raise ServerFault("down")

    clock.advance(8)
    assert cache.read("a", down, Deadline.after(clock, 1)).age_seconds == 8.0
    clock.advance(3)
    with pytest.raises(ServerFault):
        cache.read("a", down, Deadline.after(clock, 1))


def test_everybody_who_waited_hears_the_same_failure_and_nothing_is_kept() -> None:
    clock = SystemClock()
    cache = cache_on(InMemoryCache(clock), clock)

    def load() -> int:
        clock.sleep(0.2)
        raise ServerFault("down")

    results = together(lambda _: cache.read("a", load, Deadline.after(clock, 5)), 10)
    assert all(isinstance(result, ServerFault) for result in results)
    assert cache.read("a", lambda: 3, Deadline.after(clock, 5)).value == 3


def test_who_waits_for_another_ones_read_waits_no_longer_than_their_deadline() -> None:
    clock = SystemClock()
    cache = cache_on(InMemoryCache(clock), clock)
    begun, go_on = threading.Event(), threading.Event()

    def load() -> int:
        begun.set()
        go_on.wait(20)
        return 1

    reader = threading.Thread(target=lambda: cache.read("a", load, Deadline.after(clock, 20)), daemon=True)
    reader.start()
    assert begun.wait(20)
    with pytest.raises(TimedOut):
        cache.read("a", lambda: 2, Deadline.after(clock, 0.05))
    go_on.set()
    reader.join(20)


class DownStore:
    """A shared store that is not there."""

    def get(self, key: str) -> bytes | None:
        raise StoreDown("down")

    def set(self, key: str, value: bytes, ttl_seconds: float) -> None:
        raise StoreDown("down")

    def delete(self, key: str) -> None:
        raise StoreDown("down")

    def lock(self, key: str, ttl_seconds: float) -> str | None:
        raise StoreDown("down")

    def unlock(self, key: str, token: str) -> None:
        raise StoreDown("down")


def test_without_its_store_it_asks_the_operator_each_time() -> None:
    clock = ManualClock()
    cache = cache_on(DownStore(), clock)
    values = iter([1, 2])
    assert cache.read("a", lambda: next(values), Deadline.after(clock, 1)).value == 1
    cache.invalidate("a")
    assert cache.read("a", lambda: next(values), Deadline.after(clock, 1)).value == 2


def test_what_is_forgotten_first_is_what_was_used_least_lately() -> None:
    store = InMemoryCache(ManualClock(), limit=2)
    store.set("a", b"1", 9)
    store.set("b", b"2", 9)
    store.get("a")
    store.set("c", b"3", 9)
    assert (store.get("a"), store.get("b"), store.get("c")) == (b"1", None, b"3")
