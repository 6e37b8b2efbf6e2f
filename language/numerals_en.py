"""English number words, read and written: "a hundred and eight", "twenty-five", "one oh eight", "fifty point five"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

_ONE_NAMES = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TEN_NAMES = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ONES = {name: i for i, name in enumerate(_ONE_NAMES)}
TENS = {name: 10 * i for i, name in enumerate(_TEN_NAMES) if name} | {"fourty": 40}
_SIZES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
WORD = re.compile(r"[a-z]+")
_OH = ("oh", "o", "zero")


def starts(word: str) -> bool:
    """Whether a number can begin with this word ("a" only with what follows it)."""
    return word in ONES or word in TENS or word in _SIZES


def read(words: Sequence[str], at: int) -> tuple[Decimal, int] | None:
    """The longest number that begins at words[at], with the index behind it; None when there is none."""
    begun = at
    if words[at] in ("a", "an") and at + 1 < len(words) and words[at + 1] in _SIZES:
        at += 1
    if not starts(words[at]):
        return None
    total = 0
    small, at = _below_hundred(words, at)
    bound = 10_000_000  # sizes must fall: "two thousand a million" is no number
    while at < len(words) and words[at] in _SIZES and _SIZES[words[at]] < bound:
        size = _SIZES[words[at]]
        if size == 100:
            small, at = (1 if small is None else small) * 100, at + 1
            more, at = _tail(words, at, below=100)
            small += more
            if at < len(words) and words[at] == "thousand" and bound > 1000:
                continue
        else:
            total += (1 if small is None else small) * size
            at, bound, small = at + 1, size, None
            if at >= len(words):
                break
            small, at = _after_thousand(words, at)
    value = Decimal(total + (small or 0))
    if at == begun:
        return None
    fraction, at = _fraction(words, at)
    return (Decimal(f"{value}.{fraction}") if fraction else value), at


def _below_hundred(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """0..99, or "one oh eight" (108); (None, at) when the words at hand are no such number."""
    if at >= len(words):
        return None, at
    word = words[at]
    if word in TENS:
        if at + 1 < len(words) and 1 <= ONES.get(words[at + 1], 0) <= 9:
            return TENS[word] + ONES[words[at + 1]], at + 2
        return TENS[word], at + 1
    if word not in ONES:
        return None, at
    if 1 <= ONES[word] <= 9 and at + 2 < len(words) and words[at + 1] in _OH and 1 <= ONES.get(words[at + 2], 0) <= 9:
        longer = at + 3 < len(words) and (words[at + 3] in _OH or ONES.get(words[at + 3], 10) < 10)
        if not longer:  # "one oh eight oh" is a string of digits
            return ONES[word] * 100 + ONES[words[at + 2]], at + 3
    return ONES[word], at + 1


def _tail(words: Sequence[str], at: int, below: int) -> tuple[int, int]:
    """What may follow "hundred": "and eight", "fifty", nothing."""
    after = at + 1 if at < len(words) and words[at] == "and" else at
    value, end = _below_hundred(words, after)
    if value is None or not 0 < value < below:
        return 0, at
    return value, end


def _after_thousand(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """What may follow "thousand": "two hundred", "and five"; the caller's loop goes on with "hundred"."""
    after = at + 1 if words[at] == "and" else at
    if after < len(words) and words[after] == "a" and after + 1 < len(words) and words[after + 1] == "hundred":
        return 1, after + 1
    value, end = _below_hundred(words, after)
    return (None, at) if value is None else (value, end)


def _fraction(words: Sequence[str], at: int) -> tuple[str, int]:
    """ "point five" and "and a half" -> "5"."""
    if tuple(words[at : at + 3]) == ("and", "a", "half"):
        return "5", at + 3
    if at >= len(words) or words[at] != "point":
        return "", at
    end, digits = at + 1, ""
    while end < len(words) and (words[end] in _OH or ONES.get(words[end], 10) < 10) and len(digits) < 6:
        digits += "0" if words[end] in _OH else str(ONES[words[end]])
        end += 1
    return (digits, end) if digits else ("", at)


def write(number: int) -> str:
    """0..999,999,999 in words: 108 -> "one hundred and eight", 86 -> "eighty-six". ValueError outside."""
    if not 0 <= number < 1_000_000_000:
        raise ValueError(f"cannot say {number}")
    for size, name in ((1_000_000, "million"), (1000, "thousand")):
        if number >= size:
            high, low = divmod(number, size)
            link = " and " if 0 < low < 100 else " "
            return f"{write(high)} {name}" + (link + write(low) if low else "")
    if number >= 100:
        high, low = divmod(number, 100)
        return f"{_ONE_NAMES[high]} hundred" + (f" and {write(low)}" if low else "")
    if number < 20:
        return _ONE_NAMES[number]
    tens, ones = divmod(number, 10)
    return _TEN_NAMES[tens] + (f"-{_ONE_NAMES[ones]}" if ones else "")


def write_digits(digits: str) -> str:
    """Digit by digit: "138" -> "one three eight". Only digits are read; anything else is dropped."""
    return " ".join(_ONE_NAMES[int(c)] for c in digits if c in "0123456789")
