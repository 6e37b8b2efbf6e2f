"""Doing what was read back and agreed, once: journal, call, outcome in the journal (design: money and promises).

The key was made at the read-back and stays with it. A turn that is repeated after a crash, or a second yes, finds the journal's row and
reports its outcome instead of acting again. Of several who come at once, one sends; the others wait for what it records.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from actions.outcomes import look_up
from actions.services import Services
from carrier.errors import CarrierError, OutcomeUnknown, Refused, Unavailable
from customers.errors import DayLimitReached, WrongEdge
from customers.identity import Identity
from customers.journal import JournalRow, JournalState

OTHER_SECONDS = 2.0  # longer than one call at the operator's, its entries in the journal included
LOOK_SECONDS = 0.05

CODE_EXPIRED = "codeExpired"  # our own refusal: a fresh code is needed first


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"  # the operator said no
    NOT_DONE = "not_done"  # nobody was reached; nothing happened
    UNKNOWN = "unknown"  # sent, and no answer that can be trusted


@dataclass(frozen=True)
class Result:
    """`detail` is what the operator answered (done) or its reason code (refused); `reference` is the journal's short number."""

    outcome: Outcome
    reference: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One thing to do once. `send` acts under the key and returns the receipt, or None while the operator is still working on it."""

    name: str
    key: str
    values: dict[str, Any]
    send: Callable[[], dict[str, Any] | None]
    amount_fen: int = 0
    day_limit_fen: int | None = None
    """What a customer may spend a day without a fresh code; None where one was given, or the operation costs nothing."""


def carry_out(services: Services, conversation: str, identity: Identity, operation: Operation) -> Result:
    """Act once and tell what is true. Raises RecordsDown when the journal cannot be written: then nothing was sent."""
    journal = services.journal
    try:
        row = journal.intend(
            operation.key,
            conversation=conversation,
            customer_id=identity.customer_id,
            operation=operation.name,
            values=operation.values,
            amount_fen=operation.amount_fen,
            day_limit_fen=operation.day_limit_fen,
        )
    except DayLimitReached:  # two conversations of one customer at once: the second needs a code after all
        return Result(Outcome.REFUSED, "", {"code": CODE_EXPIRED})
    if row.state is JournalState.INTENDED:
        row = _recorded(services, row, lambda: journal.mark_sent(operation.key))
        if row.is_new and row.state is JournalState.SENT:
            return _send(services, row, operation)
    if row.state is JournalState.SENT:
        row = _after_another(services, row)
    return _as_recorded(row) if row.state.is_final else _look_up(services, row, operation)


def _send(services: Services, row: JournalRow, operation: Operation) -> Result:
    journal, key = services.journal, operation.key
    try:
        receipt = operation.send()
    except Refused as refusal:
        code = refusal.code
        return _as_recorded(_recorded(services, row, lambda: journal.mark_refused(key, {"code": code})))
    except OutcomeUnknown:
        return _look_up(services, _recorded(services, row, lambda: journal.mark_unknown(key)), operation)
    except Unavailable as error:
        nothing = {"code": error.code, "nothing_happened": True}
        return _as_recorded(_recorded(services, row, lambda: journal.mark_refused(key, nothing)))
    if receipt is None:
        return _as_recorded(_recorded(services, row, lambda: journal.mark_unknown(key)))
    return _as_recorded(_recorded(services, row, lambda: journal.mark_done(key, receipt)))


def _recorded(services: Services, row: JournalRow, change: Callable[[], JournalRow]) -> JournalRow:
    """The row after `change`, or as somebody else has ended it meanwhile."""
    try:
        return change()
    except WrongEdge:
        return services.journal.by_key(row.key) or row


def _after_another(services: Services, row: JournalRow) -> JournalRow:
    """Somebody else is sending, or died at it: wait as long as a call may take."""
    until = services.clock.monotonic() + OTHER_SECONDS
    while row.state is JournalState.SENT and services.clock.monotonic() < until:
        services.clock.sleep(LOOK_SECONDS)
        row = services.journal.by_key(row.key) or row
    return row


def _look_up(services: Services, row: JournalRow, operation: Operation) -> Result:
    """By key; never sent again. What the operator does not know yet stays unknown: the request may still be on its way."""
    try:
        found = look_up(services.operator, operation.name, operation.key)
    except Refused as refusal:
        code = refusal.code
        return _as_recorded(_recorded(services, row, lambda: services.journal.mark_refused(operation.key, {"code": code})))
    except CarrierError:
        return _as_recorded(row)
    receipt = found.receipt if found else None
    if receipt is None:
        return _as_recorded(row)
    return _as_recorded(_recorded(services, row, lambda: services.journal.mark_done(operation.key, receipt)))


def reference(key: str) -> str:
    """The short number of a journal row that customers are told."""
    return key[:8].upper()


def _as_recorded(row: JournalRow) -> Result:
    detail = dict(row.outcome or {})
    if row.state is JournalState.DONE:
        return Result(Outcome.DONE, reference(row.key), detail)
    if row.state is JournalState.REFUSED:
        outcome = Outcome.NOT_DONE if detail.get("nothing_happened") else Outcome.REFUSED
        return Result(outcome, reference(row.key), detail)
    return Result(Outcome.UNKNOWN, reference(row.key), detail)
