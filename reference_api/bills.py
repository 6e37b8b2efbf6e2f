"""TMF678 Customer Bill: what a month cost (customerBill) and what it was for (appliedCustomerBillingRate). Amounts in CNY.

Bills are made when a month ends; the running month's bill has the state `new` and grows. Lists are newest first.
"""

import sqlite3

from flask import Blueprint, Response, jsonify, request

from reference_api.answers import Json, fields_of, href, listing, money, one, page, select, store
from reference_api.errors import NotFound
from reference_api.usage import checked_month

BASE = "/tmf-api/customerBillManagement/v4"
blueprint = Blueprint("bills", __name__, url_prefix=BASE)


@blueprint.get("/customerBill")
def list_bills() -> Response:
    """Bills of ?relatedParty.id=, ?msisdn=, ?billingMonth=YYYY-MM (any of them), newest first."""
    limit, offset = page()
    month = request.args.get("billingMonth")
    filters = {
        "customer_id": request.args.get("relatedParty.id"),
        "msisdn": request.args.get("msisdn"),
        "month": checked_month(month) if month is not None else None,
        "state": request.args.get("state"),
    }
    where, values = _where(filters)
    connection = store().connection
    total = select(connection, f"SELECT count(*) FROM bills {where}", *values)[0][0]  # noqa: S608 - only names from `filters`
    found = select(connection, f"SELECT * FROM bills {where} ORDER BY month DESC, id LIMIT ? OFFSET ?", *values, limit, offset)  # noqa: S608
    return listing([_bill(row) for row in found], total)


@blueprint.get("/customerBill/<bill_id>")
def read_bill(bill_id: str) -> Response:
    """One bill."""
    row = one(store().connection, "SELECT * FROM bills WHERE id = ?", bill_id)
    if row is None:
        raise NotFound("No such bill")
    return jsonify(fields_of(_bill(row)))


@blueprint.get("/appliedCustomerBillingRate")
def list_rates() -> Response:
    """The lines of ?bill.id=, in the order they stand on the bill."""
    limit, offset = page()
    where, values = _where({"bill_id": request.args.get("bill.id")})
    connection = store().connection
    total = select(connection, f"SELECT count(*) FROM bill_lines {where}", *values)[0][0]  # noqa: S608 - see above
    sql = f"SELECT * FROM bill_lines {where} ORDER BY bill_id, position LIMIT ? OFFSET ?"  # noqa: S608 - see above
    found = select(connection, sql, *values, limit, offset)
    return listing([_rate(row) for row in found], total, required=("id",))


@blueprint.get("/appliedCustomerBillingRate/<rate_id>")
def read_rate(rate_id: str) -> Response:
    """One line of a bill; its id is the bill's, a hyphen and its position."""
    bill_id, _, position = rate_id.rpartition("-")
    row = one(store().connection, "SELECT * FROM bill_lines WHERE bill_id = ? AND CAST(position AS TEXT) = ?", bill_id, position)
    if row is None:
        raise NotFound("No such line of a bill")
    return jsonify(fields_of(_rate(row)))


def _where(filters: dict[str, str | None]) -> tuple[str, list[str]]:
    """A WHERE of the filters that were given."""
    given = {column: value for column, value in filters.items() if value is not None}
    if "msisdn" in given:
        given["msisdn"] = "+" + given["msisdn"].strip().lstrip("+")  # an unescaped plus arrives as a blank
    return ("WHERE " + " AND ".join(f"{column} = ?" for column in given) if given else ""), list(given.values())


def _bill(row: sqlite3.Row) -> Json:
    month = row["month"]
    return {
        "id": row["id"],
        "href": href(f"{BASE}/customerBill/{row['id']}"),
        "billNo": row["id"],
        "billDate": row["bill_date"],
        "paymentDueDate": row["due_date"],
        "lastUpdate": row["bill_date"],
        "category": "normal",
        "runType": "onCycle",
        "state": row["state"],
        "billingMonth": month,
        "billCycle": {"id": month, "name": month, "@referredType": "BillCycle"},
        "billingAccount": {"id": "A" + row["customer_id"][1:], "@referredType": "BillingAccount"},
        "relatedParty": [{"id": row["customer_id"], "role": "customer", "@referredType": "Customer"}],
        "msisdn": row["msisdn"],
        "amountDue": money(row["amount_fen"]),
        "remainingAmount": money(row["remaining_fen"]),
        "taxIncludedAmount": money(row["amount_fen"]),
        "@type": "CustomerBill",
    }


def _rate(row: sqlite3.Row) -> Json:
    rate: Json = {
        "id": f"{row['bill_id']}-{row['position']}",
        "href": href(f"{BASE}/appliedCustomerBillingRate/{row['bill_id']}-{row['position']}"),
        "name": row["name_zh"],
        "name_en": row["name_en"],
        "appliedBillingRateType": row["type"],
        "isBilled": True,
        "bill": {"id": row["bill_id"], "@referredType": "CustomerBill"},
        "taxIncludedAmount": money(row["amount_fen"]),
        "quantity": {"amount": row["quantity"], "units": row["units"] or "1"},
        "@type": "AppliedCustomerBillingRate",
    }
    if row["offering_id"]:
        rate["productOffering"] = {"id": row["offering_id"], "@referredType": "ProductOffering"}
    return rate
