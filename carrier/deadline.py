"""One absolute moment by which a whole call, its retries and its waiting must be over."""

from __future__ import annotations

from carrier.errors import TimedOut
from core.clock import Clock

DEFAULT_BUDGET_SECONDS = 1.2  # design: what a turn may spend on one question to the operator


class Deadline:
    """A moment on a clock's monotonic scale. Passed down whole, never halved or restarted on the way."""

    def __init__(self, clock: Clock, at: float) -> None:
        self.clock = clock
        self.at = at

    @classmethod
    def after(cls, clock: Clock, seconds: float = DEFAULT_BUDGET_SECONDS) -> Deadline:
        """The moment `seconds` from now."""
        return cls(clock, clock.monotonic() + seconds)

    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.at - self.clock.monotonic())

    def require(self, doing: str) -> float:
        """Seconds left, or TimedOut when there are none. `doing` says what had to be given up."""
        left = self.left()
        if left <= 0.0:
            raise TimedOut(f"no time left for {doing}")
        return left
