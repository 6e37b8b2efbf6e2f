"""TMF622 cancelProductOrder: drop an order that has not left the house. The order, its money and its stock change together."""

import json
import sqlite3

from flask import Blueprint, Response, jsonify, request

from reference_api.answers import Json, fields_of, href, listing, new_id, one, page_of, store
from reference_api.clock import now, stamp
from reference_api.errors import NotFound, Refusal
from reference_api.once import made_by, once
from reference_api.ordering import change_state, is_shipped, require_order
from reference_api.orders import BASE
from reference_api.ordershapes import CANCELLATION
from reference_api.orderstates import OrderState

REQUIRED = ("productOrder",)
OPERATION = "createCancelProductOrder"
STEPS = (OrderState.ASSESSING_CANCELLATION, OrderState.PENDING_CANCELLATION, OrderState.CANCELLED)

blueprint = Blueprint("cancellations", __name__, url_prefix=BASE)


@blueprint.post("/cancelProductOrder")
@once(OPERATION, CANCELLATION)
def create_cancellation(connection: sqlite3.Connection, body: Json) -> Json:
    order = _owned_order(connection, body)
    if not OrderState(order["state"]).is_cancellable or is_shipped(connection, order["id"]):
        raise Refusal(f"An order that is {order['state']} or on its way cannot be cancelled", code="notCancellable")
    reason = body.get("cancellationReason")
    for step in STEPS:
        change_state(connection, order["id"], step, reason=reason)
    refunded = require_order(connection, order["id"])["refunded_fen"] - order["refunded_fen"]
    cancellation_id, moment = new_id("CN"), stamp(now())
    connection.execute(
        "INSERT INTO cancellations (id, order_id, state, reason, requested_at, effective_at, refund_fen, body)"
        " VALUES (?, ?, 'done', ?, ?, ?, ?, ?)",
        (cancellation_id, order["id"], reason, moment, moment, refunded, json.dumps(body)),
    )
    return _body(connection, _require(connection, cancellation_id))


def _owned_order(connection: sqlite3.Connection, body: Json) -> sqlite3.Row:
    """The order meant, where it belongs to the customer who asks. Raises Refusal notFound."""
    order = one(connection, "SELECT * FROM orders WHERE id = ?", body["productOrder"]["id"])
    askers = {party["id"] for party in body.get("relatedParty", [])}
    if order is None or (askers and order["customer_id"] not in askers):
        raise Refusal("There is no such order", code="notFound")
    return order


@blueprint.get("/cancelProductOrder/<cancellation_id>")
def show_cancellation(cancellation_id: str) -> Response:
    connection = store().connection
    return jsonify(fields_of(_body(connection, _require(connection, cancellation_id)), REQUIRED))


@blueprint.get("/cancelProductOrder")
def list_cancellations() -> Response:
    """Newest first; by productOrder.id, or the idempotencyKey it was made under."""
    connection = store().connection
    where, values = "1", ()
    if "idempotencyKey" in request.args:
        where, values = "id = ?", (made_by(connection, OPERATION, request.args["idempotencyKey"]),)  # type: ignore[assignment]
    elif "productOrder.id" in request.args:
        where, values = "order_id = ?", (request.args["productOrder.id"],)  # type: ignore[assignment]
    rows, total = page_of(connection, "cancellations", "requested_at DESC, id", where, values)
    return listing([_body(connection, row) for row in rows], total, REQUIRED)


def _require(connection: sqlite3.Connection, cancellation_id: str) -> sqlite3.Row:
    row = one(connection, "SELECT * FROM cancellations WHERE id = ?", cancellation_id)
    if row is None:
        raise NotFound("There is no such cancellation")
    return row


def _body(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    order_ref = {"id": row["order_id"], "href": href(f"{BASE}/productOrder/{row['order_id']}"), "@referredType": "ProductOrder"}
    body: Json = {
        "id": row["id"],
        "href": href(f"{BASE}/cancelProductOrder/{row['id']}"),
        "productOrder": order_ref,
        "state": row["state"],
        "requestedCancellationDate": row["requested_at"],
        "effectiveCancellationDate": row["effective_at"],
        "cancellationReason": row["reason"],
        "refundFen": row["refund_fen"],
        "@type": "CancelProductOrder",
    }
    return {name: value for name, value in body.items() if value is not None}
