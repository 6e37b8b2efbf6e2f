"""A figure: the same thing measured some times, beside its baseline measured in the same run."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

HEAD = "| what | n | min | median | p95 | max | baseline | note |\n|---|--:|--:|--:|--:|--:|---|---|"


@dataclass(frozen=True)
class Figure:
    """`values` and `against` in `unit`; `against_name` says what the baseline is."""

    name: str
    unit: str
    values: Sequence[float]
    against_name: str = ""
    against: Sequence[float] = field(default_factory=tuple)
    note: str = ""

    def row(self) -> str:
        low, middle, high = min(self.values), statistics.median(self.values), max(self.values)
        base = f"{self.against_name}: {self._told(statistics.median(self.against))}" if self.against else "-"
        numbers = " | ".join(self._told(value) for value in (low, middle, p95(self.values), high))
        return f"| {self.name} | {len(self.values)} | {numbers} | {base} | {self.note} |"

    def _told(self, value: float) -> str:
        return f"{value:.0f} {self.unit}" if value >= 100 else f"{value:.3g} {self.unit}"


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not pass."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def table(figures: Sequence[Figure]) -> str:
    return "\n".join([HEAD, *(figure.row() for figure in figures)])
