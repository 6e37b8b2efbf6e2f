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

# Not the network generation (5G套餐) and not the speed of a line (500兆宽带).
_GENERATION = (
    r"(?! ?(?:网络?|信号|套餐|手机|基站|覆盖|用户|卡|的?宽带|光纤|带宽|网速|的速|每秒|/ ?s|bps|network|signal|phones?|"
    r"coverage|sim|plans?|"
    r"broadband|fib(?:er|re)|internet|speed|connection))"
)
_UNIT = re.compile(
    rf" ?个?(?P<half>半)? ?(?P<unit>[gmt]b(?!ps)|gig(?:abyte)?s?|meg(?:abyte)?s?|terabytes?|[gmt](?![a-z0-9])|兆|吉)(?![a-z])"
    rf"(?:字节)?(?P<and_half> and a half(?![a-z]))?{_GENERATION}"
)
_WITHOUT_NUMBER = re.compile(
    r"(?:(?<![a-z])(?:(?P<half_en>half an? )|(?P<one_half_en>(?:one|an?) and a half )|an? )|(?<!个)(?P<half>半) ?个? ?)"
    r"(?P<unit>gig(?:abyte)?s?|gb?(?![a-z0-9])|meg(?:abyte)?s?|兆|吉)(?![a-z])"
    rf"(?P<and_half> and a half(?![a-z]))?{_GENERATION}"
)
_NETWORK_BEFORE = re.compile(r"(?:升级到?|升到?|开通|支持|(?<![a-z])(?:upgrade to|move to|support|supports)) ?$")
_AND_A_HALF_BEFORE_UNIT = re.compile(r" and a half(?= ?(?:gig|g(?![a-z])|gb|meg|mb))")


def find(text: str, known: Sequence[Number] | None = None) -> list[Found]:
    """Volumes from left to right. A volume that is no whole number of MB (0.1G) is uncertain."""
    folded = fold(text)
    known = numbers.find(folded) if known is None else known
    out = [_without_number(text, m) for m in _WITHOUT_NUMBER.finditer(folded)]
    for number in known:
        half = _AND_A_HALF_BEFORE_UNIT.match(folded, number.end)
        unit = _UNIT.match(folded, half.end() if half else number.end)
        if not unit or any(f.start < unit.end() and number.start < f.end for f in out):
            continue
        if _is_generation(folded, number.start, unit.end()):
            continue
        extra = Decimal("0.5") if half or unit["half"] or unit["and_half"] else Decimal(0)
        value = None if number.value is None else _megabytes(number.value + extra, unit["unit"])
        out.append(found("data_volume", value, text, number.start, unit.end()))
    return sorted(out, key=lambda f: f.start)


def _is_generation(folded: str, start: int, end: int) -> bool:
    """ "upgrade to 5g", 开通5G."""
    return folded[start:end] in ("3g", "4g", "5g", "6g") and bool(_NETWORK_BEFORE.search(folded, max(0, start - 12), start))


def _without_number(text: str, match: re.Match[str]) -> Found:
    """半个G, "half a gig", "a gig and a half"."""
    if match["half"] or match["half_en"]:
        times = Decimal("0.5")
    else:
        times = Decimal("1.5") if match["one_half_en"] or match["and_half"] else Decimal(1)
    return found("data_volume", _megabytes(times, match["unit"]), text, match.start(), match.end())


def _megabytes(times: Decimal, unit: str) -> int | None:
    size = times * _SIZES[unit[0]]
    return int(size) if size == int(size) and 0 <= size <= MAX_MB else None
