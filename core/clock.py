"""Time as a constructor argument, so that tests move it by hand."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

# The operator's calendar days and billing months. China keeps one zone and no summer time.
BUSINESS_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """What the time is and how to wait for it."""

    def now(self) -> datetime:
        """The wall time, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow; for deadlines inside one process."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; never negative."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))


def millis(at: datetime) -> int:
    """Milliseconds since 1970, the form in which times stand in Redis."""
    return round(at.timestamp() * 1000)


def from_millis(value: int) -> datetime:
    """The aware UTC time of `millis`."""
    return datetime.fromtimestamp(value / 1000, UTC)


def start_of_business_day(at: datetime) -> datetime:
    """Midnight of the operator's day that holds `at`, in UTC."""
    local = at.astimezone(BUSINESS_ZONE)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
