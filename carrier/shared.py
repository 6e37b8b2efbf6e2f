"""What the cache needs from a store shared by all processes, and the one that lives in this process."""

import secrets
from collections import OrderedDict
from threading import Lock
from typing import Protocol

from core.clock import Clock

ENTRIES_KEPT = 20_000  # three small entries a customer; the least recently used goes first


class SharedCache(Protocol):
    """Bytes under keys, each with a life in seconds. Any method may raise a CarelineError (StoreDown); we go on without it."""

    def get(self, key: str) -> bytes | None:
        """The bytes, or None when there are none or their life is over."""
        ...

    def set(self, key: str, value: bytes, ttl_seconds: float) -> None:
        """Stores the bytes, replacing what was there."""
        ...

    def delete(self, key: str) -> None:
        """Forgets the key, if it is there."""
        ...

    def lock(self, key: str, ttl_seconds: float) -> str | None:
        """Sets the key to a new token if it is absent, atomically: the token, or None when somebody else holds it."""
        ...

    def unlock(self, key: str, token: str) -> None:
        """Deletes the key if it still holds the token, atomically."""
        ...


class InMemoryCache:
    """A SharedCache for one process: the default, and what tests use. Bounded; the least recently used goes first."""

    def __init__(self, clock: Clock, limit: int = ENTRIES_KEPT) -> None:
        self._clock = clock
        self._limit = limit
        self._lock = Lock()
        self._entries: OrderedDict[str, tuple[bytes, float]] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """See SharedCache."""
        with self._lock:
            return self._alive(key)

    def set(self, key: str, value: bytes, ttl_seconds: float) -> None:
        """See SharedCache."""
        with self._lock:
            self._put(key, value, ttl_seconds)

    def delete(self, key: str) -> None:
        """See SharedCache."""
        with self._lock:
            self._entries.pop(key, None)

    def lock(self, key: str, ttl_seconds: float) -> str | None:
        """See SharedCache."""
        token = secrets.token_hex(8)
        with self._lock:
            if self._alive(key) is not None:
                return None
            self._put(key, token.encode(), ttl_seconds)
            return token

    def unlock(self, key: str, token: str) -> None:
        """See SharedCache."""
        with self._lock:
            if self._alive(key) == token.encode():
                del self._entries[key]

    def _alive(self, key: str) -> bytes | None:
        found = self._entries.get(key)
        if found is None:
            return None
        value, until = found
        if self._clock.monotonic() >= until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def _put(self, key: str, value: bytes, ttl_seconds: float) -> None:
        self._entries[key] = (value, self._clock.monotonic() + ttl_seconds)
        self._entries.move_to_end(key)
        while len(self._entries) > self._limit:
            self._entries.popitem(last=False)
