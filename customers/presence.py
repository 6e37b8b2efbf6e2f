"""What both sides of a conversation see of each other: who is there, who types, how far each has read, the place in line.

It is news and not the record: it lives as long as the conversation and may be lost without harm. One Redis hash a conversation:
`s` the sealed record (none while the bot is there), `bot`, `person`, `customer` until when (ms) each types, `read` and `seen`.
Every change rings the bell.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.clock import Clock, millis
from core.errors import StoreDown
from core.keys import CONVERSATION_SECONDS, Keys
from core.seal import Sealer
from core.store import Store
from core.vault import Vault

Phase = Literal["bot", "waiting", "person"]
Typist = Literal["bot", "person", "customer"]

TYPING_MS = 6_000  # a mark that nobody renews lapses; renew it at most every half of that
PLACE = "presence"

# KEYS: presence; ARGV: conversation bell life record ("" is the bot)
_SHOW = """
if ARGV[4] == '' then redis.call('HDEL', KEYS[1], 's', 'person') else redis.call('HSET', KEYS[1], 's', ARGV[4]) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', ARGV[2], ARGV[1])
"""
# KEYS: presence owner; ARGV: conversation bell life who until (0: no longer). The bot does not type into a person's conversation.
_TYPE = """
if ARGV[4] == 'bot' and redis.call('EXISTS', KEYS[2]) == 1 then return end
if ARGV[5] ~= '0' then
  redis.call('HSET', KEYS[1], ARGV[4], ARGV[5])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
elseif redis.call('HDEL', KEYS[1], ARGV[4]) == 0 then
  return
end
redis.call('PUBLISH', ARGV[2], ARGV[1])
"""
# KEYS: presence seq; ARGV: conversation bell life field seq. Only forward, and never past what was said.
_MARK = """
local place = math.min(tonumber(ARGV[5]), tonumber(redis.call('GET', KEYS[2]) or '0'))
if place <= tonumber(redis.call('HGET', KEYS[1], ARGV[4]) or '0') then return end
redis.call('HSET', KEYS[1], ARGV[4], place)
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', ARGV[2], ARGV[1])
"""


@dataclass(frozen=True)
class Shown:
    """Who the customer deals with. `name`: the person's; `position` and `wait_minutes`: the place in line and the wait to expect."""

    phase: Phase
    name: str | None = None
    position: int | None = None
    wait_minutes: int | None = None


BOT = Shown("bot")


class Presence:
    """Every method may raise StoreDown; reading may raise SealBroken."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._vault = Vault(store, sealer)
        self._clock = clock
        self._show = store.script("presence.show", _SHOW)
        self._type = store.script("presence.type", _TYPE)
        self._mark = store.script("presence.mark", _MARK)

    def show(self, conversation_id: str, shown: Shown) -> None:
        """The bot, the line or a person is there from now on."""
        self._show([Keys.presence(conversation_id)], [*_about(conversation_id), self.sealed(conversation_id, shown)])

    def sealed(self, conversation_id: str, shown: Shown) -> bytes:
        """The record as it stands in the hash, for scripts that change it together with something else; empty for the bot."""
        if shown == BOT:
            return b""
        return self._vault.seal(conversation_id, PLACE, json.dumps(asdict(shown), ensure_ascii=False).encode())

    def typing(self, conversation_id: str, who: Typist, *, on: bool = True) -> None:
        """Somebody types, or no longer does; the mark lapses by itself after TYPING_MS."""
        until = millis(self._clock.now()) + TYPING_MS if on else 0
        self._type([Keys.presence(conversation_id), Keys.owner(conversation_id)], [*_about(conversation_id), who, until])

    def bot_types(self, conversation_id: str) -> None:
        """The bot has begun to answer. No turn may fail for this news: never raises StoreDown."""
        try:
            self.typing(conversation_id, "bot")
        except StoreDown:
            return

    def read(self, conversation_id: str, seq: int) -> None:
        """The person has read up to `seq`."""
        self._mark([Keys.presence(conversation_id), Keys.seq(conversation_id)], [*_about(conversation_id), "read", seq])

    def seen(self, conversation_id: str, seq: int) -> None:
        """The customer has seen up to `seq`."""
        self._mark([Keys.presence(conversation_id), Keys.seq(conversation_id)], [*_about(conversation_id), "seen", seq])

    def state(self, conversation_id: str) -> dict[str, Any]:
        """What the customer's page shows: {phase, name, position, wait_minutes, typing: null|bot|person, read}."""
        with self._store.guard() as client:
            asked = client.pipeline(transaction=False)
            asked.hgetall(Keys.presence(conversation_id))
            asked.get(Keys.dek(conversation_id))
            found, wrapped = asked.execute()
        held = _named(found)
        sealed = held.get("s")
        shown = json.loads(self._vault.open_under(wrapped, conversation_id, [(PLACE, sealed)])[0]) if sealed else asdict(BOT)
        typing = next((who for who in ("person", "bot") if self._types(held, who)), None)
        return {**shown, "typing": typing, "read": int(held.get("read", 0))}

    def customer(self, conversation_id: str) -> dict[str, Any]:
        """What an agent's desk shows of the customer: {typing: bool, seen}."""
        held = self._held(conversation_id)
        return {"typing": self._types(held, "customer"), "seen": int(held.get("seen", 0))}

    def _held(self, conversation_id: str) -> dict[str, bytes]:
        with self._store.guard() as client:
            found: Any = client.hgetall(Keys.presence(conversation_id))
        return _named(found)

    def _types(self, held: dict[str, bytes], who: Typist) -> bool:
        return int(held.get(who, 0)) > millis(self._clock.now())


def _named(found: dict[bytes, bytes]) -> dict[str, bytes]:
    return {name.decode(): value for name, value in found.items()}


def _about(conversation_id: str) -> tuple[str, str, int]:
    """What every script begins with: the conversation, its bell and how long the hash lives."""
    return conversation_id, Keys.bell(), CONVERSATION_SECONDS
