"""Order numbers as issued: DD, eight digits of the date, six letters or digits. Written or spelled out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from language import numerals_en, numerals_zh
from language.fold import fold
from language.found import Found, found

LENGTH = 16
_DATE_LENGTH = 8
_SHAPE = re.compile(r"DD(20[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[A-Z0-9]{6}")

_SPELLINGS = (
    "A ay alpha alfa",
    "B bee bravo",
    "C see cee sea charlie",
    "D dee delta",
    "E echo",
    "F ef eff foxtrot",
    "G gee golf",
    "H aitch hotel",
    "I india",
    "J jay juliet",
    "K kay kilo",
    "L el ell lima",
    "M em mike",
    "N en november",
    "P pee papa",
    "Q cue queue quebec",
    "R ar romeo",
    "S ess sierra",
    "T tee tango",
    "U you uniform",
    "V vee victor",
    "W whiskey whisky",
    "X ex xray",
    "Y why yankee",
    "Z zee zed zulu",
)
_LETTER_NAMES = {name: names[0] for names in _SPELLINGS for name in names.split()[1:]}
_DIGIT_NAMES = {w: str(i) for w, i in numerals_en.ONES.items() if i < 10} | {"oh": "0", "nought": "0"}
_ZH = numerals_zh.SPELLED
_TIMES = {"double": 2, "triple": 3}
_WORDS = "|".join(sorted((*_LETTER_NAMES, *_DIGIT_NAMES), key=len, reverse=True))
_PIECE = re.compile(
    rf"(?P<double_u>double[ -]?(?:u|you)(?![a-z]))|(?:(?P<times>double|triple) )?(?:(?<![a-z0-9])(?P<word>{_WORDS})(?![a-z0-9])|"
    rf"(?P<zh>[{''.join(_ZH)}])|(?P<char>[a-z0-9]))"
)
_ALNUM = re.compile("[a-z0-9]+")
_WORDS_OF_SIX = frozenset({"please", "thanks", "status", "cancel", "refund", "arrive", "return", "change", "number", "orders"})
_PAUSE = re.compile(r"[ \-,，.、]{0,3}")
_BEGIN = re.compile(
    r"(?<![a-z0-9])(?:d[ \-,]{0,2}d(?![a-z])|dee[ ,]{0,2}dee(?![a-z])|double (?:d|dee)(?![a-z])|delta delta(?![a-z]))"
)


@dataclass(frozen=True)
class _Spelled:
    value: str
    end: int


def find(text: str) -> list[Found]:
    """Order numbers from left to right. One that breaks off, runs on or has an impossible date is uncertain."""
    folded = fold(text)
    out: list[Found] = []
    at = 0
    while match := _BEGIN.search(folded, at):
        spelled = _spell(folded, match.end())
        at = max(match.end(), spelled.end)
        if len(spelled.value) < 4 or not spelled.value[:4].isdigit():
            continue  # "dd" said of something else
        value = "DD" + spelled.value
        out.append(found("order_id", value if _SHAPE.fullmatch(value) else None, text, match.start(), spelled.end))
    return out


def _spell(folded: str, at: int) -> _Spelled:
    """Letters and digits from `at` on, at most as many as an order number has; unbroken writing is read to its end."""
    value, end = "", at
    while len(value) < LENGTH - 2:
        pause = _PAUSE.match(folded, end)
        piece = _PIECE.match(folded, pause.end() if pause else end)
        if not piece or _is_word(folded, piece, len(value)):
            break
        said = _character(piece)
        value, end = value + (said.replace("O", "0") if len(value) < _DATE_LENGTH else said), piece.end()
    while value and end < len(folded) and folded[end].isascii() and folded[end].isalnum():
        value, end = value + folded[end].upper(), end + 1
    return _Spelled(value, end)


def _is_word(folded: str, piece: re.Match[str], have: int) -> bool:
    """Whether a letter begins a word ("DD20260915 please") and so ends the spelling. Mixed or glued letters are spelling."""
    at = piece.start()
    if not piece["char"] or piece["char"].isdigit() or (folded[at - 1].isascii() and folded[at - 1].isalnum()):
        return False
    run = _ALNUM.match(folded, at)
    letters = run.group() if run else ""
    if len(letters) == 1 or not letters.isalpha():
        return False
    return have + len(letters) != LENGTH - 2 or letters in _WORDS_OF_SIX


def _character(piece: re.Match[str]) -> str:
    times = _TIMES.get(piece["times"] or "", 1)
    if piece["double_u"]:
        return "W"
    if piece["word"]:
        return (_LETTER_NAMES.get(piece["word"]) or _DIGIT_NAMES[piece["word"]]) * times
    return (_ZH[piece["zh"]] if piece["zh"] else piece["char"].upper()) * times
