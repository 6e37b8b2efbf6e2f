"""Phones the running product, as a caller does: hears a prompt to its end, then answers with keys, with words or not at all."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2

from core.settings import Settings
from ivr.signature import auth_token_of
from ivr.simulator.engine import Phone
from ivr.simulator.happenings import Event
from ivr.simulator.line import Exchange, Line, over_http
from tests.fakes import ManualClock
from tests.stack import Stack

PATIENCE_SECONDS = 60.0  # until the line asks something; nothing is asserted about how long it took
FILLER_SECONDS = 1.0  # what is played while the bot thinks really takes time, at most this long
WITHHELD = "+266696687"
LANGUAGE_KEYS = {"zh": "1", "en": "2"}
HEARD = frozenset({"say", "play"})


@dataclass(frozen=True)
class Move:
    """What the caller does at a question."""

    way: Literal["keys", "words", "silence", "hang_up"]
    what: str = ""


def keys(pressed: str) -> Move:
    return Move("keys", pressed)


def words(said: str) -> Move:
    return Move("words", said)


SILENCE = Move("silence")
HANG_UP = Move("hang_up")
Answer = Move | Callable[["Heard"], Move]  # a function where the answer depends on what was heard or texted


@dataclass
class Heard:
    """A call so far. `turns`: what was heard at each question, one text each; the last one is the newest."""

    stack: Stack
    phone: Phone
    clock: ManualClock
    turns: list[str] = field(default_factory=list)
    _read: int = 0

    @property
    def events(self) -> list[Event]:
        return self.phone.events

    @property
    def exchanges(self) -> list[Exchange]:
        """Every webhook of the call, oldest first."""
        return self.phone.line.exchanges

    @property
    def said(self) -> str:
        """All that was said, one line a sentence."""
        return "\n".join(self.turns)

    @property
    def last(self) -> str:
        """What was heard since the last answer."""
        return self.turns[-1]

    @property
    def over(self) -> bool:
        return self.phone.over

    def does(self, answer: Answer) -> str:
        """Answer the question at hand; what is heard then, up to the next question or the end."""
        move = answer(self) if callable(answer) else answer
        assert not self.over, f"the call is over; heard:\n{self.said}"
        match move.way:
            case "keys":
                self.phone.press(move.what)
            case "words":
                self.phone.speak(move.what)
            case "hang_up":
                self.phone.hang_up()
            case "silence":
                self._time_passes()
        return self.listens()

    def listens(self) -> str:
        """Hear everything up to where the line waits for the caller."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.over and not self._is_asked():
            assert time.monotonic() < deadline, f"nothing is asked; heard:\n{self.said}"
            self._time_passes()
        heard = [event for event in self.events[self._read :] if event.kind in HEARD]
        self._read = len(self.events)
        self.turns.append("\n".join(event.text for event in heard))
        return self.last

    def _is_asked(self) -> bool:
        wait = self.phone.wait
        return wait is not None and wait.what in ("gather", "record") and not self._answering()

    def _answering(self) -> bool:
        """Keys or words were begun, and the line waits for more of them."""
        return bool(self.events) and self.events[-1].kind in ("pressed", "said")

    def _time_passes(self) -> None:
        """Up to the end of what is waited for. Only where the line plays for time does it really pass, or it would be asked without end."""
        wait = self.phone.wait
        if wait is None:
            return
        seconds = max(0.0, wait.until - self.clock.monotonic())
        assert seconds < float("inf"), "waits without end"
        document = self.exchanges[-1].document
        if wait.what == "pause" or ("<Redirect" in document and "<Gather" not in document):
            time.sleep(min(seconds, FILLER_SECONDS))
        self.clock.advance(seconds)
        self.phone.tick()


def ring(stack: Stack, *, caller: str = WITHHELD, language: str | None = "zh", **extra: str) -> Heard:
    """Dial, and choose the language by key where one is wanted; heard up to the first question."""
    clock = ManualClock()
    line = Line(stack.url, auth_token(stack), over_http(stack.http, stack.url, stack.url))
    phone = Phone(line, clock, caller=caller, extra=extra)
    phone.call()
    heard = Heard(stack, phone, clock)
    heard.listens()
    if language is not None:
        heard.does(keys(LANGUAGE_KEYS[language]))
    return heard


def call(
    stack: Stack,
    *,
    digits: Iterable[str] = (),
    speech: Iterable[str] = (),
    script: Sequence[Answer] = (),
    caller: str = WITHHELD,
    language: str | None = "zh",
    **extra: str,
) -> Heard:
    """A whole call: answers by keys, or by words, or as the script mixes them; not hung up in the end."""
    heard = ring(stack, caller=caller, language=language, **extra)
    answers: list[Answer] = [*(keys(one) for one in digits), *(words(one) for one in speech), *script]
    for answer in answers:
        heard.does(answer)
    return heard


def again(stack: Stack, exchange: Exchange) -> httpx2.Response:
    """The same webhook once more, as it was sent."""
    return stack.http.post(exchange.url, data=exchange.form, headers=exchange.headers)


def auth_token(stack: Stack) -> str:
    """What the stack's webhooks are signed with."""
    values: dict[str, Any] = {
        name.lower(): value for name, value in stack.secrets.items() if name.lower() in Settings.model_fields
    }
    return auth_token_of(Settings(_env_file=None, **values))  # type: ignore[call-arg]
