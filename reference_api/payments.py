"""TMF676 payments: a sandbox that says ok, declined, slow or unknown.

A payment starts `pending`; ok ends it `done` at once, declined `failed` at once, slow `done` after a while (clerk.py), unknown
never ends by itself. Card numbers are neither asked for nor taken: a method is a word.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify

from reference_api.answers import (
    Json,
    characteristic,
    fields_of,
    href,
    listing,
    money,
    new_id,
    one,
    page_of,
    settings,
    store,
)
from reference_api.clock import now, stamp
from reference_api.errors import NotFound, Refusal
from reference_api.faults import sandbox_outcome
from reference_api.once import once
from reference_api.shapes import MOMENT, NUMBER, STRING, TYPED, URI, Shape, many, party, record, reference

BASE = "/paymentManagement/v4"
METHODS = ("wechat_pay", "alipay", "bank_card")
METHOD_NAMES = {"wechat_pay": "WeChat Pay", "alipay": "Alipay", "bank_card": "Bank card", "balance": "Phone balance"}
LARGEST_PAYMENT_FEN = 2_000_000  # ¥20,000: one phone and something beside it
REQUIRED = ("account", "paymentMethod", "totalAmount")

blueprint = Blueprint("payments", __name__, url_prefix=BASE)

_MONEY = record({"unit": STRING, "value": NUMBER})
SHAPE = Shape(
    record(
        {
            "authorizationCode": STRING, "correlatorId": STRING, "description": STRING, "name": STRING, "paymentDate": MOMENT,
            "status": STRING, "statusDate": MOMENT, "account": reference(), "amount": _MONEY, "taxAmount": _MONEY,
            "totalAmount": _MONEY, "channel": reference(), "payer": party(), "paymentItem": many(record({"id": STRING})),
            "paymentMethod": record({"id": STRING, "href": URI, "name": STRING}),
            "characteristic": many(record({"name": STRING})), **TYPED,
        },
        *REQUIRED,
    )
)  # fmt: skip


@dataclass(frozen=True)
class Charge:
    """One payment to be made: who pays how much for what, and how the sandbox is to end it."""

    amount_fen: int
    method: str
    purpose: str  # "topup:TU…", "order:DD…" or "direct"
    customer_id: str | None = None
    msisdn: str | None = None
    sandbox: str = "ok"
    body: Json | None = None


def asked_sandbox(body: Json) -> str:
    """How this payment is to end: the request's own characteristic, else a standing fault, else ok."""
    asked = characteristic(body, "sandbox") or sandbox_outcome() or "ok"
    return asked if asked in ("ok", "declined", "slow", "unknown") else "ok"


def pay(connection: sqlite3.Connection, charge: Charge) -> sqlite3.Row:
    """Make a payment and return its row. Raises Refusal paymentDeclined for a method that is not offered."""
    if charge.method not in METHODS:
        raise Refusal(f"Payment by {charge.method[:40]} is not offered", code="paymentDeclined")
    moment = now()
    status = {"ok": "done", "declined": "failed"}.get(charge.sandbox, "pending")
    settles = moment + timedelta(seconds=settings().slow_seconds) if charge.sandbox == "slow" else None
    payment_id = new_id("PY")
    connection.execute(
        "INSERT INTO payments (id, customer_id, msisdn, amount_fen, method, status, sandbox, correlator_id, purpose, created_at,"
        " status_date, settles_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            payment_id, charge.customer_id, charge.msisdn, charge.amount_fen, charge.method, status, charge.sandbox,
            (charge.body or {}).get("correlatorId"), charge.purpose, stamp(moment), stamp(moment),
            stamp(settles) if settles else None, json.dumps(charge.body or {}),
        ),
    )  # fmt: skip
    return require_payment(connection, payment_id)


def require_payment(connection: sqlite3.Connection, payment_id: str) -> sqlite3.Row:
    row = one(connection, "SELECT * FROM payments WHERE id = ?", payment_id)
    if row is None:
        raise NotFound("There is no such payment")
    return row


def refund(connection: sqlite3.Connection, payment_id: str, fen: int, reference: str) -> None:
    """Send `fen` of a done payment back the way it came, as a payment of its own with a negative amount."""
    moment = stamp(now())
    connection.execute(
        "INSERT INTO payments (id, customer_id, msisdn, amount_fen, method, status, purpose, created_at, status_date)"
        " SELECT ?, customer_id, msisdn, ?, method, 'done', ?, ?, ? FROM payments WHERE id = ?",
        (new_id("PY"), -fen, f"refund:{reference}", moment, moment, payment_id),
    )
    connection.execute("UPDATE payments SET status = 'refunded', status_date = ? WHERE id = ?", (moment, payment_id))


@blueprint.post("/payment")
@once("createPayment", SHAPE)
def create_payment(connection: sqlite3.Connection, body: Json) -> Json:
    value: Any = body["totalAmount"].get("value")
    fen = round(value * 100) if isinstance(value, int | float) and abs(value) < LARGEST_PAYMENT_FEN else 0
    if not 1 <= fen <= LARGEST_PAYMENT_FEN or abs(fen - value * 100) > 1e-6:
        raise Refusal("totalAmount must be a whole number of fen within limits", code="amountOutOfRange")
    method = str(body["paymentMethod"].get("id", ""))
    payer = body.get("payer", {}).get("id")
    return payment_body(pay(connection, Charge(fen, method, "direct", payer, None, asked_sandbox(body), body)))


@blueprint.get("/payment/<payment_id>")
def show_payment(payment_id: str) -> Response:
    return jsonify(fields_of(payment_body(require_payment(store().connection, payment_id)), REQUIRED))


@blueprint.get("/payment")
def list_payments() -> Response:
    rows, total = page_of(store().connection, "payments", "created_at DESC, id")
    return listing([payment_body(row) for row in rows], total, REQUIRED)


def payment_body(row: sqlite3.Row) -> Json:
    """A payment as the standard writes it."""
    kept = json.loads(row["body"])
    return {
        **kept,
        "id": row["id"],
        "href": href(f"{BASE}/payment/{row['id']}"),
        "status": row["status"],
        "statusDate": row["status_date"],
        "paymentDate": row["created_at"],
        "account": kept.get("account") or {"id": row["msisdn"] or row["customer_id"] or "unknown"},
        "paymentMethod": {
            "id": row["method"],
            "name": METHOD_NAMES.get(row["method"], row["method"]),
            "@type": "PaymentMethod",
        },
        "totalAmount": money(row["amount_fen"]),
        "purpose": row["purpose"],
        "@type": "Payment",
    }
