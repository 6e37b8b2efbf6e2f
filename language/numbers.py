"""Find every number in a text, however it is written or said. Units around it are for amounts, volumes and the others to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from language import numerals_en, numerals_zh

MAX_DIGITS = 15  # a longer run of digits is an identifier, not a number

_ZH = f"(?P<zh>{numerals_zh.NUMERAL.pattern})"
_ODD = r"(?P<odd>0x[0-9a-f]+|[0-9]+(?:\.[0-9]+)?e[+-]?[0-9]+)(?![0-9a-z])"
_WRITTEN = r"(?P<written>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
_WORDS = r"(?P<words>[a-z]+(?:[ -]+[a-z]+)*)"
_SCAN = re.compile(f"{_ODD}|{_WRITTEN}|{_ZH}|{_WORDS}")
_SCALE = re.compile(r"(?:([百千万亿])([0-9一二两三四五六七八九])?|([kw])(?![a-z]))")
_MINUS = re.compile(r"(?:(?<![0-9a-z])-|负|(?<![a-z])(?:minus|negative) ?)$")
_ABOUT_BEFORE = re.compile(r"(?:几|好几|上|数)$")
_ABOUT_AFTER = re.compile(r"[多几]|余(?!额)|来(?=[块元个])")


@dataclass(frozen=True)
class Number:
    """A number at [start, end) of the text. `value` is None when it cannot be read with certainty (-5, 1e6, 五六十, 二十多)."""

    value: Decimal | None
    start: int
    end: int
    kind: str  # "written", "zh" or "en"
    digits: str | None = None  # the digits where they were given one by one ("0246", 五零)


def find(folded: str) -> list[Number]:
    """Numbers of a folded text from left to right, without overlaps."""
    found: list[Number] = []
    at = 0
    while match := _SCAN.search(folded, at):
        at = match.end()
        if match.lastgroup == "words":
            found += _in_words(match.group(), match.start(), folded)
            continue
        number = _READERS[match.lastgroup or ""](match, folded)
        if number:
            found.append(number)
            at = max(at, number.end)
    return found


def _odd(match: re.Match[str], folded: str) -> Number | None:
    """0x32 and 1e6 look like numbers to a machine; a customer who means one says it otherwise."""
    return None if _inside_name(folded, match.start()) else Number(None, match.start(), match.end(), "written")


def _written(match: re.Match[str], folded: str) -> Number | None:
    start, end, text = match.start(), match.end(), match.group()
    if _inside_name(folded, start):
        return None
    digits = text if text.isdigit() else None
    plain = text.replace(",", "")
    value = Decimal(plain) if len(plain) <= MAX_DIGITS else None
    scale = _SCALE.match(folded, end)
    if scale:
        end, value, digits = scale.end(), _scaled(value, scale), None
    if _broken_off(folded, start, end):
        value = None
    return Number(_unless_hedged(value, folded, start, end), start, end, "written", digits)


def _scaled(value: Decimal | None, scale: re.Match[str]) -> Decimal | None:
    """3万, 1.5万, 2千5; "5k" and "5w" are slang that is asked back."""
    sign, tail = scale.group(1), scale.group(2)
    if value is None or sign is None:
        return None
    size = Decimal({"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}[sign])
    rest = numerals_zh.read(tail) if tail and not tail.isdigit() else Decimal(tail or 0)
    return None if rest is None else value * size + rest * size / 10


def _zh(match: re.Match[str], folded: str) -> Number | None:
    text, start, end = match.group(), match.start(), match.end()
    return Number(_unless_hedged(numerals_zh.read(text), folded, start, end), start, end, "zh", numerals_zh.digit_string(text))


_READERS = {"odd": _odd, "written": _written, "zh": _zh}


def _in_words(phrase: str, offset: int, folded: str) -> list[Number]:
    spans = [(m.start() + offset, m.end() + offset) for m in numerals_en.WORD.finditer(phrase)]
    words = [folded[a:b] for a, b in spans]
    found, at = [], 0
    while at < len(words):
        reading = numerals_en.read(words, at)
        if reading is None:
            at += 1
            continue
        value, end = reading
        start = spans[at][0]
        digits = str(value) if end == at + 1 and value < 10 else None
        found.append(Number(_unless_hedged(value, folded, start, spans[end - 1][1]), start, spans[end - 1][1], "en", digits))
        at = end
    return found


def _inside_name(folded: str, start: int) -> bool:
    """iphone15, dd2026: part of a name; rmb50 and x2 are not."""
    before = folded[max(0, start - 4) : start]
    if not before or not (before[-1] == "_" or "a" <= before[-1] <= "z"):
        return False
    return not re.search(r"(?:rmb|cny|(?<![a-z])x)$", before)


def _broken_off(folded: str, start: int, end: int) -> bool:
    """Part of something else than one number: .5, 1,00, 5:30, 9/15, 50-100, 1⁄2."""
    before, after, beyond = folded[max(0, start - 2) : start], folded[end : end + 1], folded[end + 1 : end + 2]
    if after in (",", ".", "/", ":", "-", "⁄") and after and beyond.isdigit():
        return True
    return bool(before) and (before[-1] in ".⁄" or (before[-1] in ",/:-" and before[0].isdigit() and len(before) == 2))


def _unless_hedged(value: Decimal | None, folded: str, start: int, end: int) -> Decimal | None:
    """None for below zero and for "about": 负五十, 几十, 五十多."""
    before = folded[max(0, start - 10) : start]
    if value is None or _MINUS.search(before) or _ABOUT_BEFORE.search(before) or _ABOUT_AFTER.match(folded, end):
        return None
    return value
