"""The language a customer names: zh or en."""

from __future__ import annotations

import re

from language.fold import fold
from language.found import Found, found

_NAMES = {
    "en": re.compile(r"英文|英语|(?<![a-z])english(?![a-z])"),
    "zh": re.compile(
        r"中文|汉语|普通话|国语|华语|"
        r"(?<![a-z])(?:chinese|mandarin|putonghua|zhongwen)(?![a-z])(?! (?:new year|number|yuan|phone|mainland))"
    ),
}


def find(text: str) -> list[Found]:
    """Languages from left to right."""
    folded = fold(text)
    hits = [found("language", code, text, m.start(), m.end()) for code, name in _NAMES.items() for m in name.finditer(folded)]
    return sorted(hits, key=lambda f: f.start)
