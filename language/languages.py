"""The language a customer names: zh or en."""

from __future__ import annotations

import re

from language.fold import fold
from language.found import Found, found

_NAMES = {
    "en": re.compile(r"英文|英语|(?<![a-z])english(?![a-z])"),
    "zh": re.compile(
        r"中文|汉语|普通话|国语|华语|中国话|"
        r"(?<![a-z])(?:chinese|mandarin|putonghua|zhongwen)(?![a-z])(?! (?:new year|number|yuan|phone|mainland))"
    ),
}


# "I don't understand Chinese": the other one is wanted.
_DENIED_BEFORE = re.compile(
    r"(?:别说?|不要|不会说?|不懂|看不懂|听不懂|怎么.{0,3}(?:讲|说)起?|(?<![a-z])(?:no|not|don't (?:speak|understand|know)|can't (?:speak|understand)|"
    r"stop speaking|why are you speaking|instead of|from)) ?$"
)
_DENIED_AFTER = re.compile(r" ?(?:我?(?:看|听)?不懂|不好|is (?:poor|bad|not good|terrible))")


def find(text: str) -> list[Found]:
    """The language that is wanted, at most one: the last one named and not refused, else the other than the one refused."""
    folded = fold(text)
    hits = sorted((m.start(), m.end(), code) for code, name in _NAMES.items() for m in name.finditer(folded))
    refused = [
        bool(_DENIED_BEFORE.search(folded, max(0, start - 24), start) or _DENIED_AFTER.match(folded, end))
        for start, end, _ in hits
    ]
    wanted = [hit for hit, no in zip(hits, refused, strict=True) if not no]
    if wanted:
        start, end, code = wanted[-1]
    elif hits:
        start, end, code = hits[-1]
        code = "zh" if code == "en" else "en"
    else:
        return []
    return [found("language", code, text, start, end)]
