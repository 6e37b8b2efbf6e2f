"""SQL: SQLite by default, PostgreSQL by DATABASE_URL. A unit of work is short, synced to disk, and closed before any call out.

    with unit_of_work(engine) as connection:      # BEGIN IMMEDIATE: writers wait in line instead of failing half-way
        connection.execute(...)

In the gateway a unit of work must not run in a greenlet (its wait for the file lock would freeze everybody): whoever owns such
units takes a `run` argument, by default `directly`, and the gateway hands in its thread pool.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    NullPool,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.types import TypeDecorator

from core.errors import RecordsDown

BUSY_TIMEOUT_MS = 2000  # a writer waits this long for the one before it
SCHEMA_VERSION = 1  # grows with every migration
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = MetaData()
schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

T = TypeVar("T")


class Run(Protocol):
    """Where a unit of work runs: here, or in another thread."""

    def __call__(self, work: Callable[[], T], /) -> T: ...


def directly(work: Callable[[], T], /) -> T:
    """Run the unit of work in the calling thread."""
    return work()


class Instant(TypeDecorator[datetime]):
    """An aware UTC time, stored as microseconds since 1970; the same in SQLite and PostgreSQL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=int(value))


def engine(url: str) -> Engine:
    """An engine for `url` (sqlite:///file or postgresql+psycopg://...). Makes SQLite's file (mode 600); opens nothing."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, poolclass=NullPool, connect_args={"connect_timeout": 2})
    if parsed.database:
        _make_private(Path(parsed.database))
    made = create_engine(parsed, poolclass=NullPool, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False})
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def create(engine: Engine) -> None:
    """Make the tables that are missing. Raises RecordsDown when the database belongs to a newer release."""
    with unit_of_work(engine) as connection:
        metadata.create_all(connection)
        found = connection.execute(select(schema_version.c.version)).scalar()
        if found is None:
            connection.execute(insert(schema_version).values(version=SCHEMA_VERSION))
        elif found > SCHEMA_VERSION:
            raise RecordsDown(f"the database has schema {found}, this release knows {SCHEMA_VERSION}; start the newer release")


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Connection]:
    """One write transaction: committed and on disk when the block ends, gone when it raises. Raises RecordsDown."""
    yield from _transaction(engine, write=True)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One read transaction with a steady view. Raises RecordsDown."""
    yield from _transaction(engine, write=False)


def _transaction(engine: Engine, *, write: bool) -> Iterator[Connection]:
    try:
        with engine.connect().execution_options(careline_write=write) as connection, connection.begin():
            yield connection
    except IntegrityError:
        raise  # a row that stands already is an answer, not a failure
    except DBAPIError as error:
        raise RecordsDown(f"the database refused: {type(error.orig).__name__}") from error


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; the driver would begin too late and too weakly
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("careline_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
