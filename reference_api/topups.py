"""TMF654 topupBalance: money onto a line, paid from outside. Credit and payment are one commit.

Limits: ¥1 to ¥3,000 a time, ¥5,000 a day (China's) and line. Another person's number is fine; the payer is `requestor`.
"""

import json
import sqlite3
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request

from reference_api.answers import (
    Json,
    fields_of,
    href,
    listing,
    new_id,
    of_line,
    one,
    page_of,
    quantity,
    read_json,
    store,
)
from reference_api.buckets import BASE, amount_in, bucket_ref, resource
from reference_api.clock import day_start, now, stamp
from reference_api.errors import NotFound, Refusal
from reference_api.ledger import money_bucket, move
from reference_api.once import idempotency_key, made_by, once
from reference_api.payments import Charge, asked_sandbox, pay
from reference_api.prepayshapes import TOPUP, TOPUP_UPDATE

SMALLEST_FEN = 100  # ¥1
LARGEST_FEN = 300_000  # ¥3,000 in one top-up
DAILY_FEN = 500_000  # ¥5,000 a day and line
OPERATION = "createTopupBalance"

blueprint = Blueprint("topups", __name__, url_prefix=BASE)


@dataclass(frozen=True)
class TopUp:
    """A top-up that was asked for and passed every rule. Also the way provider.py asks for one."""

    msisdn: str
    amount_fen: int
    method: str = "wechat_pay"
    requestor_id: str | None = None
    channel: str | None = None
    sandbox: str = "ok"
    key: str | None = None
    body: Json | None = None


@blueprint.post("/topupBalance")
@once(OPERATION, TOPUP)
def create_topup(connection: sqlite3.Connection, body: Json) -> Json:
    msisdn = body.get("logicalResource", {}).get("value") or body.get("logicalResource", {}).get("id") or ""
    wanted = TopUp(
        msisdn=msisdn,
        amount_fen=amount_in(body, "CNY"),
        method=body.get("paymentMethod", {}).get("id", "wechat_pay"),
        requestor_id=body.get("requestor", {}).get("id"),
        channel=body.get("channel", {}).get("name") or body.get("channel", {}).get("id"),
        sandbox=asked_sandbox(body),
        key=idempotency_key(),
        body=body,
    )
    return topup_body(require_topup(connection, start(connection, wanted)))


def start(connection: sqlite3.Connection, wanted: TopUp) -> str:
    """Check the rules, pay, and credit where the payment is done. Returns the top-up's id; raises Refusal."""
    bucket_id = _check(connection, wanted)
    topup_id = new_id("TU")
    connection.execute(
        "INSERT INTO topups (id, idempotency_key, msisdn, requestor_id, amount_fen, method, channel, status, requested_at,"
        " bucket_id, body) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?)",
        (
            topup_id, wanted.key, wanted.msisdn, wanted.requestor_id, wanted.amount_fen, wanted.method, wanted.channel,
            stamp(now()), bucket_id, json.dumps(wanted.body or {}),
        ),
    )  # fmt: skip
    charge = Charge(
        wanted.amount_fen, wanted.method, f"topup:{topup_id}", wanted.requestor_id, wanted.msisdn, wanted.sandbox, None
    )
    payment = pay(connection, charge)
    connection.execute("UPDATE topups SET payment_id = ? WHERE id = ?", (payment["id"], topup_id))
    finish(connection, topup_id, payment["status"])
    return topup_id


def finish(connection: sqlite3.Connection, topup_id: str, payment_status: str) -> None:
    """Bring a pending top-up to its end once its payment has one. A top-up that has ended never changes again."""
    row = require_topup(connection, topup_id)
    if row["status"] != "pending" or payment_status not in ("done", "failed"):
        return
    if payment_status == "failed":
        connection.execute("UPDATE topups SET status = 'failed', reason = 'paymentDeclined' WHERE id = ?", (topup_id,))
        return
    moved = move(connection, row["bucket_id"], row["amount_fen"], "topup", topup_id)
    connection.execute(
        "UPDATE topups SET status = 'confirmed', confirmed_at = ?, before_fen = ?, after_fen = ? WHERE id = ?",
        (stamp(now()), moved.before, moved.after, topup_id),
    )


