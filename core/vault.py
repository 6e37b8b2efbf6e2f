"""Sealed records of conversations in Redis: finds or makes the conversation's data key, seals and opens by place."""

from __future__ import annotations

from core.errors import SealBroken
from core.keys import CONVERSATION_SECONDS, DEK_SECONDS, Keys
from core.seal import Sealer
from core.store import Store

# Find the key or put ours; either way it lives on.
_KEEP_KEY = """
redis.call('SET', KEYS[1], ARGV[1], 'NX')
redis.call('EXPIRE', KEYS[1], ARGV[2])
return redis.call('GET', KEYS[1])
"""


class Vault:
    """Seals for one place of one conversation: AAD = `<conversation>|<place>`, where place is a sequence number or a name."""

    def __init__(self, store: Store, sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer
        self._keep_key = store.script("vault.keep_key", _KEEP_KEY)

    def seal(self, conversation: str, place: str | int, plain: bytes, *, key_seconds: int = DEK_SECONDS) -> bytes:
        """Sealed bytes; makes the conversation's data key where there is none. Raises StoreDown."""
        wrapped: bytes = self._keep_key([Keys.dek(conversation)], [self._sealer.new_key(), key_seconds])
        return self._sealer.seal(wrapped, f"{conversation}|{place}", plain)

    def seal_under(self, wrapped: object, conversation: str, place: str | int, plain: bytes) -> bytes:
        """The same for a caller who read the key (`Keys.dek`) together with something else, and prolongs it. Raises SealBroken."""
        if not isinstance(wrapped, bytes):
            raise SealBroken("the conversation's key is gone")
        return self._sealer.seal(wrapped, f"{conversation}|{place}", plain)

    def open(self, conversation: str, place: str | int, sealed: bytes) -> bytes:
        """The plain bytes. Raises SealBroken (also when the key was deleted: the conversation is erased), StoreDown."""
        return self.open_all(conversation, [(place, sealed)])[0]

    def open_all(self, conversation: str, records: list[tuple[str | int, bytes]]) -> list[bytes]:
        """Open several records of one conversation with one look at its key."""
        if not records:
            return []
        with self._store.guard() as client:
            wrapped = client.get(Keys.dek(conversation))
        return self.open_under(wrapped, conversation, records)

    def open_under(self, wrapped: object, conversation: str, records: list[tuple[str | int, bytes]]) -> list[bytes]:
        """The same for a caller who read the key (`Keys.dek`) in one go with the records. Raises SealBroken."""
        if not isinstance(wrapped, bytes):
            raise SealBroken("the conversation's key is gone")
        return [self._sealer.open(wrapped, f"{conversation}|{place}", sealed) for place, sealed in records]

    def put(self, key: str, conversation: str, place: str, plain: bytes, *, seconds: int = CONVERSATION_SECONDS) -> None:
        """Seal and store under `key`, to be forgotten after `seconds`."""
        sealed = self.seal(conversation, place, plain)
        with self._store.guard() as client:
            client.set(key, sealed, ex=seconds)

    def begin(self, key: str, conversation: str, place: str, plain: bytes, *, seconds: int) -> None:
        """The first record of a new conversation; record and key live `seconds` unless more is sealed."""
        sealed = self.seal(conversation, place, plain, key_seconds=2 * seconds)
        with self._store.guard() as client:
            client.set(key, sealed, ex=seconds)

    def get(self, key: str, conversation: str, place: str) -> bytes | None:
        """What `put` stored, or None."""
        with self._store.guard() as client:
            sealed = client.get(key)
        return self.open(conversation, place, sealed) if isinstance(sealed, bytes) else None
