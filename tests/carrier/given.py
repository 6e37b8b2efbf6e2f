"""What the carrier's tests share: an operator made of one function, answers in its shapes, many threads at once."""

import json
import threading
from collections.abc import Callable
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
