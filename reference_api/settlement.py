"""When a payment ends, what it paid for goes on: the top-up is credited or fails, the order starts or is cancelled."""

import sqlite3

from reference_api import ordering, topups
from reference_api.answers import select
from reference_api.clock import now, stamp
from reference_api.payments import require_payment
from reference_api.store import Store

LARGEST_BATCH = 200  # payments settled in one look


def settle_due(store: Store) -> None:
    """End every slow payment whose time has come, one transaction each."""
    sql = "SELECT id FROM payments WHERE status = 'pending' AND settles_at <= ? ORDER BY settles_at LIMIT ?"
    for row in select(store.connection, sql, stamp(now()), LARGEST_BATCH):
        with store.transaction() as connection:
            settle(connection, row["id"], "done")


def settle(connection: sqlite3.Connection, payment_id: str, status: str) -> None:
    """End a pending payment as `done` or `failed`; one that has ended is left alone. Raises NotFound."""
    payment = require_payment(connection, payment_id)
    if payment["status"] != "pending":
        return
    moment = stamp(now())
    connection.execute("UPDATE payments SET status = ?, status_date = ? WHERE id = ?", (status, moment, payment_id))
    purpose, _, reference = (payment["purpose"] or "").partition(":")
    if purpose == "topup":
        topups.finish(connection, reference, status)
    elif purpose == "order":
        ordering.paid(connection, reference, status)
