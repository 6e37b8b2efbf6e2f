"""The operator's one SQLite file: connections, transactions, and the start from a seeded template."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reference_api.errors import Busy

BUSY_TIMEOUT_MS = 8_000  # a writer waits this long for the one before it


def open_file(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode; transactions are begun by name (`Store.transaction`)."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


class Store:
    """One connection a thread. Reads need no transaction; every write is inside `transaction()`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        # SQLite lets waiting writers poll; a lock in front of it serves them at once and nearly in order.
        self._writing = threading.Lock()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened when first asked for and closed with its thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = open_file(self.path)
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """BEGIN IMMEDIATE … COMMIT; any exception rolls all of it back. Not to be nested. Raises Busy after BUSY_TIMEOUT_MS."""
        if not self._writing.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise Busy("The operator's system is busy; try again", headers={"Retry-After": "1"})
        try:
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        finally:
            self._writing.release()

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None
