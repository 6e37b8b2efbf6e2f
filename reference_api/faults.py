"""Faults on demand: what a real operator does on a bad day, asked for by a test with the admin key.

A fault names what it hits (`match`: a path prefix, or an operation such as "POST topupBalance"), optionally a number, and how
often (`count`; absent: until deleted). Kinds:

delay            wait `seconds`, then go on
status           answer `status` with the error body
hang             hold the connection `seconds` (60), then close it with no answer
malformed        a body that is not JSON
wrongNumber      the answer speaks of another phone number than the one asked for
cutAfterCommit   do the work, commit, close the connection with no answer
duplicateCallback  deliver each callback twice
sandbox          payments end as `outcome` says: ok, declined, slow, unknown

delay, status and hang come before the work is done, or after it is committed when `after` is true.
"""

import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask, Response, current_app, g, request

from reference_api.errors import error_body

LONGEST_FAULTS = 100  # faults standing at a time
HANG_SECONDS = 60.0


class FaultKind(StrEnum):
    DELAY = "delay"
    STATUS = "status"
    HANG = "hang"
    MALFORMED = "malformed"
    WRONG_NUMBER = "wrongNumber"
    CUT_AFTER_COMMIT = "cutAfterCommit"
    DUPLICATE_CALLBACK = "duplicateCallback"
    SANDBOX = "sandbox"


@dataclass
class Fault:
    """One standing fault; `count` is how many more times it hits (None: for ever)."""

    match: str
    kind: FaultKind
    seconds: float = 0.0
    status: int = 503
    count: int | None = None
    msisdn: str | None = None
    after: bool = False
    outcome: str = "ok"

    def hits(self, path: str, operation: str, text: str) -> bool:
        aimed = path.startswith(self.match) if self.match.startswith("/") else self.match == operation
        return aimed and (self.msisdn is None or self.msisdn.lstrip("+") in text)


class Faults:
    """The standing faults of one server; lost with it."""

    def __init__(self) -> None:
        self._standing: list[Fault] = []
        self._lock = threading.Lock()
        self.stopping = threading.Event()  # set at shutdown: nothing waits any longer

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._standing = [*self._standing, fault][-LONGEST_FAULTS:]

    def clear(self) -> None:
        with self._lock:
            self._standing = []

    def take(
        self, kinds: Iterable[FaultKind], path: str, operation: str, text: str, *, after: bool | None = None
    ) -> Fault | None:
        """The first standing fault of these kinds that hits, with one of its times used up."""
        if not self._standing:
            return None
        wanted = tuple(kinds)
        with self._lock:
            for fault in self._standing:
                if fault.kind in wanted and after in (None, fault.after) and fault.hits(path, operation, text):
                    if fault.count is not None:
                        fault.count -= 1
                        self._standing = [left for left in self._standing if left.count is None or left.count > 0]
                    return fault
        return None


TIMED = (FaultKind.DELAY, FaultKind.STATUS, FaultKind.HANG)
SPOILING = (FaultKind.MALFORMED, FaultKind.WRONG_NUMBER, FaultKind.CUT_AFTER_COMMIT)


def faults() -> Faults:
    """The faults of this app."""
    found: Faults = current_app.extensions["faults"]
    return found


def sandbox_outcome() -> str | None:
    """How a standing `sandbox` fault wants this request's payment to end, or None."""
    fault = _taken((FaultKind.SANDBOX,))
    return fault.outcome if fault else None


def register(app: Flask) -> None:
    """Let faults act before and after each request. To be registered after the access checks."""

    @app.before_request
    def strike_before() -> Response | None:
        fault = _taken(TIMED, after=False)
        return _strike(fault) if fault else None

    @app.after_request
    def strike_after(response: Response) -> Response:
        if not g.get("admitted"):
            return response
        fault = _taken(TIMED, after=True)
        response = (_strike(fault) if fault else None) or response
        fault = _taken(SPOILING)
        return _spoil(fault, response) if fault else response


def _taken(kinds: Iterable[FaultKind], *, after: bool | None = None) -> Fault | None:
    if not g.get("admitted"):
        return None
    text = request.full_path + request.get_data().decode("utf-8", "replace")
    return faults().take(kinds, request.path, g.operation, text, after=after)


def _strike(fault: Fault) -> Response | None:
    if fault.kind is FaultKind.STATUS:
        return Response(_error_text(fault.status), fault.status, content_type="application/json", headers={"Retry-After": "1"})
    if fault.kind is FaultKind.DELAY:
        faults().stopping.wait(fault.seconds)
        return None
    faults().stopping.wait(fault.seconds or HANG_SECONDS)
    _cut()
    return Response(_error_text(503), 503, content_type="application/json")


def _spoil(fault: Fault, response: Response) -> Response:
    if fault.kind is FaultKind.CUT_AFTER_COMMIT:
        _cut()
    elif fault.kind is FaultKind.MALFORMED:
        response.set_data(response.get_data()[: max(1, len(response.get_data()) // 2)] + b"<")
    elif fault.msisdn:
        digits = fault.msisdn.lstrip("+")
        other = digits[:-1] + str((int(digits[-1]) + 1) % 10)
        response.set_data(response.get_data().replace(digits.encode(), other.encode()))
    return response


def _error_text(status: int) -> str:
    return current_app.json.dumps(error_body(status, "fault", "A fault was asked for"))


def _cut() -> None:
    """Close the client's connection at once; what is written after this goes nowhere."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