def _check(connection: sqlite3.Connection, wanted: TopUp) -> str:
    line = one(connection, "SELECT status FROM lines WHERE msisdn = ?", wanted.msisdn)
    bucket_id = money_bucket(connection, wanted.msisdn)
    if line is None or bucket_id is None or line["status"] == "terminated":
        raise Refusal("There is no such number", code="notFound")
    if wanted.requestor_id and one(connection, "SELECT 1 FROM customers WHERE id = ?", wanted.requestor_id) is None:
        raise Refusal("There is no such payer", code="notFound")
    if not SMALLEST_FEN <= wanted.amount_fen <= LARGEST_FEN:
        raise Refusal(f"A top-up is {SMALLEST_FEN} to {LARGEST_FEN} fen", code="amountOutOfRange")
    if topped_up_today(connection, wanted.msisdn) + wanted.amount_fen > DAILY_FEN:
        raise Refusal(f"A line takes at most {DAILY_FEN} fen a day", code="dailyLimitReached")
    return bucket_id


def topped_up_today(connection: sqlite3.Connection, msisdn: str) -> int:
    """Fen topped up on a line since midnight in China, pending ones included."""
    since = stamp(day_start(now()))
    sql = "SELECT coalesce(sum(amount_fen), 0) AS fen FROM topups WHERE msisdn = ? AND requested_at >= ? AND status != 'failed'"
    return int(connection.execute(sql, (msisdn, since)).fetchone()["fen"])


def require_topup(connection: sqlite3.Connection, topup_id: str) -> sqlite3.Row:
    row = one(connection, "SELECT * FROM topups WHERE id = ?", topup_id)
    if row is None:
        raise NotFound("There is no such top-up")
    return row


@blueprint.get("/topupBalance/<topup_id>")
def show_topup(topup_id: str) -> Response:
    return jsonify(fields_of(topup_body(require_topup(store().connection, topup_id))))


@blueprint.get("/topupBalance")
def list_topups() -> Response:
    """Newest first. `idempotencyKey` finds the one made under a key; `logicalResource.value` those of a line."""
    connection = store().connection
    where, values = of_line()
    if "idempotencyKey" in request.args:
        where, values = "id = ?", (made_by(connection, OPERATION, request.args["idempotencyKey"]),)
    rows, total = page_of(connection, "topups", "requested_at DESC, id", where, values)
    return listing([topup_body(row) for row in rows], total)


@blueprint.patch("/topupBalance/<topup_id>")
def change_topup(topup_id: str) -> Response:
    """Only the description may be altered; what happened, happened."""
    body = read_json()
    TOPUP_UPDATE.check(body)
    require_topup(store().connection, topup_id)
    if set(body) - {"description", "@type"}:
        raise Refusal("Only the description of a top-up can be changed", code="notChangeable")
    with store().transaction() as connection:
        kept = json.loads(require_topup(connection, topup_id)["body"]) | body
        connection.execute("UPDATE topups SET body = ? WHERE id = ?", (json.dumps(kept), topup_id))
    return jsonify(topup_body(require_topup(store().connection, topup_id)))


@blueprint.delete("/topupBalance/<topup_id>")
def delete_topup(topup_id: str) -> Response:
    require_topup(store().connection, topup_id)
    raise Refusal("A record of money is kept", code="notDeletable")


def topup_body(row: sqlite3.Row) -> Json:
    """A top-up as the standard writes it."""
    body: Json = {
        **json.loads(row["body"]),
        "id": row["id"],
        "href": href(f"{BASE}/topupBalance/{row['id']}"),
        "status": row["status"],
        "usageType": "monetary",
        "amount": quantity(row["amount_fen"], "CNY"),
        "requestedDate": row["requested_at"],
        "logicalResource": resource(row["msisdn"]),
        "bucket": bucket_ref(row["bucket_id"], "monetary"),
        "paymentMethod": {"id": row["method"], "@referredType": "PaymentMethod"},
        "@type": "TopupBalance",
    }
    if row["payment_id"]:
        address = href(f"/paymentManagement/v4/payment/{row['payment_id']}")
        body["payment"] = {"id": row["payment_id"], "href": address, "@referredType": "Payment"}
    if row["reason"]:
        body["reason"] = row["reason"]
    if row["confirmed_at"]:
        body["confirmationDate"] = row["confirmed_at"]
        body["impactedBucket"] = [
            {
                "bucket": bucket_ref(row["bucket_id"], "monetary"),
                "amountBefore": quantity(row["before_fen"], "CNY"),
                "amountAfter": quantity(row["after_fen"], "CNY"),
                "confirmationDate": row["confirmed_at"],
                "item": [{"itemType": "topup", "amount": quantity(row["amount_fen"], "CNY")}],
            }
        ]
    return body
