"""One form for understanding: what people type and what speech recognition returns should look alike."""

from __future__ import annotations

import re

from language.neutralise import visible
from language.words import FILLER

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_QUOTE = re.compile("[\u2018\u2019`\u00b4]")
_POINT = re.compile(r"(?<=[0-9])[.](?=[0-9])")
# Punctuation tells little that a voice would also tell; signs of money, per cent and the apostrophe stay.
_PUNCTUATION = re.compile(r"[^\w\s'¥$%+\u2215]|_")
_APART = re.compile(rf"(?<=[{_HAN}])\s+(?=\S)|(?<=\S)\s+(?=[{_HAN}])")
_BLANKS = re.compile(r"\s+")
_AT_START = re.compile(rf"(?:{FILLER.pattern}|[\s,，。.、!！?？…~～])+")
_AT_END = re.compile(rf"(?:[\s,，、…~～]+(?:{FILLER.pattern})[\s,，。.、!！?？…~～]*|[\s,，、…~～]+)$")
_MARK = "\ufffc"  # stands for a decimal point while punctuation is folded; never in visible text with meaning
_ROUNDS = 6


def normalise(text: str) -> str:
    """NFKC, lower case, fillers dropped at both ends, punctuation folded to blanks, no blanks beside Chinese characters.

    A text of nothing but fillers is kept: "嗯" is an answer.
    """
    text = _QUOTE.sub("'", visible(text).lower())
    for _ in range(_ROUNDS):  # a mark between two fillers hides the second one at first
        plainer = _once(text)
        if plainer == text:
            break
        text = plainer
    return text


def _once(text: str) -> str:
    text = _trim(text) or text
    text = _POINT.sub(_MARK, text.replace(_MARK, " "))
    text = _PUNCTUATION.sub(lambda m: m.group() if m.group() == _MARK else " ", text).replace(_MARK, ".")
    return _APART.sub("", _BLANKS.sub(" ", text).strip())


def _trim(text: str) -> str:
    for _ in range(_ROUNDS):
        match = _AT_START.match(text)
        shorter = text[match.end() :] if match else text
        end = _AT_END.search(shorter)
        shorter = shorter[: end.start()] if end else shorter
        if shorter == text:
            break
        text = shorter
    return text
