"""What was said: one sealed Redis Stream a conversation, numbered 1, 2, 3 ... without gaps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock, from_millis, millis
from core.keys import CONVERSATION_SECONDS, Keys
from core.seal import Sealer
from core.store import Store
from core.vault import Vault
from customers.errors import TranscriptBusy

READ_MOST = 200  # entries read at once
ENTRIES_KEPT = 5_000  # of one conversation; a talk that long has lost its beginning
TRIES = 200  # other writers that may come first before we give up; each try is a millisecond
ENTRY_MOST = 64 * 1024  # bytes of one body

# The sequence number is part of the seal, so we seal for the number we expect and insert only if it is still free.
_APPEND = """
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
if last ~= tonumber(ARGV[1]) - 1 then return last end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], ARGV[1] .. '-0', 's', ARGV[2])
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', ARGV[5], ARGV[6])
return -1
"""


@dataclass(frozen=True)
class Entry:
    """One thing in a transcript. `kind`: customer, bot, person, note; `body`: plain JSON; `client_id`: the sender's own id."""

    seq: int
    at: datetime
    kind: str
    body: dict[str, Any]
    client_id: str | None = None


class Transcript:
    """Appends and reads entries. Every method may raise StoreDown; reading may raise SealBroken."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._vault = Vault(store, sealer)
        self._clock = clock
        self._append = store.script("transcript.append", _APPEND)

    def append(self, conversation_id: str, kind: str, body: dict[str, Any], client_id: str | None = None) -> Entry:
        """Add an entry; its `seq` is its place for good. Secrets must be masked before. Raises TranscriptBusy, ValueError."""
        at = self._clock.now()
        plain = packed(at, kind, body, client_id)
        keys = [Keys.stream(conversation_id), Keys.seq(conversation_id)]
        last = self.last_seq(conversation_id)
        for _ in range(TRIES):
            seq = last + 1
            sealed = self._vault.seal(conversation_id, seq, plain)
            last = int(self._append(keys, [seq, sealed, CONVERSATION_SECONDS, ENTRIES_KEPT, Keys.bell(), conversation_id]))
            if last < 0:
                return Entry(seq, from_millis(millis(at)), kind, body, client_id)
        raise TranscriptBusy(f"{TRIES} others wrote first")

    def after(self, conversation_id: str, seq: int = 0, limit: int = READ_MOST) -> list[Entry]:
        """Entries after `seq` in order, at most `limit` (READ_MOST at most)."""
        with self._store.guard() as client:
            asked = client.pipeline(transaction=False)  # one way there and back: this is read for every news on every page
            asked.xrange(Keys.stream(conversation_id), min=f"({max(0, seq)}-0", count=max(1, min(limit, READ_MOST)))
            asked.get(Keys.dek(conversation_id))
            rows, wrapped = asked.execute()
        if not rows:
            return []
        places = [int(entry_id.split(b"-")[0]) for entry_id, _ in rows]
        sealed = [fields[b"s"] for _, fields in rows]
        plains = self._vault.open_under(wrapped, conversation_id, list(zip(places, sealed, strict=True)))
        return [_entry(place, plain) for place, plain in zip(places, plains, strict=True)]

    def last_seq(self, conversation_id: str) -> int:
        """The number of the newest entry; 0 before the first."""
        with self._store.guard() as client:
            found = client.get(Keys.seq(conversation_id))
        return int(found) if isinstance(found, bytes) else 0


def packed(at: datetime, kind: str, body: dict[str, Any], client_id: str | None = None) -> bytes:
    """The plain bytes of an entry; whoever stores them seals them for their sequence number. Raises ValueError when too long."""
    plain = json.dumps({"a": millis(at), "k": kind, "b": body, "c": client_id}, ensure_ascii=False).encode()
    if len(plain) > ENTRY_MOST:
        raise ValueError(f"an entry of {len(plain)} bytes; {ENTRY_MOST} is the most")
    return plain


def _entry(seq: int, plain: bytes) -> Entry:
    raw = json.loads(plain)
    return Entry(seq, from_millis(raw["a"]), raw["k"], raw["b"], raw["c"])
