"""TMF677 Usage Consumption: what a line used in a month, and what is left of the running one.

`POST queryUsageConsumption` names a customer (relatedParty) or a number (searchCriteria.logicalResource, or `msisdn`) and, if not
the running month, `month` (YYYY-MM). `GET queryUsageConsumption?msisdn=&month=` is the same question as a query. Volumes in MB,
minutes and messages. The running month answers from the buckets (used and left), an earlier one from its closed records.
"""

import re
import sqlite3
from typing import Any

from flask import Blueprint, Response, jsonify, request

from reference_api.answers import (
    Json,
    asked_number,
    fields_of,
    href,
    listing,
    one,
    page,
    quantity,
    select,
    store,
)
from reference_api.clock import CHINA, now, stamp
from reference_api.errors import BadRequest, NotFound
from reference_api.once import once
from reference_api.shapes import MOMENT, PERIOD, STRING, TYPED, Shape, many, party, record, reference

BASE = "/tmf-api/usageConsumption/v4"
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)
REPORT_ID = re.compile(r"UC(C[A-Z2-7]{10})(20[0-9]{2})(0[1-9]|1[0-2])", re.ASCII)
NAMES = {
    "data": ("流量", "Data"),
    "voice": ("通话", "Calls"),
    "sms": ("短信", "Messages"),
    "roaming": ("漫游流量", "Roaming data"),
}
LINE = reference(value=STRING)
CRITERIA = record({"logicalResource": many(LINE), "validPeriod": PERIOD, "relatedParty": many(party())})
ASKED = Shape(
    record(
        {
            "queryUsageConsumptionDate": MOMENT,
            "relatedParty": many(party()),
            "searchCriteria": CRITERIA,
            "msisdn": STRING,
            "month": STRING,
            **TYPED,
        }
    )
)
blueprint = Blueprint("usage", __name__, url_prefix=BASE)


@blueprint.post("/queryUsageConsumption")
@once("createQueryUsageConsumption", ASKED)
def ask(connection: sqlite3.Connection, body: Json) -> Json:
    """201 with the report. 404 for a number or customer that is nobody's."""
    month = checked_month(body.get("month"))
    criteria = body.get("searchCriteria") or {}
    lines = [line.get("value") or line["id"] for line in criteria.get("logicalResource") or []]
    number = body.get("msisdn") or (lines[0] if lines else None)
    parties = body.get("relatedParty") or criteria.get("relatedParty") or []
    if not number and not parties:
        raise BadRequest("Say whose usage: relatedParty, msisdn or searchCriteria.logicalResource")
    owner = owner_of(connection, number) if number else str(parties[0]["id"])
    return report(connection, owner, month, only=number)


@blueprint.get("/queryUsageConsumption")
def search() -> Response:
    """The report of ?msisdn= or ?relatedParty.id= for ?month=; an empty list when neither is given."""
    limit, offset = page()
    month = checked_month(request.args.get("month"))
    number, customer = asked_number("msisdn"), request.args.get("relatedParty.id")
    connection = store().connection
    if number is None and customer is None:
        return listing([], 0)
    owner = owner_of(connection, number) if number else str(customer)
    return listing([report(connection, owner, month, only=number)][offset : offset + limit], 1)


@blueprint.get("/queryUsageConsumption/<report_id>")
def read(report_id: str) -> Response:
    """A report asked for before, with the figures of now."""
    match = REPORT_ID.fullmatch(report_id)
    if not match:
        raise NotFound("No such report")
    customer, year, month = match.groups()
    return jsonify(fields_of(report(store().connection, customer, f"{year}-{month}")))


def owner_of(connection: sqlite3.Connection, number: str) -> str:
    """The id of the customer whose line it is. Raises NotFound."""
    row = one(connection, "SELECT customer_id FROM lines WHERE msisdn = ?", number)
    if row is None:
        raise NotFound("No such number")
    return str(row["customer_id"])


