"""What can happen on the telephone: what is heard, waited for and done, and how a call is torn away from where it is."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

CHINESE_CHARACTER_SECONDS = 0.22
WORD_SECONDS = 0.38
T = TypeVar("T")


class Event(NamedTuple):
    """Something on the telephone. `kind`: say, play, pause, beep (heard); pressed, said (the caller); ignored (nobody listened);
    enqueue, leave, dial, sms, reject, hang_up, error."""

    kind: str
    text: str
    language: str = ""
    voice: str = ""


@dataclass(frozen=True)
class Wait:
    """`until`: by the clock's monotonic time. `what`: say, play, pause, gather, record, music or dial."""

    what: str
    until: float
    listens: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pressed:
    key: str


@dataclass(frozen=True)
class Spoken:
    words: str
    confidence: float


@dataclass(frozen=True)
class Dialled:
    """How a Dial ends: completed, busy, no-answer, failed or canceled; `seconds` of talk."""

    status: str = "no-answer"
    seconds: int = 0


@dataclass(frozen=True)
class Jump:
    """Go on with the document at `url`."""

    url: str
    form: Mapping[str, str]


Input = Pressed | Spoken
Story = Generator[Wait, Input | None, T]


class CallTooLong(RuntimeError):
    """More requests or silent documents than an honest call needs."""


class Over(Exception):
    """The call ends."""


class Left(Exception):
    """The caller leaves the queue."""


class HungUp(Exception):
    """The caller hung up."""


class Redirected(Exception):
    """Somebody sent the call elsewhere over REST."""

    def __init__(self, url: str) -> None:
        self.url = url


class Dequeued(Exception):
    """Somebody took the caller out of the queue."""

    def __init__(self, result: str) -> None:
        self.result = result


def seconds_of(text: str) -> float:
    """About how long a voice takes to say it."""
    chinese = sum("\u3400" <= character <= "\u9fff" for character in text)
    words = len("".join(character if character < "\u3400" else " " for character in text).split())
    return max(0.5, chinese * CHINESE_CHARACTER_SECONDS + words * WORD_SECONDS)
