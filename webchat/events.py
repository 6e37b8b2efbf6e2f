"""What was said, in order: GET /api/v1/conversations/<id>/events?after=N -> {events: [{seq, at, kind, id, body}], last}."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from core.problems import Problem
from customers.transcript import READ_MOST, Entry, Transcript
from webchat.access import Access
from webchat.quotas import Quotas


def blueprint(access: Access, transcript: Transcript, quotas: Quotas) -> Blueprint:
    events = Blueprint("events", __name__)
    access.guards(events)

    @events.get("/api/v1/conversations/<conversation_id>/events")
    def after(conversation_id: str) -> Response:
        conversation = access.opened(conversation_id, request)
        quotas.take("read", conversation.id)
        seq = sequence_number(request.args.get("after", "0"), "after")
        rows = [as_json(entry) for entry in transcript.after(conversation.id, seq, READ_MOST)]
        return jsonify({"events": rows, "last": rows[-1]["seq"] if rows else seq})

    return events


def as_json(entry: Entry) -> dict[str, Any]:
    """One entry as pages get it, over HTTP and over the socket."""
    return {"seq": entry.seq, "at": entry.at.isoformat(), "kind": entry.kind, "id": entry.client_id, "body": entry.body}


def sequence_number(text: str, name: str) -> int:
    """A place in the transcript. Raises Problem."""
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise Problem(400, "bad_field", f"'{name}' is a sequence number.")
    return int(text)
