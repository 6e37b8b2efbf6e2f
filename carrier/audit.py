"""One record for every call made at the operator's, for the audit trail and the metrics."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CallRecord:
    """What was asked and what came of it. Holds no number, no PIN, no body."""

    at: datetime
    """When the call began, UTC."""
    trace_id: str
    """The id of the turn it was made for; the operator got the same one in X-Trace-Id."""
    api: str
    """balance, orders, catalogue, ..."""
    operation: str
    """Method and resource, e.g. "POST topupBalance"."""
    key: str
    """The idempotency key of a write, else empty."""
    status: int | None
    """The last HTTP status, None when no answer came."""
    outcome: str
    """"ok", or the code of the error it ended in."""
    attempts: int
    """How many times it was sent; 0 when it never left the house."""
    seconds: float
    """From the first thought to the end, waiting included."""


Audit = Callable[[CallRecord], None]


def forget(record: CallRecord) -> None:
    """The audit of those who keep none."""
