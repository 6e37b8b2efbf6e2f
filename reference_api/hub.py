"""Event subscriptions of every API (`POST …/hub`), and the outbox their events leave by.

A callback address is taken only on an allowed host: a server that calls whatever address a client names can be turned against
its own network.
"""

import json
import sqlite3
from urllib.parse import urlsplit

from flask import Blueprint, current_app

from reference_api.answers import Json, new_id, nothing, one, select, settings, store
from reference_api.clock import now, stamp
from reference_api.errors import Forbidden, NotFound, Refusal
from reference_api.once import once
from reference_api.shapes import STRING, Shape, record

LONGEST_ADDRESS = 2_000  # characters
MOST_HUBS = 1_000  # subscriptions of one API
SHAPE = Shape(record({"callback": STRING, "query": STRING}, "callback"))


def blueprint(base: str) -> Blueprint:
    """The hub of the API at `base`."""
    api = base.split("/")[2]
    hub = Blueprint(f"hub_{api}", __name__, url_prefix=base)

    @hub.post("/hub")
    @once(f"registerListener:{api}", SHAPE)
    def subscribe(connection: sqlite3.Connection, body: Json) -> Json:
        require_allowed(body["callback"])
        held: int = connection.execute("SELECT count(*) FROM hubs WHERE api = ?", (api,)).fetchone()[0]
        if held >= MOST_HUBS:
            raise Refusal("There are too many subscriptions", code="quotaExceeded")
        hub_id = new_id("HB")
        connection.execute(
            "INSERT INTO hubs (id, api, callback, query, created_at) VALUES (?, ?, ?, ?, ?)",
            (hub_id, api, body["callback"], body.get("query"), stamp(now())),
        )
        return {"id": hub_id, "callback": body["callback"]} | ({"query": body["query"]} if "query" in body else {})

    @hub.delete("/hub/<hub_id>")
    def unsubscribe(hub_id: str):  # type: ignore[no-untyped-def]
        with store().transaction() as connection:
            if one(connection, "SELECT 1 FROM hubs WHERE id = ? AND api = ?", hub_id, api) is None:
                raise NotFound("There is no such subscription")
            connection.execute("DELETE FROM hubs WHERE id = ?", (hub_id,))
        return nothing()

    return hub


def require_allowed(address: str) -> None:
    """Raises Forbidden unless `address` is http(s) on an allowed host, without user and password."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise Forbidden("The callback is not an address", code="callbackNotAllowed") from error
    fine = parts.scheme in ("http", "https") and parts.hostname in settings().callback_hosts and port != 0
    if not fine or parts.username is not None or len(address) > LONGEST_ADDRESS or not address.isprintable():
        raise Forbidden("Callbacks go to allowed hosts only", code="callbackNotAllowed")


def announce(connection: sqlite3.Connection, api: str, event: str, resource: str, body: Json) -> None:
    """Queue an event for every subscriber of `api`, in the transaction of the change it tells of."""
    for row in select(connection, "SELECT id, callback FROM hubs WHERE api = ? ORDER BY id LIMIT ?", api, MOST_HUBS):
        event_id, moment = new_id("EV"), stamp(now())
        told = {"eventId": event_id, "eventTime": moment, "eventType": event, "event": {resource: body}}
        queue(connection, row["callback"], json.dumps(told), str(body.get("id", "")), form=False)


def queue(connection: sqlite3.Connection, address: str, body: str, reference: str, *, form: bool) -> None:
    """Put one callback into the outbox; `form` ones are form-encoded and must be answered `success`."""
    connection.execute(
        "INSERT INTO callbacks (id, url, form, body, reference, due_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (new_id("CB"), address, int(form), body, reference, stamp(now()), stamp(now())),
    )
    current_app.extensions["clerk"].wake()
