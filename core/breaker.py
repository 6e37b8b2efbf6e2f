"""The breaker of the store: after a failure nobody waits for Redis; when the pause is over, one caller tries for all."""

from __future__ import annotations

import threading

from core.clock import Clock


class Breaker:
    """Closed, open for `seconds`, or half open with a single probe. Safe between threads and greenlets."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._open_until = 0.0  # monotonic; 0 = closed
        self._probing: int | None = None  # ident of the caller who tries for all

    @property
    def is_open(self) -> bool:
        return self._open_until > 0.0

    def allows(self) -> bool:
        """May this caller try? In the half-open state only one may, until it has told how it went."""
        if not self.is_open:
            return True
        with self._lock:
            if self._open_until == 0.0:
                return True
            mine = threading.get_ident()
            if self._probing is not None:
                return self._probing == mine
            if self._clock.monotonic() < self._open_until:
                return False
            self._probing = mine
            return True

    def succeeded(self) -> None:
        if not self.is_open:
            return
        with self._lock:
            # A call that began before the failure says nothing about now; only the probe closes.
            if self._probing == threading.get_ident():
                self._open_until, self._probing = 0.0, None

    def failed(self) -> None:
        with self._lock:
            self._open_until = self._clock.monotonic() + self._seconds
            self._probing = None

    def gave_up(self) -> None:
        """The probe ended without telling anything about Redis (an error of its own)."""
        with self._lock:
            if self._probing == threading.get_ident():
                self._probing = None
