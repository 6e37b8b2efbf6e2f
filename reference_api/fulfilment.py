"""What a completed order gives the customer: the new plan, the pack's volumes, the broadband line."""

import sqlite3
from datetime import datetime, timedelta

from reference_api.answers import new_id, select
from reference_api.clock import CHINA, next_month_start, now, stamp
from reference_api.ledger import move
from reference_api.orderpolicy import PACKS

VOLUMES = (
    ("data", "data_mb", "MB", "流量", "data"),
    ("voice", "voice_min", "MIN", "通话", "calls"),
    ("sms", "sms", "SMS", "短信", "texts"),
)


def fulfil(connection: sqlite3.Connection, order: sqlite3.Row) -> None:
    """Hand over every item of a completed order. Goods and gift cards leave by parcel or text: nothing to do here."""
    items = select(
        connection,
        "SELECT offerings.*, quantity, item_id FROM order_items JOIN offerings ON offerings.id = offering_id"
        " WHERE order_id = ? ORDER BY item_id",
        order["id"],
    )
    for item in items:
        if item["category"] == "plan":
            _replace_plan(connection, order, item)
        elif item["category"] in PACKS:
            for _ in range(item["quantity"]):
                _add_pack(connection, order, item)
        elif item["category"] == "broadband":
            _install_broadband(connection, order, item)


def _replace_plan(connection: sqlite3.Connection, order: sqlite3.Row, plan: sqlite3.Row) -> None:
    """The old plan and its volumes end; the new one's are filled whole for the running month."""
    old = select(
        connection,
        "SELECT id FROM subscriptions WHERE msisdn = ? AND kind = 'plan' AND status IN ('active', 'suspended')",
        order["msisdn"],
    )
    for row in old:
        connection.execute("UPDATE subscriptions SET status = 'terminated', end_date = ? WHERE id = ?", (stamp(now()), row["id"]))
        connection.execute("UPDATE buckets SET status = 'expired' WHERE subscription_id = ?", (row["id"],))
    product_id = _subscribe(connection, order, plan, "plan", None)
    _fill(connection, order, plan, product_id, next_month_start(now()))


def _add_pack(connection: sqlite3.Connection, order: sqlite3.Row, pack: sqlite3.Row) -> None:
    days = pack["validity_days"]
    until = now() + timedelta(days=days) if days else next_month_start(now())
    product_id = _subscribe(connection, order, pack, pack["category"], until)
    _fill(connection, order, pack, product_id, until)


def _install_broadband(connection: sqlite3.Connection, order: sqlite3.Row, offering: sqlite3.Row) -> None:
    """A customer has one broadband line: a new one takes the place of the old."""
    connection.execute(
        "UPDATE subscriptions SET status = 'terminated', end_date = ? WHERE customer_id = ? AND kind = 'broadband'"
        " AND status IN ('active', 'suspended')",
        (stamp(now()), order["customer_id"]),
    )
    _subscribe(connection, order, offering, "broadband", None)


def _subscribe(
    connection: sqlite3.Connection, order: sqlite3.Row, offering: sqlite3.Row, kind: str, until: datetime | None
) -> str:
    product_id = new_id("PR")
    connection.execute(
        "INSERT INTO subscriptions (id, customer_id, msisdn, offering_id, kind, status, start_date, end_date, price_fen,"
        " address_id, order_id) VALUES (?, ?, ?, ?, ?, 'active', ?, ?, ?, ?, ?)",
        (
            product_id, order["customer_id"], None if kind == "broadband" else order["msisdn"], offering["id"], kind,
            stamp(now()), stamp(until) if until else None, offering["price_fen"], order["address_id"], order["id"],
        ),
    )  # fmt: skip
    return product_id


def _fill(connection: sqlite3.Connection, order: sqlite3.Row, offering: sqlite3.Row, product_id: str, until: datetime) -> None:
    """One bucket for each volume the offering brings, filled through the books, and this month's allowance raised by it."""
    for usage_type, column, units, zh, en in VOLUMES:
        volume = offering[column]
        if not volume:
            continue
        bucket_id = new_id("BK")
        connection.execute(
            "INSERT INTO buckets (id, customer_id, msisdn, usage_type, name_zh, name_en, initial, remaining, units, valid_from,"
            " valid_until, subscription_id) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
            (
                bucket_id, order["customer_id"], order["msisdn"], usage_type, f"{offering['name_zh']}{zh}",
                f"{offering['name_en']} {en}", volume, units, stamp(now()), stamp(until), product_id,
            ),
        )  # fmt: skip
        move(connection, bucket_id, volume, "pack", order["id"])
        if offering["category"] != "roamingPack":
            _raise_allowance(connection, order["msisdn"], usage_type, volume, units)


def _raise_allowance(connection: sqlite3.Connection, msisdn: str, kind: str, volume: int, units: str) -> None:
    month = now().astimezone(CHINA).strftime("%Y-%m")
    connection.execute(
        "INSERT INTO usage (msisdn, month, kind, used, allowance, units) VALUES (?, ?, ?, 0, ?, ?)"
        " ON CONFLICT (msisdn, month, kind) DO UPDATE SET allowance = allowance + excluded.allowance",
        (msisdn, month, kind, volume, units),
    )
