"""The signed step: what we gave to a call is taken back from that call only, as it was, and not for ever."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import StepInvalid
from ivr.step import SECONDS, Step, Steps

CALL = f"CA{'0' * 32}"
OTHER = f"CA{'0' * 31}1"
STEPS = Steps("a key of the tests")
ANY_STEP = st.builds(
    Step,
    st.just(CALL),
    st.integers(0, 99_999),
    st.sampled_from([None, "zh", "en"]),
    st.integers(0, 9),
    st.booleans(),
    st.integers(0, 99_999),
    st.integers(0, 10**11),
)


@given(ANY_STEP)
def test_a_step_comes_back_as_it_was_given(step: Step) -> None:
    assert STEPS.read(STEPS.sign(step), CALL) == step


@given(ANY_STEP)
def test_a_step_needs_no_escaping_in_an_address(step: Step) -> None:
    assert set(STEPS.sign(step)) <= set(string.ascii_letters + string.digits + "-_.")


@given(ANY_STEP, st.integers(0, 200), st.characters())
def test_a_step_changed_by_one_character_is_refused(step: Step, place: int, character: str) -> None:
    signed = STEPS.sign(step)
    place %= len(signed)
    changed = signed[:place] + character + signed[place + 1 :]
    if changed != signed:
        with pytest.raises(StepInvalid):
            STEPS.read(changed, CALL)


def test_a_step_of_one_call_is_none_of_another() -> None:
    with pytest.raises(StepInvalid):
        STEPS.read(STEPS.sign(Step(CALL, 3)), OTHER)


def test_a_step_signed_with_another_key_is_refused() -> None:
    with pytest.raises(StepInvalid):
        STEPS.read(Steps("another key").sign(Step(CALL, 3)), CALL)


@pytest.mark.parametrize("text", ["", ".", "1", "1.zh.0.0.0.0", "1.zh.0.0.0.0.", "9" * 10_000, "1.fr.0.0.0.0." + "A" * 32])
def test_what_is_no_step_is_refused(text: str) -> None:
    with pytest.raises(StepInvalid):
        STEPS.read(text, CALL)


def test_a_step_ends_with_the_longest_call() -> None:
    signed = STEPS.sign(Step(CALL, 3, began=1_000_000))
    assert STEPS.read(signed, CALL, now=1_000_000 + SECONDS).number == 3
    with pytest.raises(StepInvalid):
        STEPS.read(signed, CALL, now=1_000_001 + SECONDS)
