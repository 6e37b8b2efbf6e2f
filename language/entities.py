"""All values in what a customer says, without overlaps and with corrections applied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from language import (
    amounts,
    corrections,
    languages,
    months,
    numbers,
    order_ids,
    payment_methods,
    phones,
    positions,
    quantities,
    scores,
    volumes,
)
from language.fold import fold
from language.found import Found
from language.words import CORRECTION, FILLER, POLITE

_MAX_VALUES = 40  # far more than a person gives in one message; bounds the work on a hostile one

__all__ = ["Found", "coverage", "find_entities"]


def find_entities(text: str, today: date) -> list[Found]:
    """Values from left to right. `today` (the customer's date) gives months their year.

    Of "不对 是三十不是五十" only 30 is found. A value that is said but cannot be read for certain has value None.
    """
    folded = fold(text)
    known = numbers.find(folded)
    money = amounts.find(text, known)
    taken: list[Found] = []
    for values in (
        order_ids.find(text),
        phones.find(text),
        volumes.find(text, known),
        months.find(text, today),
        positions.find(text),
        (f for f in money if not f.bare),
        scores.find(text),
        quantities.find(text, known),
        (f for f in money if f.bare),
        payment_methods.find(text),
        languages.find(text),
    ):
        _claim(taken, values)
    return corrections.meant(folded, sorted(taken, key=lambda f: f.start))


def _claim(taken: list[Found], values: Iterable[Found]) -> None:
    """Add the values that stand where nothing stands yet."""
    for value in values:
        if len(taken) == _MAX_VALUES:
            return
        if not any(value.start < t.end and t.start < value.end for t in taken):
            taken.append(value)


def coverage(text: str, found: Iterable[Found]) -> float:
    """Which share of what is said the values are, 0 to 1: near 1 the text only gives values.

    Fillers, politeness, corrections and punctuation do not count. A bare payment method ("余额") does not cover: it is as
    likely a question.
    """
    rest = list(fold(text))
    covered = 0
    for value in found:
        if value.bare and value.entity == "payment_method":
            continue
        covered += sum(c.isalnum() for c in rest[value.start : value.end])
        rest[value.start : value.end] = "|" * (value.end - value.start)
    left = "".join(rest)
    for pattern in (FILLER, CORRECTION, POLITE):
        left = pattern.sub(lambda m: "|" * len(m.group()), left)
    meaningful = covered + sum(c.isalnum() for c in left)
    return covered / meaningful if meaningful else 0.0
