"""The clerk tells what became of an operation, and nothing it does not know."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from carrier.models import TopUp, TopUpStatus
from core import records
from core.seal import Sealer
from core.store import Store
from customers.conversation import Conversations
from customers.journal import Journal, JournalState
from processes.clerk import NEVER_SEEN_SECONDS, Clerk
from processes.parts import Parts
from tests.fakes import ManualClock

KEY = "k" * 32


@dataclass
class Balances:
    """An operator that answers what it is told to about the key."""

    answer: TopUp | None = None

    def top_up_by_key(self, key: str) -> TopUp | None:
        return self.answer


@dataclass
class Desk:
    clerk: Clerk
    journal: Journal
    balances: Balances
    clock: ManualClock

    def state(self) -> JournalState:
        row = self.journal.by_key(KEY)
        assert row is not None
        return row.state


def top_up(status: TopUpStatus) -> TopUp:
    return TopUp(id="TU1", status=status, number="+8613800138000", amount_fen=5000, payment_method="alipay")


@pytest.fixture
def desk(tmp_path: Path, store: Store, sealer: Sealer, clock: ManualClock) -> Desk:
    engine = records.engine(f"sqlite:///{tmp_path / 'careline.sqlite3'}")
    records.create(engine)
    journal, balances = Journal(engine, clock, sealer), Balances()
    conversations = Conversations(store, sealer, clock)
    talk = conversations.mint("web", "web")
    parts: Any = SimpleNamespace(
        store=store,
        sealer=sealer,
        clock=clock,
        journal=journal,
        conversations=conversations,
        operator=SimpleNamespace(balance=balances),
    )
    idle: Any = SimpleNamespace(left_behind=lambda older_than_ms: [])
    journal.intend(KEY, conversation=talk.id, customer_id="C1", operation="top_up", values={}, amount_fen=5000)
    journal.mark_sent(KEY)
    journal.mark_unknown(KEY)
    return Desk(Clerk(cast(Parts, parts), idle), journal, balances, clock)


def test_a_payment_that_the_operator_is_still_working_on_is_never_told_as_failed(desk: Desk) -> None:
    desk.balances.answer = top_up(TopUpStatus.PENDING)
    for _ in range(3):
        desk.clock.advance(NEVER_SEEN_SECONDS)
        desk.clerk.round()
        assert desk.state() is JournalState.UNKNOWN
    desk.balances.answer = top_up(TopUpStatus.CONFIRMED)
    desk.clerk.round()
    assert desk.state() is JournalState.DONE


def test_what_the_operator_never_received_is_refused_only_after_its_time(desk: Desk) -> None:
    desk.clerk.round()
    assert desk.state() is JournalState.UNKNOWN
    desk.clock.advance(NEVER_SEEN_SECONDS + 1)
    desk.clerk.round()
    assert desk.state() is JournalState.REFUSED


def test_a_payment_that_failed_at_the_operator_is_refused(desk: Desk) -> None:
    desk.balances.answer = top_up(TopUpStatus.FAILED)
    desk.clerk.round()
    assert desk.state() is JournalState.REFUSED