def checked_month(text: Any) -> str:
    """A YYYY-MM, the running month when None. Raises BadRequest."""
    if text is None:
        return running_month()
    if not isinstance(text, str) or not MONTH.fullmatch(text):
        raise BadRequest("month must be YYYY-MM")
    return text


def running_month() -> str:
    """YYYY-MM in China, now."""
    return now().astimezone(CHINA).strftime("%Y-%m")


def report(connection: sqlite3.Connection, customer: str, month: str, only: str | None = None) -> Json:
    """The QueryUsageConsumption of a customer: an entry for each line, or for `only` that number."""
    lines = [
        row["msisdn"] for row in select(connection, "SELECT msisdn FROM lines WHERE customer_id = ? ORDER BY msisdn", customer)
    ]
    if not lines:
        raise NotFound("No such customer")
    made = f"UC{customer}{month.replace('-', '')}"
    return {
        "id": made,
        "href": href(f"{BASE}/queryUsageConsumption/{made}"),
        "queryUsageConsumptionDate": stamp(now()),
        "month": month,
        "relatedParty": [{"id": customer, "role": "customer", "@referredType": "Customer"}],
        "usageConsumption": [_consumption(connection, line, month) for line in lines if only in (None, line)],
        "@type": "QueryUsageConsumption",
    }


def _consumption(connection: sqlite3.Connection, msisdn: str, month: str) -> Json:
    pots = _running(connection, msisdn) if month == running_month() else []
    return {
        "id": f"{msisdn.lstrip('+')}-{month}",
        "name": month,
        "state": "done",
        "logicalResource": [{"id": msisdn, "value": msisdn, "@referredType": "MSISDN"}],
        "bucketRefOrValue": pots + _closed(connection, msisdn, month, {pot["usageType"] for pot in pots}),
        "@type": "UsageConsumption",
    }


def _running(connection: sqlite3.Connection, msisdn: str) -> list[Json]:
    """The pots that are good now, each with what went out of it."""
    rows = select(
        connection,
        "SELECT * FROM buckets WHERE msisdn = ? AND usage_type <> 'monetary' AND status = 'active'"
        " AND (valid_until IS NULL OR valid_until > ?) ORDER BY usage_type, valid_until",
        msisdn,
        stamp(now()),
    )
    pots = []
    for row in rows:
        used = max(0, row["initial"] - row["remaining"])
        pot = _pot(row["id"], row["usage_type"], (row["name_zh"], row["name_en"]), used, row["initial"], row["units"])
        pot["remainingValue"] = quantity(row["remaining"], row["units"])
        pot["validFor"] = {
            name: row[column] for name, column in (("startDateTime", "valid_from"), ("endDateTime", "valid_until")) if row[column]
        }
        pots.append(pot)
    return pots


def _closed(connection: sqlite3.Connection, msisdn: str, month: str, told: set[str]) -> list[Json]:
    """The month's records, but for the kinds that were told already. Left is what the allowance exceeds the use by."""
    pots = []
    for row in select(connection, "SELECT * FROM usage WHERE msisdn = ? AND month = ? ORDER BY kind", msisdn, month):
        if row["kind"] in told:
            continue
        made = f"{msisdn.lstrip('+')}-{month}-{row['kind']}"
        pot = _pot(
            made, row["kind"], NAMES.get(row["kind"], (row["kind"], row["kind"])), row["used"], row["allowance"], row["units"]
        )
        pot["remainingValue"] = quantity(max(0, row["allowance"] - row["used"]), row["units"])
        pots.append(pot)
    return pots


def _pot(made: str, kind: str, names: tuple[str, str], used: int, full: int, units: str) -> Json:
    return {
        "id": made,
        "name": names[0],
        "name_en": names[1],
        "usageType": kind,
        "status": "active",
        "isShared": False,
        "initialValue": quantity(full, units),
        "bucketCounter": [
            {"counterType": "used", "level": "global", "value": quantity(used, units)},
            {"counterType": "outOfBucket", "level": "global", "value": quantity(max(0, used - full), units)},
        ],
        "@type": "Bucket",
    }
