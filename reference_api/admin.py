"""What only tests may do, with the admin key: faults, the ledger, counts, fresh customers, pushing payments and parcels along."""

import json
import sqlite3
from typing import Any

from flask import Blueprint, Response, jsonify, request

from reference_api.access import journal
from reference_api.answers import Json, asked_number, nothing, one, page_of, read_json, select, store
from reference_api.clock import now, stamp
from reference_api.errors import BadRequest, NotFound, Refusal
from reference_api.faults import Fault, FaultKind, faults
from reference_api.ledger import money_bucket, unbalanced
from reference_api.orders import order_body
from reference_api.orderstates import OPEN_STATES
from reference_api.seed.pool_pins import pool_pin
from reference_api.settlement import settle
from reference_api.shapes import BOOLEAN, INTEGER, NUMBER, STRING, Shape, many, one_of, record

LONGEST_SECONDS = 120
MOST_ORDERS = 20  # shown with a customer that is handed out

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

FAULT = Shape(
    record(
        {
            "match": {**STRING, "minLength": 1}, "kind": one_of(*FaultKind), "msisdn": STRING, "after": BOOLEAN,
            "seconds": {**NUMBER, "minimum": 0, "maximum": LONGEST_SECONDS},
            "status": {**INTEGER, "minimum": 400, "maximum": 599}, "count": {**INTEGER, "minimum": 1},
            "outcome": one_of("ok", "declined", "slow", "unknown"),
        },
        "match", "kind",
    )
)  # fmt: skip
_NEEDS = {
    "active_order": "EXISTS (SELECT 1 FROM orders WHERE customer_id = customers.id AND state IN ('acknowledged', 'inProgress')"
    " AND category = 'device' AND id NOT IN (SELECT order_id FROM shipments WHERE stage != 'packed'))",
    "shipped_order": "EXISTS (SELECT 1 FROM orders JOIN shipments ON order_id = orders.id WHERE customer_id = customers.id"
    " AND stage = 'transit' AND state = 'inProgress')",
    "delivered_order": "EXISTS (SELECT 1 FROM orders JOIN shipments ON order_id = orders.id WHERE customer_id = customers.id"
    " AND stage = 'delivered' AND state = 'completed')",
    "suspended_broadband": "EXISTS (SELECT 1 FROM subscriptions WHERE customer_id = customers.id AND kind = 'broadband'"
    " AND status = 'suspended')",
    "broadband": "EXISTS (SELECT 1 FROM subscriptions WHERE customer_id = customers.id AND kind = 'broadband'"
    " AND status = 'active')",
    "no_broadband": "NOT EXISTS (SELECT 1 FROM subscriptions WHERE customer_id = customers.id AND kind = 'broadband')",
    "suspended_line": "EXISTS (SELECT 1 FROM lines WHERE customer_id = customers.id AND status = 'suspended')",
    "two_lines": "(SELECT count(*) FROM lines WHERE customer_id = customers.id AND status = 'active') >= 2",
    "other_number": "other_numbers != '[]'",
}
TAKE = Shape(
    record(
        {
            "language": one_of("zh", "en"), "tier": one_of("standard", "silver", "gold"), "need": many(one_of(*_NEEDS)),
            "minimumBalanceFen": INTEGER,
        }
    )
)  # fmt: skip


@blueprint.post("/faults")
def add_fault() -> tuple[Response, int]:
    body = read_json()
    FAULT.check(body)
    faults().add(Fault(**{**body, "kind": FaultKind(body["kind"])}))
    return jsonify(body), 201


@blueprint.delete("/faults")
def clear_faults() -> Response:
    faults().clear()
    return nothing()


@blueprint.get("/ledger")
def show_ledger() -> Response:
    """Rows of a line, oldest first; without a number, the newest of all."""
    number = asked_number("msisdn")
    where, values = ("1", ()) if number is None else ("msisdn = ?", (number,))
    rows, total = page_of(store().connection, "ledger", "id DESC" if number is None else "id", where, values)
    response = jsonify([dict(row) for row in rows])
    response.headers["X-Total-Count"] = str(total)
    return response


@blueprint.get("/books")
def check_books() -> Response:
    """Whether every bucket's rows sum to what it holds."""
    wrong = unbalanced(store().connection)
    return jsonify({"balanced": not wrong, "unbalanced": wrong[:100]})


@blueprint.get("/counts")
def show_counts() -> Response:
    return jsonify(dict(journal().counts))


@blueprint.delete("/counts")
def clear_counts() -> Response:
    journal().counts.clear()
    return nothing()


