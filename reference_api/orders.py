"""TMF622 productOrder: place, look up, move along. What an order means is in ordering.py."""

import json
import sqlite3
from typing import Any

from flask import Blueprint, Response, jsonify, request

from reference_api.answers import Json, fields_of, href, listing, money, one, page_of, read_json, select, store
from reference_api.errors import NotFound, Refusal
from reference_api.once import made_by, once
from reference_api.ordering import change_state, place, require_order
from reference_api.ordershapes import ORDER, ORDER_UPDATE
from reference_api.orderstates import OrderState

BASE = "/tmf-api/productOrderingManagement/v4"
REQUIRED = ("productOrderItem",)
OPERATION = "createProductOrder"
KEPT_WORDS = ("description", "note", "channel", "priority", "requestedStartDate")
CHANGEABLE = {"state", "productOrderItem", "description", "note", "cancellationReason", "@type"}

blueprint = Blueprint("orders", __name__, url_prefix=BASE)


@blueprint.post("/productOrder")
@once(OPERATION, ORDER)
def create_order(connection: sqlite3.Connection, body: Json) -> Json:
    return order_body(connection, require_order(connection, place(connection, body)))


@blueprint.get("/productOrder")
def list_orders() -> Response:
    """Newest first; by relatedParty.id, state, category, or the idempotencyKey it was made under."""
    connection = store().connection
    wheres, values = ["1"], list[Any]()
    for name, column in (("relatedParty.id", "customer_id"), ("state", "state"), ("category", "category")):
        if name in request.args:
            wheres.append(f"{column} = ?")
            values.append(request.args[name])
    if "idempotencyKey" in request.args:
        wheres.append("id = ?")
        values.append(made_by(connection, OPERATION, request.args["idempotencyKey"]))
    rows, total = page_of(connection, "orders", "order_date DESC, id DESC", " AND ".join(wheres), tuple(values))
    return listing([order_body(connection, row) for row in rows], total, REQUIRED)


@blueprint.get("/productOrder/<order_id>")
def show_order(order_id: str) -> Response:
    """With relatedParty.id, an order of somebody else is not there."""
    connection = store().connection
    order = require_order(connection, order_id)
    if request.args.get("relatedParty.id", order["customer_id"]) != order["customer_id"]:
        raise NotFound("There is no such order")
    return jsonify(fields_of(order_body(connection, order), REQUIRED))


@blueprint.patch("/productOrder/<order_id>")
def change_order(order_id: str) -> Response:
    """Move an order to `state`. A partial order's failed items are those whose `state` says failed."""
    body = read_json()
    ORDER_UPDATE.check(body)
    require_order(store().connection, order_id)
    if set(body) - CHANGEABLE:
        raise Refusal(f"Only {', '.join(sorted(CHANGEABLE))} can be changed", code="notChangeable")
    with store().transaction() as connection:
        if "state" in body:
            failed = frozenset(item["id"] for item in body["productOrderItem"] if item.get("state") == "failed")
            reason = body.get("cancellationReason")
            change_state(connection, order_id, OrderState(body["state"]), reason=reason, failed=failed)
        words = {name: body[name] for name in ("description", "note") if name in body}
        kept = json.loads(require_order(connection, order_id)["body"]) | words
        connection.execute("UPDATE orders SET body = ? WHERE id = ?", (json.dumps(kept), order_id))
        return jsonify(order_body(connection, require_order(connection, order_id)))


@blueprint.delete("/productOrder/<order_id>")
def delete_order(order_id: str) -> Response:
    require_order(store().connection, order_id)
    raise Refusal("A record of an order is kept; cancel it instead", code="notDeletable")


def order_body(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """An order as the standard writes it; `shipment`, `effective` and the fen are ours."""
    said = json.loads(row["body"])
    body: Json = {name: said[name] for name in KEPT_WORDS if name in said}
    body |= {
        "id": row["id"],
        "href": href(f"{BASE}/productOrder/{row['id']}"),
        "category": row["category"],
        "state": row["state"],
        "orderDate": row["order_date"],
        "effective": row["effective"],
        "relatedParty": [{"id": row["customer_id"], "role": "customer", "@referredType": "Customer"}],
        "productOrderItem": _items(connection, row),
        "orderTotalPrice": [{"priceType": "oneTime", "price": {"taxIncludedAmount": money(row["total_fen"])}}],
        "totalFen": row["total_fen"],
        "paidFen": row["paid_fen"],
        "refundedFen": row["refunded_fen"],
        "paymentMethod": {"id": row["payment_method"]},
        "@type": "ProductOrder",
    }
    optional = {
        "externalId": row["external_id"],
        "msisdn": row["msisdn"],
        "expectedCompletionDate": row["expected_completion_date"],
        "completionDate": row["completion_date"],
        "cancellationDate": row["cancellation_date"],
        "cancellationReason": row["cancellation_reason"],
        "shipment": _shipment(connection, row["id"]),
        "payment": [{"id": row["payment_id"], "@referredType": "Payment"}] if row["payment_id"] else None,
    }
    return body | {name: value for name, value in optional.items() if value is not None}


def _items(connection: sqlite3.Connection, order: sqlite3.Row) -> list[Json]:
    sql = (
        "SELECT order_items.*, name_zh, name_en FROM order_items LEFT JOIN offerings ON offerings.id = offering_id"
        " WHERE order_id = ? ORDER BY item_id"
    )
    return [_item(row) for row in select(connection, sql, order["id"])]


def _item(row: sqlite3.Row) -> Json:
    item: Json = {
        "id": row["item_id"],
        "action": row["action"],
        "quantity": row["quantity"],
        "state": row["state"],
        "itemPrice": [{"priceType": "oneTime", "price": {"taxIncludedAmount": money(row["unit_price_fen"] * row["quantity"])}}],
        "amountFen": row["unit_price_fen"] * row["quantity"],
    }
    if row["offering_id"]:
        item["productOffering"] = {
            "id": row["offering_id"],
            "name": row["name_zh"],
            "name_en": row["name_en"],
            "@referredType": "ProductOffering",
        }
    product = json.loads(row["body"]).get("product")
    return item | ({"product": product} if product else {})


def _shipment(connection: sqlite3.Connection, order_id: str) -> Json | None:
    row = one(connection, "SELECT * FROM shipments WHERE order_id = ?", order_id)
    if row is None:
        return None
    shipment = {
        "carrier": row["carrier"],
        "trackingNumber": row["tracking_number"],
        "stage": row["stage"],
        "lastEvent": row["last_event_zh"],
        "lastEvent_en": row["last_event_en"],
        "lastEventDate": row["last_event_at"],
        "expectedDeliveryDate": row["expected_delivery_date"],
        "deliveredDate": row["delivered_at"],
        "address": row["address_text"],
    }
    return {name: value for name, value in shipment.items() if value is not None}
