"""Rows waiting to be written, in an order that foreign keys accept."""

import sqlite3
from typing import Any

TABLES = (
    "meta",
    "offerings",
    "customers",
    "lines",
    "addresses",
    "payments",
    "orders",
    "order_items",
    "shipments",
    "cancellations",
    "subscriptions",
    "buckets",
    "ledger",
    "topups",
    "bills",
    "bill_lines",
    "usage",
    "tickets",
)
FLUSH_AT = 20_000  # rows held in memory at most


class Rows:
    """Collects rows and writes them with executemany. All rows of a table name the same columns."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
        self._count = 0

    def add(self, table: str, **columns: Any) -> None:
        """One row for `table`."""
        self._waiting[table].append(columns)
        self._count += 1

    def flush_if_many(self) -> None:
        """Called between customers, when every row's parents are here too."""
        if self._count >= FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Write all that waits."""
        for table, rows in self._waiting.items():
            if rows:
                names = list(rows[0])
                marks = ", ".join(f":{name}" for name in names)
                # table and column names come from this package's own code, never from outside
                self._connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608
                rows.clear()
        self._count = 0
