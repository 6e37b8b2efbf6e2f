"""Volumes of data, written or said, as integer MB (1 GB = 1024 MB)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from language import numbers
from language.fold import fold
from language.found import Found, found
from language.numbers import Number

MAX_MB = 100 * 1024 * 1024  # 100 TB; more is a slip of the tongue
_SIZES = {"g": 1024, "m": 1, "t": 1024 * 1024, "兆": 1, "吉": 1024}

# Not the speed of a line: 500兆宽带, "300 megabit".
_NOT_SPEED = r"(?! ?(?:的?宽带|光纤|带宽|网速|的速|每秒|/ ?s|bps|broadband|fib(?:er|re)|internet|speed|connection))"
# 5G is a network as well; it is a volume only with one of these around it, or alone.
_GENERATION = re.compile(r"[2-6]g")
_VOLUME_BEFORE = re.compile(
    r"(?:^|[加订来买送要剩用]|(?:再|叠加|开)个|(?<![a-z])(?:add|buy|extra|another|need|want|of|by|get|just|only|remaining|used)) ?$"
)
_VOLUME_AFTER = re.compile(r" ?(?:的?流量|的?(?:加油)?包|的?就|of |data|packs?|extra|more|left|pass|[,，。.!]? *$)")
_NETWORK_AFTER = re.compile(r" ?(?:网络?|信号|套餐|手机|基站|覆盖|用户|卡|network|signal|phones?|coverage|sim|plans?)")
_UNIT = re.compile(
    rf" ?个?(?P<half>半)?(?: more| extra)? ?(?P<unit>[gmt]b(?!ps)|gig(?:abyte)?s?|meg(?:abyte)?s?|terabytes?|[gmt](?![a-z0-9])|兆|吉)(?![a-z])"
    rf"(?:字节)?(?P<and_half> and a half(?![a-z]))?{_NOT_SPEED}"
)
_WITHOUT_NUMBER = re.compile(
    r"(?:(?<![a-z])(?:(?P<half_en>half an? )|(?P<one_half_en>(?:one|an?) and a half )|an? )|(?<!个)(?P<half>半) ?个? ?)"
    r"(?P<unit>gig(?:abyte)?s?|gb?(?![a-z0-9])|meg(?:abyte)?s?|兆|吉)(?![a-z])"
    rf"(?P<and_half> and a half(?![a-z]))?{_NOT_SPEED}"
)


def find(text: str, known: Sequence[Number] | None = None) -> list[Found]:
    """Volumes from left to right. A volume that is no whole number of MB (0.1G) is uncertain."""
    folded = fold(text)
    known = numbers.find(folded) if known is None else known
    out = [_without_number(text, m) for m in _WITHOUT_NUMBER.finditer(folded)]
    for number in known:
        unit = _UNIT.match(folded, number.end)
        if not unit or any(f.start < unit.end() and number.start < f.end for f in out):
            continue
        if _is_generation(folded, number.start, unit.end()):
            continue
        extra = Decimal("0.5") if unit["half"] or unit["and_half"] else Decimal(0)
        value = None if number.value is None else _megabytes(number.value + extra, unit["unit"])
        out.append(found("data_volume", value, text, number.start, unit.end()))
    return sorted(out, key=lambda f: f.start)


def _is_generation(folded: str, start: int, end: int) -> bool:
    """ "upgrade to 5g", 5G套餐; but 加5G流量 and "5G" as an answer are volumes."""
    if not _GENERATION.fullmatch(folded, start, end):
        return False
    if _NETWORK_AFTER.match(folded, end):
        return True
    alone = not folded[:start].strip() and not folded[end:].strip()
    before = bool(_VOLUME_BEFORE.search(folded, max(0, start - 12), start)) and start > 0
    after = bool(_VOLUME_AFTER.match(folded, end)) and folded[end:].strip(" ,，。.!") != ""
    return not (alone or before or after)


def _without_number(text: str, match: re.Match[str]) -> Found:
    """半个G, "half a gig", "a gig and a half"."""
    only_half, and_half = match["half"] or match["half_en"], match["one_half_en"] or match["and_half"]
    halves = 1 if only_half else 3 if and_half else 2
    return found("data_volume", _megabytes(Decimal(halves) / 2, match["unit"]), text, match.start(), match.end())


def _megabytes(times: Decimal, unit: str) -> int | None:
    size = times * _SIZES[unit[0]]
    return int(size) if size == int(size) and 0 <= size <= MAX_MB else None
