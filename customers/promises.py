"""Promises made to customers, such as a call back: on disk before they are spoken, under a reference one can read out."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from sqlalchemy import Column, Engine, String, Table, Text, insert, select
from sqlalchemy.exc import IntegrityError

from core.clock import Clock
from core.errors import RecordsDown
from core.records import Instant, Run, directly, metadata, reading, unit_of_work
from core.seal import Sealer

PromiseKind = Literal["call_back"]

PREFIXES: Mapping[PromiseKind, str] = {"call_back": "CB"}
# No two of these look or sound alike when read out: without 0 O 1 I L 5 S 2 Z 8 B V U.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
REFERENCE_CHARACTERS = 6
TRIES = 5  # the chance that one reference is taken is one in thousands even with a hundred thousand promises
READ_MOST = 200

promises = Table(
    "promises",
    metadata,
    Column("reference", String(16), primary_key=True),
    Column("conversation", String(100), nullable=False, index=True),
    Column("customer_id", String(64)),
    Column("kind", String(32), nullable=False),
    Column("context", Text, nullable=False),
    Column("number", Text),  # sealed
    Column("made_at", Instant, nullable=False, index=True),
)


@dataclass(frozen=True)
class Promise:
    """`context`: what a person needs to keep it, plain JSON; `number`: where to call, E.164, None where we know none."""

    reference: str
    conversation: str
    customer_id: str | None
    kind: str
    context: dict[str, Any]
    number: str | None
    made_at: datetime


class Promises:
    """Every method may raise RecordsDown: then nothing was promised, and the customer must not hear so."""

    def __init__(self, engine: Engine, clock: Clock, sealer: Sealer, run: Run = directly) -> None:
        self._engine = engine
        self._sealer = sealer
        self._clock = clock
        self._run = run

    def record(
        self, conversation: str, customer_id: str | None, kind: PromiseKind, context: Mapping[str, Any], number: str | None
    ) -> str:
        """Write the promise; its reference, such as CB7KQ4MD. On disk when it returns."""
        row = {
            "conversation": conversation,
            "customer_id": customer_id,
            "kind": kind,
            "context": json.dumps(dict(context), ensure_ascii=False),
            "made_at": self._clock.now(),
        }
        for _ in range(TRIES):
            reference = PREFIXES[kind] + "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_CHARACTERS))
            try:
                sealed = None if number is None else self._sealer.seal_row(_place(reference), number)
                self._run(partial(self._insert, {**row, "reference": reference, "number": sealed}))
            except IntegrityError:
                continue
            return reference
        raise RecordsDown("found no free reference")

    def by_reference(self, reference: str) -> Promise | None:
        """The promise a customer names."""
        found = self._read(select(promises).where(promises.c.reference == reference.strip().upper()))
        return found[0] if found else None

    def list(self, *, conversation: str | None = None, limit: int = READ_MOST) -> tuple[Promise, ...]:
        """Promises, newest first; of one conversation or of all."""
        query = select(promises).order_by(promises.c.made_at.desc()).limit(min(limit, READ_MOST))
        return self._read(query if conversation is None else query.where(promises.c.conversation == conversation))

    def _insert(self, row: Mapping[str, Any]) -> None:
        with unit_of_work(self._engine) as connection:
            connection.execute(insert(promises).values(**row))

    def _read(self, query: Any) -> tuple[Promise, ...]:
        def work() -> tuple[Promise, ...]:
            with reading(self._engine) as connection:
                rows = [dict(found._mapping) for found in connection.execute(query)]
            return tuple(self._opened(row) for row in rows)

        return self._run(work)

    def _opened(self, row: dict[str, Any]) -> Promise:
        number = row["number"] and self._sealer.open_row(_place(row["reference"]), row["number"])
        return Promise(**{**row, "context": json.loads(row["context"]), "number": number})


def _place(reference: str) -> str:
    return f"promise|{reference}"
