"""The operator's own check of a service password (not a TM Forum API)."""

from typing import Literal

from carrier.deadline import Deadline
from carrier.keys import new_key
from carrier.numbers import asked
from carrier.operator import PinResult
from carrier.tmf.wire import Wire, one
from carrier.upstream import Reply, Upstream

BASE = "/careline/v1"


class _Result(Wire):
    result: Literal["ok", "wrong", "unknown"]


class TmfPins:
    """operator.Pins over POST pinChecks. The PIN stands in the body only: it reaches no log and no address."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def check(self, number: str, pin: str, *, deadline: Deadline | None = None) -> PinResult:
        """See operator.Pins."""
        line = asked(number)

        def read(reply: Reply) -> PinResult:
            return one(_Result, reply).result

        # Only a question; under a key, so that a repetition inside the budget is counted once by the operator.
        return self._upstream.ask("pinChecks", {"msisdn": line, "pin": pin}, read, about=line, key=new_key(), deadline=deadline)
