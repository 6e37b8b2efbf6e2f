"""TMF645 Service Qualification: can broadband be had at an address, how fast, and if not, why and when.

The address is `service.place[0]`: the `id` of a known one, or its text in `name`. The speed wished for is the characteristic
`speedMbps` or the offering in `service.serviceSpecification.id`; without either any speed will do. Answers stay readable under
their id: they are kept where once.py keeps every answer to a POST.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify

from reference_api.addresses import by_id, find, place_of
from reference_api.answers import Json, fields_of, href, listing, new_id, one, page, select, store
from reference_api.clock import now, stamp
from reference_api.errors import BadRequest, NotFound
from reference_api.once import once
from reference_api.shapes import BOOLEAN, MOMENT, STRING, TYPED, Shape, many, party, record, reference

BASE = "/tmf-api/serviceQualificationManagement/v4"
OPERATION = "createCheckServiceQualification"
GOOD_FOR = timedelta(days=30)  # how long an answer may be relied upon
LONGEST_ADDRESS = 200  # characters
REASONS = {
    "noCoverage": ("该地址暂未通光纤", "There is no fibre at this address yet"),
    "portsFull": ("该片区端口已满，正在扩容", "All ports in this area are taken; more are being built"),
    "buildingClosed": ("该楼宇暂不允许施工", "The building does not allow the installation"),
    "speedTooHigh": ("该地址达不到所选速率", "This address does not reach the speed asked for"),
    "addressUnknown": ("没有找到这个地址", "This address was not found"),
    "addressAmbiguous": ("多个城市有这条路，请说明城市", "Several cities have this road; please name the city"),
}
PLACE = record({"id": STRING, "name": {**STRING, "maxLength": LONGEST_ADDRESS}, "role": STRING, **TYPED})
SERVICE = record(
    {
        "place": many(PLACE),
        "serviceCharacteristic": many(record({"name": STRING}, "name", "value")),
        "serviceSpecification": reference(STRING),
        **TYPED,
    }
)
ITEM = record({"id": STRING, "service": SERVICE, **TYPED})
ASKED = Shape(
    record(
        {
            "description": STRING, "externalId": STRING, "expectedQualificationDate": MOMENT, "instantSyncQualification": BOOLEAN,
            "provideAlternative": BOOLEAN, "provideUnavailabilityReason": BOOLEAN, "relatedParty": many(party(STRING)),
            "serviceQualificationItem": many(ITEM, at_least=1), **TYPED,
        },
        "serviceQualificationItem",
    )
)  # fmt: skip
blueprint = Blueprint("serviceability", __name__, url_prefix=BASE)


@dataclass(frozen=True)
class Verdict:
    """What can be had at an address. `reason` is empty where the wish can be met."""

    row: sqlite3.Row | None
    house: str = ""
    reason: str = ""
    max_mbps: int = 0
    candidates: tuple[sqlite3.Row, ...] = ()


def judge(connection: sqlite3.Connection, *, address_id: str = "", text: str = "", mbps: int = 0) -> Verdict:
    """The verdict on an address given by id or by text, for a speed in Mbps (0: any). Also what broadband orders ask."""
    row, house = by_id(connection, address_id) if address_id else None, ""
    if row is None:
        found = find(connection, text)
        if len(found.roads) > 1:
            return Verdict(None, found.house, "addressAmbiguous", candidates=tuple(found.roads))
        row, house = found.road, found.house
    if row is None:
        return Verdict(None, house, "addressUnknown")
    if not row["serviceable"]:
        return Verdict(row, house, row["reason"] or "noCoverage")
    return Verdict(row, house, "speedTooHigh" if mbps > row["max_mbps"] else "", row["max_mbps"])


@blueprint.post("/checkServiceQualification")
@once(OPERATION, ASKED)
def check(connection: sqlite3.Connection, body: Json) -> Json:
    """201; `qualificationResult` is qualified, unqualified or alternate, for each item and for all."""
    made, moment = new_id("SQ"), now()
    items = [_item(connection, item, body) for item in body["serviceQualificationItem"]]
    results = {item["qualificationResult"] for item in items}
    overall = results.pop() if len(results) == 1 else "unqualified"
    return {
        **{name: body[name] for name in ("description", "externalId", "relatedParty") if name in body},
        "id": made,
        "href": href(f"{BASE}/checkServiceQualification/{made}"),
        "checkServiceQualificationDate": stamp(moment),
        "effectiveQualificationDate": stamp(moment),
        "expirationDate": stamp(moment + GOOD_FOR),
        "state": "terminatedWithError" if all(item["state"] == "terminatedWithError" for item in items) else "done",
        "qualificationResult": overall,
        "serviceQualificationItem": items,
        "@type": "CheckServiceQualification",
    }


@blueprint.get("/checkServiceQualification/<check_id>")
def read(check_id: str) -> Response:
    """An answer given before."""
    sql = "SELECT answer FROM idempotency WHERE operation = ? AND status = 201 AND json_extract(answer, '$.id') = ?"
    row = one(store().connection, sql, OPERATION, check_id)
    if row is None:
        raise NotFound("No such qualification")
    return jsonify(fields_of(json.loads(row["answer"])))


@blueprint.get("/checkServiceQualification")
def list_checks() -> Response:
    """Answers given, newest first."""
    limit, offset = page()
    connection, where = store().connection, "FROM idempotency WHERE operation = ? AND status = 201"
    total = select(connection, f"SELECT count(*) {where}", OPERATION)[0][0]
    sql = f"SELECT answer {where} ORDER BY created_at DESC, key LIMIT ? OFFSET ?"
    return listing([json.loads(row["answer"]) for row in select(connection, sql, OPERATION, limit, offset)], total)


def _item(connection: sqlite3.Connection, item: Json, body: Json) -> Json:
    service = item.get("service") or {}
    place = (service.get("place") or [{}])[0]
    if not place.get("id") and not place.get("name"):
        raise BadRequest("service.place[0] needs the id or the name (text) of an address")
    mbps = _wished(connection, service)
    verdict = judge(connection, address_id=place.get("id", ""), text=place.get("name", ""), mbps=mbps)
    unknown = verdict.row is None
    alternative = verdict.reason == "speedTooHigh" and body.get("provideAlternative", True)
    result = "alternate" if alternative else "unqualified" if verdict.reason else "qualified"
    answer: Json = {
        "id": item.get("id", "1"),
        "state": "terminatedWithError" if unknown else "done",
        "qualificationResult": result,
        "service": {
            **service,
            "place": [place_of(verdict.row, verdict.house)] if verdict.row else service["place"],
            "maxMbps": verdict.max_mbps,
        },
        "expirationDate": stamp(now() + GOOD_FOR),
        "@type": "CheckServiceQualificationItem",
    }
    if unknown:
        answer["terminationError"] = [_reason(verdict.reason)]
        answer["candidates"] = [place_of(row, verdict.house) for row in verdict.candidates]
    elif verdict.reason and body.get("provideUnavailabilityReason", True):
        answer["eligibilityUnavailabilityReason"] = [_reason(verdict.reason)]
    if alternative:
        answer["alternateServiceProposal"] = [_alternative(connection, verdict)]
    _expect(answer, verdict)
    return answer


def _expect(answer: Json, verdict: Verdict) -> None:
    """When it will be possible, where that is planned."""
    days = json.loads(verdict.row["body"]).get("readyDays", 0) if verdict.row is not None and verdict.reason else 0
    if days:
        answer["expectedServiceAvailabilityDate"] = stamp(now() + timedelta(days=days))


def _reason(code: str) -> Json:
    zh, en = REASONS.get(code, (code, code))
    return {"id": code, "code": code, "label": zh, "label_en": en, "value": f"{code}: {en}"}


def _alternative(connection: sqlite3.Connection, verdict: Verdict) -> Json:
    """The fastest broadband this address can have."""
    sql = "SELECT * FROM offerings WHERE category = 'broadband' AND speed_mbps <= ? ORDER BY speed_mbps DESC"
    row = one(connection, sql, verdict.max_mbps)
    if row is None:
        return {"id": "1"}
    service = {"id": row["id"], "name": row["name_zh"], "name_en": row["name_en"], "serviceSpecification": {"id": row["id"]}}
    return {"id": "1", "alternateService": {**service, "maxMbps": verdict.max_mbps}}


def _wished(connection: sqlite3.Connection, service: Json) -> int:
    """The speed asked for in Mbps; 0 where none is named."""
    for entry in service.get("serviceCharacteristic") or []:
        value: Any = entry.get("value")
        if entry["name"] == "speedMbps" and isinstance(value, int | float) and 0 < value < 100_000:
            return int(value)
    offering = (service.get("serviceSpecification") or {}).get("id")
    row = one(connection, "SELECT speed_mbps FROM offerings WHERE id = ?", offering) if offering else None
    return int(row["speed_mbps"] or 0) if row else 0
