"""Positions in a list just shown: 第二个, 最后一个, "number three". Counted from 1; -1 is the last, -2 the last but one."""

from __future__ import annotations

import re

from language import numerals_en, numerals_zh
from language.fold import fold
from language.found import Found, found

MAX_POSITION = 20  # no list we show is longer

_ORDINAL_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINALS = {w: i for i, w in enumerate(_ORDINAL_WORDS, 1)}
_CARDINALS = {w: i for w, i in numerals_en.ONES.items() if 1 <= i <= 10}
_N = r"[0-9]{1,2}(?![0-9])|[一二三四五六七八九十两]{1,3}"
_THING = r"(?: ?(?:个|款|种|条|项|张|台|部|档|件|家|样|份|只)(?!月|小时|人))?"
_NOT_A_THING = r"(?! ?(?:次|遍|天|时间|年|季|步|名|层|位|期|月|方|批|代|页|段|句|行|章|道|[0-9零一二三四五六七八九百千万]|个月))"
_ZH = re.compile(
    rf"(?P<last>(?:倒数)?第(?P<n>{_N}){_NOT_A_THING}{_THING})|"
    rf"(?:选项|选择|选|按) ?第?(?P<chosen>{_N}){_NOT_A_THING}(?![块元gm兆分点]){_THING}"
)
_LAST_ZH = re.compile(r"最后(?:面)?(?:那|这)?一?(?:个|款|种|条|项|张|台|部|档|件|样)(?!月)|最下面(?:那|这)?一?(?:个|款|种|条|项)")
_ORDINAL = "|".join(_ORDINALS)
_CHOICE = "one|option|item|choice|plan|pack|product"
_NOT_LISTED = r"(?! (?:time|day|month|week|year|half|place|step|of|person|bill|sim|line|card|floor|number)(?![a-z]))"
_EN = re.compile(
    rf"(?<![a-z])(?:(?P<ordinal>(?<!on )(?<!since )(?<!until )the (?:{_ORDINAL})(?: (?:{_CHOICE}))?{_NOT_LISTED}|"
    rf"(?:{_ORDINAL}) (?:{_CHOICE}))|"
    rf"(?:the )?(?P<nth>[0-9]{{1,2}})(?:st|nd|rd|th)(?: (?:one|option|item|choice)|(?! [a-z]))|"
    rf"(?:option|choice|item|number|no\.) ?(?P<number>[0-9]{{1,2}}|{'|'.join(_CARDINALS)})(?![0-9a-z]))(?![a-z])|"
    r"# ?(?P<hash>[0-9]{1,2})(?![0-9a-z])"
)
_LAST_EN = re.compile(
    r"(?<![a-z])(?:(?:the )?(?:very )?last (?:one|option|item|choice)|the bottom one)(?![a-z])|^ *the last *[.!]?$"
)
_MORE_DIGITS = re.compile(rf"[ ,-]*(?:[0-9]|(?:{'|'.join(_CARDINALS)}|zero|oh|double|triple)(?![a-z]))")


def find(text: str) -> list[Found]:
    """Positions from left to right, 1 to 20 or -1 downwards; anything beyond is uncertain."""
    folded = fold(text)
    out = [found("position", -1, text, m.start(), m.end()) for p in (_LAST_ZH, _LAST_EN) for m in p.finditer(folded)]
    for match in _ZH.finditer(folded):
        value = _number(match["n"] or match["chosen"])
        if value is None and match["chosen"]:
            continue  # 选五十的: a price
        backwards = match.group().startswith("倒数")
        out.append(found("position", -value if value and backwards else value, text, match.start(), match.end()))
    for match in _EN.finditer(folded):
        if match["number"] and _MORE_DIGITS.match(folded, match.end()):
            continue  # "number one three eight ..." is a phone number
        value = _english(match)
        if value is not None or match["ordinal"]:  # "No. 88" is a house
            out.append(found("position", value, text, match.start(), match.end()))
    return sorted(out, key=lambda f: f.start)


def _number(said: str) -> int | None:
    value = int(said) if said.isdigit() and said.isascii() else numerals_zh.read(said)
    return int(value) if value is not None and 1 <= value <= MAX_POSITION else None


def _english(match: re.Match[str]) -> int | None:
    if match["ordinal"]:
        return next(_ORDINALS[w] for w in match["ordinal"].split() if w in _ORDINALS)
    said = match["nth"] or match["number"] or match["hash"]
    return _CARDINALS.get(said) or _number(said)
