"""TMF654 adjust, transfer and reserve: the three other ways a balance changes.

adjustBalance    goodwill or correction on a line's money, at most ¥50 either way
transferBalance  money between two lines of one customer, ¥1 to ¥200
reserveBalance   money set aside (it stays in `remaining`, but cannot be spent) until the reservation is deleted
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify

from reference_api.answers import Json, fields_of, href, listing, new_id, nothing, one, page_of, quantity, read_json, store
from reference_api.buckets import BASE, amount_in, bucket_ref
from reference_api.clock import now, stamp
from reference_api.errors import NotFound, Refusal
from reference_api.ledger import Move, money_bucket, move
from reference_api.once import once
from reference_api.prepayshapes import ADJUST, ADJUST_UPDATE, RESERVE, RESERVE_UPDATE, TRANSFER, TRANSFER_UPDATE
from reference_api.shapes import Shape

LARGEST_ADJUSTMENT_FEN = 5_000  # ¥50 up or down
SMALLEST_TRANSFER_FEN, LARGEST_TRANSFER_FEN = 100, 20_000  # ¥1 to ¥200

blueprint = Blueprint("balance_actions", __name__, url_prefix=BASE)


@dataclass(frozen=True)
class ActionKind:
    """One of the three: the resource's name, its schemas, and what it does to the buckets."""

    name: str
    prefix: str
    shape: Shape
    update_shape: Shape
    perform: Callable[[sqlite3.Connection, str, int, str, Json], Move]


def adjust(connection: sqlite3.Connection, bucket_id: str, fen: int, action_id: str, body: Json) -> Move:
    if not 0 < abs(fen) <= LARGEST_ADJUSTMENT_FEN:
        raise Refusal(f"An adjustment is at most {LARGEST_ADJUSTMENT_FEN} fen", code="amountOutOfRange")
    return move(connection, bucket_id, fen, "adjust", action_id)


def transfer(connection: sqlite3.Connection, bucket_id: str, fen: int, action_id: str, body: Json) -> Move:
    receiver = _bucket_named(connection, body.get("receiverBucket"), body.get("receiverLogicalResource"))
    giver = _bucket_named(connection, {"id": bucket_id}, None)
    if receiver["id"] == giver["id"] or receiver["customer_id"] != giver["customer_id"]:
        raise Refusal("Money moves only between two lines of one customer", code="notFound")
    if not SMALLEST_TRANSFER_FEN <= fen <= LARGEST_TRANSFER_FEN:
        raise Refusal(f"A transfer is {SMALLEST_TRANSFER_FEN} to {LARGEST_TRANSFER_FEN} fen", code="amountOutOfRange")
    taken = move(connection, bucket_id, -fen, "transfer", action_id)
    move(connection, receiver["id"], fen, "transfer", action_id)
    return taken


def reserve(connection: sqlite3.Connection, bucket_id: str, fen: int, action_id: str, body: Json) -> Move:
    bucket = _bucket_named(connection, {"id": bucket_id}, None)
    if not 0 < fen <= bucket["remaining"] - bucket["reserved"]:
        raise Refusal("Not that much is free to reserve", code="amountOutOfRange")
    connection.execute("UPDATE buckets SET reserved = reserved + ? WHERE id = ?", (fen, bucket_id))
    return Move(bucket_id, bucket["remaining"], bucket["remaining"])


KINDS = (
    ActionKind("adjustBalance", "AJ", ADJUST, ADJUST_UPDATE, adjust),
    ActionKind("transferBalance", "TR", TRANSFER, TRANSFER_UPDATE, transfer),
    ActionKind("reserveBalance", "RV", RESERVE, RESERVE_UPDATE, reserve),
)


def _add_routes(kind: ActionKind) -> None:
    """The five operations of one kind."""

    @once(f"create_{kind.name}", kind.shape)
    def create(connection: sqlite3.Connection, body: Json) -> Json:
        return _create(connection, kind, body)

    def show(action_id: str) -> Response:
        return jsonify(fields_of(_body(_require(store().connection, kind, action_id))))

    def index() -> Response:
        rows, total = page_of(store().connection, "balance_actions", "requested_at DESC, id", "kind = ?", (kind.name,))
        return listing([_body(row) for row in rows], total)

    def change(action_id: str) -> Response:
        body = read_json()
        kind.update_shape.check(body)
        return jsonify(_describe(kind, action_id, body))

    def delete(action_id: str) -> Response:
        _release(kind, action_id)
        return nothing()

    routes = (("POST", "", create), ("GET", "", index), ("GET", "/<action_id>", show))
    for method, path, view in (*routes, ("PATCH", "/<action_id>", change), ("DELETE", "/<action_id>", delete)):
        blueprint.add_url_rule(f"/{kind.name}{path}", f"{method}_{kind.name}{'_one' if path else ''}", view, methods=[method])


