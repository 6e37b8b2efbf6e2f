"""Turns of one conversation, first come first served, inside this process.

Rasa's own lock polls once a second. Between processes the gateway's lease keeps turns apart (docs/architecture.md, "One turn at a time")
and the tracker store refuses a stale writer.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockError, LockStore


class FifoLockStore(LockStore):
    def __init__(self, endpoint_config: Any | None = None, **_: Any) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}
        super().__init__()

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 1
    ) -> AsyncIterator[Any]:
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        self._waiting[conversation_id] = self._waiting.get(conversation_id, 0) + 1
        try:
            try:
                await asyncio.wait_for(lock.acquire(), lock_lifetime)
            except asyncio.TimeoutError:
                raise LockError(f"no turn within {lock_lifetime} s") from None
            try:
                yield lock
            finally:
                lock.release()
        finally:
            self._waiting[conversation_id] -= 1
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id], self._locks[conversation_id]

    def get_lock(self, conversation_id: str) -> TicketLock | None:
        return None

    def delete_lock(self, conversation_id: str) -> None:
        """Nothing is kept outside a turn."""

    def save_lock(self, lock: TicketLock) -> None:
        """Nothing is kept outside a turn."""
