"""The books. A bucket changes only here, and each change leaves a row, so a bucket's rows always sum to what it holds."""

import sqlite3
from dataclasses import dataclass

from reference_api.answers import one
from reference_api.clock import now, stamp
from reference_api.errors import Refusal


@dataclass(frozen=True)
class Move:
    """What a bucket held before and after, in its own unit."""

    bucket_id: str
    before: int
    after: int


def move(connection: sqlite3.Connection, bucket_id: str, amount: int, kind: str, reference: str) -> Move:
    """Change a bucket by `amount` (signed). Raises Refusal paymentDeclined where less than that is free to spend."""
    bucket = one(connection, "SELECT msisdn, remaining, reserved FROM buckets WHERE id = ?", bucket_id)
    if bucket is None:
        raise Refusal("There is no such balance", code="notFound")
    before: int = bucket["remaining"]
    if amount < 0 and before - bucket["reserved"] + amount < 0:
        raise Refusal("The balance is too low", code="paymentDeclined")
    connection.execute("UPDATE buckets SET remaining = remaining + ? WHERE id = ?", (amount, bucket_id))
    connection.execute(
        "INSERT INTO ledger (bucket_id, msisdn, amount, balance_after, kind, reference, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (bucket_id, bucket["msisdn"], amount, before + amount, kind, reference, stamp(now())),
    )
    return Move(bucket_id, before, before + amount)


def money_bucket(connection: sqlite3.Connection, msisdn: str) -> str | None:
    """The id of a line's money, or None where the line is unknown."""
    row = one(connection, "SELECT id FROM buckets WHERE msisdn = ? AND usage_type = 'monetary' ORDER BY id", msisdn)
    return None if row is None else str(row["id"])


def open_books(connection: sqlite3.Connection) -> None:
    """Give every bucket without rows its opening row (after seeding). Does not commit."""
    connection.execute(
        "INSERT INTO ledger (bucket_id, msisdn, amount, balance_after, kind, reference, at)"
        " SELECT id, msisdn, remaining, remaining, 'opening', 'seed', coalesce(valid_from, '2020-01-01T00:00:00.000Z')"
        " FROM buckets WHERE id NOT IN (SELECT bucket_id FROM ledger) ORDER BY id"
    )


def unbalanced(connection: sqlite3.Connection) -> list[str]:
    """Ids of buckets whose rows do not sum to what they hold: always empty, or something is badly wrong."""
    rows = connection.execute(
        "SELECT id FROM buckets LEFT JOIN (SELECT bucket_id, sum(amount) AS total FROM ledger GROUP BY bucket_id)"
        " ON bucket_id = id WHERE coalesce(total, 0) != remaining"
    )
    return [row["id"] for row in rows]
