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
    contents = {
        "dataMB": row["data_mb"],
        "voiceMIN": row["voice_min"],
        "sms": row["sms"],
        "speedMbps": row["speed_mbps"],
        "validityDays": row["validity_days"],
        "stock": row["stock"],
        "nickname": json.loads(row["nicknames"]),
    }
    period = {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1} if row["recurring"] else {}
    price = {
        "id": f"price-{row['id']}",
        "priceType": "recurring" if row["recurring"] else "oneTime",
        "price": money(row["price_fen"]),
        **period,
    }
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
        "productOfferingPrice": [price],
        "prodSpecCharValueUse": [_characteristic(name, value) for name, value in contents.items() if value not in (None, 0, [])]
        + ([] if row["stock"] != 0 else [_characteristic("stock", 0)]),
        "validityDays": row["validity_days"],
        "stock": row["stock"],
        "@type": "ProductOffering",
    }


def _characteristic(name: str, value: object) -> Json:
    values = value if isinstance(value, list) else [value]
    return {"name": name, "productSpecCharacteristicValue": [{"value": word} for word in values]}
