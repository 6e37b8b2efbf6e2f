"""Every POST happens once per Idempotency-Key: its effect and its answer are committed together, and replayed ever after.

A key belongs to one operation and one body. Requests that fail validation (400) leave no trace; refusals (409) are kept, so a
key has one outcome. Writers run one at a time, so a second request under the same key waits for the first and gets its answer.
"""

import functools
import hashlib
import json
import sqlite3
import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, g, jsonify, request

from reference_api.answers import Json, one, read_json, store
from reference_api.clock import now, stamp
from reference_api.errors import BadRequest, KeyReused, Refusal
from reference_api.shapes import Shape

LONGEST_KEY = 255  # characters

Work = Callable[..., Json | tuple[Json, int]]


def once(operation: str, shape: Shape) -> Callable[[Work], Callable[..., Response]]:
    """A POST view: `work(connection, body)` runs in one transaction and returns the answer (201) or (answer, status)."""

    def decorate(work: Work) -> Callable[..., Response]:
        @functools.wraps(work)
        def view(**path: Any) -> Response:
            body = read_json()
            shape.check(body)
            key = idempotency_key()
            wanted = _fingerprint(body)
            with store().transaction() as connection:
                saved = one(connection, "SELECT * FROM idempotency WHERE operation = ? AND key = ?", operation, key)
                if saved is None:
                    answer, status = _perform(work, connection, body, path)
                    _remember(connection, operation, key, wanted, status, answer)
                elif saved["request_hash"] != wanted:
                    raise KeyReused("This Idempotency-Key was used with another body")
                else:
                    answer, status = json.loads(saved["answer"]), saved["status"]
            return _response(answer, status, key, replay=saved is not None)

        return view

    return decorate


def idempotency_key() -> str:
    """The request's key, or a new one where the client sent none. Raises BadRequest for an empty, long or odd one."""
    if "idempotency_key" not in g:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            key = f"made-{uuid.uuid4()}"
        if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise BadRequest(f"Idempotency-Key must be 1 to {LONGEST_KEY} printable ASCII characters", code="badIdempotencyKey")
        g.idempotency_key = key
    found: str = g.idempotency_key
    return found


def made_by(connection: sqlite3.Connection, operation: str, key: str) -> str | None:
    """The id of what `operation` made under `key`, or None: how a client learns the outcome of a lost answer."""
    saved = one(connection, "SELECT answer FROM idempotency WHERE operation = ? AND key = ? AND status < 300", operation, key)
    return None if saved is None else json.loads(saved["answer"]).get("id")


def _perform(work: Work, connection: sqlite3.Connection, body: Any, path: Json) -> tuple[Json, int]:
    connection.execute("SAVEPOINT work")
    try:
        result = work(connection, body, **path)
    except Refusal as refusal:
        connection.execute("ROLLBACK TO work")
        return refusal.body(), refusal.status
    return result if isinstance(result, tuple) else (result, 201)


def _remember(connection: sqlite3.Connection, operation: str, key: str, wanted: str, status: int, answer: Json) -> None:
    connection.execute(
        "INSERT INTO idempotency (key, operation, request_hash, status, answer, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (key, operation, wanted, status, json.dumps(answer), stamp(now())),
    )


def _fingerprint(body: Any) -> str:
    canonical = json.dumps([request.path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _response(answer: Json, status: int, key: str, *, replay: bool) -> Response:
    response = jsonify(answer)
    response.status_code = status
    response.headers["Idempotency-Key"] = key
    if replay:
        response.headers["Idempotent-Replay"] = "true"
    if status == 201 and "href" in answer and str(answer["href"]).isascii():
        response.headers["Location"] = answer["href"]
    return response
