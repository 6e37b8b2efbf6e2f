"""Runs TwiML, verb by verb, as Twilio does. Each verb is a generator that yields what it waits for and is sent what the caller did, or
None when the time is up; `engine.py` drives it."""

import math
from collections.abc import Callable, Mapping
from uuid import uuid4

from core.clock import Clock
from ivr.simulator.happenings import (
    CallTooLong,
    Dequeued,
    Dialled,
    Event,
    HungUp,
    Input,
    Jump,
    Left,
    Over,
    Pressed,
    Redirected,
    Spoken,
    Story,
    Wait,
    seconds_of,
)
from ivr.simulator.line import RETRIEVAL_FAILURE, Line, NotHad
from ivr.simulator.verbs import CHILDREN, WHILE_WAITING, IllegalTwiml, Verb, read

REQUESTS_MOST = 400  # of one call
SILENT_DOCUMENTS_MOST = 12  # in a row without a sound or a pause: a loop
EVENTS_MOST = 2000
LOOPS_MOST = 10  # of a Say or Play; 0 would be for ever
PLAY_SECONDS = 3.0  # how long a recording is thought to be; it is not fetched
RING_SECONDS = 2.0  # until a dialled line answers, or does not
ACCOUNT = "AC" + "0" * 32


class Performance:
    """Of one call. `parameters` is what every webhook is told; `dial_out` says how a Dial ends."""

    def __init__(
        self,
        line: Line,
        clock: Clock,
        parameters: Callable[[], dict[str, str]],
        fallback: str | None,
        dial_out: Callable[[Verb], Dialled],
    ) -> None:
        self.events: list[Event] = []
        self.answered = False  # the first document was not a Reject
        self.rejected = ""
        self._line = line
        self._clock = clock
        self._parameters = parameters
        self._fallback = fallback
        self._dial_out = dial_out
        self._silent = 0

    def note(self, event: Event) -> None:
        if len(self.events) >= EVENTS_MOST:
            raise CallTooLong(f"more than {EVENTS_MOST} events in one call")
        self.events.append(event)

    def _in(self, seconds: float) -> float:
        self._silent = 0
        return self._clock.monotonic() + seconds

    # -- documents ----------------------------------------------------------------------------------------------------
    def run(self, jump: Jump | None) -> Story[None]:
        while jump is not None:
            try:
                verbs, url = self._fetched(jump)
                jump = yield from self._perform(verbs, url)
            except Redirected as elsewhere:
                jump = Jump(elsewhere.url, {})
            except Left:
                raise IllegalTwiml("<Leave> is for those who wait in a queue") from None
            except (Over, HungUp):
                return
        self.note(Event("hang_up", "end of the document"))

    def _fetched(self, jump: Jump) -> tuple[tuple[Verb, ...], str]:
        """The verbs and where they came from; where the webhook fails, the fallback's. Raises Over when both do."""
        try:
            return self._document(jump), jump.url
        except NotHad as error:
            self.note(Event("error", str(error)))
            if self._fallback is None:
                raise Over from None
        told = {"ErrorCode": RETRIEVAL_FAILURE, "ErrorUrl": jump.url}
        fallback = Jump(self._line.address(self._fallback), told)
        try:
            return self._document(fallback), fallback.url
        except NotHad as error:
            self.note(Event("error", str(error)))
            raise Over from None

    def _document(self, jump: Jump, allowed: frozenset[str] = CHILDREN["Response"]) -> tuple[Verb, ...]:
        self._silent += 1
        if self._silent > SILENT_DOCUMENTS_MOST:
            raise CallTooLong(f"{SILENT_DOCUMENTS_MOST} documents in a row without a sound; the last one {jump.url}")
        if len(self._line.exchanges) >= REQUESTS_MOST:
            raise CallTooLong(f"more than {REQUESTS_MOST} requests in one call")
        body = self._line.post(jump.url, {**self._parameters(), **jump.form})
        verbs = read(body, allowed) if body else ()
        self.answered = self.answered or not (verbs and verbs[0].name == "Reject")
        return verbs

    def _perform(self, verbs: tuple[Verb, ...], url: str) -> Story[Jump | None]:
        """The verbs in order, until one leads elsewhere."""
        for verb in verbs:
            jump = yield from self._do(verb, url)
            if jump is not None:
                return jump
        return None

    def _do(self, verb: Verb, url: str) -> Story[Jump | None]:
        match verb.name:
            case "Say" | "Play" | "Pause":
                yield from self._sound(verb)
            case "Gather":
                return (yield from self._gather(verb, url))
            case "Redirect":
                return Jump(self._line.address(verb.text, url), {})
            case "Record":
                return (yield from self._record(verb, url))
            case "Enqueue":
                return (yield from self._enqueue(verb, url))
            case "Dial":
                return (yield from self._dial(verb, url))
            case "Sms":
                self.note(Event("sms", verb.text))
                return self._after(verb, url, {"SmsSid": f"SM{uuid4().hex}", "SmsStatus": "sent"})
            case "Leave":
                self.note(Event("leave", ""))
                raise Left
            case "Reject":
                self.note(Event("reject", verb.get("reason", "rejected")))
                self.rejected = "busy" if verb.get("reason") == "busy" else "no-answer"
                raise Over
            case "Hangup":
                self.note(Event("hang_up", "Hangup"))
                raise Over
        return None

    def _after(self, verb: Verb, url: str, form: Mapping[str, str]) -> Jump | None:
        """The verb's action, where it has one; else what follows the verb."""
        return Jump(self._line.address(verb.get("action"), url), form) if verb.get("action") else None

    # -- what is heard ------------------------------------------------------------------------------------------------
    def _sound(self, verb: Verb, listens: frozenset[str] = frozenset()) -> Story[Input | None]:
        """Say, Play or Pause; what the caller did meanwhile cuts it short."""
        if verb.name == "Pause":
            self.note(Event("pause", verb.get("length", "1")))
            return (yield Wait("pause", self._in(float(verb.get("length", "1"))), listens))
        kind = verb.name.lower()
        seconds = seconds_of(verb.text) if kind == "say" else PLAY_SECONDS
        for _ in range(int(verb.get("loop", "1")) or LOOPS_MOST):
            self.note(Event(kind, verb.text, verb.get("language"), verb.get("voice")))
            given = yield Wait(kind, self._in(seconds), listens)
            if given is not None:
                return given
        return None

    # -- what is asked ------------------------------------------------------------------------------------------------
    def _gather(self, gather: Verb, url: str) -> Story[Jump | None]:
        inputs = frozenset(gather.get("input", "dtmf").split())
        listens = inputs if gather.says_yes("bargeIn", True) else frozenset[str]()
        given: Input | None = None
        for verb in gather.children:
            given = yield from self._sound(verb, listens)
            if given is not None:
                break
        timeout = float(gather.get("timeout", "5"))
        if given is None:
            given = yield Wait("gather", self._in(timeout), inputs)
        form: dict[str, str] = {}
        if isinstance(given, Pressed):
            form = {"Digits": (yield from self._digits(gather, given.key, timeout))}
        elif isinstance(given, Spoken):
            form = yield from self._speech(gather, given, timeout)
        if not any(form.values()):
            if not gather.says_yes("actionOnEmptyResult", False):
                return None
            form = {name: "" for way, name in (("dtmf", "Digits"), ("speech", "SpeechResult")) if way in inputs}
        return Jump(self._line.address(gather.get("action") or url, url), form)

    def _digits(self, gather: Verb, key: str, timeout: float) -> Story[str]:
        """All keys up to the last wanted one, the finishing one, or a pause as long as the timeout."""
        most = int(gather.get("numDigits", "0")) or math.inf
        finish = gather.get("finishOnKey", "#")
        digits = ""
        while key not in finish:
            digits += key
            if len(digits) >= most:
                break
            given = yield Wait("gather", self._in(timeout), frozenset({"dtmf"}))
            if not isinstance(given, Pressed):
                break
            key = given.key
        return digits

    def _speech(self, gather: Verb, first: Spoken, timeout: float) -> Story[dict[str, str]]:
        """All that is said until the caller is silent for as long as the end of speech takes."""
        asked = gather.get("speechTimeout") or str(timeout)
        silence = 1.0 if asked == "auto" else float(asked)
        words, confidence = [first.words], first.confidence
        while True:
            more = yield Wait("gather", self._in(silence), frozenset({"speech"}))
            if not isinstance(more, Spoken):
                return {"SpeechResult": " ".join(words), "Confidence": f"{confidence:.4f}"}
            words.append(more.words)
            confidence = min(confidence, more.confidence)

    # -- what is recorded, queued, dialled ----------------------------------------------------------------------------
    def _record(self, record: Verb, url: str) -> Story[Jump | None]:
        if record.says_yes("playBeep", True):
            self.note(Event("beep", ""))
        began, ends = self._clock.monotonic(), self._in(float(record.get("maxLength", "3600")))
        silence = float(record.get("timeout", "5")) or math.inf
        spoke, key, hung_up = False, "", False
        try:
            while not key:
                given = yield Wait("record", min(ends, self._in(silence)), frozenset({"speech", "dtmf"}))
                if given is None:
                    break
                if isinstance(given, Spoken):
                    spoke = True
                elif given.key in record.get("finishOnKey", "1234567890*#"):
                    key = given.key
        except HungUp:
            key, hung_up = "hangup", True
        if not spoke:  # Twilio does not ask what to do with silence
            if hung_up:
                raise HungUp
            return None
        sid = f"RE{uuid4().hex}"
        seconds = str(max(1, round(self._clock.monotonic() - began)))
        form = {"RecordingSid": sid, "RecordingDuration": seconds, "Digits": key}
        form["RecordingUrl"] = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}"
        jump = Jump(self._line.address(record.get("action") or url, url), form)
        if hung_up:
            self._fetched(jump)
            raise HungUp
        return jump

    def _enqueue(self, enqueue: Verb, url: str) -> Story[Jump | None]:
        self.note(Event("enqueue", enqueue.text))
        began = self._clock.monotonic()
        queue = f"QU{uuid4().hex}"

        def after(result: str) -> Jump | None:
            told = {"QueueResult": result, "QueueSid": queue, "QueueTime": str(round(self._clock.monotonic() - began))}
            return self._after(enqueue, url, told)

        try:
            yield from self._music(enqueue, url, queue, began)
        except Left:
            return after("leave")
        except Dequeued as out:
            return after(out.result)
        except (HungUp, Over, Redirected) as error:  # the action is told, and what it answers is not run
            last = after("redirected" if isinstance(error, Redirected) else "hangup")
            if last is not None:
                self._fetched(last)
            raise
        return None

    def _music(self, enqueue: Verb, url: str, queue: str, began: float) -> Story[None]:
        """The waiting room: its document again and again, until somebody ends it."""
        if not enqueue.get("waitUrl"):
            while True:
                yield Wait("music", self._in(math.inf))
        room = self._line.address(enqueue.get("waitUrl"), url)
        jump: Jump | None = None
        while True:
            told = {
                "QueueSid": queue,
                "QueuePosition": "1",
                "QueueTime": str(round(self._clock.monotonic() - began)),
                "AvgQueueTime": "0",
                "CurrentQueueSize": "1",
                "MaxQueueSize": "1000",
            }
            jump = Jump(jump.url, {**told, **jump.form}) if jump else Jump(room, told)
            jump = yield from self._perform(self._document(jump, WHILE_WAITING), jump.url)

    def _dial(self, dial: Verb, url: str) -> Story[Jump | None]:
        targets = [f"{child.name} {child.text}" for child in dial.children] or [f"Number {dial.text}"]
        self.note(Event("dial", ", ".join(targets)))
        yield Wait("dial", self._in(RING_SECONDS))
        end = self._dial_out(dial)
        told = {"DialCallStatus": end.status, "DialCallSid": f"CA{uuid4().hex}", "DialCallDuration": str(end.seconds)}
        return self._after(dial, url, told)
