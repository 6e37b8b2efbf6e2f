"""The one way to Redis: a client with deadlines, a breaker in front of it, scripts registered once.

    with store.guard():
        store.client.get(Keys.conversation(id))

`guard` turns every failure of Redis into StoreDown. A turn is wrapped in `with store.turn():`, and Redis may cost it no more than
the budget in all: what is over is refused at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.connection import BlockingConnectionPool, ConnectionPool
from redis.retry import Retry

from core.breaker import Breaker
from core.clock import Clock, SystemClock
from core.errors import StoreDown
from core.keys import Keys

__all__ = ["Keys", "Script", "Store"]

BUDGET_MS = 300  # one turn's share of waiting for Redis
BREAKER_SECONDS = 2.0  # after a time-out nobody asks Redis for this long
CONNECTIONS = 128  # of one process; one more caller waits for the budget, then hears StoreDown

Value = bytes | str | int | float
Script = Callable[[Sequence[str], Sequence[Value]], Any]

_spent: ContextVar[list[float] | None] = ContextVar("careline_store_spent", default=None)


class Store:
    """Redis at `url` (redis://, rediss://, unix:// or the path of a socket). Bytes in, bytes out."""

    def __init__(self, url: str, *, clock: Clock | None = None, budget_ms: int = BUDGET_MS) -> None:
        self.url = url if "://" in url else f"unix://{url}"
        self._clock: Clock = clock or SystemClock()
        self._budget = budget_ms / 1000
        self._breaker = Breaker(self._clock, BREAKER_SECONDS)
        self._scripts: dict[str, Any] = {}
        self.client: redis.Redis = redis.Redis(connection_pool=self._pool(self._budget, CONNECTIONS))

    def _pool(self, timeout: float, size: int) -> ConnectionPool:
        # redis-py's own defaults wait 5 s and try ten times: a paused Redis would cost a minute.
        return BlockingConnectionPool.from_url(
            self.url,
            max_connections=size,
            timeout=timeout,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
            protocol=2,
            driver_info=None,
        )

    @property
    def is_down(self) -> bool:
        """True while the breaker keeps callers away."""
        return self._breaker.is_open

    @contextmanager
    def guard(self) -> Iterator[redis.Redis]:
        """Yield the client. Every failure of Redis is StoreDown, at once while the breaker is open or the turn is spent."""
        spent = _spent.get()
        if spent is not None and spent[0] >= self._budget:
            raise StoreDown("this turn has spent its budget for Redis", code="store_budget_spent")
        if not self._breaker.allows():
            raise StoreDown("Redis failed a moment ago; not asking again yet", code="store_breaker_open")
        began = self._clock.monotonic()
        told = False
        try:
            yield self.client
            told = True
            self._breaker.succeeded()
        except (redis.ConnectionError, redis.TimeoutError) as error:
            told = True
            self._breaker.failed()
            raise StoreDown(f"Redis does not answer: {type(error).__name__}") from error
        except redis.RedisError as error:
            raise StoreDown(f"Redis refused: {error}", code="store_refused") from error
        finally:
            if not told:
                self._breaker.gave_up()
            if spent is not None:
                spent[0] += self._clock.monotonic() - began

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Within, all guarded calls together may wait no longer than the budget (and one call's time-out)."""
        token = _spent.set([0.0])
        try:
            yield
        finally:
            _spent.reset(token)

    def script(self, name: str, lua: str) -> Script:
        """Register a Lua script once under `name`; the returned function runs it guarded: (keys, args) -> answer."""
        if name not in self._scripts:
            self._scripts[name] = self.client.register_script(lua)
        registered = self._scripts[name]

        def run(keys: Sequence[str], args: Sequence[Value] = ()) -> Any:
            with self.guard():
                return registered(keys=list(keys), args=list(args))

        return run

    def patient_client(self, seconds: float) -> redis.Redis:
        """A client of its own for blocking reads of up to `seconds` (XREAD BLOCK); not for turns, not behind the breaker."""
        return redis.Redis(connection_pool=self._pool(seconds + self._budget, 4))

    def probe(self) -> None:
        """Write, as /readyz does. Raises StoreDown."""
        with self.guard() as client:
            client.set(Keys.probe(), b"1", ex=60)

    def close(self) -> None:
        self.client.close()
        self.client.connection_pool.disconnect()
