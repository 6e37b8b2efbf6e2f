"""TMF620 productOffering: what is for sale, in both languages, with price, validity and stock."""

import json
import sqlite3

from flask import Blueprint, Response, jsonify, request

from reference_api.answers import Json, fields_of, href, listing, money, one, page_of, store
from reference_api.errors import BadRequest, NotFound

BASE = "/tmf-api/productCatalogManagement/v4"
TRUTHS = {"true": 1, "false": 0}

blueprint = Blueprint("catalogue", __name__, url_prefix=BASE)


@blueprint.get("/productOffering")
def list_offerings() -> Response:
    """By category and isSellable, in the order a shop would show them."""
    wheres, values = ["1"], list[str | int]()
    category = request.args.get("category", request.args.get("category.id"))
    if category is not None:
        wheres.append("category = ?")
        values.append(category)
    if "isSellable" in request.args:
        if request.args["isSellable"] not in TRUTHS:
            raise BadRequest("isSellable is true or false")
        wheres.append("sellable = ?")
        values.append(TRUTHS[request.args["isSellable"]])
    rows, total = page_of(store().connection, "offerings", "category, position, id", " AND ".join(wheres), tuple(values))
    return listing([offering_body(row) for row in rows], total)


@blueprint.get("/productOffering/<offering_id>")
def show_offering(offering_id: str) -> Response:
    row = one(store().connection, "SELECT * FROM offerings WHERE id = ?", offering_id)
    if row is None:
        raise NotFound("There is no such offering")
    return jsonify(fields_of(offering_body(row)))


def offering_body(row: sqlite3.Row) -> Json:
    """An offering; volumes, stock and nicknames are characteristics, as the standard's way of saying more."""
    return {
        "id": row["id"],
        "href": href(f"{BASE}/productOffering/{row['id']}"),
        "name": row["name_zh"],
        "name_en": row["name_en"],
        "description": row["description_zh"],
        "description_en": row["description_en"],
        "isBundle": False,
        "isSellable": bool(row["sellable"]),
        "lifecycleStatus": "Active" if row["sellable"] else "Retired",
        "category": [{"id": row["category"], "name": row["category"]}],
        "productOfferingPrice": [_price(row)],
        "prodSpecCharValueUse": _contents(row),
        "validityDays": row["validity_days"],
        "stock": row["stock"],
        "@type": "ProductOffering",
    }


def _price(row: sqlite3.Row) -> Json:
    price: Json = {"id": f"price-{row['id']}", "price": money(row["price_fen"])}
    if row["recurring"]:
        return price | {"priceType": "recurring", "recurringChargePeriodType": "month", "recurringChargePeriodLength": 1}
    return price | {"priceType": "oneTime"}


def _contents(row: sqlite3.Row) -> list[Json]:
    """What is in it, without what it has none of; a stock of nought is told."""
    contents: dict[str, list[object]] = {
        "dataMB": [row["data_mb"] or None],
        "voiceMIN": [row["voice_min"] or None],
        "sms": [row["sms"] or None],
        "speedMbps": [row["speed_mbps"] or None],
        "validityDays": [row["validity_days"] or None],
        "stock": [row["stock"]],
        "nickname": json.loads(row["nicknames"]) or [None],
    }
    return [
        {"name": name, "productSpecCharacteristicValue": [{"value": value} for value in values]}
        for name, values in contents.items()
        if values != [None]
    ]
