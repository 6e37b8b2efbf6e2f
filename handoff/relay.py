"""A person in a conversation: takes it over, says something, gives it back. Each is one script: owner, notes and presence change together.

While a person owns a conversation the bot is not asked (dialogue/answering.py), and a turn that began before is not told after
(dialogue/inbox.py): the owner's record decides both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.clock import Clock, from_millis, millis
from core.events import Events, PersonJoined, PersonLeft
from core.keys import CONVERSATION_SECONDS, DEK_SECONDS, Keys
from core.seal import Sealer
from core.store import Store
from core.vault import Vault
from customers.conversation import Conversation, Conversations
from customers.episodes import ended
from customers.errors import TranscriptBusy
from customers.presence import BOT, Presence, Shown
from customers.transcript import ENTRIES_KEPT, Entry, Transcript, packed
from handoff.errors import NothingToOwn, NotOwner, OwnedByOther
from handoff.ownership import Agent, Owners, Ownership

TRIES = 50  # turns and others that may write first; each try is a millisecond

# KEYS: owner stream seq presence conversation
# ARGV: conversation bell life kept last_seq owner_before owner_after shown record_before record_after entries...
# An empty record_after leaves the conversation's record as it is.
_HAND_OVER = """
local record = redis.call('GET', KEYS[5])
if not record then return -4 end
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[6] then return -3 end
if tonumber(redis.call('GET', KEYS[3]) or '0') ~= tonumber(ARGV[5]) then return -2 end
if ARGV[10] ~= '' then
  if record ~= ARGV[9] then return -2 end
  redis.call('SET', KEYS[5], ARGV[10])
