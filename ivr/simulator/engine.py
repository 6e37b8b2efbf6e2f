"""A phone call as Twilio runs it: a state machine over TwiML, moved by what the caller does and by the time that passes.

Nothing here sleeps: `tick` runs on everything whose time has come by the clock that was handed in.
"""

from collections.abc import Callable, Mapping
from uuid import uuid4

from core.clock import Clock
from ivr.simulator.happenings import Dequeued, Dialled, Event, HungUp, Input, Jump, Pressed, Redirected, Spoken, Story, Wait
from ivr.simulator.line import Line, NotHad
from ivr.simulator.performance import ACCOUNT, Performance
from ivr.simulator.verbs import Verb

KEYS = frozenset("0123456789*#")
WITHHELD = "+266696687"  # what Twilio puts in From for a caller who hides the number: ANONYMOUS on the keys
LINE = "+864001234567"  # the number that was dialled


class Phone:
    """One call. `dial_out` says how a Dial ends. Methods raise IllegalTwiml and CallTooLong; the call is over then."""

    def __init__(
        self,
        line: Line,
        clock: Clock,
        *,
        caller: str = WITHHELD,
        extra: Mapping[str, str] | None = None,
        fallback: str | None = "/voice/fallback",
        dial_out: Callable[[Verb], Dialled] = lambda dial: Dialled(),
    ) -> None:
        self.sid = f"CA{uuid4().hex}"
        self.line = line
        self.wait: Wait | None = None
        self._clock = clock
        self._caller = caller
        self._extra = dict(extra or {})
        self._story: Story[None] | None = None
        self._ended = ""
        self._began = clock.monotonic()
        self._performance = Performance(line, clock, lambda: self.parameters, fallback, dial_out)

    # -- what the caller does -----------------------------------------------------------------------------------------
    def call(self, path: str = "/voice/incoming") -> None:
        """Dial, and go on until something must be waited for."""
        self._story = self._performance.run(Jump(self.line.address(path), self._extra))
        self._run(lambda story: next(story))

    def press(self, keys: str) -> None:
        """Keys, one after the other; one that nobody listens for is lost."""
        for key in keys:
            if key not in KEYS:
                raise ValueError(f"{key!r} is not a key")
            self._take("dtmf", Pressed(key), Event("pressed", key))

    def speak(self, words: str, confidence: float = 0.92) -> None:
        """An utterance; one that nobody listens for is lost."""
        self._take("speech", Spoken(words, confidence), Event("said", words))

    def hang_up(self) -> None:
        if not self.over:
            self._performance.note(Event("hang_up", "caller"))
            self._run(lambda story: story.throw(HungUp()))

    # -- what others do -----------------------------------------------------------------------------------------------
    def tick(self) -> None:
        """Run on everything whose time has come."""
        while self.wait is not None and self.wait.until <= self._clock.monotonic():
            self._run(lambda story: story.send(None))

    def redirect(self, path: str) -> None:
        """The call is updated over REST with another address of ours."""
        url = self.line.address(path)
        self._run(lambda story: story.throw(Redirected(url)))

    def dequeue(self, result: str) -> None:
        """The caller is taken out of the queue; `result` is a QueueResult, such as bridged."""
        self._run(lambda story: story.throw(Dequeued(result)))

    @property
    def events(self) -> list[Event]:
        """All that was heard and done, oldest first."""
        return self._performance.events

    @property
    def status(self) -> str:
        """ringing, in-progress; in the end completed, busy, no-answer or failed."""
        return self._ended or ("in-progress" if self._performance.answered else "ringing")

    @property
    def over(self) -> bool:
        return bool(self._ended)

    @property
    def parameters(self) -> dict[str, str]:
        """What every webhook of this call is told."""
        return {
            "CallSid": self.sid,
            "AccountSid": ACCOUNT,
            "From": self._caller,
            "Caller": self._caller,
            "To": LINE,
            "Called": LINE,
            "CallStatus": self.status,
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
        }

    # -- one step -----------------------------------------------------------------------------------------------------
    def _take(self, way: str, given: Input, event: Event) -> None:
        self.tick()
        if self.over:
            return
        if self.wait is None or way not in self.wait.listens:
            self._performance.note(Event("ignored", event.text))
            return
        self._performance.note(event)
        self._run(lambda story: story.send(given))

    def _run(self, step: Callable[[Story[None]], Wait]) -> None:
        story = self._story
        if story is None:
            return
        try:
            self.wait = step(story)
        except StopIteration:
            self._end(self._performance.rejected or "completed")
        except Exception as error:
            self._performance.note(Event("error", str(error)))
            self._end("failed")
            raise

    def _end(self, status: str) -> None:
        self._story, self.wait, self._ended = None, None, status
        told = {"CallDuration": str(round(self._clock.monotonic() - self._began)), "CallbackSource": "call-progress-events"}
        try:
            self.line.post(self.line.address("/voice/status"), {**self.parameters, **told, "SequenceNumber": "0"})
        except NotHad as error:
            self._performance.note(Event("error", str(error)))
