"""Three wrong PINs in a row lock the PIN for fifteen minutes, in every channel. A try is counted before the operator is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock, from_millis, millis
from core.keys import Keys
from core.store import Store

WRONG_MOST = 3  # in a row
LOCKED_FOR = timedelta(minutes=15)
_KEPT_SECONDS = 24 * 3600

_TRY = """
local now = tonumber(ARGV[1])
local had = redis.call('HMGET', KEYS[1], 'wrong', 'lock')
local wrong, lock = tonumber(had[1] or '0'), tonumber(had[2] or '0')
if lock > now then return {0, wrong, lock} end
if lock > 0 then wrong, lock = 0, 0 end
wrong = wrong + 1
if wrong >= tonumber(ARGV[2]) then lock = now + tonumber(ARGV[3]) end
redis.call('HSET', KEYS[1], 'wrong', wrong, 'lock', lock)
redis.call('EXPIRE', KEYS[1], ARGV[4])
return {1, wrong, lock}
"""

# A try the operator never judged. The count goes down; a lock that this try itself made falls.
_UNDO = """
local wrong = tonumber(redis.call('HGET', KEYS[1], 'wrong') or '0')
if wrong > 0 then redis.call('HSET', KEYS[1], 'wrong', wrong - 1) end
if ARGV[1] ~= '0' and redis.call('HGET', KEYS[1], 'lock') == ARGV[1] then redis.call('HSET', KEYS[1], 'lock', 0) end
return 1
"""


@dataclass(frozen=True)
class Try:
    """`allowed`: ask the operator. `left`: tries after this one, if it is wrong. `locked_until`: the lock, if it is wrong."""

    allowed: bool
    left: int
    locked_until: datetime | None
    lock_ms: int = 0


class PinLock:
    """Tries per account (a digest). Every method may raise StoreDown."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._try = store.script("pin_lock.try", _TRY)
        self._undo = store.script("pin_lock.undo", _UNDO)

    def locked_until(self, account: str) -> datetime | None:
        """The end of the lock, or None."""
        with self._store.guard() as client:
            found = client.hget(Keys.wrong_pins(account), "lock")
        lock = int(found) if isinstance(found, bytes) else 0
        return from_millis(lock) if lock > millis(self._clock.now()) else None

    def begin_try(self, account: str) -> Try:
        """Take one of the three tries before anybody looks at the PIN."""
        args = [millis(self._clock.now()), WRONG_MOST, int(LOCKED_FOR.total_seconds() * 1000), _KEPT_SECONDS]
        allowed, wrong, lock = (int(part) for part in self._try([Keys.wrong_pins(account)], args))
        return Try(bool(allowed), max(0, WRONG_MOST - wrong), from_millis(lock) if lock else None, lock)

    def undo(self, account: str, tried: Try) -> None:
        """The operator could not say; the try did not count."""
        self._undo([Keys.wrong_pins(account)], [tried.lock_ms])

    def lift(self, account: str) -> None:
        """A right PIN or a right SMS code: the row of wrong ones ends, and the lock with it."""
        with self._store.guard() as client:
            client.delete(Keys.wrong_pins(account))
