"""Stand-ins handed to constructors in tests: a clock moved by hand, texts kept in memory, an operator with a few people."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

from carrier.deadline import Deadline
from carrier.errors import NotFound, TimedOut
from carrier.models import Customer
from carrier.operator import PinResult
from core.outbox import TextNotSent


class ManualClock:
    """Stands still until `advance`. `sleep` advances, so nothing waits."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float = 0.0, *, minutes: float = 0.0, hours: float = 0.0) -> None:
        step = seconds + 60 * minutes + 3600 * hours
        self._now += timedelta(seconds=step)
        self._monotonic += step


class MemoryTexts:
    """Keeps the texts instead of sending them; `broken` makes every send fail."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.broken = False
        self._lock = threading.Lock()

    def send(self, to: str, text: str) -> None:
        if self.broken:
            raise TextNotSent("no provider")
        with self._lock:
            self.sent.append((to, text))

    def last_code(self) -> str:
        """The six digits of the newest text."""
        found = re.search(r"(?<!\d)\d{6}(?!\d)", self.sent[-1][1])
        assert found is not None
        return found.group()


WANG = Customer(
    id="C-WANG",
    name="王小明",
    language="zh",
    tier="gold",
    masked_surname="王*",
    numbers=("+8613800138000", "+8613800138001"),
    contact_numbers=("+8613600136000",),
)
SMITH = Customer(
    id="C-SMITH", name="Ann Smith", language="en", tier="standard", masked_surname="S****", numbers=("+8613900139000",)
)
PINS = {"+8613800138000": "246810", "+8613800138001": "246810", "+8613900139000": "135790"}


class FakeCustomers:
    """Wang and Smith, and nobody else."""

    def __init__(self, people: tuple[Customer, ...] = (WANG, SMITH)) -> None:
        self._people = people
        self.down = False

    def by_number(self, number: str, *, deadline: Deadline | None = None) -> Customer:
        if self.down:
            raise TimedOut("no answer")
        wanted = number if number.startswith("+") else f"+86{number}"
        for person in self._people:
            if wanted in person.numbers:
                return person
        raise NotFound("notFound")

    def by_id(self, customer_id: str, *, deadline: Deadline | None = None) -> Customer:
        for person in self._people:
            if person.id == customer_id:
                return person
        raise NotFound("notFound")


class FakePins:
    """Checks PINs and counts how often it was asked; `down` makes it fail."""

    def __init__(self) -> None:
        self.asked = 0
        self.down = False
        self._lock = threading.Lock()

    def check(self, number: str, pin: str, *, deadline: Deadline | None = None) -> PinResult:
        if self.down:
            raise TimedOut("no answer")
        with self._lock:
            self.asked += 1
        if number not in PINS:
            return "unknown"
        return "ok" if PINS[number] == pin else "wrong"


class FakeProofSource:
    """What verification asks of an operator."""

    def __init__(self) -> None:
        self.customers = FakeCustomers()
        self.pins = FakePins()
