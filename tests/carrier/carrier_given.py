"""What the carrier's tests share: a clock moved by hand, an operator made of one function, answers in its shapes."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from carrier.audit import CallRecord, forget
from carrier.http import Wire
from carrier.limits import Limits
from carrier.upstream import Upstream
from core.clock import Clock

NUMBER = "+8613800138000"
CUSTOMER = "CAAAAAAAAAA"
Handler = Callable[[httpx2.Request], httpx2.Response]


class HandClock:
    """Time stands still until somebody sleeps or moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.seconds += seconds

    def move(self, seconds: float) -> None:
        with self._lock:
            self.seconds += seconds


def upstream(handler: Handler, clock: Clock, audit: Callable[[CallRecord], None] = forget) -> Upstream:
    """One API whose operator is a function."""
    wire = Wire("http://127.0.0.1:1", headers={"Authorization": "Bearer k"}, transport=httpx2.MockTransport(handler))
    return Upstream("test", wire, "", clock=clock, limits=Limits(clock), audit=audit)


def told(body: Any, status: int = 200, **headers: str) -> httpx2.Response:
    """A JSON answer."""
    return httpx2.Response(status, content=json.dumps(body).encode(), headers={"content-type": "application/json", **headers})


def together(work: Callable[[int], Any], many: int) -> list[Any]:
    """Runs work(0..many-1) in that many threads at once; each one's result, or the exception it raised."""
    results: list[Any] = [None] * many
    start = threading.Barrier(many)

    def run(index: int) -> None:
        start.wait(30)
        try:
            results[index] = work(index)
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
