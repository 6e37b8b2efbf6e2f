"""The calls of the page /phone: in this process's memory, few, and forgotten when nobody looks at them any more."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from core.clock import Clock
from core.problems import Problem, not_found
from ivr.simulator.engine import Phone
from ivr.simulator.happenings import CallTooLong
from ivr.simulator.verbs import IllegalTwiml

CALLS_MOST = 20
UNSEEN_SECONDS = 60.0  # the page asks several times a second; a call whose page is gone is hung up
AFTER_SECONDS = 300.0  # how long a call that is over can still be looked at
LOCK_SECONDS = 20.0  # a webhook's own 15 s and a little


@dataclass
class OpenCall:
    """`seen`: when its page asked last, by the clock's monotonic time."""

    id: str
    phone: Phone
    seen: float
    lock: threading.Lock = field(default_factory=threading.Lock)


class OpenCalls:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: dict[str, OpenCall] = {}

    def add(self, phone: Phone) -> OpenCall:
        """Raises Problem 429 where too many are open."""
        self._forget()
        if len(self._calls) >= CALLS_MOST:
            finished = [call.id for call in self._calls.values() if call.phone.over]
            if not finished:
                raise Problem(429, "too_many", "Too many calls at once.", retry_after=int(UNSEEN_SECONDS))
            del self._calls[finished[0]]
        call = OpenCall(secrets.token_urlsafe(16), phone, self._clock.monotonic())
        self._calls[call.id] = call
        return call

    def get(self, call_id: str) -> OpenCall:
        """Raises Problem 404."""
        self._forget()
        call = self._calls.get(call_id)
        if call is None:
            raise not_found()
        call.seen = self._clock.monotonic()
        return call

    def does(self, call: OpenCall, work: Callable[[Phone], None]) -> None:
        """One thing at a time on one call. A document that Twilio would not run has ended it; its events say why."""
        if not call.lock.acquire(timeout=LOCK_SECONDS):
            raise Problem(429, "too_many", "This call is busy.", retry_after=1)
        try:
            work(call.phone)
        except (IllegalTwiml, CallTooLong):
            return
        finally:
            call.lock.release()

    def _forget(self) -> None:
        now = self._clock.monotonic()
        for call in list(self._calls.values()):
            if now - call.seen > (AFTER_SECONDS if call.phone.over else UNSEEN_SECONDS):
                self._calls.pop(call.id, None)
                self.does(call, Phone.hang_up)
