"""What comes of an attempt to prove who one is, and of sending a code. The words for customers live in responses.yml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Proof(StrEnum):
    """What came of it."""

    ASKED = "asked"
    """begin_pin only: the PIN may be given now."""
    ACCEPTED = "accepted"
    WRONG = "wrong"
    LOCKED = "locked"
    """Too many wrong ones; nothing was looked at."""
    EXPIRED = "expired"
    """Nothing is awaited any more, or too late; ask for a new one."""
    USED = "used"
    """A right code that has done its work; codes work once."""
    BUSY = "unavailable"
    """We or the operator could not check; it did not count."""


@dataclass(frozen=True)
class Outcome:
    """`left`: tries left, with WRONG. `until`: end of the lock, with LOCKED."""

    kind: Proof
    left: int | None = None
    until: datetime | None = None

    @property
    def is_accepted(self) -> bool:
        return self.kind is Proof.ACCEPTED


class Sending(StrEnum):
    """What came of asking for a code."""

    SENT = "sent"
    ALREADY_SENT = "already_sent"
    """A code for the same thing is still good; no second text."""
    LIMITED = "limited"
    """Too many texts to this number today, or too many wrong codes; see `until`."""
    UNKNOWN_NUMBER = "unknown_number"
    """Nobody's number at this operator; no text."""
    BUSY = "unavailable"
    """We, the operator or the SMS provider could not; no text."""


@dataclass(frozen=True)
class SendOutcome:
    """`to`: the masked number, such as 138****8000. `until`: when a text may be sent again, with LIMITED."""

    kind: Sending
    to: str = ""
    until: datetime | None = None

    @property
    def is_awaited(self) -> bool:
        """The customer has, or is about to have, a good code."""
        return self.kind in {Sending.SENT, Sending.ALREADY_SENT}
