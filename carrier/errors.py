"""What can go wrong between us and the operator, drawn as a tree. Foreign errors become these once, in http.py.

CarrierError
├── Unavailable              nobody answered and nothing happened: "not done" is the truth
│   ├── TimedOut             the budget was used up before anything was sent, or while reading
│   ├── CircuitOpen          the operator failed too often a moment ago; we did not even ask
│   ├── TooBusy              our own queue or allowance is full
│   └── ServerFault          5xx to a read, or the connection failed before a write was sent
├── OutcomeUnknown           a write was sent and no trustworthy answer came: "being processed" is the truth
│   └── MalformedOutcome     ... because the answer to it made no sense (also a Malformed)
├── Malformed                an answer that fails validation, or is about somebody else
└── Refused(code, reason)    the operator said no, and why
    ├── NotFound             404, also "not yours"
    ├── NotAllowed           401, 403: our own key is wrong
    ├── KeyReused            422: the same idempotency key with another body
    ├── RateLimited          429, with retry_after in seconds
    └── BusinessRefusal      409, `code` is the operator's machine code (outOfStock, changePending, ...)
"""

from core.errors import CarelineError


class CarrierError(CarelineError):
    """Anything that kept us from an answer of the operator."""

    code = "carrier_error"


class Unavailable(CarrierError):
    """Nobody answered and nothing happened."""

    code = "operator_unavailable"


class TimedOut(Unavailable):
    """The budget ran out; nothing was changed at the operator's."""

    code = "operator_timed_out"


class CircuitOpen(Unavailable):
    """The operator failed too often a moment ago; nothing was sent."""

    code = "operator_circuit_open"


class TooBusy(Unavailable):
    """Our own queue towards the operator, or the customer's allowance, is full; nothing was sent."""

    code = "operator_too_busy"


class ServerFault(Unavailable):
    """The operator failed on a read, or could not be reached before a write was sent."""

    code = "operator_fault"


class OutcomeUnknown(CarrierError):
    """A write was sent and no trustworthy answer came back. Ask by key; never send again under another key."""

    code = "outcome_unknown"


class Malformed(CarrierError):
    """An answer that fails validation, or that is about another number or customer than the one asked for."""

    code = "operator_malformed"


class MalformedOutcome(OutcomeUnknown, Malformed):
    """A write was answered with something we cannot trust."""

    code = "outcome_unknown"


class Refused(CarrierError):
    """The operator said no. `code` is its machine code, `reason` its words (for logs, not for customers)."""

    speaks_about_the_write = False
    """Set where a repeated write was looked at under its key (409); else it may have been turned away at the door."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(f"{code}: {reason}" if reason else code)
        self.code = code
        self.reason = reason


class NotFound(Refused):
    """There is no such thing, or it is not this customer's."""


class NotAllowed(Refused):
    """Our own credentials were not accepted."""


class KeyReused(Refused):
    """The idempotency key was used before with another body: a fault of ours."""


class RateLimited(Refused):
    """Past our quota at the operator. `retry_after` is in seconds."""

    def __init__(self, code: str, reason: str = "", retry_after: float = 1.0) -> None:
        super().__init__(code, reason)
        self.retry_after = retry_after


class BusinessRefusal(Refused):
    """A rule of the operator stands against it: outOfStock, changePending, notCancellable, dailyLimitReached, ..."""
