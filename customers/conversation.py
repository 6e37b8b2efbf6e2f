"""A conversation: what the gateway keeps of one between two turns, sealed, forgotten after a weekend without a word."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.clock import Clock
from core.keys import CONVERSATION_SECONDS, Keys
from core.seal import Sealer
from core.store import Store
from core.vault import Vault

Channel = Literal["web", "rest", "ivr"]
Language = Literal["zh", "en"]
AwaitingKind = Literal["service_pin", "sms_code"]

UNSPOKEN_SECONDS = 3600  # until the first word; pages open conversations by the thousand that nobody speaks in
ID_BYTES = 18  # 144 bits from the system's source of randomness
CLAIM_SECONDS = 30 * 24 * 3600  # as long as any conversation lasts
WAITING_REQUESTS_MOST = 3
PARKED_MOST = 2
SAID_MOST = 20
ASKED_KEPT = 20
PLACE = "conversation"


# The first to come keeps it.
_CLAIM = """
redis.call('SET', KEYS[1], ARGV[1], 'NX')
redis.call('EXPIRE', KEYS[1], ARGV[2])
return redis.call('GET', KEYS[1])
"""
# Only what nobody else has changed.
_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
"""


class Awaiting(BaseModel):
    """A secret that was asked for: until then, 4 to 8 digits are an attempt at it and nothing else."""

    model_config = ConfigDict(frozen=True)

    kind: AwaitingKind
    operation: str
    until: datetime


class Conversation(BaseModel):
    """One conversation. Change its fields, then `Conversations.save`; the turn's lease keeps savers apart."""

    model_config = ConfigDict(validate_assignment=True, extra="ignore")

    id: str
    channel: Channel
    owner: str
    """Who opened it: an integrator's id, or 'web' or 'ivr'."""
    created_at: datetime
    source: str | None = None
    """A digest of the address that opened it, where a browser did: it bounds what one address may try in a day."""
    language: Language | None = None
    language_chosen: bool = False
    """The customer asked for this language; guessing is over."""
    other_language_streak: int = Field(default=0, ge=0)
    """Utterances in a row that were in the other language."""
    number: str | None = None
    """The customer's own line where known, E.164."""
    awaiting: Awaiting | None = None
    waiting_requests: tuple[str, ...] = Field(default=(), max_length=WAITING_REQUESTS_MOST)
    """The rest of a sentence with several requests, served one a turn."""
    said: tuple[str, ...] = Field(default=(), max_length=SAID_MOST)
    """Digests of the texts of the last turn, so that no sentence comes twice in a row."""
    misses: int = Field(default=0, ge=0)
    """Turns in a row that came to nothing: not understood, or no bot to understand them."""
    asked: str | None = None
    """The value the bot asks for now, by the name of its slot: a door that listens knows what for."""
    intent: str | None = None
    """What the customer's last words were understood as."""
    episode: int = Field(default=1, ge=1)
    """Which one this is; customers.episodes."""
    said_in_episode: int = Field(default=0, ge=0)
    """How often the customer spoke in it."""
    last_at: datetime | None = None
    """When the customer spoke last."""
    ratings_asked: tuple[int, ...] = Field(default=(), max_length=ASKED_KEPT)
    """Episodes a rating was asked for, oldest first."""
    context: dict[str, Any] = Field(default_factory=dict)
    """What the page around the chat told of itself, newest wins; customers.page_context."""
    parked: tuple[str, ...] = Field(default=(), max_length=PARKED_MOST)
    """Forms to return to."""

    @property
    def rating_asked(self) -> int:
        """The episode a rating was asked for last; 0 before the first."""
        return self.ratings_asked[-1] if self.ratings_asked else 0


