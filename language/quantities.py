"""How many of a thing: 两个, 三台, "a couple", "two gift cards"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from language import numbers
from language.fold import fold
from language.found import Found, found
from language.numbers import Number

MAX_QUANTITY = 999

_CLASSIFIER = re.compile(
    r" ?(?:个|台|张|部|件|份|只|条|盒|箱|套|副|支|根|瓶)"
    r"(?! ?(?:月|小时|钟头|星期|礼拜|人(?!民)|g(?![a-z])|兆|吉|gb|mb|点|问题|多月|半))"
)
_BOTH = re.compile(r"(?P<two>[俩]|一对(?!一)|一双)|(?P<three>仨)")
_ENGLISH = re.compile(
    r"(?<![a-z])a (?P<name>couple|pair|dozen)(?: of)?(?![a-z])(?! (?:days|weeks|months|hours|minutes|times|years))"
)
_EACH = {"couple": 2, "pair": 2, "dozen": 12}
_PIECES = re.compile(r" ?(?:(?:pcs|pieces?|units?|items?|copies|sets?|of (?:them|those|these)|of the)(?![a-z])|x(?![a-z0-9]))")
_PLURAL = re.compile(
    r" (?:[a-z]+ ){0,2}?(?!(?:days|weeks|months|hours|minutes|mins|seconds|years|times|gigs|megs|gigabytes|megabytes|stars|"
    r"yuan|bucks|points|"
    r"texts|messages|calls|tries|attempts|visits|digits|is|was|this|plus|yes|as|its|has|does|thanks|always|percent|lines|fens|us|his|plans|cents|dollars|pounds)(?![a-z]))"
    r"[a-z]{3,}[^s\W]s(?![a-z])"
)
_TIMES = re.compile(r"(?<![a-z0-9])x ?$")
_NOT_BEFORE = re.compile(r"(?:第|这|那|哪|每|上|下|前|后|(?<![a-z])(?:number|no\.|option|last|past|next|for|in|of|plan)) ?$")


def find(text: str, known: Sequence[Number] | None = None) -> list[Found]:
    """Quantities from left to right: whole numbers from 1 to 999; others (半个, 2.5个, 零个) are uncertain."""
    folded = fold(text)
    known = numbers.find(folded) if known is None else known
    out = [found("quantity", 2 if m["two"] else 3, text, m.start(), m.end()) for m in _BOTH.finditer(folded)]
    out += [found("quantity", _EACH[m["name"]], text, m.start(), m.end()) for m in _ENGLISH.finditer(folded)]
    for number in known:
        end = _counted(folded, number)
        start = number.start
        times = _TIMES.search(folded, max(0, start - 3), start)
        if end is None and times and (number.digits or number.kind != "zh"):
            start, end = times.start(), number.end
        if end is not None and not any(f.start < end and start < f.end for f in out):
            out.append(found("quantity", _whole(number), text, start, end))
    return sorted(out, key=lambda f: f.start)


def _counted(folded: str, number: Number) -> int | None:
    """The end of "number + thing counted"; None when nothing is counted."""
    if _NOT_BEFORE.search(folded, max(0, number.start - 8), number.start):
        return None
    counted = _CLASSIFIER.match(folded, number.end) or _PIECES.match(folded, number.end)
    if counted:
        return counted.end()
    if number.kind != "zh" and _PLURAL.match(folded, number.end) and (number.value or 1) <= 99:
        return number.end
    return None


def _whole(number: Number) -> int | None:
    value = number.value
    return int(value) if value is not None and value == int(value) and 1 <= value <= MAX_QUANTITY else None
