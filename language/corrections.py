"""Which of several values is meant: "三十，不，五十", "50 not 30", 不是五十是三十."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from language.found import Found
from language.words import CORRECTION, LONE_NO

_NUMERIC = frozenset({"amount", "quantity", "data_volume"})  # a bare number after "no" may correct any of these
_PAUSE = r"[ ,，。.、!！;；?？]*"
_TAKEN_BACK = re.compile(
    rf"{CORRECTION.pattern}|{LONE_NO}|改成|改为|换成|变成|(?<![a-z])(?:changed? (?:it |that )?to|instead(?! of)|but)(?![a-z])"
)
_NOT_THE_NEXT = re.compile(
    rf"(?:(?<!是)不是|而不是|不要|不用|别用|别|甭|(?<![a-z])(?:not|instead of|rather than|don't want|don't use|isn't|without))"
    rf"(?: (?:the|with|by|from|my|a))?(?:第|我说的是|说的)?{_PAUSE}$"
)
_FROM_TO = re.compile(r"(?:从|把|将|(?<![a-z])(?:from|change|changed|switch)) ?(?:the |my )?$")
_TO = re.compile(rf"(?:块钱?|元|个|的)?{_PAUSE}(?:改成|改为|换成|变成|到|to|into|for)(?: the| a)? ?")
_STARTS_CORRECTION = re.compile(
    rf"{_PAUSE}(?:不对|说错了?|搞错了?|错了|哦不|不是[ 。.]*$|(?:no wait|scratch that|that's wrong|wrong|but i meant?)(?![a-z]))"
)


def meant(folded: str, values: Sequence[Found]) -> list[Found]:
    """Only what is meant, in the order of the text. A value taken back with nothing in its place becomes uncertain."""
    denied = [_is_denied(folded, values, i) for i in range(len(values))]
    replaced = [_is_replaced(folded, values, i) for i in range(len(values))]
    kept: list[Found] = []
    for i, value in enumerate(values):
        if value.entity == "language":  # has its own reading of what is refused
            kept.append(value)
            continue
        rival = any(_same_kind(value, other) and not denied[j] and not replaced[j] for j, other in enumerate(values) if j != i)
        if replaced[i] or (denied[i] and rival):
            continue
        left_open = denied[i] or _taken_back_after(folded, values, i)
        kept.append(replace(value, value=None, certain=False) if left_open else value)
    return kept


def _same_kind(a: Found, b: Found) -> bool:
    if a.entity == b.entity:
        return True
    return a.entity in _NUMERIC and b.entity in _NUMERIC and (a.bare or b.bare)


def _is_denied(folded: str, values: Sequence[Found], i: int) -> bool:
    begin = values[i - 1].end if i else 0
    return bool(_NOT_THE_NEXT.search(folded, max(begin, values[i].start - 24), values[i].start))


def _is_replaced(folded: str, values: Sequence[Found], i: int) -> bool:
    """Whether the next value of its kind is said in its place: a taking back stands between them."""
    a = values[i]
    j = next((j for j in range(i + 1, len(values)) if _same_kind(a, values[j])), None)
    if j is None or _is_denied(folded, values, j):
        return False
    gap = folded[a.end : values[j].start]
    if len(gap) > 40:
        return False
    if _FROM_TO.search(folded, max(0, a.start - 16), a.start) and _TO.fullmatch(gap):
        return True
    return bool(_TAKEN_BACK.search(gap))


def _taken_back_after(folded: str, values: Sequence[Found], i: int) -> bool:
    """ "五十，不对" with no other value of the kind behind it."""
    if any(_same_kind(values[i], v) for v in values[i + 1 :]):
        return False
    return bool(_STARTS_CORRECTION.match(folded, values[i].end))
