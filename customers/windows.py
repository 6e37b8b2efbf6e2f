"""Counting that races cannot cheat: room is taken before the deed, and given back when it turns out not to count."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from core.clock import Clock, from_millis, millis
from core.store import Store

# Takes one place in a sliding window; answers {1, taken} or {0, when the oldest place falls free}.
_TAKE = """
local now, window, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local taken = redis.call('ZCARD', KEYS[1])
if taken >= most then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return {0, tonumber(oldest[2]) + window}
end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIRE', KEYS[1], window)
return {1, taken + 1}
"""


class WindowFull(Exception):
    """No room; `until` is when the next place falls free. Internal to customers/."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


class Window:
    """At most `most` of something in any `span`, per key."""

    def __init__(self, store: Store, clock: Clock, *, most: int, span: timedelta) -> None:
        self._store = store
        self._clock = clock
        self.most = most
        self._span_ms = int(span.total_seconds() * 1000)
        self._take = store.script("window.take", _TAKE)

    def take(self, key: str) -> tuple[str, int]:
        """Take a place: (its name, for `give_back`; how many are taken now). Raises WindowFull, StoreDown."""
        place = secrets.token_hex(8)
        ok, number = self._take([key], [millis(self._clock.now()), self._span_ms, self.most, place])
        if not ok:
            raise WindowFull(from_millis(int(number)))
        return place, int(number)

    def give_back(self, key: str, place: str) -> None:
        """It did not count after all."""
        with self._store.guard() as client:
            client.zrem(key, place)
