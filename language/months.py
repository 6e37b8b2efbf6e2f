"""Billing months as "YYYY-MM": 上个月, 九月份, 去年12月, "last month", "September"."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from language import numerals_zh
from language.fold import fold
from language.found import Found, found

_MONTHS = (
    "january jan",
    "february feb",
    "march mar",
    "april apr",
    "may",
    "june jun",
    "july jul",
    "august aug",
    "september sept sep",
    "october oct",
    "november nov",
    "december dec",
)
_NAMES = {name: i for i, names in enumerate(_MONTHS, 1) for name in names.split()}

_D = "零〇一二三四五六七八九"
_ZH = re.compile(
    rf"(?:(?P<year>(?:20[0-9]{{2}}|[0-9]{{2}}|[二2][{_D}0-9]{{3}}|[{_D}]{{2}})年|去年|今年|前年|明年) ?的?)?"
    rf"(?<![0-9.{_D}十])(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|(?:[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})[日号])?"
)
_RELATIVE_ZH = re.compile(
    r"(?P<back>上{1,3})一?个?月|(?P<this>这一?个?月|本月|当月)|(?P<next>下{1,2})一?个?月|"
    r"(?P<ago>[0-9]{1,2}|[一两二三四五六七八九十]{1,2})个月(?:之|以)?前"
)
_RELATIVE_EN = re.compile(
    r"(?<![a-z])(?:(?P<before>(?:the )?month before last)|(?P<last>(?:last|previous|the past|prior) month)|"
    r"(?P<this>(?:this|current|the current) month)|(?P<next>(?:next|the following|the coming) month)|"
    r"(?P<ago>an?|one|two|three|four|five|six|[0-9]{1,2}) months? ago)(?![a-z])"
)
_EN = re.compile(
    rf"(?<![a-z])(?:(?P<last>last|this|next|previous) )?(?P<name>{'|'.join(sorted(_NAMES, key=len, reverse=True))})\.?(?![a-z])"
    rf"(?:(?: |, ?| of )(?P<year>20[0-9]{{2}}|last year|this year)(?![0-9a-z]))?"
)
_ISO = re.compile(r"(?<![0-9a-z/-])(?P<year>20[0-9]{2})[-/](?P<month>1[0-2]|0?[1-9])(?![0-9/-])")
_AGO = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}

# "may" and "march" are verbs as well, "mar" a name: they count only where a month stands.
_DOUBTFUL = frozenset({"may", "march", "mar", "dec"})
_MONTH_BEFORE = re.compile(r"(?:^|(?<![a-z])(?:in|for|of|from|my|the|during|since|until|bill|to|and)) *$")
_MONTH_AFTER = re.compile(r"(?:'s|,? (?:bill|usage|statement|charges|invoice|please)| *[.?!]? *$)")


def find(text: str, today: date) -> list[Found]:
    """Months from left to right. A month without a year is the latest one not after `today`, as bills go."""
    folded = fold(text)
    out: list[Found] = []
    for match, value in _all(folded, today):
        if not any(f.start < match.end() and match.start() < f.end for f in out):
            out.append(found("billing_month", value, text, match.start(), match.end()))
    return sorted(out, key=lambda f: f.start)


def _all(folded: str, today: date) -> list[tuple[re.Match[str], str | None]]:
    hits: list[tuple[re.Match[str], str | None]] = [(m, _written(int(m["year"]), int(m["month"]))) for m in _ISO.finditer(folded)]
    hits += [(m, _chinese(m, today)) for m in _ZH.finditer(folded)]
    hits += [(m, _relative(m, today)) for m in _RELATIVE_ZH.finditer(folded)]
    hits += [(m, _relative_english(m, today)) for m in _RELATIVE_EN.finditer(folded)]
    hits += [(m, _english(m, today)) for m in _EN.finditer(folded) if _is_month(folded, m)]
    return hits


def _written(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}"


def _shift(today: date, months: int) -> str:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return _written(year, month + 1)


def _latest(month: int, today: date) -> str:
    return _written(today.year if month <= today.month else today.year - 1, month)


def _chinese(match: re.Match[str], today: date) -> str | None:
    said = match["month"]
    month = int(said) if said.isdigit() else int(numerals_zh.read(said) or Decimal(0))
    year = match["year"]
    if not year:
        return _latest(month, today)
    named = {"去年": -1, "今年": 0, "前年": -2, "明年": 1}.get(year)
    if named is not None:
        return _written(today.year + named, month)
    digits = "".join(c if c.isdigit() and c.isascii() else str(numerals_zh.DIGITS[c]) for c in year[:-1])
    return _written(int(digits) if len(digits) == 4 else 2000 + int(digits), month)


def _relative(match: re.Match[str], today: date) -> str | None:
    if match["this"]:
        return _shift(today, 0)
    if match["back"]:
        return _shift(today, -len(match["back"]))
    if match["next"]:
        return _shift(today, len(match["next"]))
    ago = match["ago"]
    months = Decimal(ago) if ago.isascii() else numerals_zh.read(ago)
    return _shift(today, -int(months)) if months else None


def _relative_english(match: re.Match[str], today: date) -> str | None:
    if match["ago"]:
        return _shift(today, -(_AGO.get(match["ago"]) or int(match["ago"])))
    return _shift(today, -2 if match["before"] else -1 if match["last"] else 1 if match["next"] else 0)


def _english(match: re.Match[str], today: date) -> str | None:
    month, year = _NAMES[match["name"]], match["year"]
    if year:
        return _written(int(year) if year.isdigit() else today.year - (year == "last year"), month)
    if match["last"] in ("last", "previous"):
        # in November, "last September" may be this year's or the one before
        return _written(today.year - 1, month) if month >= today.month else None
    if match["last"] == "next":
        return _written(today.year + 1, month) if month <= today.month else None
    return _written(today.year, month) if match["last"] == "this" else _latest(month, today)


def _is_month(folded: str, match: re.Match[str]) -> bool:
    if match["name"] not in _DOUBTFUL or match["year"] or match["last"]:
        return True
    before = _MONTH_BEFORE.search(folded, max(0, match.start() - 10), match.start())
    return bool(before and before.group().strip()) or bool(before and _MONTH_AFTER.match(folded, match.end()))
