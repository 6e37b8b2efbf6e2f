"""How much one conversation, and one address, may send: token buckets in Redis, shared by all gateways. Beyond it: 429 with Retry-After."""

from dataclasses import dataclass

from core.clock import Clock, millis
from core.keys import Keys
from core.problems import Problem
from core.seal import Sealer
from core.store import Store

# A bucket holds `most` and refills by `per_second`. Returns the milliseconds to wait, 0 when taken.
_TAKE = """
local held = redis.call('HMGET', KEYS[1], 'n', 'at')
local most, per_ms, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local n = tonumber(held[1]) or most
local at = tonumber(held[2]) or now
n = math.min(most, n + math.max(0, now - at) * per_ms)
if n < 1 then return math.ceil((1 - n) / per_ms) end
redis.call('HSET', KEYS[1], 'n', tostring(n - 1), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(most / per_ms) + 1000)
return 0
"""


@dataclass(frozen=True)
class Quota:
    most: int
    per_second: float


QUOTAS = {
    "message": Quota(40, 4.0),  # of one conversation: faster than anybody types, slower than a script
    "message_address": Quota(3000, 300.0),  # from one address: a crowd behind one NAT, more than the bot answers
    "conversation": Quota(600, 20.0),  # begun from one address: an office or a shop behind one NAT
    "token": Quota(20, 0.1),  # renewals and sign-ins of one conversation
    "rating": Quota(20, 0.1),  # ratings tried in one conversation
    "read": Quota(120, 20.0),  # events read of one conversation
    "socket": Quota(3000, 50.0),  # handshakes from one address: everybody behind one NAT comes back at once
    "signal": Quota(60, 5.0),  # typing, seen and the like of one conversation
    "transcript": Quota(10, 0.1),  # of one conversation, written anew each time
    "attachment": Quota(25, 0.2),  # files tried in one conversation, refused ones included; the day's allowance is counted apart
    "attachment_address": Quota(120, 2.0),  # files tried from one address
    "attachment_read": Quota(120, 5.0),  # files opened in one conversation: a page that draws its history asks for all of them
}


class Quotas:
    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._sealer = sealer
        self._clock = clock
        self._take = store.script("quota.take", _TAKE)

    def take(self, kind: str, subject: str) -> None:
        """Raises Problem 429 with Retry-After beyond the quota, StoreDown."""
        quota = QUOTAS[kind]
        now = millis(self._clock.now())
        key = Keys.quota(kind, self._sealer.digest("quota", subject))  # an address is personal data
        wait_ms = int(self._take([key], [quota.most, quota.per_second / 1000, now]))
        if wait_ms:
            raise Problem(429, "too_many", "Too many requests; slow down.", retry_after=max(1, -(-wait_ms // 1000)))
