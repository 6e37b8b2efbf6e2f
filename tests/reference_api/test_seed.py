"""The seed: what it promises to whoever builds on it."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reference_api import seed, tables
from reference_api.pin_hash import is_pin
from reference_api.seed.catalogue import OFFERINGS
from reference_api.seed.pool_pins import pool_pin
from reference_api.store import open_file

NOW = datetime(2026, 3, 31, 15, 0, tzinfo=UTC)
STATES = {
    "acknowledged", "rejected", "pending", "held", "inProgress", "cancelled", "completed", "failed", "partial",
    "assessingCancellation", "pendingCancellation",
}  # fmt: skip
DEMO = {"+8613800138000": "246810", "+8613900139000": "135790", "+8613700137000": "112233"}


def built(path: Path, size: int, now: datetime = NOW) -> sqlite3.Connection:
    connection = open_file(path)
    tables.create(connection)
    seed.build(connection, size=size, now=now)
    return connection


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = built(tmp_path_factory.mktemp("seed") / "full.sqlite", seed.FULL_SIZE)
    yield connection
    connection.close()


def number(connection: sqlite3.Connection, sql: str, *values: object) -> int:
    return int(connection.execute(sql, values).fetchone()[0])


def test_there_is_enough_of_everything(full: sqlite3.Connection) -> None:
    assert number(full, "SELECT count(*) FROM customers") >= 2_000
    assert number(full, "SELECT count(*) FROM customers WHERE pool = 1") >= 1_500
    assert number(full, "SELECT count(*) FROM offerings") >= 40
    assert number(full, "SELECT count(*) FROM orders") >= 2_000
    assert number(full, "SELECT count(*) FROM offerings WHERE stock = 0") >= 3
    assert number(full, "SELECT count(*) FROM addresses WHERE serviceable = 0 AND customer_id IS NULL") >= 5
    assert {row[0] for row in full.execute("SELECT DISTINCT state FROM orders")} == STATES
    assert number(full, "SELECT count(*) FROM orders o JOIN shipments s ON s.order_id = o.id") >= 500


def test_both_languages_live_in_the_pool_with_what_tests_ask_for(full: sqlite3.Connection) -> None:
    for language in ("zh", "en"):
        active = """SELECT count(DISTINCT c.id) FROM customers c JOIN orders o ON o.customer_id = c.id
            WHERE pool = 1 AND language = ? AND o.state IN ('acknowledged', 'inProgress')"""
        broken = """SELECT count(DISTINCT c.id) FROM customers c JOIN subscriptions s ON s.customer_id = c.id
            WHERE pool = 1 AND language = ? AND s.kind = 'broadband' AND s.status = 'suspended'"""
        assert number(full, active, language) >= 80
        assert number(full, broken, language) >= 10


def test_pool_customers_may_change_plan_and_buy(full: sqlite3.Connection) -> None:
    pool = "FROM customers c JOIN {} x ON c.id = x.customer_id WHERE pool = 1"
    assert number(full, f"SELECT count(*) {pool.format('orders')} AND category = 'planChange' AND state = 'pending'") == 0
    suspended = number(full, f"SELECT count(*) {pool.format('lines')} AND status <> 'active'")
    assert 20 <= suspended <= 150
    two = f"SELECT count(*) FROM (SELECT c.id {pool.format('lines')} GROUP BY c.id HAVING count(*) = 2)"
    assert number(full, two) >= 80


def test_every_reference_leads_somewhere_and_every_fen_is_accounted_for(full: sqlite3.Connection) -> None:
    assert full.execute("PRAGMA foreign_key_check").fetchall() == []
    astray = "SELECT count(*) FROM buckets b WHERE remaining <> (SELECT sum(amount) FROM ledger l WHERE l.bucket_id = b.id)"
    assert number(full, astray) == 0
    wrong = "SELECT count(*) FROM bills b WHERE amount_fen <> (SELECT sum(amount_fen) FROM bill_lines l WHERE l.bill_id = b.id)"
    assert number(full, wrong) == 0
    assert number(full, "SELECT count(*) FROM bills WHERE amount_fen < 0") == 0
    assert number(full, "SELECT count(*) FROM orders WHERE refunded_fen > paid_fen OR paid_fen > total_fen") == 0
    assert number(full, "SELECT count(*) FROM buckets WHERE remaining < 0") == 0


def test_everyone_has_a_year_of_bills_and_the_running_month(full: sqlite3.Connection) -> None:
    short = "SELECT count(*) FROM (SELECT customer_id FROM bills GROUP BY 1 HAVING count(DISTINCT month) <> 13)"
    assert number(full, short) == 0
    assert number(full, "SELECT count(*) FROM bills WHERE month = '2026-03' AND state <> 'new'") == 0
    reasons = {row[0] for row in full.execute("SELECT DISTINCT type FROM bill_lines")}
    assert reasons == {"plan", "pack", "overage", "voice", "roaming", "vas", "discount"}


def test_the_demo_customers_are_as_promised(full: sqlite3.Connection) -> None:
    wanted = {"+8613800138000": ("张伟", "zh", "gold", 8650), "+8613900139000": ("Emily Carter", "en", "silver", 4275),
              "+8613700137000": ("王芳", "zh", "standard", 320)}  # fmt: skip
    for msisdn, (name, language, tier, balance) in wanted.items():
        row = full.execute(
            "SELECT c.* FROM customers c JOIN lines l ON l.customer_id = c.id WHERE msisdn = ?", (msisdn,)
        ).fetchone()
        assert (row["name"], row["language"], row["tier"], row["pool"]) == (name, language, tier, 0)
        assert is_pin(DEMO[msisdn], row["pin_salt"], row["pin_hash"])
        assert not is_pin("000000", row["pin_salt"], row["pin_hash"])
        assert number(full, "SELECT remaining FROM buckets WHERE msisdn = ? AND usage_type = 'monetary'", msisdn) == balance
        parcels = "SELECT count(*) FROM orders o JOIN shipments s ON s.order_id = o.id WHERE customer_id = ? AND delivered_at IS"
        assert number(full, f"{parcels} NULL AND state = 'inProgress'", row["id"]) == 1
        assert number(full, f"{parcels} NOT NULL AND state = 'completed'", row["id"]) == 1
        assert number(full, "SELECT count(*) FROM orders WHERE customer_id = ? AND state = 'acknowledged'", row["id"]) == 1
        last = """SELECT max(l.amount_fen) FROM bill_lines l JOIN bills b ON b.id = bill_id
            WHERE customer_id = ? AND month = '2026-02' AND type <> 'plan'"""
        assert number(full, last, row["id"]) >= 2000
    broken = (
        "SELECT count(*) FROM subscriptions WHERE customer_id = 'CWANGFANG22' AND kind = 'broadband' AND status = 'suspended'"
    )
    assert number(full, broken) == 1


def test_no_pin_is_stored(full: sqlite3.Connection) -> None:
    row = full.execute("SELECT * FROM customers WHERE pool = 1 LIMIT 1").fetchone()
    assert is_pin(pool_pin(row["id"]), row["pin_salt"], row["pin_hash"])
    assert pool_pin(row["id"]) not in [str(value) for value in row]
    assert "246810" not in "".join(str(list(row)) for row in full.execute("SELECT * FROM customers WHERE pool = 0"))
    assert number(full, "SELECT count(*) - count(DISTINCT pin_hash) FROM customers") == 0


def test_the_same_build_gives_the_same_rows(tmp_path: Path) -> None:
    first, second = built(tmp_path / "a.sqlite", 40), built(tmp_path / "b.sqlite", 40)
    assert list(first.iterdump()) == list(second.iterdump())


def test_ids_do_not_depend_on_the_day(tmp_path: Path) -> None:
    first, second = built(tmp_path / "a.sqlite", 20), built(tmp_path / "b.sqlite", 20, datetime(2027, 1, 1, 0, 30, tzinfo=UTC))
    customers = "SELECT id, name, tier FROM customers ORDER BY id"
    assert [tuple(row) for row in first.execute(customers)] == [tuple(row) for row in second.execute(customers)]


def test_every_offering_speaks_both_languages_and_has_its_own_names() -> None:
    for offering in OFFERINGS:
        assert offering.name_en.isascii() or "¥" in offering.name_en
        assert offering.text_zh
        assert offering.text_en
        assert offering.words_zh
        assert offering.words_en
        assert offering.price_fen > 0
    for attribute in ("id", "name_zh", "name_en"):
        values = [getattr(offering, attribute) for offering in OFFERINGS]
        assert len(values) == len(set(values)), attribute
    stored = json.dumps([*OFFERINGS[0].words_zh])
    assert json.loads(stored) == list(OFFERINGS[0].words_zh)
