"""The server's one background thread: settles slow payments, begins billing cycles, delivers callbacks, writes audit rows.

Everything it does is found in the database, so a kill loses no work: the next start goes on where this one stopped.
"""

import http.client
import logging
import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask

from reference_api import provider
from reference_api.access import Journal
from reference_api.answers import select
from reference_api.clock import now, stamp
from reference_api.faults import FaultKind, Faults
from reference_api.settlement import begin_cycles, settle_due
from reference_api.store import Store

TICK_SECONDS = 0.2  # how often it looks when nobody wakes it
CALLBACK_SECONDS = 3.0  # a receiver that takes longer has not answered
RETRY_SECONDS = (1, 5, 30, 120, 300)  # waits after the first, second … failed delivery; then it is dead
KEPT_DAYS = {"idempotency": 30, "callbacks": 7, "audit": 30}  # older rows of these tables are thrown away at start
LARGEST_BATCH = 50  # callbacks delivered between two looks

log = logging.getLogger(__name__)


class Clerk(threading.Thread):
    """Started with the server, stopped with it."""

    def __init__(self, app: Flask, store: Store, faults: Faults, journal: Journal) -> None:
        super().__init__(name="clerk", daemon=True)
        self._app, self._store, self._faults, self._journal = app, store, faults, journal
        self._woken = threading.Event()
        self._stopping = threading.Event()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def stop(self, seconds: float = 5.0) -> None:
        """Finish the round in hand, write what audit rows there are, and end."""
        self._stopping.set()
        self._woken.set()
        self.join(seconds)

    def run(self) -> None:
        self._attempt(prune)
        while not self._stopping.is_set():
            self._woken.wait(TICK_SECONDS)
            self._woken.clear()
            self.round()
        self._attempt(self._journal.flush)
        self._store.close()

    def round(self) -> None:
        """Everything that is due now, once."""
        for duty in (settle_due, begin_cycles, provider.settle_due, self._deliver_due, self._journal.flush):
            self._attempt(duty)

    def _attempt(self, duty: Callable[[Store], object]) -> None:
        """Do one thing; the next round tries again where it fails. A dead clerk would leave payments pending for ever."""
        try:
            with self._app.app_context():
                duty(self._store)
        except Exception:
            log.exception("the clerk failed at one of its duties")

    def _deliver_due(self, store: Store) -> None:
        for row in self._due_callbacks():
            self._deliver(row)

    def _due_callbacks(self) -> list[sqlite3.Row]:
        sql = "SELECT * FROM callbacks WHERE state = 'due' AND due_at <= ? ORDER BY due_at, id LIMIT ?"
        return select(self._store.connection, sql, stamp(now()), LARGEST_BATCH)

    def _deliver(self, row: sqlite3.Row) -> None:
        taken = self._post(row)
        if taken and self._faults.take((FaultKind.DUPLICATE_CALLBACK,), urlsplit(row["url"]).path, "callback", row["body"]):
            self._post(row)
        attempts = row["attempts"] + 1
        waits = RETRY_SECONDS[attempts - 1] if attempts <= len(RETRY_SECONDS) else None
        state = "sent" if taken else "dead" if waits is None else "due"
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE callbacks SET state = ?, attempts = ?, due_at = ? WHERE id = ?",
                (state, attempts, stamp(now() + timedelta(seconds=waits or 0)), row["id"]),
            )

    def _post(self, row: sqlite3.Row) -> bool:
        """Deliver once. A form callback counts only when answered with the plain word `success`."""
        address = urlsplit(row["url"])
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = kind(address.hostname or "", address.port, timeout=CALLBACK_SECONDS)
        content = "application/x-www-form-urlencoded" if row["form"] else "application/json"
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        try:
            connection.request("POST", target, row["body"].encode(), {"Content-Type": content})
            answer = connection.getresponse()
            text = answer.read(1_000)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return answer.status < 300 and (not row["form"] or text.strip() == b"success")


def prune(store: Store) -> None:
    """Throw away what nobody asks for any more. Money, orders and the ledger stay for ever."""
    for table, days in KEPT_DAYS.items():
        column = "at" if table == "audit" else "created_at"
        undone = " AND state != 'due'" if table == "callbacks" else ""
        with store.transaction() as connection:
            before = stamp(now() - timedelta(days=days))
            connection.execute(f"DELETE FROM {table} WHERE {column} < ?{undone}", (before,))  # noqa: S608 -- our own words
