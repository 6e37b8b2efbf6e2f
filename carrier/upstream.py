"""One API of the operator, asked carefully: allowance, queue, breaker, retries inside the budget, audit, errors as our tree."""

import json
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from carrier.audit import Audit, CallRecord
from carrier.breaker import Breaker
from carrier.bulkhead import Bulkhead
from carrier.calls import Call
from carrier.deadline import DEFAULT_BUDGET_SECONDS, Deadline
from carrier.errors import CarrierError, Malformed, MalformedOutcome, OutcomeUnknown, Refused, ServerFault, TimedOut
from carrier.http import Answer, Asked, Wire, WireError
from carrier.limits import Limits
from carrier.refusals import refusal_of
from carrier.trace import trace_for_call
from core.clock import Clock

ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 0.05  # doubled each time, with jitter; the budget is 1.2 s
WORTH_TRYING_SECONDS = 0.1  # with less left another attempt would only add load
FAIR_CHANCE_SECONDS = 0.25  # a time-out after less than this says more about our caller than about the API

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """A parsed answer: JSON with exact Decimals, and the lower-case headers."""

    json: Any
    headers: Mapping[str, str]


Reader = Callable[[Reply], T]
"""Validates and maps an answer. Raises Malformed or ValueError (pydantic's too) when it cannot be trusted."""


