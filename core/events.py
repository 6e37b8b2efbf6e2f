"""Everything that happens, one frozen dataclass each, named `noun.past_verb`, on one Redis stream.

Metrics, alerts and webhooks listen to it. An event holds ids, codes and counts; never words, numbers or names of a customer.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from core.clock import Clock
from core.errors import StoreDown
from core.keys import EVENTS_KEPT, Keys
from core.store import Store


@dataclass(frozen=True)
class Event:
    """`conversation`: the id of the conversation it happened in."""

    name: ClassVar[str] = ""
    conversation: str


@dataclass(frozen=True)
class ConversationStarted(Event):
    """`channel`: web, rest or ivr."""

    name: ClassVar[str] = "conversation.started"
    channel: str


@dataclass(frozen=True)
class MessageReceived(Event):
    """A customer said something; `seq`: its place in the transcript."""

    name: ClassVar[str] = "message.received"
    seq: int


@dataclass(frozen=True)
class TurnAnswered(Event):
    """`intent`: what was understood; `milliseconds`: from receipt to reply."""

    name: ClassVar[str] = "turn.answered"
    intent: str
    milliseconds: int


@dataclass(frozen=True)
class TurnFailed(Event):
    """The customer heard an apology; `reason`: late, broken, empty, busy or down."""

    name: ClassVar[str] = "turn.failed"
    reason: str


@dataclass(frozen=True)
class CodeSent(Event):
    """`operation`: digest of what the code is for."""

    name: ClassVar[str] = "code.sent"
    operation: str


@dataclass(frozen=True)
class ProofGiven(Event):
    """`method`: service_pin or sms_code; `outcome`: accepted, wrong, locked, expired, used or unavailable."""

    name: ClassVar[str] = "proof.given"
    method: str
    outcome: str


@dataclass(frozen=True)
class OperationEnded(Event):
    """`operation`: its name; `state`: done, refused or unknown."""

    name: ClassVar[str] = "operation.ended"
    operation: str
    state: str


@dataclass(frozen=True)
class PersonWished(Event):
    """The customer asked for a person; `reference`: the promise made."""

    name: ClassVar[str] = "person.wished"
    reference: str


@dataclass(frozen=True)
class PersonJoined(Event):
    """A person took the conversation over; `agent`: their id."""

    name: ClassVar[str] = "person.joined"
    agent: str


@dataclass(frozen=True)
class PersonLeft(Event):
    """A person gave the conversation back to the bot; `agent`: their id."""

    name: ClassVar[str] = "person.left"
    agent: str


@dataclass(frozen=True)
class ConversationRated(Event):
    """The customer said how it was; `episode`: which part of the conversation, `score`: 1 to 5."""

    name: ClassVar[str] = "conversation.rated"
    episode: int
    score: int


class Events:
    """Writes events. An event is news, not a record: when Redis is down it is dropped, and the drop is counted."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.dropped = 0

    def emit(self, event: Event) -> None:
        """Append `event`; never raises StoreDown, because no turn may fail for its news."""
        fields: dict[Any, Any] = {"name": event.name, "at": self._clock.now().isoformat(), "body": json.dumps(asdict(event))}
        try:
            with self._store.guard() as client:
                client.xadd(Keys.events(), fields, maxlen=EVENTS_KEPT, approximate=True)
        except StoreDown:
            self.dropped += 1
