"""Scores from 1 to 5: 五分, 四星好评, "four stars", "5 out of 5"."""

from __future__ import annotations

import re

from language import numerals_en, numerals_zh
from language.fold import fold
from language.found import Found, found

_WORDS = {w: i for w, i in numerals_en.ONES.items() if i <= 10}
_N = r"[0-9]{1,3}(?:\.[0-9])?|[零一二三四五六七八九十两]{1,3}"
_ZH = re.compile(
    r"(?<![0-9.零一二三四五六七八九十百千万块毛角])(?P<verb>打|给|评)?(?:[你您他她]们?|个)? ?"
    rf"(?P<n>{_N}) ?个?(?:分(?![钟之0-9期钱])|颗?(?P<star>星)(?P<mark>级|好评|评价)?(?P<alone>(?=吧|[,，。! ]|$))?(?!期))"
)
_FULL = re.compile(r"满分|满星|全五星")
_EN_N = rf"[0-9]{{1,2}}(?:\.[0-9])?|{'|'.join(_WORDS)}"
_OUT_OF = r"(?:/|out of) ?(?:5|five)(?![0-9a-z])"
_EN = re.compile(
    rf"(?<![0-9a-z.])(?P<n>{_EN_N})(?:[ -]stars?(?![a-z])| ?{_OUT_OF})(?: {_OUT_OF})?|"
    r"(?<![a-z])(?:score|rating|rate (?:it|you|this|that)|i give (?:it|you)|give (?:it|you)):? (?:is |of |it )?(?:an? )?"
    rf"(?P<given>[0-9]{{1,2}}(?![0-9.])|{'|'.join(_WORDS)})(?: points?)?(?![a-z]| ?(?:yuan|rmb|bucks))"
)
_POINTS = re.compile(rf"(?<![0-9a-z.])(?P<n>[0-9]{{1,2}}|{'|'.join(_WORDS)}) points?(?![a-z])")


def find(text: str) -> list[Found]:
    """Scores from left to right; a mark off the scale (零分, 六分, 4.5分, when given as a mark) is uncertain. 十分 is "very"."""
    folded = fold(text)
    out = [found("score", 5, text, m.start(), m.end()) for m in _FULL.finditer(folded)]
    for match in _ZH.finditer(folded):
        value = _on_scale(match["n"])
        if value is None and not match["verb"]:
            continue
        surely = match["verb"] or match["mark"] or match["alone"] is not None or value == 5
        if match["star"] and not surely:
            continue  # 三星 is a maker of phones as well
        out.append(found("score", value, text, match.start("n"), match.end()))
    for match in (*_EN.finditer(folded), *_POINTS.finditer(folded)):
        if not any(f.start < match.end() and match.start() < f.end for f in out):
            said = match["n"] or match.groupdict().get("given") or ""
            value = _on_scale(said)
            if value is not None or match["n"] or match.group().startswith(("score", "rat")):  # "give you 50" is no mark
                out.append(found("score", value, text, match.start(), match.end()))
    return sorted(out, key=lambda f: f.start)


def _on_scale(said: str) -> int | None:
    value = _WORDS.get(said)
    if value is None:
        value = (int(said) if said.isdigit() else None) if said[0].isascii() else int(numerals_zh.read(said) or 0)
    return value if value is not None and 1 <= value <= 5 else None
