"""What may be used in a day, counted in things and in bytes: room is taken before the deed and given back when the deed fails.

A deed has a name; the same name again has its room already and takes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import Clock, millis
from core.store import Store
from customers.errors import AllowanceSpent

DAY_MS = 24 * 3600 * 1000

# Members are `<weight>:<name>`, scored by when. Answers -1 when the room was taken before, 0 when it is taken now, else the ms to wait.
_TAKE = """
local now, day, most, most_weight = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local weight, name = tonumber(ARGV[5]), ARGV[6]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - day)
local taken = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local count, sum = 0, 0
for i = 1, #taken, 2 do
  local cut = string.find(taken[i], ':', 1, true)
  if string.sub(taken[i], cut + 1) == name then return -1 end
  count, sum = count + 1, sum + tonumber(string.sub(taken[i], 1, cut - 1))
end
if weight > most_weight then return day end
for i = 1, #taken, 2 do
  if count < most and sum + weight <= most_weight then break end
  local cut = string.find(taken[i], ':', 1, true)
  count, sum = count - 1, sum - tonumber(string.sub(taken[i], 1, cut - 1))
  if count < most and sum + weight <= most_weight then return math.max(1, tonumber(taken[i + 1]) + day - now) end
end
redis.call('ZADD', KEYS[1], now, ARGV[5] .. ':' .. name)
redis.call('PEXPIRE', KEYS[1], day)
return 0
"""


@dataclass(frozen=True)
class Allowance:
    """At most `most` things of `most_weight` together in any 24 hours, counted under `key`."""

    key: str
    most: int
    most_weight: int


class Allowances:
    """Every method may raise StoreDown."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._take = store.script("allowance.take", _TAKE)

    def take(self, from_all: Sequence[Allowance], name: str, weight: int = 1) -> None:
        """Room in every one of them, or in none. Raises AllowanceSpent."""
        taken: list[Allowance] = []
        for allowance in from_all:
            numbers = [millis(self._clock.now()), DAY_MS, allowance.most, allowance.most_weight, weight]
            wait_ms = int(self._take([allowance.key], [*numbers, name]))
            if wait_ms > 0:
                self.give_back(taken, name, weight)
                raise AllowanceSpent(-(-wait_ms // 1000))
            if wait_ms == 0:
                taken.append(allowance)

    def give_back(self, to_all: Sequence[Allowance], name: str, weight: int = 1) -> None:
        """The deed failed: its room is free again."""
        for allowance in to_all:
            with self._store.guard() as client:
                client.zrem(allowance.key, f"{weight}:{name}")
