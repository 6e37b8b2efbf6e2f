"""How many calls may be at one API at once, and how many may wait for that."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore

from carrier.deadline import Deadline
from carrier.errors import TooBusy

CALLS_AT_ONCE = 16  # per API and process; the reference operator serves about that many side by side
CALLS_WAITING = 256  # a crowd that signs in at once; each waits no longer than its own deadline


class Bulkhead:
    """A semaphore with a bounded queue. A slow API fills its own bulkhead and nobody else's."""

    def __init__(self, at_once: int = CALLS_AT_ONCE, waiting: int = CALLS_WAITING) -> None:
        self._slots = Semaphore(at_once)
        self._waiting_limit = waiting
        self._waiting = 0
        self._lock = Lock()

    @contextmanager
    def slot(self, deadline: Deadline) -> Iterator[None]:
        """One place inside; TooBusy when the queue is full or the deadline passes while waiting in it."""
        if not self._slots.acquire(blocking=False):
            self._wait_for_slot(deadline)
        try:
            yield
        finally:
            self._slots.release()

    def _wait_for_slot(self, deadline: Deadline) -> None:
        with self._lock:
            if self._waiting >= self._waiting_limit:
                raise TooBusy("the queue towards the operator is full")
            self._waiting += 1
        try:
            if not self._slots.acquire(timeout=deadline.left()):
                raise TooBusy("no place became free in time")
        finally:
            with self._lock:
                self._waiting -= 1
