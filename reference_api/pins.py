"""POST /careline/v1/pinChecks: whether this is the service PIN of a number's owner.

Counting wrong PINs and locking is Careline's work, over all its channels; here stands only a generous cap per number, so that a
stolen API key cannot try all of a million PINs. The PIN is compared with its hash, never stored, never logged, and no
Idempotency-Key keeps it: an answer here changes nothing but the count, so asking twice is harmless.
"""

import re
import sqlite3
from datetime import datetime, timedelta

from flask import Blueprint, Response, jsonify

from reference_api.answers import Json, one, read_json, store
from reference_api.clock import now, stamp
from reference_api.errors import QuotaExceeded
from reference_api.pin_hash import is_pin
from reference_api.shapes import STRING, Shape, record

MOST_WRONG = 100  # wrong PINs a number and hour; then 429
WINDOW = timedelta(hours=1)
CHECK = Shape(record({"msisdn": STRING, "pin": {**STRING, "minLength": 1, "maxLength": 32}}, "msisdn", "pin"))
PIN = re.compile(r"[0-9]{4,8}", re.ASCII)
blueprint = Blueprint("pins", __name__, url_prefix="/careline/v1")


@blueprint.post("/pinChecks")
def check() -> Response:
    """200 {result: ok | wrong | unknown}; unknown: no such number. 429 after MOST_WRONG wrong ones within the hour."""
    body = read_json()
    CHECK.check(body)
    return jsonify({"result": result_of(body)})


def result_of(body: Json) -> str:
    """The answer, with a wrong PIN counted."""
    msisdn = "+" + str(body["msisdn"]).strip().lstrip("+")
    connection = store().connection
    row = one(
        connection, "SELECT pin_salt, pin_hash FROM customers c JOIN lines l ON l.customer_id = c.id WHERE l.msisdn = ?", msisdn
    )
    if row is None:
        return "unknown"
    _refuse_guessing(connection, msisdn)
    if PIN.fullmatch(body["pin"]) and is_pin(body["pin"], row["pin_salt"], row["pin_hash"]):
        return "ok"
    _count_wrong(msisdn)
    return "wrong"


def _refuse_guessing(connection: sqlite3.Connection, msisdn: str) -> None:
    row = one(connection, "SELECT wrong, since FROM pin_checks WHERE msisdn = ?", msisdn)
    if row is None or row["wrong"] < MOST_WRONG:
        return
    left = datetime.fromisoformat(row["since"]) + WINDOW - now()
    if left > timedelta():
        raise QuotaExceeded("Too many wrong PINs", headers={"Retry-After": str(int(left.total_seconds()) + 1)})


def _count_wrong(msisdn: str) -> None:
    """One more; an hour after the first the count begins anew."""
    with store().transaction() as connection:
        connection.execute(
            "INSERT INTO pin_checks (msisdn, wrong, since) VALUES (:msisdn, 1, :now) ON CONFLICT (msisdn) DO UPDATE SET"
            " wrong = CASE WHEN since < :window THEN 1 ELSE wrong + 1 END,"
            " since = CASE WHEN since < :window THEN :now ELSE since END",
            {"msisdn": msisdn, "now": stamp(now()), "window": stamp(now() - WINDOW)},
        )
