"""TMF621 Trouble Ticket: a fault or complaint that somebody at the operator looks into.

States move only along NEXT; any other step is refused with 409 invalidTransition.
"""

import json
import sqlite3
from datetime import timedelta
from enum import StrEnum

from flask import Blueprint, Response, jsonify, request

from reference_api.answers import Json, fields_of, href, listing, new_id, nothing, one, page, read_json, select, store
from reference_api.clock import now, stamp
from reference_api.errors import NotFound, Refusal
from reference_api.once import once
from reference_api.shapes import MOMENT, STRING, TYPED, Shape, many, one_of, party, record, reference

BASE = "/tmf-api/troubleTicket/v4"
REQUIRED = ("description", "severity", "ticketType")
DAYS_TO_RESOLVE = {"critical": 1, "major": 2, "minor": 5}  # others: 3
LONGEST_DESCRIPTION = 4_000  # characters


class TicketState(StrEnum):
    """The states of the standard; `may_become` is the one way between them."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    RESOLVED = "resolved"

    def may_become(self, other: "TicketState") -> bool:
        """Whether this step exists; staying is always allowed."""
        return other is self or other in NEXT[self]


_OPEN = {TicketState.PENDING, TicketState.HELD, TicketState.IN_PROGRESS, TicketState.CANCELLED, TicketState.RESOLVED}
NEXT: dict[TicketState, set[TicketState]] = {
    TicketState.ACKNOWLEDGED: {TicketState.REJECTED, *_OPEN} - {TicketState.RESOLVED},
    TicketState.PENDING: _OPEN,
    TicketState.HELD: _OPEN,
    TicketState.IN_PROGRESS: _OPEN,
    TicketState.RESOLVED: {TicketState.CLOSED, TicketState.IN_PROGRESS},
    TicketState.REJECTED: set(),
    TicketState.CANCELLED: set(),
    TicketState.CLOSED: set(),
}
NOTE = record({"id": STRING, "author": STRING, "date": MOMENT, "text": STRING, **TYPED})
MEMBERS = {
    "description": {**STRING, "maxLength": LONGEST_DESCRIPTION},
    "severity": STRING,
    "ticketType": STRING,
    "name": STRING,
    "priority": STRING,
    "externalId": STRING,
    "requestedResolutionDate": MOMENT,
    "expectedResolutionDate": MOMENT,
    "statusChangeReason": STRING,
    "status": one_of(*TicketState),
    "relatedParty": many(party(STRING)),
    "channel": reference(STRING),
    "note": many(NOTE),
    **TYPED,
}
NEW = Shape(record(MEMBERS, *REQUIRED))
CHANGE = Shape(record(MEMBERS))
COLUMNS = ("description", "severity", "ticketType", "status")
blueprint = Blueprint("tickets", __name__, url_prefix=BASE)


@blueprint.post("/troubleTicket")
@once("createTroubleTicket", NEW)
def open_ticket(connection: sqlite3.Connection, body: Json) -> Json:
    """201 with the ticket, acknowledged. 404 for a customer that does not exist."""
    parties = body.get("relatedParty") or []
    customer = next((entry["id"] for entry in parties if entry.get("role", "customer") == "customer"), None)
    if customer is not None and one(connection, "SELECT 1 FROM customers WHERE id = ?", customer) is None:
        raise NotFound("No such customer")
    ticket, moment = new_id("TT"), now()
    days = DAYS_TO_RESOLVE.get(str(body["severity"]).lower(), 3)
    rest = {"expectedResolutionDate": stamp(moment + timedelta(days=days)), **{k: v for k, v in body.items() if k not in COLUMNS}}
    connection.execute(
        "INSERT INTO tickets (id, customer_id, msisdn, ticket_type, severity, status, description, created_at, updated_at, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            ticket,
            customer,
            body.get("msisdn") if isinstance(body.get("msisdn"), str) else None,
            body["ticketType"],
            body["severity"],
            TicketState.ACKNOWLEDGED,
            body["description"],
            stamp(moment),
            stamp(moment),
            json.dumps(rest),
        ),
    )
    return _ticket(_require(connection, ticket))


@blueprint.get("/troubleTicket")
def list_tickets() -> Response:
    """Tickets, newest first; ?relatedParty.id= and ?status= narrow the list."""
    limit, offset = page()
    wanted = (request.args.get("relatedParty.id"), request.args.get("status"))
    where = "WHERE (?1 IS NULL OR customer_id = ?1) AND (?2 IS NULL OR status = ?2)"
    connection = store().connection
    total = select(connection, f"SELECT count(*) FROM tickets {where}", *wanted)[0][0]  # noqa: S608 - `where` is the line above
    sql = f"SELECT * FROM tickets {where} ORDER BY created_at DESC, id LIMIT ?3 OFFSET ?4"  # noqa: S608 - see above
    found = select(connection, sql, *wanted, limit, offset)
    return listing([_ticket(row) for row in found], total, REQUIRED)


@blueprint.get("/troubleTicket/<ticket_id>")
def read_ticket(ticket_id: str) -> Response:
    """One ticket."""
    return jsonify(fields_of(_ticket(_require(store().connection, ticket_id)), REQUIRED))


@blueprint.patch("/troubleTicket/<ticket_id>")
def change_ticket(ticket_id: str) -> Response:
    """New words, severity or state. 409 invalidTransition for a step that does not exist."""
    body = read_json()
    CHANGE.check(body)
    with store().transaction() as connection:
        row = _require(connection, ticket_id)
        before, after = TicketState(row["status"]), TicketState(body.get("status", row["status"]))
        if not before.may_become(after):
            raise Refusal(f"A ticket that is {before} cannot become {after}", code="invalidTransition")
        rest = {**json.loads(row["body"]), **{k: v for k, v in body.items() if k not in (*COLUMNS, "id", "href")}}
        if after is TicketState.RESOLVED and before is not after:
            rest["resolutionDate"] = stamp(now())
        connection.execute(
            "UPDATE tickets SET description = ?, severity = ?, ticket_type = ?, status = ?, updated_at = ?, body = ?"
            " WHERE id = ?",
            (
                body.get("description", row["description"]),
                body.get("severity", row["severity"]),
                body.get("ticketType", row["ticket_type"]),
                after,
                stamp(now()),
                json.dumps(rest),
                ticket_id,
            ),
        )
        changed = _ticket(_require(connection, ticket_id))
    return jsonify(changed)


@blueprint.delete("/troubleTicket/<ticket_id>")
def delete_ticket(ticket_id: str) -> Response:
    """204; 404 when there is none."""
    with store().transaction() as connection:
        _require(connection, ticket_id)
        connection.execute("DELETE FROM tickets WHERE id = ?", (ticket_id,))
    return nothing()


def _require(connection: sqlite3.Connection, ticket_id: str) -> sqlite3.Row:
    row = one(connection, "SELECT * FROM tickets WHERE id = ?", ticket_id)
    if row is None:
        raise NotFound("No such ticket")
    return row


def _ticket(row: sqlite3.Row) -> Json:
    return {
        **json.loads(row["body"]),
        "id": row["id"],
        "href": href(f"{BASE}/troubleTicket/{row['id']}"),
        "description": row["description"],
        "severity": row["severity"],
        "ticketType": row["ticket_type"],
        "status": row["status"],
        "creationDate": row["created_at"],
        "lastUpdate": row["updated_at"],
    }
