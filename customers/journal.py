"""The journal of operations that change money, plan or account: one fsynced row each, written before anything is sent.

    INTENDED ──> SENT ──> DONE
        │          ├────> REFUSED
        │          └────> UNKNOWN ──> DONE | REFUSED      (asked by key; never sent again under another key)
        └──> REFUSED                                       (turned away before anything was sent)

A process killed on the way leaves INTENDED or SENT; `unknown_rows` finds those for the clerk, which asks the operator by key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from core.clock import Clock, start_of_business_day
from core.records import Instant, Run, directly, metadata, reading, unit_of_work
from core.seal import Sealer
from customers.errors import DayLimitReached, KeyTaken, NoSuchRow, WrongEdge

LEFT_BEHIND = timedelta(seconds=30)  # no call lasts that long: who is still INTENDED or SENT has lost its process
READ_MOST = 500


class JournalState(StrEnum):
    """Where an operation stands."""

    INTENDED = "intended"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        return self in {JournalState.DONE, JournalState.REFUSED}


# From each state, where it may go. The same state again changes nothing (UNKNOWN again: asked, still unknown).
EDGES: Mapping[JournalState, frozenset[JournalState]] = {
    JournalState.INTENDED: frozenset({JournalState.SENT, JournalState.REFUSED}),
    JournalState.SENT: frozenset({JournalState.DONE, JournalState.REFUSED, JournalState.UNKNOWN}),
    JournalState.UNKNOWN: frozenset({JournalState.DONE, JournalState.REFUSED}),
    JournalState.DONE: frozenset(),
    JournalState.REFUSED: frozenset(),
}

journal = Table(
    "journal",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("conversation", String(100), nullable=False),
    Column("customer_id", String(64), nullable=False),
    Column("operation", String(64), nullable=False),
    Column("values", Text, nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("outcome", Text),
    Column("intended_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index("journal_by_conversation", "conversation", "intended_at"),
    Index("journal_by_day", "customer_id", "operation", "intended_at"),
    Index("journal_by_state", "state", "changed_at"),
)


@dataclass(frozen=True)
class JournalRow:
    """One operation. `outcome` is what the operator said; `is_new`: this very call wrote or changed it.

    `values` hold no secret, but phone numbers: on disk they are sealed.
    """

    key: str
    conversation: str
    customer_id: str
    operation: str
    values: dict[str, Any]
    amount_fen: int
    state: JournalState
    outcome: dict[str, Any] | None
    intended_at: datetime
    changed_at: datetime
    is_new: bool = field(default=False, compare=False)


class Journal:
    """Every method may raise RecordsDown. `run` says where the unit of work runs (the gateway: its thread pool)."""

    def __init__(self, engine: Engine, clock: Clock, sealer: Sealer, run: Run = directly) -> None:
        self._engine = engine
        self._sealer = sealer
        self._clock = clock
        self._run = run

    def intend(
        self,
        key: str,
        *,
        conversation: str,
        customer_id: str,
        operation: str,
        values: Mapping[str, Any],
        amount_fen: int = 0,
        day_limit_fen: int | None = None,
    ) -> JournalRow:
        """Write the intent, or find the one this key already stands for. On disk when it returns.

        Raises KeyTaken when the key stands for something else, DayLimitReached when `amount_fen` would take the customer over
        `day_limit_fen` for this operation today (judged in the same transaction, so parallel intents cannot pass together).
        """
        now = self._clock.now()
        row = {
            "key": key,
            "conversation": conversation,
            "customer_id": customer_id,
            "operation": operation,
            "values": self._sealer.seal_row(_place(key), json.dumps(dict(values), ensure_ascii=False)),
            "amount_fen": amount_fen,
            "state": JournalState.INTENDED.value,
            "intended_at": now,
            "changed_at": now,
        }

        def same_or_taken(found: Row[Any]) -> JournalRow:
            had = self._row(found)
            if (had.customer_id, had.operation, had.values, had.amount_fen) != (customer_id, operation, dict(values), amount_fen):
                raise KeyTaken("the key stands for another operation")
            return had

        def work() -> JournalRow:
            with unit_of_work(self._engine) as connection:
                _one_at_a_time(connection, customer_id)
                found = _find(connection, key)
                if found is not None:
                    return same_or_taken(found)
                if day_limit_fen is not None:
                    spent = _spent(connection, customer_id, operation, start_of_business_day(now))
                    if spent + amount_fen > day_limit_fen:
                        raise DayLimitReached(spent)
                connection.execute(insert(journal).values(**row))
                return self._row(_require(connection, key), is_new=True)

        try:
            return self._run(work)
        except IntegrityError:
            # On PostgreSQL two customers' intents under one key may meet in the insert; the second finds the first.
            return same_or_taken(self._existing(key))

    def mark_sent(self, key: str) -> JournalRow:
        """About to be sent; on disk before the first byte leaves. Only who gets the row back with `is_new` may send."""
        return self._change(key, JournalState.SENT, None)

    def mark_done(self, key: str, outcome: Mapping[str, Any]) -> JournalRow:
        """The operator did it."""
        return self._change(key, JournalState.DONE, outcome)

    def mark_refused(self, key: str, outcome: Mapping[str, Any]) -> JournalRow:
        """The operator said no, or nothing was sent; nothing happened."""
        return self._change(key, JournalState.REFUSED, outcome)

    def mark_unknown(self, key: str, outcome: Mapping[str, Any] | None = None) -> JournalRow:
        """Sent, and no trustworthy answer: being processed."""
        return self._change(key, JournalState.UNKNOWN, outcome)

    def by_key(self, key: str) -> JournalRow | None:
        """The row of a key."""

        def work() -> JournalRow | None:
            with reading(self._engine) as connection:
                found = _find(connection, key)
                return None if found is None else self._row(found)

        return self._run(work)

    def open_of(self, conversation: str) -> list[JournalRow]:
        """Operations of a conversation that have not ended, oldest first."""
        final = [state.value for state in JournalState if state.is_final]
        query = select(journal).where(journal.c.conversation == conversation, journal.c.state.not_in(final))
        return self._rows(query.order_by(journal.c.intended_at).limit(READ_MOST))

    def lately_of(self, conversation: str, since: datetime) -> list[JournalRow]:
        """Operations of a conversation that have not ended, or ended after `since`; oldest first."""
        final = [state.value for state in JournalState if state.is_final]
        alive = or_(journal.c.state.not_in(final), journal.c.changed_at >= since)
        query = select(journal).where(journal.c.conversation == conversation, alive)
        return self._rows(query.order_by(journal.c.intended_at).limit(READ_MOST))

    def newest_of(self, customer_id: str, operation: str | None, limit: int) -> list[JournalRow]:
        """Operations of a customer over all conversations, newest first; of one kind or of all."""
        query = select(journal).where(journal.c.customer_id == customer_id)
        if operation is not None:
            query = query.where(journal.c.operation == operation)
        return self._rows(query.order_by(journal.c.intended_at.desc()).limit(min(limit, READ_MOST)))

    def unknown_rows(self, limit: int = 100) -> list[JournalRow]:
        """What the clerk clears up by key: UNKNOWN, and what a dead process left INTENDED or SENT. Longest untouched first."""
        left = self._clock.now() - LEFT_BEHIND
        lost = journal.c.state.in_([JournalState.INTENDED.value, JournalState.SENT.value]) & (journal.c.changed_at <= left)
        query = select(journal).where(or_(journal.c.state == JournalState.UNKNOWN.value, lost))
        return self._rows(query.order_by(journal.c.changed_at).limit(min(limit, READ_MOST)))

    def spent_today(self, customer_id: str, operation: str) -> int:
        """Fen of this operation since the operator's midnight; what is under way or unknown counts, what was refused does not."""
        since = start_of_business_day(self._clock.now())

        def work() -> int:
            with reading(self._engine) as connection:
                return _spent(connection, customer_id, operation, since)

        return self._run(work)

    def _change(self, key: str, to: JournalState, outcome: Mapping[str, Any] | None) -> JournalRow:
        """The one place where a state changes. Raises NoSuchRow, WrongEdge."""
        changes: dict[str, Any] = {"state": to.value, "changed_at": self._clock.now()}
        if outcome is not None:
            changes["outcome"] = json.dumps(dict(outcome), ensure_ascii=False)

        def work() -> JournalRow:
            with unit_of_work(self._engine) as connection:
                found = _require(connection, key, lock=True)
                now = JournalState(found.state)
                if now is to and to is not JournalState.UNKNOWN:
                    return self._row(found)
                if now is not to and to not in EDGES[now]:
                    raise WrongEdge(f"{now} does not become {to}")
                connection.execute(update(journal).where(journal.c.key == key).values(**changes))
                return self._row(_require(connection, key), is_new=True)

        return self._run(work)

    def _row(self, found: Row[Any], *, is_new: bool = False) -> JournalRow:
        """Raises SealBroken when the row was altered, or sealed under another SEAL_KEY."""
        raw = dict(found._mapping)
        raw["values"] = json.loads(self._sealer.open_row(_place(raw["key"]), raw["values"]))
        raw["outcome"] = json.loads(raw["outcome"]) if raw["outcome"] else None
        raw["state"] = JournalState(raw["state"])
        return JournalRow(**raw, is_new=is_new)

    def _existing(self, key: str) -> Row[Any]:
        def work() -> Row[Any]:
            with reading(self._engine) as connection:
                return _require(connection, key)

        return self._run(work)

    def _rows(self, query: Any) -> list[JournalRow]:
        def work() -> list[JournalRow]:
            with reading(self._engine) as connection:
                return [self._row(found) for found in connection.execute(query)]

        return self._run(work)


def _one_at_a_time(connection: Connection, customer_id: str) -> None:
    # SQLite has one writer anyway; PostgreSQL needs telling, or two intents would both see room under the day's limit.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:customer))"), {"customer": customer_id})


def _find(connection: Connection, key: str, *, lock: bool = False) -> Row[Any] | None:
    query = select(journal).where(journal.c.key == key)
    return connection.execute(query.with_for_update() if lock else query).first()


def _require(connection: Connection, key: str, *, lock: bool = False) -> Row[Any]:
    found = _find(connection, key, lock=lock)
    if found is None:
        raise NoSuchRow("nothing is journaled under this key")
    return found


def _spent(connection: Connection, customer_id: str, operation: str, since: datetime) -> int:
    query = select(func.coalesce(func.sum(journal.c.amount_fen), 0)).where(
        journal.c.customer_id == customer_id,
        journal.c.operation == operation,
        journal.c.intended_at >= since,
        journal.c.state != JournalState.REFUSED.value,
    )
    return int(connection.execute(query).scalar_one())


def _place(key: str) -> str:
    return f"journal|{key}"
