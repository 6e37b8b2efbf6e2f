"""TMF654 buckets, accumulated balances and balance actions: what a line holds, and what happened to it."""

import json
import sqlite3

from flask import Blueprint, Response, jsonify

from reference_api.answers import (
    Json,
    fields_of,
    href,
    listing,
    new_id,
    nothing,
    of_line,
    one,
    page_of,
    quantity,
    select,
    store,
    whole_units,
)
from reference_api.clock import now, stamp
from reference_api.errors import NotFound, Refusal
from reference_api.once import once
from reference_api.prepayshapes import BUCKET

BASE = "/tmf-api/prepayBalanceManagement/v4"
UNITS = {"monetary": "CNY", "data": "MB", "voice": "MIN", "sms": "SMS"}

blueprint = Blueprint("buckets", __name__, url_prefix=BASE)


@blueprint.get("/bucket")
def list_buckets() -> Response:
    rows, total = page_of(store().connection, "buckets", "msisdn, usage_type, valid_until, id", *of_line())
    return listing([bucket_body(row) for row in rows], total)


@blueprint.get("/bucket/<bucket_id>")
def show_bucket(bucket_id: str) -> Response:
    return jsonify(fields_of(bucket_body(require_bucket(bucket_id))))


@blueprint.post("/bucket")
@once("createBucket", BUCKET)
def create_bucket(connection: sqlite3.Connection, body: Json) -> Json:
    """An empty bucket. Value comes only by top-up, order or adjustment, so none can be made out of nothing here."""
    if body.get("remainingValue", {}).get("amount") or body.get("reservedValue", {}).get("amount"):
        raise Refusal("A new bucket starts empty", code="amountOutOfRange")
    usage_type = body["usageType"]
    bucket_id = new_id("BK")
    connection.execute(
        "INSERT INTO buckets (id, usage_type, remaining, units, valid_from, body) VALUES (?, ?, 0, ?, ?, ?)",
        (bucket_id, usage_type, UNITS.get(usage_type, "UNIT"), stamp(now()), json.dumps(body)),
    )
    return bucket_body(connection.execute("SELECT * FROM buckets WHERE id = ?", (bucket_id,)).fetchone())


@blueprint.delete("/bucket/<bucket_id>")
def delete_bucket(bucket_id: str) -> Response:
    """Only an empty bucket of no line may go: the rest is a customer's property."""
    bucket = require_bucket(bucket_id)
    if bucket["msisdn"] is not None or bucket["remaining"]:
        raise Refusal("A bucket of a line cannot be deleted", code="notDeletable")
    with store().transaction() as connection:
        connection.execute("DELETE FROM buckets WHERE id = ? AND msisdn IS NULL AND remaining = 0", (bucket_id,))
    return nothing()


def require_bucket(bucket_id: str) -> sqlite3.Row:
    row = one(store().connection, "SELECT * FROM buckets WHERE id = ?", bucket_id)
    if row is None:
        raise NotFound("There is no such bucket")
    return row


def bucket_body(row: sqlite3.Row) -> Json:
    """A bucket as the standard writes it; `name_en` and `initialValue` are ours."""
    body: Json = {
        **json.loads(row["body"]),
        "id": row["id"],
        "href": href(f"{BASE}/bucket/{row['id']}"),
        "usageType": row["usage_type"],
        "status": row["status"],
        "remainingValue": quantity(row["remaining"], row["units"]),
        "reservedValue": quantity(row["reserved"], row["units"]),
        "@type": "Bucket",
    }
    if row["msisdn"] is not None:
        body |= {
            "name": row["name_zh"],
            "name_en": row["name_en"],
            "isShared": False,
            "initialValue": quantity(row["initial"], row["units"]),
            "logicalResource": [resource(row["msisdn"])],
            "relatedParty": [{"id": row["customer_id"], "role": "customer", "@referredType": "Customer"}],
        }
    if row["subscription_id"]:
        body["product"] = [{"id": row["subscription_id"], "@referredType": "Product"}]
    if row["valid_from"] or row["valid_until"]:
        ends = (("startDateTime", row["valid_from"]), ("endDateTime", row["valid_until"]))
        body["validFor"] = {name: value for name, value in ends if value}
    return body


