"""The state of one call while it is being made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from carrier.deadline import Deadline
from carrier.http import Asked, WireError


@dataclass
class Call:
    """What is asked, and what has become of it so far."""

    asked: Callable[[], Asked]
    """Makes the request, anew for each attempt: a signed one needs a fresh nonce."""
    operation: str
    about: str
    key: str
    writing: bool
    deadline: Deadline
    began_at: datetime
    began: float
    trace_id: str
    attempts: int = 0
    status: int | None = None
    maybe_done: bool = False
    """A write was sent and nobody said what came of it."""

    def note(self, error: WireError) -> None:
        """Remembers that this attempt may have changed something."""
        if self.writing and error.sent:
            self.maybe_done = True
