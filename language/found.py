"""What a finder finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

Value = Union[int, str, None]  # noqa: UP007  (evaluated at run time on Python 3.10 by tools that read annotations)


@dataclass(frozen=True)
class Found:
    """A value at text[start:end].

    `value` is canonical: fen, MB, E.164, "2026-09", ... When `certain` is False the value is None: something of this kind was
    said but has no single reading, and must be asked again. `bare` marks a value whose kind only the question tells: a number
    without a unit (entity "amount", in fen), or "余额" alone (entity "payment_method").
    """

    entity: str
    value: Value
    start: int
    end: int
    text: str
    certain: bool = True
    bare: bool = False


def found(entity: str, value: Value, text: str, start: int, end: int, bare: bool = False) -> Found:
    """A Found whose certainty follows from the value: None is uncertain."""
    return Found(entity, value, start, end, text[start:end], value is not None, bare)
