"""The eleven states of a product order (TMF622) and the only way between them.

new → acknowledged | rejected
acknowledged → inProgress | pending | assessingCancellation (this last edge is ours: the standard draws none)
inProgress → pending | held | assessingCancellation | completed | failed | partial
pending, held → inProgress | assessingCancellation | cancelled
assessingCancellation → pendingCancellation, or back to where it came from when denied
pendingCancellation → cancelled
"""

from enum import StrEnum

from reference_api.errors import Refusal


class OrderState(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIAL = "partial"
    ASSESSING_CANCELLATION = "assessingCancellation"
    PENDING_CANCELLATION = "pendingCancellation"

    @property
    def is_final(self) -> bool:
        return not NEXT[self]

    @property
    def is_cancellable(self) -> bool:
        """Whether a cancellation may be asked for (goods on their way are refused elsewhere)."""
        return OrderState.ASSESSING_CANCELLATION in NEXT[self]

    def become(self, new: "OrderState", came_from: str | None = None) -> "OrderState":
        """`new`, where this step exists; `came_from` is the state before the cancellation was asked for. Raises Refusal."""
        denied = self is OrderState.ASSESSING_CANCELLATION and new in RESUMABLE and new != came_from
        if new not in NEXT[self] or denied:
            raise Refusal(f"An order cannot go from {self} to {new}", code="invalidTransition")
        return new


_S = OrderState
RESUMABLE = frozenset({_S.IN_PROGRESS, _S.PENDING, _S.HELD, _S.ACKNOWLEDGED})
NEXT: dict[OrderState, frozenset[OrderState]] = {
    _S.ACKNOWLEDGED: frozenset({_S.IN_PROGRESS, _S.PENDING, _S.ASSESSING_CANCELLATION}),
    _S.IN_PROGRESS: frozenset({_S.PENDING, _S.HELD, _S.ASSESSING_CANCELLATION, _S.COMPLETED, _S.FAILED, _S.PARTIAL}),
    _S.PENDING: frozenset({_S.IN_PROGRESS, _S.ASSESSING_CANCELLATION, _S.CANCELLED}),
    _S.HELD: frozenset({_S.IN_PROGRESS, _S.ASSESSING_CANCELLATION, _S.CANCELLED}),
    _S.ASSESSING_CANCELLATION: RESUMABLE | {_S.PENDING_CANCELLATION},
    _S.PENDING_CANCELLATION: frozenset({_S.CANCELLED}),
    _S.REJECTED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.COMPLETED: frozenset(),
    _S.FAILED: frozenset(),
    _S.PARTIAL: frozenset(),
}
OPEN_STATES = tuple(state.value for state in OrderState if NEXT[state])
VOID_STATES = (_S.CANCELLED.value, _S.FAILED.value, _S.REJECTED.value)  # these orders count towards no limit
