"""When a payment ends, what it paid for goes on: the top-up is credited or fails, the order starts or is cancelled.

And when a month ends, the plan changes that waited for it are done.
"""

import sqlite3
from datetime import datetime

from reference_api import ordering, topups
from reference_api.answers import select
from reference_api.clock import next_month_start, now, stamp
from reference_api.payments import require_payment
from reference_api.store import Store

LARGEST_BATCH = 200  # payments settled in one look


def settle_due(store: Store) -> None:
    """End every slow payment whose time has come, one transaction each."""
    sql = "SELECT id FROM payments WHERE status = 'pending' AND settles_at <= ? ORDER BY settles_at LIMIT ?"
    for row in select(store.connection, sql, stamp(now()), LARGEST_BATCH):
        with store.transaction() as connection:
            settle(connection, row["id"], "done")


def begin_cycles(store: Store) -> None:
    """Carry out the plan changes that waited for a cycle which has begun, one transaction each."""
    sql = (
        "SELECT id, order_date FROM orders WHERE state = 'pending' AND category = 'planChange' AND effective = 'nextCycle'"
        " ORDER BY order_date LIMIT ?"
    )
    for row in select(store.connection, sql, LARGEST_BATCH):
        if next_month_start(datetime.fromisoformat(row["order_date"])) > now():
            return  # the rest are younger still
        with store.transaction() as connection:
            if ordering.require_order(connection, row["id"])["state"] == "pending":
                ordering.begin_cycle(connection, row["id"])


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
