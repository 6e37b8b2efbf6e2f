"""The journal: on disk before anything is sent, once per key, and nothing is lost by a kill."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core import records
from core.errors import RecordsDown, SealBroken
from core.seal import Sealer
from customers.errors import DayLimitReached, KeyTaken, NoSuchRow, WrongEdge
from customers.journal import Journal, JournalRow, JournalState
from customers.promises import ALPHABET, Promises
from tests.conftest import AtOnce
from tests.fakes import ManualClock

ROOT = Path(__file__).parents[2]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = records.engine(f"sqlite:///{tmp_path / 'records' / 'careline.sqlite3'}")
    records.create(made)
    return made


@pytest.fixture
def journal(engine: Engine, clock: ManualClock, sealer: Sealer) -> Journal:
    return Journal(engine, clock, sealer)


def intend(
    journal: Journal, key: str = "k1", amount: int = 5000, limit: int | None = None, customer: str = "C-WANG"
) -> JournalRow:
    return journal.intend(
        key,
        conversation="web-1",
        customer_id=customer,
        operation="top_up",
        values={"number": "+8613800138000", "amount_fen": amount},
        amount_fen=amount,
        day_limit_fen=limit,
    )


def test_an_operation_goes_its_way(journal: Journal, clock: ManualClock) -> None:
    row = intend(journal)
    assert (row.state, row.is_new, row.intended_at) == (JournalState.INTENDED, True, clock.now())
    assert journal.mark_sent("k1").state is JournalState.SENT
    assert [row.key for row in journal.open_of("web-1")] == ["k1"]
    done = journal.mark_done("k1", {"receipt": "T1"})
    assert (done.state, done.outcome) == (JournalState.DONE, {"receipt": "T1"})
    assert journal.open_of("web-1") == []
    assert journal.by_key("k1") == done
    assert journal.by_key("k2") is None


EDGES = {
    ("intended", "sent"),
    ("intended", "refused"),
    ("sent", "done"),
    ("sent", "refused"),
    ("sent", "unknown"),
    ("unknown", "done"),
    ("unknown", "refused"),
}
PATHS = {
    "intended": [],
    "sent": ["sent"],
    "done": ["sent", "done"],
    "refused": ["refused"],
    "unknown": ["sent", "unknown"],
}


def mark(journal: Journal, state: str) -> JournalRow:
    if state == "sent":
        return journal.mark_sent("k1")
    marks = {"done": journal.mark_done, "refused": journal.mark_refused, "unknown": journal.mark_unknown}
    return marks[state]("k1", {"by": state})


@pytest.mark.parametrize("start", PATHS)
@pytest.mark.parametrize("to", ["sent", "done", "refused", "unknown"])
def test_only_the_drawn_edges_exist(journal: Journal, start: str, to: str) -> None:
    intend(journal)
    for step in PATHS[start]:
        mark(journal, step)
    if (start, to) in EDGES or start == to:
        assert mark(journal, to).state == to
    else:
        with pytest.raises(WrongEdge):
            mark(journal, to)
        assert str(journal.by_key("k1").state) == start  # type: ignore[union-attr]


def test_a_final_outcome_is_never_overwritten(journal: Journal) -> None:
    intend(journal)
    journal.mark_sent("k1")
    journal.mark_done("k1", {"receipt": "T1"})
    assert journal.mark_done("k1", {"receipt": "T2"}).outcome == {"receipt": "T1"}


def test_fifty_at_once_under_one_key_are_one_row(journal: Journal, at_once: AtOnce) -> None:
    rows = at_once(50, lambda _: intend(journal))
    assert sum(row.is_new for row in rows) == 1
    assert {row.key for row in rows} == {"k1"}
    assert journal.spent_today("C-WANG", "top_up") == 5000


def test_a_key_does_not_stand_for_two_things(journal: Journal) -> None:
    intend(journal)
    with pytest.raises(KeyTaken):
        intend(journal, amount=6000)
    with pytest.raises(NoSuchRow):
        journal.mark_sent("nobody")


def test_the_limit_of_the_day_holds_for_many_at_once(journal: Journal, at_once: AtOnce) -> None:
    def one(index: int) -> bool:
        try:
            return intend(journal, f"k{index}", 5000, limit=50000).is_new
        except DayLimitReached:
            return False

    assert at_once(30, one).count(True) == 10
    assert journal.spent_today("C-WANG", "top_up") == 50000
    assert intend(journal, "other", 5000, limit=50000, customer="C-SMITH").is_new


def test_spent_counts_the_operators_day_and_not_what_was_refused(journal: Journal, clock: ManualClock) -> None:
    intend(journal, "k1", 1000)
    intend(journal, "k2", 2000)
    journal.mark_refused("k1", {"code": "not_sent"})
    assert journal.spent_today("C-WANG", "top_up") == 2000
    clock.advance(hours=11, minutes=59)  # noon in China began this test
    assert journal.spent_today("C-WANG", "top_up") == 2000
    clock.advance(minutes=1)
    assert journal.spent_today("C-WANG", "top_up") == 0


def test_the_clerk_finds_unknown_rows_and_those_left_behind(journal: Journal, clock: ManualClock) -> None:
    intend(journal, "unknown")
    journal.mark_sent("unknown")
    journal.mark_unknown("unknown")
    intend(journal, "left")
    journal.mark_sent("left")
    assert [row.key for row in journal.unknown_rows()] == ["unknown"]
    clock.advance(31)
    assert {row.key for row in journal.unknown_rows()} == {"unknown", "left"}
    journal.mark_unknown("unknown")  # asked, still unknown: goes behind the others
    assert [row.key for row in journal.unknown_rows()] == ["left", "unknown"]
    assert len(journal.unknown_rows(1)) == 1


KILLED = """
import os, signal, sys
from core import records
from core.clock import SystemClock
from core.seal import Sealer
from customers.journal import Journal
engine = records.engine(sys.argv[1])
journal = Journal(engine, SystemClock(), Sealer(bytes(32)))
journal.intend("k1", conversation="web-1", customer_id="C", operation="top_up", values={"amount_fen": 5000}, amount_fen=5000)
journal.mark_sent("k1")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_a_row_that_the_clerk_finds(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.run([sys.executable, "-c", KILLED, url], cwd=ROOT, env=environment, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    later = ManualClock()
    later.advance(hours=24 * 365 * 50)
    [row] = Journal(engine, later, Sealer(bytes(32))).unknown_rows()
    assert (row.key, row.state, row.amount_fen) == ("k1", JournalState.SENT, 5000)


def test_sqlite_is_private_synced_and_in_wal(engine: Engine) -> None:
    path = Path(str(engine.url.database))
    assert path.stat().st_mode & 0o777 == 0o600
    with records.reading(engine) as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_locked_database_is_told_and_nothing_is_half_done(engine: Engine, journal: Journal) -> None:
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RecordsDown):
        intend(journal)
    other.execute("ROLLBACK")
    other.close()
    assert journal.by_key("k1") is None
    assert intend(journal).is_new


def test_an_older_release_does_not_touch_a_newer_database(engine: Engine) -> None:
    records.create(engine)
    with records.unit_of_work(engine) as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version = 99")
    with pytest.raises(RecordsDown, match="newer release"):
        records.create(engine)


def test_units_of_work_run_where_they_are_told(engine: Engine, clock: ManualClock, sealer: Sealer) -> None:
    ran: list[str] = []

    def elsewhere(work):  # type: ignore[no-untyped-def]
        ran.append("elsewhere")
        return work()

    intend(Journal(engine, clock, sealer, elsewhere))
    assert ran == ["elsewhere"]


def test_a_promise_has_a_reference_one_can_read_out(engine: Engine, clock: ManualClock, sealer: Sealer) -> None:
    promises = Promises(engine, clock, sealer)
    reference = promises.record("web-1", "C-WANG", "call_back", {"intent": "query_bill"}, "+8613800138000")
    assert reference.startswith("CB")
    assert len(reference) == 8
    assert set(reference[2:]) <= set(ALPHABET)
    clock.advance(1)
    promises.record("web-2", None, "call_back", {}, None)
    found = promises.by_reference(f" {reference.lower()} ")
    assert found is not None
    assert (found.conversation, found.context, found.number) == ("web-1", {"intent": "query_bill"}, "+8613800138000")
    assert [promise.conversation for promise in promises.list()] == ["web-2", "web-1"]
    assert [promise.conversation for promise in promises.list(conversation="web-1")] == ["web-1"]
    assert promises.by_reference("CB000000") is None


def test_ops_02_no_number_stands_in_the_database_in_clear(
    engine: Engine, journal: Journal, clock: ManualClock, sealer: Sealer
) -> None:
    intend(journal)
    Promises(engine, clock, sealer).record("web-1", "C-WANG", "call_back", {}, "+8613800138000")
    folder = Path(str(engine.url.database)).parent
    assert not [path for path in folder.iterdir() if b"13800138000" in path.read_bytes()]


def test_a_row_moved_to_another_key_does_not_open(engine: Engine, journal: Journal) -> None:
    intend(journal, "k1")
    intend(journal, "k2", amount=100)
    with records.unit_of_work(engine) as connection:
        connection.exec_driver_sql(
            "UPDATE journal SET \"values\" = (SELECT \"values\" FROM journal WHERE key = 'k2') WHERE key = 'k1'"
        )
    with pytest.raises(SealBroken):
        journal.by_key("k1")
