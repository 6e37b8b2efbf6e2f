"""What the operator answers about an operation, as the journal keeps it: a receipt, not finished, or a refusal."""

from dataclasses import dataclass
from typing import Any

from carrier.errors import BusinessRefusal, Refused
from carrier.models import Cancellation, Order, OrderState, TopUp, TopUpStatus
from carrier.operator import Operator

Receipt = dict[str, Any]
NOT_DONE = (OrderState.REJECTED, OrderState.FAILED)


@dataclass(frozen=True)
class Found:
    """The operator has the operation; `receipt` is None while it is still working on it."""

    receipt: Receipt | None


def look_up(operator: Operator, operation: str, key: str) -> Found | None:
    """What became of the key; None when the operator has never seen it. Raises Refused when it said no, CarrierError."""
    if operation == "top_up":
        top_up = operator.balance.top_up_by_key(key)
        return Found(of_top_up(top_up)) if top_up is not None else None
    if operation == "cancel_order":
        cancellation = operator.orders.cancellation_by_key(key)
        return Found(of_cancellation(cancellation)) if cancellation is not None else None
    order = operator.orders.by_key(key)
    return Found(of_order(order)) if order is not None else None


def of_top_up(top_up: TopUp) -> Receipt | None:
    """None while it is pending. Raises Refused when the operator failed it."""
    if top_up.status is TopUpStatus.FAILED:
        raise Refused(top_up.failure_code or "failed", "the operator did not carry it out")
    if top_up.status is TopUpStatus.PENDING:
        return None
    return {"id": top_up.id, "balance_after_fen": top_up.balance_after_fen}


def of_order(order: Order) -> Receipt:
    """A plan change or pack counts as placed from the moment the operator takes it. Raises BusinessRefusal when it did not."""
    if order.state in NOT_DONE:
        raise BusinessRefusal("notDone", order.state.value)
    return {"id": order.id, "state": order.state.value}


def of_cancellation(cancellation: Cancellation) -> Receipt | None:
    """None while it is being assessed. Raises BusinessRefusal when it was turned down."""
    if cancellation.status == "refused":
        raise BusinessRefusal("notCancellable")
    return {"id": cancellation.id} if cancellation.status == "done" else None
