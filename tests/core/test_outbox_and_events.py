"""Texts in the file, events in the stream, business days."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import from_millis, millis, start_of_business_day
from core.events import CodeSent, Event, Events
from core.keys import Keys
from core.outbox import FileTexts, TextNotSent
from core.store import Store
from tests.conftest import AtOnce
from tests.fakes import ManualClock


def test_texts_of_many_threads_stay_whole_lines(tmp_path: Path, clock: ManualClock, at_once: AtOnce) -> None:
    path = tmp_path / "outbox" / "sms.jsonl"
    texts = FileTexts(path, clock)

    def ten(index: int) -> None:
        for _ in range(10):
            texts.send(f"+861380013{index:04d}", "验证码 " * 50)

    at_once(20, ten)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 200
    assert set(lines[0]) == {"at", "to", "text"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    texts.send("+8613800138000", "last")
    assert texts.tail(2)[0]["text"] == "last"
    assert len(texts.tail(10_000)) == 200


def test_an_outbox_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TextNotSent):
        FileTexts(tmp_path / "file" / "sms.jsonl").send("+8613800138000", "x")
    assert FileTexts(tmp_path / "none.jsonl").tail() == []


def test_events_go_to_the_stream_and_never_fail_a_turn(store: Store, clock: ManualClock, tmp_path: Path) -> None:
    events = Events(store, clock)
    events.emit(CodeSent("web-1", "0123456789abcdef"))
    with store.guard() as client:
        rows: Any = client.xrange(Keys.events())
    [(_, fields)] = rows
    assert fields[b"name"] == b"code.sent"
    assert json.loads(fields[b"body"]) == {"conversation": "web-1", "operation": "0123456789abcdef"}
    lost = Events(Store(str(tmp_path / "nobody.sock")), clock)
    lost.emit(CodeSent("web-1", "0123456789abcdef"))
    assert lost.dropped == 1


def test_event_names_are_noun_dot_past_verb_and_unique() -> None:
    names = [kind.name for kind in Event.__subclasses__()]
    assert len(set(names)) == len(names)
    assert all(name.count(".") == 1 for name in names)


def test_the_business_day_begins_at_midnight_in_china() -> None:
    at = datetime(2026, 3, 9, 17, 30, tzinfo=UTC)  # 01:30 on the tenth in Shanghai
    assert start_of_business_day(at) == datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
    assert from_millis(millis(at)) == at