def _create(connection: sqlite3.Connection, kind: ActionKind, body: Json) -> Json:
    bucket = _bucket_named(connection, body.get("bucket"), body.get("logicalResource"))
    amount = amount_in(body, "CNY")
    action_id, moment = new_id(kind.prefix), stamp(now())
    moved = kind.perform(connection, bucket["id"], amount, action_id, body)
    connection.execute(
        "INSERT INTO balance_actions (id, kind, bucket_id, amount, status, requested_at, confirmed_at, before, after, body)"
        " VALUES (?, ?, ?, ?, 'confirmed', ?, ?, ?, ?, ?)",
        (action_id, kind.name, bucket["id"], amount, moment, moment, moved.before, moved.after, json.dumps(body)),
    )
    return _body(_require(connection, kind, action_id))


def _bucket_named(connection: sqlite3.Connection, bucket: Json | None, line: Json | None) -> sqlite3.Row:
    """The money bucket that a body names by its id or by its line. Raises Refusal notFound."""
    bucket_id = bucket["id"] if bucket else money_bucket(connection, (line or {}).get("value") or (line or {}).get("id") or "")
    found = one(connection, "SELECT * FROM buckets WHERE id = ? AND usage_type = 'monetary' AND msisdn IS NOT NULL", bucket_id)
    if found is None:
        raise Refusal("There is no such balance", code="notFound")
    return found


def _describe(kind: ActionKind, action_id: str, body: Json) -> Json:
    """Only the description may be altered."""
    _require(store().connection, kind, action_id)
    if set(body) - {"description", "@type"}:
        raise Refusal("Only the description can be changed", code="notChangeable")
    with store().transaction() as connection:
        kept = json.loads(_require(connection, kind, action_id)["body"]) | body
        connection.execute("UPDATE balance_actions SET body = ? WHERE id = ?", (json.dumps(kept), action_id))
        return _body(_require(connection, kind, action_id))


def _release(kind: ActionKind, action_id: str) -> None:
    """Deleting a reservation sets its money free; the other kinds are records of money and stay."""
    with store().transaction() as connection:
        row = _require(connection, kind, action_id)
        if kind.name != "reserveBalance":
            raise Refusal("A record of money is kept", code="notDeletable")
        connection.execute("UPDATE buckets SET reserved = reserved - ? WHERE id = ?", (row["amount"], row["bucket_id"]))
        connection.execute("DELETE FROM balance_actions WHERE id = ?", (action_id,))


def _require(connection: sqlite3.Connection, kind: ActionKind, action_id: str) -> sqlite3.Row:
    row = one(connection, "SELECT * FROM balance_actions WHERE id = ? AND kind = ?", action_id, kind.name)
    if row is None:
        raise NotFound(f"There is no such {kind.name}")
    return row


def _body(row: sqlite3.Row) -> Json:
    return {
        **json.loads(row["body"]),
        "id": row["id"],
        "href": href(f"{BASE}/{row['kind']}/{row['id']}"),
        "status": row["status"],
        "usageType": "monetary",
        "amount": quantity(row["amount"], "CNY"),
        "bucket": bucket_ref(row["bucket_id"], "monetary"),
        "requestedDate": row["requested_at"],
        "confirmationDate": row["confirmed_at"],
        "impactedBucket": [
            {
                "bucket": bucket_ref(row["bucket_id"], "monetary"),
                "amountBefore": quantity(row["before"], "CNY"),
                "amountAfter": quantity(row["after"], "CNY"),
                "item": [{"itemType": row["kind"], "amount": quantity(row["amount"], "CNY")}],
            }
        ],
        "@type": row["kind"][0].upper() + row["kind"][1:],
    }


for _kind in KINDS:
    _add_routes(_kind)