def resource(msisdn: str) -> Json:
    """A phone line as a logical resource."""
    return {"id": msisdn, "value": msisdn, "@type": "MSISDN", "@referredType": "LogicalResource"}


def bucket_ref(bucket_id: str, usage_type: str) -> Json:
    return {"id": bucket_id, "href": href(f"{BASE}/bucket/{bucket_id}"), "usageType": usage_type, "@referredType": "Bucket"}


@blueprint.get("/accumulatedBalance")
def list_accumulated() -> Response:
    connection = store().connection
    rows, total = page_of(connection, "lines", "msisdn", *of_line())
    return listing([_accumulated_body(connection, row) for row in rows], total)


@blueprint.get("/accumulatedBalance/<balance_id>")
def show_accumulated(balance_id: str) -> Response:
    connection = store().connection
    number = "+" + balance_id.removeprefix("AB")
    row = one(connection, "SELECT msisdn, customer_id FROM lines WHERE msisdn = ?", number)
    if row is None or not balance_id.startswith("AB"):
        raise NotFound("There is no such balance")
    return jsonify(fields_of(_accumulated_body(connection, row)))


def _accumulated_body(connection: sqlite3.Connection, line: sqlite3.Row) -> Json:
    buckets = select(connection, "SELECT * FROM buckets WHERE msisdn = ? AND status = 'active' ORDER BY id", line["msisdn"])
    totals = dict.fromkeys(UNITS, 0)
    for bucket in buckets:
        totals[bucket["usage_type"]] = totals.get(bucket["usage_type"], 0) + bucket["remaining"]
    balance_id = "AB" + line["msisdn"].lstrip("+")
    return {
        "id": balance_id,
        "href": href(f"{BASE}/accumulatedBalance/{balance_id}"),
        "name": line["msisdn"],
        "bucket": [bucket_ref(bucket["id"], bucket["usage_type"]) for bucket in buckets],
        "logicalResource": [resource(line["msisdn"])],
        "relatedParty": [{"id": line["customer_id"], "role": "customer", "@referredType": "Customer"}],
        "totalBalance": quantity(totals["monetary"], "CNY"),
        "totalByUsageType": {kind: quantity(totals[kind], units) for kind, units in UNITS.items()},
        "@type": "AccumulatedBalance",
    }


@blueprint.get("/balanceAction")
def list_actions() -> Response:
    """Newest first: top-ups, orders, refunds, adjustments; one row of the ledger each."""
    connection = store().connection
    rows, total = page_of(connection, "ledger", "id DESC", *of_line())
    return listing([_action_body(connection, row) for row in rows], total)


@blueprint.get("/balanceAction/<action_id>")
def show_action(action_id: str) -> Response:
    connection = store().connection
    row = one(connection, "SELECT * FROM ledger WHERE 'BA' || id = ?", action_id)
    if row is None:
        raise NotFound("There is no such balance action")
    return jsonify(fields_of(_action_body(connection, row)))


def _action_body(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    bucket = one(connection, "SELECT usage_type, units FROM buckets WHERE id = ?", row["bucket_id"])
    usage_type, units = (bucket["usage_type"], bucket["units"]) if bucket else ("monetary", "CNY")
    body: Json = {
        "id": f"BA{row['id']}",
        "href": href(f"{BASE}/balanceAction/BA{row['id']}"),
        "amount": quantity(row["amount"], units),
        "bucket": bucket_ref(row["bucket_id"], usage_type),
        "usageType": usage_type,
        "reason": row["kind"],
        "description": row["reference"],
        "status": "confirmed",
        "requestedDate": row["at"],
        "confirmationDate": row["at"],
        "balanceAfter": quantity(row["balance_after"], units),
        "@type": "BalanceAction",
    }
    return body | ({"logicalResource": resource(row["msisdn"])} if row["msisdn"] else {})


def amount_in(body: Json, units: str) -> int:
    """The amount of an action's body in the bucket's unit. Raises Refusal amountOutOfRange."""
    return whole_units(body["amount"], units)