@blueprint.get("/audit")
def show_audit() -> Response:
    """Audit rows of a trace id, oldest first."""
    rows, _ = page_of(store().connection, "audit", "id", "trace_id = ?", (request.args.get("traceId", ""),))
    return jsonify([dict(row) for row in rows])


@blueprint.post("/customers/take")
def take_customer() -> tuple[Response, int]:
    """A customer nobody had before: never handed out twice, never a demo one. 409 poolEmpty when none is left that fits."""
    body = read_json()
    TAKE.check(body)
    with store().transaction() as connection:
        customer = _untaken(connection, body)
        connection.execute("INSERT INTO pool_taken (customer_id, taken_at) VALUES (?, ?)", (customer["id"], stamp(now())))
        return jsonify(_handed_out(connection, customer)), 201


def _untaken(connection: sqlite3.Connection, body: Json) -> sqlite3.Row:
    wheres, values = ["pool = 1", "id NOT IN (SELECT customer_id FROM pool_taken)"], list[Any]()
    for column in ("language", "tier"):
        if column in body:
            wheres.append(f"{column} = ?")
            values.append(body[column])
    needs = body.get("need", [])
    wheres += [_NEEDS[need] for need in needs]
    if "suspended_line" not in needs:
        wheres.append("NOT EXISTS (SELECT 1 FROM lines WHERE customer_id = customers.id AND status != 'active')")
    if "minimumBalanceFen" in body:
        wheres.append(
            "EXISTS (SELECT 1 FROM buckets WHERE customer_id = customers.id AND usage_type = 'monetary' AND remaining >= ?)"
        )
        values.append(body["minimumBalanceFen"])
    found = one(connection, f"SELECT * FROM customers WHERE {' AND '.join(wheres)} ORDER BY id", *values)  # noqa: S608
    if found is None:
        raise Refusal("No customer of the pool fits", code="poolEmpty")
    return found


def _handed_out(connection: sqlite3.Connection, customer: sqlite3.Row) -> Json:
    lines = select(connection, "SELECT msisdn FROM lines WHERE customer_id = ? ORDER BY created_at, msisdn", customer["id"])
    numbers = [line["msisdn"] for line in lines]
    bucket = one(connection, "SELECT remaining FROM buckets WHERE id = ?", money_bucket(connection, numbers[0]))
    orders = select(
        connection,
        "SELECT * FROM orders WHERE customer_id = ? ORDER BY order_date DESC, id DESC LIMIT ?",
        customer["id"],
        MOST_ORDERS,
    )
    return {
        "id": customer["id"],
        "name": customer["name"],
        "language": customer["language"],
        "tier": customer["tier"],
        "msisdn": numbers[0],
        "numbers": numbers,
        "otherNumbers": json.loads(customer["other_numbers"]),
        "pin": pool_pin(customer["id"]),
        "balanceFen": bucket["remaining"] if bucket else 0,
        "orders": [order_body(connection, order) for order in orders],
        "openOrders": [order["id"] for order in orders if order["state"] in OPEN_STATES],
    }


@blueprint.post("/payments/<payment_id>/settle")
def settle_payment(payment_id: str) -> Response:
    """End a payment that waits: {status: done | failed}."""
    status = read_json().get("status")
    if status not in ("done", "failed"):
        raise BadRequest("status is done or failed")
    with store().transaction() as connection:
        settle(connection, payment_id, status)
    return nothing()


@blueprint.put("/shipments/<order_id>")
def ship(order_id: str) -> Response:
    """Put an order's parcel on its way, or move it: {stage, event_zh, event_en}."""
    body = read_json()
    SHIPMENT.check(body)
    with store().transaction() as connection:
        if one(connection, "SELECT 1 FROM orders WHERE id = ?", order_id) is None:
            raise NotFound("There is no such order")
        connection.execute(
            "INSERT INTO shipments (order_id, carrier, tracking_number, stage, last_event_zh, last_event_en, last_event_at)"
            " VALUES (?, '顺丰速运', ?, ?, ?, ?, ?) ON CONFLICT (order_id) DO UPDATE SET stage = excluded.stage,"
            " last_event_zh = excluded.last_event_zh, last_event_en = excluded.last_event_en,"
            " last_event_at = excluded.last_event_at",
            (order_id, f"SF{order_id[2:]}", body["stage"], body["event_zh"], body["event_en"], stamp(now())),
        )
    return nothing()


SHIPMENT = Shape(
    record(
        {"stage": one_of("packed", "transit", "delivered"), "event_zh": STRING, "event_en": STRING},
        "stage", "event_zh", "event_en",
    )
)  # fmt: skip
