"""Reads what strangers send: bounded, strict JSON, with one error for every way of getting it wrong."""

import json
from typing import Any, NoReturn

from flask import Request

from core.problems import Problem

MESSAGE_MOST = 16 * 1024  # bytes of one message; a person types a hundredth of it
ID_MOST = 128
TOKEN_MOST = 4096  # characters of a customer token


def read_json(request: Request) -> dict[str, Any]:
    """The body as an object: valid UTF-8, no duplicate keys, no NaN, not too deep. Raises Problem."""
    try:
        body = json.loads(request.get_data(cache=False).decode(), object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Problem(400, "bad_json", "The body is not a valid JSON object.") from None
    if not isinstance(body, dict):
        raise Problem(400, "bad_json", "The body is not a JSON object.")
    return body


def text_field(body: dict[str, Any], name: str, *, most: int) -> str:
    """A string that is there, not empty and not too long. Raises Problem."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Problem(400, "bad_field", f"'{name}' must be a string that is not empty.")
    if len(value.encode(errors="surrogatepass")) > most:
        raise Problem(413, "too_long", f"'{name}' is longer than {most} bytes.")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise Problem(400, "bad_field", f"'{name}' is not valid Unicode.")
    return value


def optional_text(body: dict[str, Any], name: str, *, most: int = ID_MOST) -> str | None:
    return None if body.get(name) is None else text_field(body, name, most=most)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")
