"""The breaker: when it opens, who may probe, and whose verdict counts."""

import subprocess
import sys

import pytest

from carrier.breaker import OPEN_SECONDS, Breaker, BreakerState, Permit
from carrier.errors import CircuitOpen
from tests.carrier.given import together
from tests.fakes import ManualClock


def opened(clock: ManualClock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(5):
        breaker.failed(breaker.admit())
    return breaker


def test_opens_after_five_failures_within_ten_seconds() -> None:
    breaker = opened(ManualClock())
    assert breaker.state is BreakerState.OPEN
    with pytest.raises(CircuitOpen):
        breaker.admit()


def test_stays_closed_when_failures_are_spread_out() -> None:
    clock = ManualClock()
    breaker = Breaker(clock)
    for _ in range(20):
        breaker.failed(breaker.admit())
        clock.advance(2.6)
    assert breaker.state is BreakerState.CLOSED


def test_lets_one_of_fifty_threads_probe_when_half_open() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.advance(OPEN_SECONDS)
    results = together(lambda _: breaker.admit(), 50)
    assert sum(isinstance(result, Permit) for result in results) == 1
    assert sum(isinstance(result, CircuitOpen) for result in results) == 49


def test_lets_one_of_fifty_greenlets_probe_when_half_open() -> None:
    # Its own process: patching is for a whole process, as in the gateway.
    script = """
from gevent import monkey; monkey.patch_all()
import gevent
from carrier.breaker import Breaker
from carrier.errors import CircuitOpen
class Clock:
    at = 0.0
    def monotonic(self): return self.at
clock = Clock(); breaker = Breaker(clock)
for _ in range(5): breaker.failed(breaker.admit())
clock.at = 15.0
def call():
    try:
        permit = breaker.admit()
        gevent.sleep(0.01)
        breaker.failed(permit)
        return 1
    except CircuitOpen:
        gevent.sleep(0)
        return 0
print(sum(job.value for job in gevent.joinall([gevent.spawn(call) for _ in range(50)], timeout=20)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "1"


def test_a_probe_that_succeeds_closes_it() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.advance(OPEN_SECONDS)
    breaker.succeeded(breaker.admit())
    assert breaker.state is BreakerState.CLOSED


def test_a_probe_that_fails_opens_it_again_for_the_whole_time() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.advance(OPEN_SECONDS)
    breaker.failed(breaker.admit())
    clock.advance(OPEN_SECONDS - 0.1)
    with pytest.raises(CircuitOpen):
        breaker.admit()


def test_a_probe_that_was_never_sent_lets_the_next_caller_probe() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.advance(OPEN_SECONDS)
    breaker.abandoned(breaker.admit())
    assert breaker.admit().probe


def test_a_late_verdict_of_a_call_from_before_does_not_count() -> None:
    clock = ManualClock()
    breaker = Breaker(clock)
    slow = breaker.admit()
    for _ in range(5):
        breaker.failed(breaker.admit())
    clock.advance(OPEN_SECONDS)
    breaker.admit()
    breaker.succeeded(slow)
    breaker.failed(slow)
    assert breaker.state is BreakerState.PROBING


def test_a_probe_that_never_comes_back_does_not_keep_everybody_out() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.advance(OPEN_SECONDS)
    breaker.admit()
    clock.advance(OPEN_SECONDS)
    assert breaker.admit().probe
