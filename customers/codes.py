"""SMS codes as challenges: one per conversation and operation, five minutes, once, five wrong answers at most.

A challenge is a Redis hash: digest of the code, until, used, accepted (when), consumed, wrong (answers so far), reset (when
those are forgotten), meta (sealed: whose code it is). A new code for the same challenge does not reset `wrong`. The code itself
is stored nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from core.clock import Clock, from_millis, millis
from core.keys import Keys
from core.store import Store, Value

CODE_DIGITS = 6
GOOD_FOR = timedelta(minutes=5)  # from sending to entering, and again from entering to acting
WRONG_MOST = 5  # answers to one challenge, over all its codes
WRONG_FORGOTTEN = timedelta(hours=1)
_KEPT_SECONDS = 2 * 3600  # longer than anything above: a late code is told from an unknown one

_ISSUE = """
local now = tonumber(ARGV[1])
local had = redis.call('HMGET', KEYS[1], 'digest', 'until', 'used', 'wrong', 'reset')
local wrong, reset = tonumber(had[4] or '0'), tonumber(had[5] or '0')
if reset <= now then wrong, reset = 0, 0 end
if wrong >= tonumber(ARGV[2]) then return {'limited', reset} end
if ARGV[7] == '0' and had[1] and had[3] == '0' and tonumber(had[2]) > now then return {'live', had[2]} end
redis.call('HSET', KEYS[1], 'digest', ARGV[3], 'until', ARGV[4], 'meta', ARGV[5], 'used', '0', 'accepted', '0', 'consumed', '0',
  'wrong', wrong, 'reset', reset)
redis.call('EXPIRE', KEYS[1], ARGV[6])
return {'issued', ARGV[4]}
"""

_WITHDRAW = """
if redis.call('HGET', KEYS[1], 'digest') == ARGV[1] then return redis.call('HDEL', KEYS[1], 'digest') end
return 0
"""

# The answer is counted before it is compared, in one step: no two answers share a try.
_ANSWER = """
local now = tonumber(ARGV[1])
local had = redis.call('HMGET', KEYS[1], 'digest', 'until', 'used', 'wrong', 'reset')
if not had[1] then return {'expired', 0} end
if had[3] == '1' then return {'used', 0} end
if tonumber(had[2]) <= now then return {'expired', 0} end
local wrong, reset = tonumber(had[4]), tonumber(had[5])
if reset <= now then wrong, reset = 0, now + tonumber(ARGV[4]) end
if wrong >= tonumber(ARGV[2]) then return {'limited', reset} end
redis.call('HSET', KEYS[1], 'wrong', wrong + 1, 'reset', reset)
if had[1] ~= ARGV[3] then return {'wrong', wrong + 1} end
redis.call('HSET', KEYS[1], 'wrong', wrong, 'used', '1', 'accepted', now)
return {'right', wrong}
"""

_CONSUME = """
local had = redis.call('HMGET', KEYS[1], 'accepted', 'consumed')
if not had[1] or had[1] == '0' or had[2] == '1' then return 0 end
if tonumber(had[1]) + tonumber(ARGV[2]) <= tonumber(ARGV[1]) then return 0 end
if ARGV[3] == '1' then redis.call('HSET', KEYS[1], 'consumed', '1') end
return 1
"""


class Answer(StrEnum):
    """What one answer to a challenge was."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"
    EXPIRED = "expired"
    LIMITED = "limited"


class Codes:
    """The challenges in Redis. `operation` is always the 16 hex digits. Every method may raise StoreDown."""

    def __init__(self, store: Store, clock: Clock, pepper: str) -> None:
        self._store = store
        self._clock = clock
        self._pepper = pepper.encode()
        self._issue = store.script("codes.issue", _ISSUE)
        self._withdraw = store.script("codes.withdraw", _WITHDRAW)
        self._answer = store.script("codes.answer", _ANSWER)
        self._consume = store.script("codes.consume", _CONSUME)

    def is_live(self, conversation: str, operation: str) -> bool:
        """A code was sent, is neither used nor too old, and may still be answered."""
        with self._store.guard() as client:
            held = client.hmget(Keys.code(conversation, operation), ["digest", "until", "used", "wrong", "reset"])
        digest, until, used, wrong, reset = held
        now = millis(self._clock.now())
        answerable = int(wrong or 0) < WRONG_MOST or int(reset or 0) <= now
        return bool(digest) and used == b"0" and int(until or 0) > now and answerable

    def issue(self, conversation: str, operation: str, meta: bytes, *, again: bool) -> tuple[str, str, datetime | None]:
        """('issued', the code, None), ('live', '', None) unless `again`, or ('limited', '', until)."""
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        now = self._clock.now()
        digest = self._digest(conversation, operation, code)
        args: list[Value] = [millis(now), WRONG_MOST, digest, millis(now + GOOD_FOR), meta, _KEPT_SECONDS, int(again)]
        word, number = self._issue([Keys.code(conversation, operation)], args)
        if word == b"issued":
            return "issued", code, None
        return word.decode(), "", from_millis(int(number)) if word == b"limited" else None

    def withdraw(self, conversation: str, operation: str, code: str) -> None:
        """The text with this code did not leave: forget the code, keep the counts."""
        self._withdraw([Keys.code(conversation, operation)], [self._digest(conversation, operation, code)])

    def meta(self, conversation: str, operation: str) -> bytes | None:
        """What `issue` was given, sealed; None when no code was asked for."""
        with self._store.guard() as client:
            found = client.hget(Keys.code(conversation, operation), "meta")
        return found if isinstance(found, bytes) else None

    def answer(self, conversation: str, operation: str, digits: str) -> tuple[Answer, int]:
        """Count and compare. The number: wrong answers so far, with WRONG; end of the lock in ms, with LIMITED."""
        digest = self._digest(conversation, operation, digits)
        args: list[Value] = [millis(self._clock.now()), WRONG_MOST, digest, int(WRONG_FORGOTTEN.total_seconds() * 1000)]
        word, number = self._answer([Keys.code(conversation, operation)], args)
        return Answer(word.decode()), int(number)

    def accepted(self, conversation: str, operation: str, *, consume: bool) -> bool:
        """Was the right code entered within the last five minutes, and not yet acted on? `consume` makes this the act."""
        args = [millis(self._clock.now()), int(GOOD_FOR.total_seconds() * 1000), int(consume)]
        return bool(self._consume([Keys.code(conversation, operation)], args))

    def _digest(self, conversation: str, operation: str, code: str) -> str:
        return hmac.new(self._pepper, f"{conversation}|{operation}|{code}".encode(), hashlib.sha256).hexdigest()
