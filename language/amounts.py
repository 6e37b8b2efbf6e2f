"""Amounts of money in yuan, written or said, as integer fen. What has two readings is found as uncertain, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from language import numbers
from language.fold import fold
from language.found import Found, found
from language.numbers import Number

MAX_FEN = 100_000_000  # ¥1,000,000; more is not a customer's amount
LARGEST_BARE_DIGITS = 3000  # yuan; 4-8 bare digits above it are rather a code or a PIN

_EN_UNIT = r"(?:yuan|rmb|renminbi|cny|kuai|bucks?)(?![a-z])"
_YUAN = re.compile(rf" ?(?:(?:块钱|元钱|块|元|圆|¥|￥)(?:整|人民币)?(?![儿去])|{_EN_UNIT})")
_JIAO = re.compile(r" ?(?:毛钱|角钱|毛|角|(?:jiao|mao)(?![a-z]))")
_FEN = re.compile(r" ?(?:分钱|fen(?![a-z]))")
_FEN_AFTER = re.compile(r" ?(?:分钱?|fen(?![a-z]))")
_HALF_AFTER = re.compile(r"半(?:钱)?| and a half(?![a-z])")
_SIGN_BEFORE = re.compile(r"(?:[¥￥]|(?<![a-z])(?:rmb|cny)) ?$")
_OTHER_MONEY = re.compile(
    r" ?(?:美元|美金|港币|港元|欧元|日元|英镑|(?:us )?dollars?|usd|hkd|eur|euros?|pounds?|gbp|cents?)(?![a-z])"
)
_OTHER_SIGN = re.compile(r"[$€£] ?$")
_LINK = re.compile(r"(?:[ ,]*(?:and )?(?=[a-z0-9])|零(?=[0-9一二三四五六七八九]))?")
_HALF = re.compile(r"半(?:块钱|块|元)|(?<![a-z])half an? (?:yuan|kuai|buck)(?![a-z])")
_A_YUAN = re.compile(r"(?<![a-z])(?<!half )an? (?:yuan|kuai|buck)(?![a-z])")
_JOIN = re.compile(r"[ -]+")
_UNCLEAR = re.compile(
    r"(?:好?几十?|上|数)[十百千万]*(?:块钱|块|元)|(?<![a-z])(?:nan|inf|infinity) ?(?:yuan|元|块)|[¥￥] ?(?:nan|inf)"
)
_WHOLLY_UNCLEAR = re.compile(r" *[-+]?(?:nan|inf|infinity) *")

# A bare number in front of one of these counts or names something else.
_COUNTS = re.compile(
    r" ?(?:[年月日号天周次遍折岁楼层室栋座路街弄级倍位人家代点时秒%％°:/]|分|小时|个|星|张|台|部|条|件|份|只|款|套|种|兆|度|页|毫安|(?<=[0-9])[a-z]|"
    r"(?:[gmt]|gb|mb|tb|kb|gigs?|megs?|minutes?|mins?|hours?|days?|weeks?|months?|years?|times?|percent|texts?|messages?|sms|stars?|points?|"
    r"pcs|pieces|people|seconds?|secs?|am|pm|o'clock|degrees|milliamps?|milliamp hours|mah|more gig|questions|miles|road|"
    r"street|avenue|lane|building|st|rd|ave|x|out of)(?![a-z]))"
)
_NAMES = re.compile(
    r"(?:尾号|后四位|后[0-9]位|工号|编号|单号|密码|验证码|第|双|周|星期|礼拜|初|百分之|(?<![a-z])(?:iphone|mate|nova|honor|galaxy|redmi|note|"
    r"pin|code|ending in|ending|(?:beginning|starting|ends?|ending|starts) with|out of|flat|building|floor|in|since|option|"
    r"number|no\.|#|room|order|last|past|next|version|floor)) ?(?:是|is)? ?$"
)


def find(text: str, known: Sequence[Number] | None = None) -> list[Found]:
    """Amounts from left to right, first those with a unit, then bare numbers (`bare`), without overlaps.

    `known` are the numbers of fold(text) where the caller has them already.
    """
    folded = fold(text)
    known = numbers.find(folded) if known is None else known
    out = [found("amount", 50, text, m.start(), m.end()) for m in _HALF.finditer(folded)]
    out += [found("amount", 100, text, m.start(), m.end()) for m in _A_YUAN.finditer(folded)]
    out += [found("amount", None, text, m.start(), m.end()) for m in _UNCLEAR.finditer(folded)]
    if _WHOLLY_UNCLEAR.fullmatch(folded):
        out.append(found("amount", None, text, 0, len(text)))
    taken = [(f.start, f.end) for f in out]
    index = 0
    while index < len(known):
        hit, index = _from_number(text, folded, known, index)
        if hit and not any(hit.start < b and a < hit.end for a, b in taken):
            out.append(hit)
    return sorted(out, key=lambda f: f.start)


def _from_number(text: str, folded: str, known: Sequence[Number], index: int) -> tuple[Found | None, int]:
    """The amount that begins with known[index], and the index behind the numbers it took."""
    number = known[index]
    sign = _SIGN_BEFORE.search(folded, max(0, number.start - 5), number.start)
    start = sign.start() if sign else number.start
    if _OTHER_MONEY.match(folded, number.end) or _OTHER_SIGN.search(folded, max(0, number.start - 2), number.start):
        return found("amount", None, text, start, number.end), index + 1
    unit = _YUAN.match(folded, number.end)
    if unit:
        fen, end, used = _after_yuan(folded, known, index + 1, unit.end())
        value = None if fen is None else _fen(number.value, fen)
        return found("amount", value, text, start, end), index + 1 + used
    if sign:
        return found("amount", _fen(number.value), text, start, number.end), index + 1
    for pattern, size in ((_JIAO, 10), (_FEN, 1)):
        unit = pattern.match(folded, number.end)
        if unit:
            return _small(text, folded, known, index, unit.end(), size)
    return _bare(text, folded, known, index)


def _after_yuan(folded: str, known: Sequence[Number], index: int, end: int) -> tuple[int | None, int, int]:
    """What follows 块: (fen or None when unclear, end of the amount, numbers used). 五 = 50, 五毛三 = 53, 零五分 = 5, 50 = 50."""
    half = _HALF_AFTER.match(folded, end)
    if half:
        return 50, half.end(), 0
    if index >= len(known):
        return 0, end, 0
    number, link = known[index], _LINK.match(folded, end)
    zero = (number.kind == "zh" and (number.digits or "").startswith("0")) or (link is not None and link.group() == "零")
    if number.start != end and (link is None or number.start != link.end()):
        return 0, end, 0
    jiao = _JIAO.match(folded, number.end)
    if jiao:
        more, last, used = _after_jiao(folded, known, index + 1, jiao.end())
        return _digits_fen(number.value, 10, more, 9), last, 1 + used
    fen = _FEN_AFTER.match(folded, number.end)
    if fen:
        return _digits_fen(number.value, 1, 0, 99), fen.end(), 1
    if number.start != end and number.kind != "en" and not zero:
        return 0, end, 0  # "50元 30" names two things
    if _YUAN.match(folded, number.end) or _COUNTS.match(folded, number.end):
        return 0, end, 0  # "五十块二十块", "50元30个": the next thing begins
    return _tail(number, zero), number.end, 1


def _tail(number: Number, zero: bool) -> int | None:
    """块五 and 块50 and "yuan fifty" are 50 fen; 块二五 is 25; 块零五 and "yuan five" have two readings."""
    if number.value is None and not (number.digits and len(number.digits) == 2):
        return None
    digits = number.digits
    if zero or (number.kind == "en" and (number.value is None or not 10 <= number.value <= 99)):
        return None
    if digits and len(digits) <= 2:
        return int(digits.ljust(2, "0"))
    return int(number.value) if number.kind == "en" and number.value is not None else None


def _after_jiao(folded: str, known: Sequence[Number], index: int, end: int) -> tuple[int | None, int, int]:
    """五毛三 and 五毛三分: the fen."""
    if index >= len(known) or known[index].start != end or known[index].kind == "en":
        return 0, end, 0
    number = known[index]
    fen = _FEN_AFTER.match(folded, number.end)
    return _digits_fen(number.value, 1, 0, 9), fen.end() if fen else number.end, 1


def _digits_fen(value: Decimal | None, size: int, more: int | None, largest: int) -> int | None:
    if value is None or more is None or value != int(value) or not 0 <= value <= largest:
        return None
    return int(value) * size + more


def _small(text: str, folded: str, known: Sequence[Number], index: int, end: int, size: int) -> tuple[Found, int]:
    """三毛, 三毛五, 五分钱, "fifty fen"."""
    more, end, used = _after_jiao(folded, known, index + 1, end) if size == 10 else (0, end, 0)
    value = known[index].value
    whole = None if value is None or value != int(value) or more is None else int(value) * size + more
    return found("amount", whole, text, known[index].start, end), index + 1 + used


def _bare(text: str, folded: str, known: Sequence[Number], index: int) -> tuple[Found | None, int]:
    """A number without a unit. Two numbers side by side are a spoken price only where nothing else is possible."""
    number, last = known[index], index
    while (
        last + 1 < len(known)
        and known[last].kind == "en" == known[last + 1].kind
        and _JOIN.fullmatch(folded, known[last].end, known[last + 1].start)
    ):
        last += 1
    end = known[last].end
    unit = _YUAN.match(folded, end) if last > index else None
    whole = not folded[: number.start].strip(" ,，.。!?") and not folded[end:].strip(" ,，.。!?")
    if last > index:
        price = _spoken_price(known[index : last + 1])
        if unit or price is not None or _all_small(known[index : last + 1]) is False:
            return found("amount", price, text, number.start, unit.end() if unit else end, bare=unit is None), last + 1
        return None, last + 1
    if _COUNTS.match(folded, end) or _NAMES.search(folded, max(0, number.start - 18), number.start):
        return None, index + 1
    if not whole and not _stands_alone(number):
        return None, index + 1
    if number.digits is not None and _rather_a_code(number) and not (whole and len(number.digits) > 8):
        return None, index + 1
    return found("amount", _fen(number.value), text, number.start, end, bare=True), index + 1


def _rather_a_code(number: Number) -> bool:
    """Four digits and more: spoken one by one, above the bound, or with a zero in front."""
    digits = number.digits or ""
    return len(digits) >= 4 and (number.kind != "written" or int(digits) > LARGEST_BARE_DIGITS or digits[0] == "0")


def _stands_alone(number: Number) -> bool:
    """Inside a sentence, one, 一 or 三四 are mostly grammar; 五十 and 50 are numbers."""
    return number.kind == "written" or number.digits is None


def _all_small(group: Sequence[Number]) -> bool:
    return all(n.value is not None and n.value < 10 for n in group)


def _spoken_price(group: Sequence[Number]) -> int | None:
    """ "a hundred and eight fifty" is 108.50, "five zero" 50; "eighty six fifty" may be 8650 and "two fifty" 250: None."""
    if _all_small(group) and len(group) <= 3 and group[0].value and group[-1].value == 0:
        return _fen(Decimal("".join(n.digits or "" for n in group)))
    if len(group) != 2:
        return None
    yuan, fen = group[0].value, group[1].value
    if yuan is None or fen is None or yuan < 100 or yuan % 100 == 0 or yuan != int(yuan) or not 10 <= fen <= 99:
        return None
    return _fen(yuan, int(fen))


def _fen(yuan: Decimal | None, more: int = 0) -> int | None:
    """Exact fen, None when there are more than two decimals, when a rest follows decimals, or beyond the bound."""
    if yuan is None or yuan < 0:
        return None
    fen = yuan * 100
    if fen != int(fen) or (more and yuan != int(yuan)) or fen + more > MAX_FEN:
        return None
    return int(fen) + more