class Upstream:
    """One API. `get` reads, `post` writes once per key; both end by the deadline and raise only errors.py."""

    def __init__(self, api: str, wire: Wire, base_path: str, *, clock: Clock, limits: Limits, audit: Audit) -> None:
        self.api = api
        self.breaker = Breaker(clock)
        self._wire = wire
        self._base_path = base_path
        self._clock = clock
        self._limits = limits
        self._audit = audit
        self._bulkhead = Bulkhead()

    def budget(self) -> Deadline:
        """The default deadline for what begins now."""
        return Deadline.after(self._clock, DEFAULT_BUDGET_SECONDS)

    def get(
        self,
        resource: str,
        read: Reader[T],
        *,
        about: str,
        params: Mapping[str, str] | None = None,
        deadline: Deadline | None = None,
    ) -> T:
        """Reads `resource` (no leading slash). `about` is the customer id or number whose allowance it uses."""
        asked = Asked("GET", f"{self._base_path}/{resource}", params or {})
        return self._perform(self._call(lambda: asked, f"GET {_kind(resource)}", about, deadline, key="", writing=False), read)

    def post(
        self, resource: str, payload: object, read: Reader[T], *, about: str, key: str, deadline: Deadline | None = None
    ) -> T:
        """Writes once under `key`; may be sent again under that key only, inside the budget."""
        asked = self._post(resource, payload, key)
        return self._perform(self._call(lambda: asked, f"POST {_kind(resource)}", about, deadline, key=key, writing=True), read)

    def ask(
        self, resource: str, payload: object, read: Reader[T], *, about: str, key: str, deadline: Deadline | None = None
    ) -> T:
        """A POST that only asks and changes nothing: its errors are those of a read."""
        asked = self._post(resource, payload, key)
        return self._perform(self._call(lambda: asked, f"POST {_kind(resource)}", about, deadline, key="", writing=False), read)

    def send(
        self,
        make: Callable[[], Asked],
        operation: str,
        read: Reader[T],
        *,
        about: str,
        key: str,
        writing: bool,
        deadline: Deadline | None = None,
    ) -> T:
        """The same for requests built by somebody else (provider.py), anew for each attempt. Paths are below the base path."""

        def asked() -> Asked:
            made = make()
            return replace(made, path=self._base_path + made.path)

        return self._perform(self._call(asked, operation, about, deadline, key=key, writing=writing), read)

    def _post(self, resource: str, payload: object, key: str) -> Asked:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        body = json.dumps(payload, ensure_ascii=False, allow_nan=False).encode(errors="replace")  # lone surrogates
        return Asked("POST", f"{self._base_path}/{resource}", {}, headers, body)

    def _call(
        self, asked: Callable[[], Asked], operation: str, about: str, deadline: Deadline | None, *, key: str, writing: bool
    ) -> Call:
        deadline = deadline or self.budget()
        return Call(asked, operation, about, key, writing, deadline, self._clock.now(), self._clock.monotonic(), trace_for_call())

    def _perform(self, call: Call, read: Reader[T]) -> T:
        """The whole story of one call; whatever comes of it is audited."""
        outcome = "broken_off"
        try:
            result = self._persist(call, read)
            outcome = "ok"
            return result
        except CarrierError as error:
            outcome = error.code
            raise
        finally:
            self._note(call, outcome)

    def _persist(self, call: Call, read: Reader[T]) -> T:
        """Tries until there is an answer, no time or no attempt left."""
        while True:
            try:
                return self._attempt(call, read)
            except WireError as error:
                call.note(error)
                if not self._may_try_again(call, error):
                    self._give_up(call, error)
            except Refused as error:
                if call.maybe_done and not error.speaks_about_the_write:
                    raise OutcomeUnknown("an earlier attempt was sent; the repetition was turned away at the door") from error
                raise
            except CarrierError as error:
                if call.maybe_done and not isinstance(error, OutcomeUnknown):
                    raise OutcomeUnknown("an earlier attempt was sent; it could not be repeated") from error
                raise
            self._clock.sleep(min(self._pause(call), call.deadline.left()))

    def _attempt(self, call: Call, read: Reader[T]) -> T:
        """One sending, inside allowance, queue and breaker; the breaker always gets its permit back."""
        self._limits.take(call.about)
        with self._bulkhead.slot(call.deadline):
            permit = self.breaker.admit()
            hand_back = self.breaker.abandoned
            try:
                chance = call.deadline.require(call.operation)
                call.attempts += 1
                result = self._exchange(call, read)
                hand_back = self.breaker.succeeded
                return result
            except WireError as error:
                if not error.timed_out or chance >= FAIR_CHANCE_SECONDS:
                    hand_back = self.breaker.failed
                raise
            except (Refused, Malformed):
                # It answered. That one customer's data makes no sense must not shut the door on all others.
                hand_back = self.breaker.succeeded
                raise
            finally:
                hand_back(permit)

    def _exchange(self, call: Call, read: Reader[T]) -> T:
        asked = call.asked()
        headers = {**asked.headers, "X-Trace-Id": call.trace_id}
        answer = self._wire.send(replace(asked, headers=headers), call.deadline)
        call.status = answer.status
        if answer.status >= 500 or answer.status == 408:
            raise WireError(f"status {answer.status}", sent=True)
        if answer.status >= 400:
            raise refusal_of(answer)
        if answer.status >= 300:
            raise WireError(f"status {answer.status} is no answer", sent=True, nonsense=True)
        try:
            reply = Reply(parsed(answer), answer.headers)
        except (ValueError, RecursionError) as error:
            raise WireError("an answer that is not JSON", sent=True, nonsense=True) from error
        try:
            return read(reply)
        except (ValueError, ArithmeticError, Malformed) as error:
            trouble = MalformedOutcome if call.writing else Malformed
            # Only the kind of fault: pydantic's own text quotes the customer's data.
            detail = str(error) if isinstance(error, Malformed) else type(error).__name__
            raise trouble(f"{self.api} answered {call.operation} with something we cannot trust: {detail}") from error

    @staticmethod
    def _may_try_again(call: Call, error: WireError) -> bool:
        allowed = not call.writing or bool(call.key) or not error.sent
        return allowed and call.attempts < ATTEMPTS and call.deadline.left() > WORTH_TRYING_SECONDS

    @staticmethod
    def _give_up(call: Call, error: WireError) -> NoReturn:
        """The one place where a wire error becomes one of ours."""
        said = f"{call.operation}: {error}"
        if call.maybe_done:
            raise (MalformedOutcome if error.nonsense else OutcomeUnknown)(said) from error
        if error.timed_out:
            raise TimedOut(said) from error
        raise (Malformed if error.nonsense else ServerFault)(said) from error

    @staticmethod
    def _pause(call: Call) -> float:
        step: float = FIRST_PAUSE_SECONDS * 2 ** (call.attempts - 1)
        return step * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, hides nothing

    def _note(self, call: Call, outcome: str) -> None:
        """Audits the call. A broken audit is logged: it must not turn a write that happened into an error."""
        try:
            self._audit(self._record(call, outcome))
        except Exception:
            log.exception("a call at the operator's could not be audited")

    def _record(self, call: Call, outcome: str) -> CallRecord:
        return CallRecord(
            at=call.began_at,
            trace_id=call.trace_id,
            api=self.api,
            operation=call.operation,
            key=call.key,
            status=call.status,
            outcome=outcome,
            attempts=call.attempts,
            seconds=self._clock.monotonic() - call.began,
        )


def _kind(resource: str) -> str:
    """The resource without its id."""
    return resource.split("/")[0]


def parsed(answer: Answer) -> Any:
    """The body as JSON with exact Decimals; None when empty. ValueError for anything else, NaN included."""
    if not answer.body:
        return None

    def no_constant(word: str) -> NoReturn:
        raise ValueError(f"{word} is not JSON")

    return json.loads(answer.body, parse_float=Decimal, parse_constant=no_constant)
