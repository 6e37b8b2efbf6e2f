"""The eleven states: every pair is either a step or a refusal, and final is final."""

import itertools

import pytest

from reference_api.errors import Refusal
from reference_api.orderstates import OrderState

STEPS = {
    ("acknowledged", "inProgress"), ("acknowledged", "pending"), ("acknowledged", "assessingCancellation"),
    ("inProgress", "pending"), ("inProgress", "held"), ("inProgress", "assessingCancellation"), ("inProgress", "completed"),
    ("inProgress", "failed"), ("inProgress", "partial"), ("pending", "inProgress"), ("pending", "assessingCancellation"),
    ("pending", "cancelled"), ("held", "inProgress"), ("held", "assessingCancellation"), ("held", "cancelled"),
    ("assessingCancellation", "pendingCancellation"), ("pendingCancellation", "cancelled"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), list(itertools.product(OrderState, OrderState)))
def test_each_pair_of_states(old: OrderState, new: OrderState) -> None:
    if (old.value, new.value) in STEPS:
        assert old.become(new) is new
    else:
        with pytest.raises(Refusal) as refusal:
            old.become(new)
        assert refusal.value.code == "invalidTransition"


@pytest.mark.parametrize("came_from", ["inProgress", "pending", "held", "acknowledged"])
def test_a_denied_cancellation_goes_back_where_it_came_from(came_from: str) -> None:
    assessing = OrderState.ASSESSING_CANCELLATION
    assert assessing.become(OrderState(came_from), came_from) == came_from
    for other in {"inProgress", "pending", "held"} - {came_from}:
        with pytest.raises(Refusal):
            assessing.become(OrderState(other), came_from)


def test_final_states() -> None:
    assert {state.value for state in OrderState if state.is_final} == {
        "rejected", "cancelled", "completed", "failed", "partial"
    }  # fmt: skip
    assert {state.value for state in OrderState if state.is_cancellable} == {"acknowledged", "inProgress", "pending", "held"}
