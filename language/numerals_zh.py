"""Chinese numerals, read and written: 一百零八, 两百五 (250), 五十点五, 二零二六 (digit by digit), 壹佰."""

from __future__ import annotations

import re
from decimal import Decimal

_BY_VALUE = ("零〇", "一壹幺", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
DIGITS: dict[str, int] = {c: i for i, chars in enumerate(_BY_VALUE) for c in chars}
SPELLED = {c: str(i) for c, i in DIGITS.items()} | {"洞": "0", "拐": "7", "勾": "9"}  # as on the radio, in runs of digits only
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}

DIGIT_CLASS = "零〇一壹幺二两贰三叁四肆五伍六陆七柒八捌九玖"
NUMERAL = re.compile(f"[{DIGIT_CLASS}十拾][{DIGIT_CLASS}十拾百佰千仟万亿]*(?:点[{DIGIT_CLASS}]+(?![十拾百佰千仟万亿]))?")
_DECIMAL = re.compile(f"(.+)点([{DIGIT_CLASS}]+)")
_MAX_LENGTH = 24  # characters; "九千九百九十九亿…" is shorter


def read(text: str) -> Decimal | None:
    """The value of a whole numeral, None when it is none or has two readings ("五六十" may be 50 or 60).

    Colloquial endings are understood: 一百八 = 180, 两千五 = 2500, 三万二 = 32000.
    """
    if len(text) > _MAX_LENGTH:
        return None
    decimal = _DECIMAL.fullmatch(text)
    if decimal:
        whole = read(decimal.group(1))
        return None if whole is None else Decimal(f"{whole}.{digit_string(decimal.group(2))}")
    digits = digit_string(text)
    if digits is not None:
        return None if _is_about(text) else Decimal(int(digits))
    value = _big(text)
    return None if value is None else Decimal(value)


def digit_string(text: str) -> str | None:
    """ "二零二六" -> "2026"; None unless every character is a digit."""
    if text and all(c in DIGITS for c in text):
        return "".join(str(DIGITS[c]) for c in text)
    return None


def _is_about(text: str) -> bool:
    """五六, 七八 said of a thing mean "five or six"."""
    return len(text) == 2 and text not in ("零一", "零幺") and DIGITS[text[1]] == DIGITS[text[0]] + 1


def _big(text: str) -> int | None:
    """Sections of four places, joined by 亿 and 万."""
    for sign, size in (("亿", _BIG["亿"]), ("万", _BIG["万"])):
        if sign in text:
            head, _, tail = text.partition(sign)
            above = _big(head) if sign == "亿" else _section(head)
            if not above:
                return None
            if not tail:
                return above * size
            if tail in DIGITS:  # 三万二
                return above * size + DIGITS[tail] * size // 10 if DIGITS[tail] else None
            below = _big(tail.lstrip("零〇")) if tail.strip("零〇") else None
            return above * size + below if below is not None and below < size else None
    return _section(text)


def _section(text: str) -> int | None:
    """A number below 10,000. Units must fall; 零 may stand once between them."""
    total, last_unit, digit, gap = 0, 10_000, None, False
    for char in text:
        if char in _UNITS:
            unit = _UNITS[char]
            if (digit is None and unit != 10) or unit >= last_unit:
                return None
            total += (1 if digit is None else digit) * unit
            last_unit, digit, gap = unit, None, False
        elif digit is not None:
            return None
        elif DIGITS[char] == 0:
            if gap or not total:
                return None
            gap = True
        else:
            digit = DIGITS[char]
    if digit is None:
        return None if gap or not text else total
    if gap or last_unit in (10, 10_000):
        return total + digit
    return total + digit * last_unit // 10


_SPOKEN = "零一二三四五六七八九"


def write(number: int) -> str:
    """0..99,999,999 as it is said: 108 -> 一百零八, 20 -> 二十, 200 -> 两百, 2000 -> 两千. ValueError outside."""
    if not 0 <= number < 100_000_000:
        raise ValueError(f"cannot say {number}")
    high, low = divmod(number, 10_000)
    if not high:
        return _write_section(low) if low else "零"
    head = "两万" if high == 2 else _write_section(high) + "万"
    if not low:
        return head
    # 10 after 万 is said 一十, and a missing thousand (or a full high section) calls for 零
    return head + ("零" if low < 1000 else "") + _write_section(low, inside=True)


def write_digits(digits: str, one: str = "幺") -> str:
    """Digit by digit, 1 said 幺 as on the phone: "138" -> 幺三八. Anything else than digits is kept."""
    return "".join((one if c == "1" else _SPOKEN[int(c)]) if c in "0123456789" else c for c in digits)


def _write_section(number: int, inside: bool = False) -> str:
    out, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if not digit:
            gap = bool(out)
            continue
        if gap:
            out += "零"
            gap = False
        if digit == 1 and unit == 10 and not out and not inside:
            out += "十"
        else:
            out += ("两" if digit == 2 and unit >= 100 else _SPOKEN[digit]) + name
    return out
