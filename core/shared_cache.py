"""The operator's answers, shared by all processes through Redis; fits carrier's SharedCache. Values are personal: sealed."""

from __future__ import annotations

import secrets

from core.errors import SealBroken
from core.keys import Keys
from core.seal import Sealer
from core.store import Store

_UNLOCK = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class RedisCache:
    """Bytes under keys for some seconds. Every method may raise StoreDown. Keys stand in Redis as keyed digests."""

    def __init__(self, store: Store, sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer
        self._unlock = store.script("cache.unlock", _UNLOCK)

    def get(self, key: str) -> bytes | None:
        """The bytes, or None when their life is over (or they were sealed by another installation)."""
        with self._store.guard() as client:
            found = client.get(Keys.carrier_cache(self._named(key)))
        if not isinstance(found, bytes):
            return None
        try:
            return self._sealer.open(found[:40], f"cache|{key}", found[40:])
        except SealBroken:
            return None

    def set(self, key: str, value: bytes, ttl_seconds: float) -> None:
        """Store, replacing what was there. Each value has a key of its own, wrapped, in its first 40 bytes."""
        wrapped = self._sealer.new_key()
        sealed = wrapped + self._sealer.seal(wrapped, f"cache|{key}", value)
        with self._store.guard() as client:
            client.set(Keys.carrier_cache(self._named(key)), sealed, px=max(1, round(ttl_seconds * 1000)))

    def delete(self, key: str) -> None:
        """Forget the key."""
        with self._store.guard() as client:
            client.delete(Keys.carrier_cache(self._named(key)))

    def lock(self, key: str, ttl_seconds: float) -> str | None:
        """A token, or None when somebody else holds the lock. It falls by itself after `ttl_seconds`."""
        token = secrets.token_hex(8)
        with self._store.guard() as client:
            got = client.set(Keys.carrier_flight(self._named(key)), token, nx=True, px=max(1, round(ttl_seconds * 1000)))
        return token if got else None

    def unlock(self, key: str, token: str) -> None:
        """Give the lock back, if it is still ours."""
        self._unlock([Keys.carrier_flight(self._named(key))], [token])

    def _named(self, key: str) -> str:
        return self._sealer.digest("cache", key)