class Conversations:
    """Finds, begins and saves conversations. Every method may raise StoreDown; reading may raise SealBroken."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._vault = Vault(store, sealer)
        self._sealer = sealer
        self._clock = clock
        self._claim = store.script("conversation.claim", _CLAIM)
        self._replace = store.script("conversation.replace", _REPLACE)

    def mint(self, channel: Channel, owner: str, *, address: str | None = None, language: Language | None = None) -> Conversation:
        """Begin a conversation under an id that nobody can guess; it is forgotten soon when nothing is said in it.

        `address`: where the browser is; kept as a digest.
        """
        conversation = Conversation(
            id=f"{channel}-{secrets.token_urlsafe(ID_BYTES)}",
            channel=channel,
            owner=owner,
            created_at=self._clock.now(),
            language=language,
            source=self._sealer.digest("address", address) if address else None,
        )
        plain = conversation.model_dump_json().encode()
        self._vault.begin(Keys.conversation(conversation.id), conversation.id, PLACE, plain, seconds=UNSPOKEN_SECONDS)
        return conversation

    def source_of(self, conversation_id: str) -> str | None:
        """The digest of the address that opened it, where a browser did."""
        found = self.load(conversation_id)
        return found.source if found else None

    def load(self, conversation_id: str) -> Conversation | None:
        """The conversation, or None when it never was or has been forgotten."""
        plain = self._vault.get(Keys.conversation(conversation_id), conversation_id, PLACE)
        return None if plain is None else Conversation.model_validate_json(plain)

    def held(self, conversation_id: str) -> tuple[bytes, Conversation] | None:
        """The conversation and its record as it stands, for scripts that change it only if nobody else has."""
        with self._store.guard() as client:
            record = client.get(Keys.conversation(conversation_id))
        if not isinstance(record, bytes):
            return None
        return record, Conversation.model_validate_json(self._vault.open(conversation_id, PLACE, record))

    def sealed(self, conversation: Conversation) -> bytes:
        """Its record, for scripts that store it together with something else."""
        return self._vault.seal(conversation.id, PLACE, conversation.model_dump_json().encode())

    def load_or_begin(self, conversation_id: str, channel: Channel, owner: str) -> Conversation:
        """The conversation under an id we derived ourselves (integrators, calls); begun when it is the first time."""
        found = self.load(conversation_id)
        if found is not None:
            return found
        fresh = Conversation(id=conversation_id, channel=channel, owner=owner, created_at=self._clock.now())
        sealed = self._vault.seal(fresh.id, PLACE, fresh.model_dump_json().encode())
        with self._store.guard() as client:
            # Two first messages at once: one of them begins it, both get the same one.
            client.set(Keys.conversation(fresh.id), sealed, nx=True, ex=CONVERSATION_SECONDS)
        return self.load(conversation_id) or fresh

    def save(self, conversation: Conversation) -> None:
        """Keep its state for its time."""
        self._vault.put(Keys.conversation(conversation.id), conversation.id, PLACE, conversation.model_dump_json().encode())

    def leave(self, conversation_id: str, device: str, seconds: int = CONVERSATION_SECONDS) -> None:
        """This device is done with it: its tokens hold no more. What was said stays for its time, and for other devices.

        `seconds`: how long a token may hold that was given out before.
        """
        with self._store.guard() as client:
            client.sadd(Keys.left(conversation_id), device)
            client.expire(Keys.left(conversation_id), max(seconds, CONVERSATION_SECONDS))

    def has_left(self, conversation_id: str, device: str) -> bool:
        with self._store.guard() as client:
            return bool(client.sismember(Keys.left(conversation_id), device))

    def claim(self, conversation_id: str, customer_id: str) -> bool:
        """This customer's from now on, for good; False when it is another's: what was said in it could be repeated to this one."""
        digest = self._sealer.digest("customer", customer_id)
        first = self._claim([Keys.customer(conversation_id)], [digest, CLAIM_SECONDS])
        return bool(first == digest.encode())

    def begin_language(self, conversation_id: str, language: Language) -> None:
        """The language to begin with. A turn that writes at the same time has heard it from the customer, and that counts more."""
        held = self.held(conversation_id)
        if held is not None and held[1].language is None:
            record, conversation = held
            conversation.language = language
            self._replace([Keys.conversation(conversation_id)], [record, self.sealed(conversation)])

    def latest_of(self, customer_id: str) -> Conversation | None:
        """The web conversation in which a host page signed this customer in last, on whatever device."""
        with self._store.guard() as client:
            found = client.get(Keys.latest(self._sealer.digest("customer", customer_id)))
        return self.load(found.decode()) if isinstance(found, bytes) else None

    def keep_latest(self, customer_id: str, conversation_id: str) -> None:
        """From now on this is where the customer's other devices go on."""
        key = Keys.latest(self._sealer.digest("customer", customer_id))
        with self._store.guard() as client:
            client.set(key, conversation_id, ex=CONVERSATION_SECONDS)

    def forget(self, conversation_id: str) -> None:
        """Erase: without its key nothing sealed in this conversation can be read again, here or in any backup."""
        with self._store.guard() as client:
            client.delete(Keys.dek(conversation_id), Keys.conversation(conversation_id), Keys.auth(conversation_id))
            client.delete(Keys.stream(conversation_id), Keys.seq(conversation_id), Keys.pin(conversation_id))
            client.delete(Keys.presence(conversation_id), Keys.owner(conversation_id), Keys.customer(conversation_id))
