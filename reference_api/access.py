"""Who may call, how often, and the trace each request leaves: bearer key, quota, trace id, counts, audit rows."""

import hmac
import re
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from flask import Flask, Response, current_app, g, request

from reference_api.answers import settings
from reference_api.clock import now, stamp
from reference_api.errors import QuotaExceeded, Unauthorized
from reference_api.store import Store

OPEN_PATHS = ("/healthz", "/readyz", "/docs/api", "/openapi.json")
ADMIN_PREFIX = "/admin/"
PROVIDER_PREFIX = "/provider/v1/"  # signs its requests itself, see provider.py
TRACE_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
LARGEST_BATCH = 500  # audit rows written at a time
LARGEST_BACKLOG = 50_000  # audit rows waiting to be written; beyond it they are dropped, the requests are not

AuditRow = tuple[str, str, str, str, str, int, int, str | None, int]


class Quota:
    """A bucket of tokens per key: `per_minute` requests a minute, bursts up to a quarter of it."""

    def __init__(self, per_minute: int) -> None:
        self._rate = per_minute / 60
        self._burst = max(1.0, per_minute / 4)
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def spend(self, key: str) -> float:
        """Use one token. Returns 0, or the seconds to wait where none is left."""
        moment = time.monotonic()
        with self._lock:
            level, since = self._levels.get(key, (self._burst, moment))
            level = min(self._burst, level + (moment - since) * self._rate)
            allowed = level >= 1
            self._levels[key] = (level - 1 if allowed else level, moment)
        return 0.0 if allowed else (1 - level) / max(self._rate, 0.001)


@dataclass
class Journal:
    """Counts per operation, and audit rows on their way to the database.

    Rows are written in batches by the clerk (clerk.py): a read must not pay for a write to disk. A kill loses the last
    fraction of a second of them; what happened to money is in the ledger, which loses nothing.
    """

    counts: Counter[str] = field(default_factory=Counter)
    rows: SimpleQueue[AuditRow] = field(default_factory=SimpleQueue)

    def note(self, row: AuditRow) -> None:
        """Keep a row for the next flush."""
        if self.rows.qsize() < LARGEST_BACKLOG:
            self.rows.put(row)

    def flush(self, store: Store) -> int:
        """Write what has gathered; returns how many rows."""
        batch: list[AuditRow] = []
        while len(batch) < LARGEST_BATCH:
            try:
                batch.append(self.rows.get_nowait())
            except Empty:
                break
        if batch:
            with store.transaction() as connection:
                connection.executemany(
                    "INSERT INTO audit (at, trace_id, method, path, operation, status, replay, key, took_ms)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    batch,
                )
        return len(batch)


def journal() -> Journal:
    """The journal of this app."""
    found: Journal = current_app.extensions["journal"]
    return found


def register(app: Flask) -> None:
    """Check every request before its route, and note it afterwards."""

    @app.before_request
    def admit() -> None:
        g.started = time.monotonic()
        given = request.headers.get("X-Trace-Id", "")
        g.trace_id = given if TRACE_ID.fullmatch(given) else uuid.uuid4().hex
        g.operation = operation_name()
        if request.path in OPEN_PATHS:
            return
        if request.path.startswith(ADMIN_PREFIX):
            _require(request.headers.get("X-Admin-Key", ""), settings().admin_key)
            return
        if not request.path.startswith(PROVIDER_PREFIX):
            scheme, _, key = request.headers.get("Authorization", "").partition(" ")
            _require(key.strip() if scheme.lower() == "bearer" else "", settings().operator_api_key)
        _spend()
        g.admitted = True  # from here on the request counts, and faults may hit it

    @app.after_request
    def note(response: Response) -> Response:
        response.headers["X-Trace-Id"] = g.trace_id
        if g.get("admitted"):
            journal().counts[g.operation] += 1
            journal().note(_audit_row(response))
        return response


def operation_name() -> str:
    """Method and resource, "POST topupBalance": how counts and faults name what is asked."""
    rule = request.url_rule.rule if request.url_rule else request.path
    words = [word for word in rule.split("/") if word and not word.startswith("<")]
    return f"{request.method} {words[-1] if words else ''}"


def _require(given: str, expected: str) -> None:
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Unauthorized("A valid key is needed", headers={"WWW-Authenticate": "Bearer"})


def _spend() -> None:
    quota: Quota = current_app.extensions["quota"]
    wait = quota.spend("provider" if request.path.startswith(PROVIDER_PREFIX) else "bearer")
    if wait:
        raise QuotaExceeded("Too many requests", headers={"Retry-After": str(int(wait) + 1)})


def _audit_row(response: Response) -> AuditRow:
    replay = int(response.headers.get("Idempotent-Replay") == "true")
    took_ms = int((time.monotonic() - g.started) * 1000)
    key = g.get("idempotency_key")
    return (stamp(now()), g.trace_id, request.method, request.path[:300], g.operation, response.status_code, replay, key, took_ms)
