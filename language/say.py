"""Values as we say and write them, in Chinese and English. Money is integer fen, data integer MB."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from language import numerals_en, numerals_zh

Language = Literal["zh", "en"]
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def money(fen: int, language: Language, spoken: bool = False) -> str:
    """8650 -> "86.50 元", "¥86.50"; spoken 八十六块五, "eighty-six yuan fifty". Debts are below zero: "-3.20 元", 负三块二."""
    if not spoken:
        written = f"{abs(fen) // 100:,}.{abs(fen) % 100:02d}" if language == "en" else f"{abs(fen) // 100}.{abs(fen) % 100:02d}"
        sign = "-" if fen < 0 else ""
        return f"{sign}¥{written}" if language == "en" else f"{sign}{written} 元"
    if fen < 0:
        return ("minus " if language == "en" else "负") + money(-fen, language, spoken=True)
    return _money_spoken_en(fen) if language == "en" else _money_spoken_zh(fen)


def _money_spoken_zh(fen: int) -> str:
    yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    if not fen:
        return "零元"
    head = f"{_count(yuan)}块" if yuan else ""
    if not jiao:
        return head + (f"{'零' if head else ''}{_count(rest)}分{'' if head else '钱'}" if rest else "")
    if rest:
        return f"{head}{_count(jiao)}毛{numerals_zh.write(rest)}分"
    # 二十块五毛, not 二十块五, which is easily misheard
    return f"{head}{_count(jiao)}毛" if not head or yuan % 10 == 0 else head + numerals_zh.write(jiao)


def _count(number: int) -> str:
    return "两" if number == 2 else numerals_zh.write(number)


def _money_spoken_en(fen: int) -> str:
    yuan, rest = divmod(fen, 100)
    if not rest:
        return f"{numerals_en.write(yuan)} yuan"
    if not yuan:
        return f"{numerals_en.write(rest)} fen"
    tail = numerals_en.write(rest) if rest >= 10 else f"and {numerals_en.write(rest)} fen"
    return f"{numerals_en.write(yuan)} yuan {tail}"


def volume(mb: int, language: Language, spoken: bool = False) -> str:
    """10240 -> "10 GB"; spoken 十个G, "ten gigabytes". Below 1 GB in MB; GB with at most two decimals, never rounded up."""
    if mb < 1024:
        return _volume_mb(mb, language) if spoken else f"{mb} MB"
    size = (Decimal(mb) / 1024).quantize(Decimal("0.01"), ROUND_DOWN).normalize()
    if not spoken:
        return f"{size:f} GB"
    whole, _, decimals = f"{size:f}".partition(".")
    if language == "zh":
        said = numerals_zh.write(int(whole)) if decimals else _count(int(whole))
        return said + (f"点{numerals_zh.write_digits(decimals, one='一')}" if decimals else "") + "个G"
    said = numerals_en.write(int(whole)) + (f" point {numerals_en.write_digits(decimals)}" if decimals else "")
    return f"{said} gigabyte" + ("" if size == 1 else "s")


def _volume_mb(mb: int, language: Language) -> str:
    if language == "zh":
        return numerals_zh.write(mb) + "兆"
    return f"{numerals_en.write(mb)} megabyte" + ("" if mb == 1 else "s")


def number_masked(e164: str) -> str:
    """ "+8613800138000" -> "138****8000": enough for its owner to know it."""
    national = _national(e164)
    return f"{national[:3]}****{national[-4:]}" if len(national) >= 8 else "****"


def number_spoken(e164: str, language: Language) -> str:
    """In groups of three, four and four: 幺三八，零零幺三，八零零零."""
    national = _national(e164)
    groups = (national[:3], national[3:7], national[7:]) if len(national) == 11 else (national,)
    if language == "zh":
        return "，".join(numerals_zh.write_digits(g) for g in groups)
    return ", ".join(numerals_en.write_digits(g) for g in groups)


def _national(e164: str) -> str:
    return e164[3:] if e164.startswith("+86") else e164.lstrip("+")


def month_name(month: str, language: Language) -> str:
    """ "2026-09" -> 2026年9月, "September 2026". ValueError when it is no month."""
    year, number = int(month[:4]), int(month[5:7])
    if len(month) != 7 or month[4] != "-" or not 1 <= number <= 12:
        raise ValueError(f"not a month: {month!r}")
    return f"{year}年{number}月" if language == "zh" else f"{_MONTHS[number - 1]} {year}"


def date_name(day: date, language: Language) -> str:
    """2026年9月15日, "15 September 2026"."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def order_id_tail(order_id: str, language: Language = "zh", spoken: bool = False) -> str:
    """The six last characters, by which a customer knows an order; spoken one by one: "A, 七, K, ..."."""
    tail = order_id[-6:]
    if not spoken:
        return tail
    if language == "zh":
        return "，".join(numerals_zh.write_digits(c) for c in tail)
    return ", ".join(numerals_en.write_digits(c) or c for c in tail)
