"""Stops asking an API that keeps failing, and lets exactly one caller find out whether it is well again."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from carrier.errors import CircuitOpen
from core.clock import Clock

FAILURES_TO_OPEN = 5
FAILURE_WINDOW_SECONDS = 10.0
OPEN_SECONDS = 15.0


class BreakerState(StrEnum):
    """CLOSED lets all through, OPEN none, PROBING one."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


@dataclass(frozen=True)
class Permit:
    """Leave to make one call. `era` tells a verdict on today's circuit from one of a call begun before it opened."""

    era: int
    probe: bool


class Breaker:
    """Five failures within ten seconds open it for fifteen; then one probe closes it or opens it again.

    Who was admitted must hand the permit back with succeeded, failed or abandoned, whatever happens: a probe that is
    never handed back would keep everybody out, so it also lapses after OPEN_SECONDS.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()  # held for a few instructions only, never across a call
        self._state = BreakerState.CLOSED
        self._era = 0
        self._since = 0.0
        self._failures: deque[float] = deque(maxlen=FAILURES_TO_OPEN)

    @property
    def state(self) -> BreakerState:
        """How it stands, for metrics."""
        return self._state

    def admit(self) -> Permit:
        """Leave to call, or CircuitOpen."""
        with self._lock:
            if self._state is BreakerState.CLOSED:
                return Permit(self._era, probe=False)
            if self._clock.monotonic() - self._since < OPEN_SECONDS:
                raise CircuitOpen("the operator failed too often a moment ago")
            self._change(BreakerState.PROBING)
            return Permit(self._era, probe=True)

    def succeeded(self, permit: Permit) -> None:
        """The API answered as it should (a refusal is an answer)."""
        with self._lock:
            if permit.probe and permit.era == self._era:
                self._change(BreakerState.CLOSED)

    def failed(self, permit: Permit) -> None:
        """The API hung, broke or talked nonsense."""
        with self._lock:
            if permit.era != self._era:
                return
            if permit.probe:
                self._change(BreakerState.OPEN)
                return
            now = self._clock.monotonic()
            self._failures.append(now)
            if len(self._failures) == FAILURES_TO_OPEN and now - self._failures[0] <= FAILURE_WINDOW_SECONDS:
                self._change(BreakerState.OPEN)

    def abandoned(self, permit: Permit) -> None:
        """The call was never made or says nothing about the API; the next caller may probe at once."""
        with self._lock:
            if permit.probe and permit.era == self._era:
                self._change(BreakerState.OPEN)
                self._since -= OPEN_SECONDS

    def _change(self, to: BreakerState) -> None:
        """The one place where the state changes (caller holds the lock)."""
        self._state = to
        self._era += 1
        self._since = self._clock.monotonic()
        self._failures.clear()