end
local seq = tonumber(ARGV[5])
for i = 11, #ARGV do
  seq = seq + 1
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], seq .. '-0', 's', ARGV[i])
end
redis.call('SET', KEYS[3], seq)
if ARGV[7] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[7]) end
redis.call('HDEL', KEYS[4], 'bot', 'person')
if ARGV[8] == '' then redis.call('HDEL', KEYS[4], 's') else redis.call('HSET', KEYS[4], 's', ARGV[8]) end
for i = 1, 5 do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
redis.call('PUBLISH', ARGV[2], ARGV[1])
return seq
"""
# KEYS: owner stream seq presence conversation said; ARGV: conversation bell life kept last_seq owner entry
# Answers {seq, 1} for what was said before under this id.
_SAY = """
local said = redis.call('GET', KEYS[6])
if said then return {tonumber(said), 1} end
if redis.call('GET', KEYS[1]) ~= ARGV[6] then return {-3, 0} end
if tonumber(redis.call('GET', KEYS[3]) or '0') ~= tonumber(ARGV[5]) then return {-2, 0} end
local seq = tonumber(ARGV[5]) + 1
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], seq .. '-0', 's', ARGV[7])
redis.call('SET', KEYS[3], seq)
redis.call('SET', KEYS[6], seq)
redis.call('HDEL', KEYS[4], 'person')
for i = 1, 6 do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
redis.call('PUBLISH', ARGV[2], ARGV[1])
return {seq, 0}
"""
_GONE, _OWNER_CHANGED, _OTHERS_WROTE = -4, -3, -2


@dataclass(frozen=True)
class _Change:
    """What a hand-over changes besides the owner. `talk`: the record before, and the conversation after."""

    after: bytes
    shown: Shown
    notes: Sequence[dict[str, Any]]
    talk: tuple[bytes, Conversation] | None = None


class Relay:
    """Every method may raise StoreDown, TranscriptBusy; reading may raise SealBroken."""

    def __init__(
        self,
        store: Store,
        sealer: Sealer,
        clock: Clock,
        conversations: Conversations,
        transcript: Transcript,
        owners: Owners,
        presence: Presence,
        events: Events,
    ) -> None:
        self._store = store
        self._vault = Vault(store, sealer)
        self._clock = clock
        self._conversations = conversations
        self._transcript = transcript
        self._owners = owners
        self._presence = presence
        self._events = events
        self._hand_over = store.script("relay.hand_over", _HAND_OVER)
        self._say = store.script("relay.say", _SAY)

    def take_over(self, conversation_id: str, agent: Agent) -> None:
        """From now on the customer talks with this agent; again changes nothing. Raises OwnedByOther, NothingToOwn."""
        after = self._owners.sealed(conversation_id, agent)
        joined = _Change(after, Shown("person", agent.name), [{"what": "person_joined", "name": agent.name}])
        for _ in range(TRIES):
            before = self._owners.of(conversation_id)
            if before.agent is not None:
                if before.agent.id != agent.id:
                    raise OwnedByOther(conversation_id)
                return
            if self._handed_over(conversation_id, before, joined):
                self._events.emit(PersonJoined(conversation_id, agent.id))
                return
        raise TranscriptBusy(f"{TRIES} others wrote first")

    def give_back(self, conversation_id: str) -> None:
        """The bot answers again, and the customer is asked how it was; nothing when nobody has it. Raises NothingToOwn."""
        for _ in range(TRIES):
            before = self._owners.of(conversation_id)
            if before.agent is None:
                return
            held = self._conversations.held(conversation_id)
            if held is None:
                raise NothingToOwn(conversation_id)
            notes = [{"what": "person_left", "name": before.agent.name}, *ended(held[1])]
            if self._handed_over(conversation_id, before, _Change(b"", BOT, notes, held)):
                self._events.emit(PersonLeft(conversation_id, before.agent.id))
                return
        raise TranscriptBusy(f"{TRIES} others wrote first")

    def say(self, conversation_id: str, agent: Agent, body: dict[str, Any], client_id: str) -> Entry:
        """What the agent says; the same `client_id` again is the same entry. Raises NotOwner, ValueError when it is too long."""
        at = self._clock.now()
        spoken = {**body, "name": agent.name}
        plain = packed(at, "person", spoken, client_id)
        keys = [*_keys(conversation_id), Keys.seen(conversation_id, _said_by(agent, client_id))]
        for _ in range(TRIES):
            owner, last, wrapped = self._read(conversation_id)
            owned = self._owners.read(conversation_id, owner, wrapped)
            mark = owned.mark if owned.agent and owned.agent.id == agent.id else b""  # nobody's: still told what was said before
            entry = self._vault.seal_under(wrapped, conversation_id, last + 1, plain) if wrapped else b""
            seq, again = map(int, self._say(keys, [*_about(conversation_id), last, mark, entry]))
            if again:
                [first] = self._transcript.after(conversation_id, seq - 1, 1)
                return first
            if seq == _OWNER_CHANGED:
                raise NotOwner(conversation_id)
            if seq > 0:
                return Entry(seq, from_millis(millis(at)), "person", spoken, client_id)
        raise TranscriptBusy(f"{TRIES} others wrote first")

    def _read(self, conversation_id: str) -> tuple[bytes | None, int, bytes | None]:
        """The owner's record, the last sequence number and the conversation's key, in one go: a person waits for their own words to appear."""
        with self._store.guard() as client:
            asked = client.pipeline(transaction=False)
            asked.get(Keys.owner(conversation_id))
            asked.get(Keys.seq(conversation_id))
            asked.get(Keys.dek(conversation_id))
            asked.expire(Keys.dek(conversation_id), DEK_SECONDS)
            owner, last, wrapped, _ = asked.execute()
        return owner, int(last or 0), wrapped

    def typing(self, conversation_id: str, agent: Agent, *, on: bool = True) -> None:
        """Raises NotOwner."""
        self._owned(conversation_id, agent)
        self._presence.typing(conversation_id, "person", on=on)

    def read(self, conversation_id: str, agent: Agent, seq: int) -> None:
        """The agent has read up to `seq`. Raises NotOwner."""
        self._owned(conversation_id, agent)
        self._presence.read(conversation_id, seq)

    def _owned(self, conversation_id: str, agent: Agent) -> None:
        found = self._owners.of(conversation_id).agent
        if found is None or found.id != agent.id:
            raise NotOwner(conversation_id)

    def _handed_over(self, conversation_id: str, before: Ownership, change: _Change) -> bool:
        """False when somebody else wrote or took it first."""
        last = self._transcript.last_seq(conversation_id)
        at = self._clock.now()
        entries = [
            self._vault.seal(conversation_id, last + place, packed(at, "note", note))
            for place, note in enumerate(change.notes, 1)
        ]
        shown = self._presence.sealed(conversation_id, change.shown)
        record, kept = (change.talk[0], self._conversations.sealed(change.talk[1])) if change.talk else (b"", b"")
        arguments: list[bytes | str | int] = [
            *_about(conversation_id),
            last,
            before.mark,
            change.after,
            shown,
            record,
            kept,
            *entries,
        ]
        outcome = int(self._hand_over(_keys(conversation_id), arguments))
        if outcome == _GONE:
            raise NothingToOwn(conversation_id)
        return outcome not in (_OWNER_CHANGED, _OTHERS_WROTE)


def _keys(conversation_id: str) -> list[str]:
    return [
        Keys.owner(conversation_id), Keys.stream(conversation_id), Keys.seq(conversation_id), Keys.presence(conversation_id),
        Keys.conversation(conversation_id),
    ]  # fmt: skip


def _about(conversation_id: str) -> tuple[str, str, int, int]:
    """What both scripts begin with."""
    return conversation_id, Keys.bell(), CONVERSATION_SECONDS, ENTRIES_KEPT


def _said_by(agent: Agent, client_id: str) -> str:
    """Names what an agent said once and for all; no turn of the customer's has this name."""
    return "person-" + hashlib.sha256(f"{agent.id}|{client_id}".encode()).hexdigest()[:32]
