"""What a caller hears while Redis or the bot stands still: words every time, and in the end a call back or a message."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.inside import Inside
from tests.ivr.line import STRANGER, Line
from tests.stack import Stack

pytestmark = pytest.mark.stack


@contextmanager
def standing_still(stack: Stack, program: str) -> Iterator[None]:
    pid = stack.pid(program)
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    all_of_it = [pid, *(int(child) for child in listed.read_text().split())]
    for one in all_of_it:
        os.kill(one, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in all_of_it:
            os.kill(one, signal.SIGCONT)
        stack.wait_ready()


def noted(stack: Stack, call: Line) -> list[dict[str, str]]:
    """What stands on disk for a caller."""
    path = stack.folder / "callbacks.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [row for row in map(json.loads, lines) if row["call"] == call.sid]


def test_without_redis_the_caller_is_noted_on_disk_and_may_leave_a_message(stack: Stack) -> None:
    call = Line(stack)
    call.ring()
    call.keys("1")
    with standing_still(stack, "redis"):
        said = call.speak("查话费余额")
        assert "回电" in said
        assert call.verbs[-2:] == ["Record", "Redirect"]
        recording = f"RE{'3' * 32}"
        call.ask(call.action, RecordingSid=recording, RecordingUrl="https://api.twilio.com/x", Digits="hangup")
        assert set(call.verbs) == {"Say", "Hangup"}
    rows = noted(stack, call)
    assert [row["recording"] for row in rows] == [None, recording]
    assert STRANGER[-11:] not in (stack.folder / "callbacks.jsonl").read_text()
    sealer = Inside(stack).parts.sealer
    assert {sealer.open_row(f"callback|{call.sid}", row["number"]) for row in rows} == {STRANGER}
    assert (stack.folder / "callbacks.jsonl").stat().st_mode & 0o077 == 0


def test_without_redis_a_new_caller_is_answered_and_silence_is_no_loop(stack: Stack) -> None:
    with standing_still(stack, "redis"):
        call = Line(stack)
        said = call.ring()
        assert "抱歉" in said
        assert "sorry" in said
        call.silence()
        assert set(call.verbs) == {"Say", "Hangup"}


def test_a_bot_that_stands_still_is_waited_for_with_words_and_then_a_person_calls_back(stack: Stack) -> None:
    call = Line(stack)
    call.ring()
    call.keys("1")
    with standing_still(stack, "bot"):
        call.speak("查话费余额")
    fillers = [twiml for url, _, twiml in call.answers if "<Gather" not in twiml and "<Hangup" not in twiml]
    assert fillers
    assert all("<Say" in twiml for twiml in fillers)
    assert set(call.verbs) == {"Say", "Hangup"}
    assert "编号" in call.said


def test_an_answer_that_comes_late_is_fetched_by_polls(stack: Stack) -> None:
    """The bot stands still for the first filler only."""
    call = Line(stack)
    call.ring()
    call.keys("1")
    with standing_still(stack, "bot"):
        answer = call.post(call.action, {**call.form, "SpeechResult": "查话费余额"})
        assert "/voice/poll" in answer.text
        call.twiml = answer.text
    said = call.ask(call.root.findtext("Redirect") or "")
    assert "核实" in said
    assert call.listens


def test_a_bot_that_is_gone_leads_to_a_person_and_never_in_a_circle(stack: Stack) -> None:
    call = Line(stack)
    call.ring()
    call.keys("1")
    stack.kill("bot")  # it takes many seconds to come back
    try:
        heard = [call.speak(words) for words in ("查话费余额", "查一下流量", "上个月账单") if call.listens]
    finally:
        stack.wait_ready()
    assert len(set(heard)) == 3
    assert set(call.verbs) == {"Say", "Hangup"}
    assert "编号" in call.said
