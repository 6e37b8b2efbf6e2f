"""The browser's calls: few, and hung up when their page is gone."""

from collections.abc import Mapping

import pytest

from core.problems import Problem
from ivr.simulator.engine import Phone
from ivr.simulator.line import Answered, Line
from ivr.simulator.open_calls import AFTER_SECONDS, CALLS_MOST, UNSEEN_SECONDS, OpenCalls
from tests.fakes import ManualClock

BASE, TOKEN = "http://127.0.0.1:8080", "0123456789abcdef0123456789abcdef"


def server(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answered:
    return Answered(200, "text/xml", b"" if url.endswith("/status") else b'<Response><Pause length="999"/></Response>')


def ringing(calls: OpenCalls, clock: ManualClock) -> tuple[str, Phone]:
    phone = Phone(Line(BASE, TOKEN, server), clock)
    call = calls.add(phone)
    calls.does(call, Phone.call)
    return call.id, phone


def test_a_call_that_nobody_looks_at_is_hung_up_and_forgotten() -> None:
    clock = ManualClock()
    calls = OpenCalls(clock)
    (left, gone), (kept, _) = ringing(calls, clock), ringing(calls, clock)
    clock.advance(UNSEEN_SECONDS)
    calls.get(kept)
    clock.advance(1)
    assert calls.get(kept).phone.over is False
    assert gone.over
    assert gone.line.exchanges[-1].form["CallStatus"] == "completed"
    with pytest.raises(Problem) as caught:
        calls.get(left)
    assert caught.value.status == 404


def test_a_call_that_is_over_can_be_looked_at_for_a_while() -> None:
    clock = ManualClock()
    calls = OpenCalls(clock)
    ended, phone = ringing(calls, clock)
    phone.hang_up()
    clock.advance(AFTER_SECONDS)
    assert calls.get(ended).phone is phone


def test_there_are_only_so_many_and_those_that_are_over_make_room() -> None:
    clock = ManualClock()
    calls = OpenCalls(clock)
    open_ones = [ringing(calls, clock)[1] for _ in range(CALLS_MOST)]
    with pytest.raises(Problem) as caught:
        ringing(calls, clock)
    assert caught.value.status == 429
    open_ones[3].hang_up()
    ringing(calls, clock)


def test_a_document_that_twilio_would_not_run_ends_the_call_and_says_why() -> None:
    clock = ManualClock()
    calls = OpenCalls(clock)
    phone = Phone(
        Line(BASE, TOKEN, lambda url, form, headers: Answered(200, "text/xml", b"<Response><Speak/></Response>")), clock
    )
    calls.does(calls.add(phone), Phone.call)
    assert (phone.over, phone.status) == (True, "failed")
    assert "Speak" in phone.events[-1].text
