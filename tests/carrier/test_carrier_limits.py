"""Bulkhead, allowances, deadline, trace."""

import threading

import pytest

from carrier.bulkhead import Bulkhead
from carrier.deadline import Deadline
from carrier.errors import TimedOut, TooBusy
from carrier.limits import Allowance, Limits
from carrier.trace import trace_for_call, trace_id
from core.clock import SystemClock
from tests.carrier.given import together
from tests.fakes import ManualClock


def test_no_more_than_its_number_are_inside_and_the_queue_ends() -> None:
    bulkhead = Bulkhead(at_once=2, waiting=3)
    inside, most, lock, leave = 0, 0, threading.Lock(), threading.Event()

    def call(_: int) -> str:
        nonlocal inside, most
        with bulkhead.slot(Deadline.after(SystemClock(), 20)):
            with lock:
                inside += 1
                most = max(most, inside)
            leave.wait(20)
            with lock:
                inside -= 1
        return "done"

    threading.Timer(0.3, leave.set).start()
    results = together(call, 10)
    assert most == 2
    assert results.count("done") + sum(isinstance(result, TooBusy) for result in results) == 10
    assert results.count("done") >= 5
    with bulkhead.slot(Deadline.after(SystemClock(), 1)):
        pass  # all places were given back


def test_who_waits_past_the_deadline_is_told_busy() -> None:
    bulkhead = Bulkhead(at_once=1)
    clock = SystemClock()
    with bulkhead.slot(Deadline.after(clock, 1)), pytest.raises(TooBusy), bulkhead.slot(Deadline.after(clock, 0.01)):
        pass


def test_one_customer_can_use_up_their_own_allowance_only() -> None:
    clock = ManualClock()
    limits = Limits(clock, Allowance(burst=3, per_second=1), Allowance(burst=100, per_second=1))
    for _ in range(3):
        limits.take("C1")
    with pytest.raises(TooBusy):
        limits.take("C1")
    limits.take("C2")
    clock.advance(1)
    limits.take("C1")


def test_all_together_have_an_allowance_too() -> None:
    limits = Limits(ManualClock(), Allowance(burst=100, per_second=1), Allowance(burst=2, per_second=1))
    limits.take("C1")
    limits.take("")
    with pytest.raises(TooBusy):
        limits.take("C3")


def test_a_deadline_is_one_moment_however_often_it_is_asked() -> None:
    clock = ManualClock()
    deadline = Deadline.after(clock, 1.2)
    clock.advance(1.0)
    assert deadline.left() == pytest.approx(0.2)
    clock.advance(1.0)
    assert deadline.left() == 0.0
    with pytest.raises(TimedOut):
        deadline.require("anything")


def test_a_turns_trace_id_is_used_and_an_unsafe_or_missing_one_replaced_for_this_call_only() -> None:
    token = trace_id.set("turn-7")
    assert trace_for_call() == "turn-7"
    trace_id.set("x\r\nInjected: 1")
    assert "\n" not in trace_for_call()
    trace_id.reset(token)
    assert trace_for_call() != trace_for_call()
