"""Which offering a customer means: by its name, a word people use for it, its price, its size, or its place in the list just shown."""

import re
from collections.abc import Sequence
from typing import Any

from actions.turn import Turn
from carrier.models import Offering

PRICE_IN_WORDS = re.compile(r"(\d{1,4})\s*(?:元|块|yuan)?(?:的)?\s*(?:套餐|那个|档|plan)|(?:plan|the)\s+(\d{1,4})", re.I)


def meant(turn: Turn, offerings: Sequence[Offering], shown: Sequence[str]) -> list[Offering]:
    """Offerings that fit what was said, the sure ones first; one means certain, several ask back, none was not named."""
    by_id = {offering.id: offering for offering in offerings}
    named = [
        by_id[str(e["value"])]
        for e in turn.entities
        if e.get("entity") in ("plan", "data_pack", "product") and str(e["value"]) in by_id
    ]
    if named:
        return named[:1]
    if (place := _place(turn, shown)) is not None and place in by_id:
        return [by_id[place]]
    return _by_name(turn.text, offerings) or _by_price(turn, offerings) or _by_size(turn, offerings)


def _place(turn: Turn, shown: Sequence[str]) -> str | None:
    position: Any = turn.said("position")
    if not shown or not isinstance(position, int):
        return None
    index = position - 1 if position > 0 else position
    return shown[index] if -len(shown) <= index < len(shown) else None


def _by_name(text: str, offerings: Sequence[Offering]) -> list[Offering]:
    folded = _fold(text)
    hits = {}
    for offering in offerings:
        words = [_fold(word) for word in (offering.names.zh, offering.names.en, *offering.nicknames)]
        found = [len(word) for word in words if len(word) > 1 and word in folded]
        if found:
            hits[offering.id] = (max(found), offering)
    if not hits:
        return []
    longest = max(length for length, _ in hits.values())
    return [offering for length, offering in hits.values() if length == longest]


def _by_price(turn: Turn, offerings: Sequence[Offering]) -> list[Offering]:
    amount = turn.said("amount")
    prices = {amount} if isinstance(amount, int) else set()
    prices |= {int(next(filter(None, found))) * 100 for found in PRICE_IN_WORDS.findall(turn.text)}
    return [offering for offering in offerings if offering.price_fen in prices]


def _by_size(turn: Turn, offerings: Sequence[Offering]) -> list[Offering]:
    volume = turn.said("data_volume")
    return [offering for offering in offerings if volume is not None and offering.data_mb == volume]


def _fold(text: str) -> str:
    return re.sub(r"[\s\W_]+", "", text.lower())
