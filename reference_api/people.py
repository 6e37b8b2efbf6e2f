"""TMF629 customer and TMF637 product: who somebody is, and what they have."""

import json
import sqlite3

from flask import Blueprint, Response, jsonify, request

from reference_api.answers import Json, asked_number, fields_of, href, listing, money, one, page_of, select, store
from reference_api.errors import NotFound

CUSTOMERS = "/tmf-api/customerManagement/v4"
INVENTORY = "/tmf-api/productInventory/v4"

customers = Blueprint("customers", __name__, url_prefix=CUSTOMERS)
inventory = Blueprint("inventory", __name__, url_prefix=INVENTORY)


@customers.get("/customer")
def list_customers() -> Response:
    """By `msisdn`; without it a page of all."""
    connection = store().connection
    number = asked_number("msisdn")
    where = "1" if number is None else "id IN (SELECT customer_id FROM lines WHERE msisdn = ?)"
    rows, total = page_of(connection, "customers", "id", where, () if number is None else (number,))
    return listing([customer_body(connection, row) for row in rows], total, ("engagedParty",))


@customers.get("/customer/<customer_id>")
def show_customer(customer_id: str) -> Response:
    connection = store().connection
    row = one(connection, "SELECT * FROM customers WHERE id = ?", customer_id)
    if row is None:
        raise NotFound("There is no such customer")
    return jsonify(fields_of(customer_body(connection, row), ("engagedParty",)))


def masked_surname(row: sqlite3.Row) -> str:
    """What a stranger may hear: 王** or S****."""
    family: str = row["family_name"]
    return family + "**" if row["language"] == "zh" else family[:1] + "****"


def customer_body(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """A customer; the PIN stays inside."""
    lines = select(connection, "SELECT msisdn FROM lines WHERE customer_id = ? ORDER BY created_at, msisdn", row["id"])
    numbers = [line["msisdn"] for line in lines]
    others = json.loads(row["other_numbers"])
    told = {
        "tier": row["tier"],
        "language": row["language"],
        "familyNameMasked": masked_surname(row),
        "msisdn": numbers,
    }
    return {
        "id": row["id"],
        "href": href(f"{CUSTOMERS}/customer/{row['id']}"),
        "name": row["name"],
        "status": "Approved",
        "engagedParty": {"id": row["id"], "name": row["name"], "@referredType": "Individual"},
        "account": [{"id": row["account_id"], "name": row["name"], "@referredType": "BillingAccount"}],
        "characteristic": [{"name": name, "value": value} for name, value in told.items()],
        "contactMedium": [
            {"mediumType": "phone", "preferred": False, "characteristic": {"phoneNumber": number}} for number in others
        ],
        "@type": "Customer",
    }


@inventory.get("/product")
def list_products() -> Response:
    """By relatedParty.id and msisdn (broadband, which has no number, comes with the customer); running ones first."""
    connection = store().connection
    wheres, values = ["1"], list[str]()
    if "relatedParty.id" in request.args:
        wheres.append("customer_id = ?")
        values.append(request.args["relatedParty.id"])
    number = asked_number("msisdn")
    if number is not None:
        wheres.append("(msisdn = ? OR (msisdn IS NULL AND customer_id = (SELECT customer_id FROM lines WHERE msisdn = ?)))")
        values += [number, number]
    if "status" in request.args:
        wheres.append("status = ?")
        values.append(request.args["status"])
    order = "status = 'terminated', kind, start_date DESC, id"
    rows, total = page_of(connection, "subscriptions", order, " AND ".join(wheres), tuple(values))
    return listing([product_body(connection, row) for row in rows], total)


@inventory.get("/product/<product_id>")
def show_product(product_id: str) -> Response:
    connection = store().connection
    row = one(connection, "SELECT * FROM subscriptions WHERE id = ?", product_id)
    if row is None:
        raise NotFound("There is no such product")
    return jsonify(fields_of(product_body(connection, row)))


def product_body(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """A product a customer has; `category` (plan, dataPack, …) and both names stand beside the standard's words."""
    offering = one(connection, "SELECT name_zh, name_en, recurring FROM offerings WHERE id = ?", row["offering_id"])
    zh, en = (offering["name_zh"], offering["name_en"]) if offering else (row["offering_id"], row["offering_id"])
    monthly = bool(offering["recurring"]) if offering else row["kind"] in ("plan", "broadband", "vas")
    price: Json = {"priceType": "recurring" if monthly else "oneTime", "price": {"taxIncludedAmount": money(row["price_fen"])}}
    body: Json = {
        "id": row["id"],
        "href": href(f"{INVENTORY}/product/{row['id']}"),
        "name": zh,
        "name_en": en,
        "category": row["kind"],
        "status": row["status"],
        "startDate": row["start_date"],
        "productOffering": {"id": row["offering_id"], "name": zh, "name_en": en, "@referredType": "ProductOffering"},
        "productPrice": [price | ({"recurringChargePeriod": "month"} if monthly else {})],
        "relatedParty": [{"id": row["customer_id"], "role": "customer", "@referredType": "Customer"}],
        "@type": "Product",
    }
    if row["end_date"]:
        body["terminationDate"] = row["end_date"]
    if row["msisdn"]:
        body["productCharacteristic"] = [{"name": "msisdn", "value": row["msisdn"]}]
        body["realizingResource"] = [{"id": row["msisdn"], "value": row["msisdn"], "@referredType": "LogicalResource"}]
    if row["address_id"]:
        body["place"] = [{"id": row["address_id"], "role": "installation"}]
    return body
