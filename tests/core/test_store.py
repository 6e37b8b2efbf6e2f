"""The store: a Redis that hangs costs its budget once, then nothing, and comes back by itself."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.errors import StoreDown
from core.keys import Keys
from core.store import Store
from tests.conftest import AtOnce, RedisServer, start_redis, stop_redis
from tests.fakes import ManualClock


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    with TemporaryDirectory(prefix="cl-") as folder:
        server = start_redis(Path(folder))
        yield server
        stop_redis(server)


def test_a_paused_redis_is_down_at_once_after_the_first_time_out(own_redis: RedisServer) -> None:
    clock = ManualClock()
    store = Store(own_redis.socket, clock=clock, budget_ms=200)
    store.probe()
    own_redis.pause()
    with pytest.raises(StoreDown) as first:
        store.probe()
    assert first.value.code == "store_down"
    with pytest.raises(StoreDown) as second:
        store.probe()
    assert second.value.code == "store_breaker_open"  # nobody asked Redis
    own_redis.resume()
    clock.advance(2.1)
    store.probe()
    assert not store.is_down


def test_the_first_time_out_stays_near_the_budget(own_redis: RedisServer) -> None:
    store = Store(own_redis.socket, budget_ms=200)
    store.probe()
    own_redis.pause()
    began = time.monotonic()
    with pytest.raises(StoreDown):
        store.probe()
    # redis-py's own defaults take 15 to 60 s here; the bound is far above the budget because the machine is shared.
    assert time.monotonic() - began < 5


def test_one_caller_probes_for_all(own_redis: RedisServer, at_once: AtOnce) -> None:
    clock = ManualClock()
    store = Store(own_redis.socket, clock=clock, budget_ms=300)
    own_redis.pause()
    with pytest.raises(StoreDown):
        store.probe()
    clock.advance(2.1)

    def ask(_: int) -> str:
        try:
            store.probe()
        except StoreDown as error:
            return error.code
        return "fine"

    codes = at_once(20, ask)
    assert codes.count("store_down") == 1
    assert codes.count("store_breaker_open") == 19


def test_a_refused_socket_is_down(tmp_path: Path) -> None:
    with pytest.raises(StoreDown):
        Store(str(tmp_path / "nobody.sock")).probe()


def test_an_error_of_our_own_does_not_keep_the_breaker_open(own_redis: RedisServer) -> None:
    clock = ManualClock()
    store = Store(own_redis.socket, clock=clock, budget_ms=200)
    own_redis.pause()
    with pytest.raises(StoreDown):
        store.probe()
    own_redis.resume()
    clock.advance(2.1)
    with pytest.raises(ZeroDivisionError), store.guard():
        _ = 1 / 0
    store.probe()


def test_a_refusal_of_redis_is_store_down_but_opens_nothing(store: Store) -> None:
    store.client.set("text", "x")
    with pytest.raises(StoreDown) as refused, store.guard() as client:
        client.lpush("text", "y")
    assert refused.value.code == "store_refused"
    store.probe()


def test_a_turn_has_one_budget_for_all_its_calls(redis_socket: str) -> None:
    clock = ManualClock()
    store = Store(redis_socket, clock=clock, budget_ms=300)
    with store.turn():
        for _ in range(3):
            with store.guard():
                clock.advance(0.1)
        with pytest.raises(StoreDown) as spent:
            store.probe()
        assert spent.value.code == "store_budget_spent"
    store.probe()


def test_scripts_survive_a_server_that_forgot_them(store: Store) -> None:
    double = store.script("test.double", "return tonumber(ARGV[1]) * 2")
    assert double([], [4]) == 8
    with store.guard() as client:
        client.script_flush()
    assert double([], [5]) == 10


def test_keys_of_one_conversation_share_a_slot(store: Store) -> None:
    names = ["conversation", "dek", "stream", "seq", "inbox", "lease", "fence", "late", "buttons", "auth", "pin"]
    keys = [getattr(Keys, name)("web-abc") for name in names]
    keys += [Keys.seen("web-abc", "1"), Keys.answer("web-abc", "1"), Keys.button("web-abc", "b"), Keys.code("web-abc", "0f")]
    assert all("{web-abc}" in key for key in keys)
    assert len(set(keys)) == len(keys)
