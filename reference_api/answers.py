"""What every route shares: the store at hand, reading a request, and writing money, pages and fields the standard's way."""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask import Response, current_app, jsonify, request

from reference_api.errors import BadRequest, Refusal
from reference_api.settings import Settings
from reference_api.store import Store

Json = dict[str, Any]

DEFAULT_PAGE = 20  # rows of a list when `limit` is absent
LARGEST_PAGE = 100
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U/V: ids are read aloud
LARGEST_INTEGER = 2**53  # beyond it a JSON number is no longer exact


def store() -> Store:
    """The database of this app."""
    found: Store = current_app.extensions["store"]
    return found


def settings() -> Settings:
    """The settings of this app."""
    found: Settings = current_app.extensions["settings"]
    return found


def new_id(prefix: str, length: int = 10) -> str:
    """`prefix` and `length` unambiguous random characters."""
    return prefix + "".join(secrets.choice(LETTERS) for _ in range(length))


def read_json() -> Any:
    """The request's JSON body. Raises BadRequest for anything else (also NaN, lone surrogates and endless nesting)."""
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise BadRequest("The body must be application/json", code="notJson")
    try:
        text = request.get_data().decode("utf-8")
        body = json.loads(text, parse_constant=_no_constant)
        json.dumps(body, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is not valid JSON", code="notJson") from error
    return body


def _no_constant(name: str) -> None:
    raise ValueError(name)


def page() -> tuple[int, int]:
    """(limit, offset) of a list request: whole numbers, brought into range. Raises BadRequest for other words."""
    limit = _whole_number("limit", DEFAULT_PAGE)
    offset = _whole_number("offset", 0)
    return min(max(limit, 0), LARGEST_PAGE), min(max(offset, 0), LARGEST_INTEGER)


def _whole_number(name: str, default: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    digits = text[1:] if text.startswith("-") else text
    if not digits.isascii() or not digits.isdigit() or len(digits) > 400:
        raise BadRequest(f"{name} must be a whole number")
    return int(text)


def fields_of(body: Json, required: Iterable[str] = ()) -> Json:
    """`body` with only the attributes named by `?fields=`; id, href and what the schema requires always stay."""
    wanted = request.args.get("fields")
    if not wanted:
        return body
    keep = {name.strip() for name in wanted.split(",")} | {"id", "href", *required}
    return {name: value for name, value in body.items() if name in keep}


def listing(rows: list[Json], total: int, required: Iterable[str] = ()) -> Response:
    """A page of a list, with the standard's count headers."""
    required = tuple(required)
    response = jsonify([fields_of(row, required) for row in rows])
    response.headers["X-Total-Count"] = str(total)
    response.headers["X-Result-Count"] = str(len(rows))
    return response


def nothing() -> Response:
    """204. It names a content type because some clients ask for one on every answer."""
    return Response(status=204, content_type="application/json;charset=utf-8")


def href(path: str) -> str:
    """The absolute address of `path` on this server, as the client reached it."""
    return request.host_url.rstrip("/") + path


def select(connection: sqlite3.Connection, sql: str, *values: Any) -> list[sqlite3.Row]:
    """All rows of a query."""
    return connection.execute(sql, values).fetchall()


def one(connection: sqlite3.Connection, sql: str, *values: Any) -> sqlite3.Row | None:
    """The first row of a query, or None."""
    row: sqlite3.Row | None = connection.execute(sql, values).fetchone()
    return row


def page_of(
    connection: sqlite3.Connection, table: str, order: str, where: str = "1", values: tuple[Any, ...] = ()
) -> tuple[list[sqlite3.Row], int]:
    """The rows of the page asked for, and how many there are in all. The SQL words are ours, never a client's."""
    limit, offset = page()
    total: int = connection.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()[0]  # noqa: S608
    sql = f"SELECT * FROM {table} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
    return connection.execute(sql, (*values, limit, offset)).fetchall(), total


def of_line() -> tuple[str, tuple[Any, ...]]:
    """(where, values) for the number a list request asks for; all rows where it names none."""
    number = asked_number()
    return ("1", ()) if number is None else ("msisdn = ?", (number,))


def quantity(value: int, units: str) -> Json:
    """A TMF Quantity. Money (`CNY`) is given fen, written in yuan, and carries the exact fen beside it."""
    if units == "CNY":
        return {"amount": value / 100, "units": "CNY", "amountFen": value}
    return {"amount": value, "units": units}


def money(fen: int) -> Json:
    """A TMF Money with the exact fen beside it."""
    return {"unit": "CNY", "value": fen / 100, "amountFen": fen}


def whole_units(given: Mapping[str, Any], units: str) -> int:
    """A Quantity as an integer of the bucket's unit (fen for CNY). Raises Refusal amountOutOfRange when it is none."""
    amount = given.get("amount")
    if amount is None or given.get("units", units) != units:
        raise Refusal(f"An amount in {units} is needed", code="amountOutOfRange")
    exact = Decimal(repr(amount)) * (100 if units == "CNY" else 1)
    if not exact.is_finite() or abs(exact) > LARGEST_INTEGER or exact != exact.to_integral_value():
        raise Refusal(f"The amount is not a whole number of {'fen' if units == 'CNY' else units}", code="amountOutOfRange")
    return int(exact)


def asked_number(name: str = "logicalResource.value") -> str | None:
    """The phone number of a query parameter; a plus that arrived unescaped reads as a blank and is put back."""
    text = request.args.get(name)
    return None if text is None else "+" + text.strip().lstrip("+")


def characteristic(body: Mapping[str, Any], name: str) -> Any:
    """The value of the characteristic called `name` in a body's extension list, or None."""
    for entry in body.get("characteristic") or []:
        if isinstance(entry, dict) and entry.get("name") == name:
            return entry.get("value")
    return None
