"""Fold letters and digits without moving them: every finder works on the folded text and reports places in the original."""

import unicodedata


def fold(text: str) -> str:
    """Lower case, full-width to half-width, curly quotes to straight ones, any blank to a space; same length as `text`."""
    if text.isascii():
        return text.lower().translate(_SAME_LENGTH)
    return "".join(map(_fold_one, text))


_SAME_LENGTH = {ord(c): " " for c in "\t\n\x0b\x0c\r"}
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2212": "-", "\u2013": "-", "\u2014": "-"}


def _fold_one(char: str) -> str:
    if char.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", _QUOTES.get(char, char)).lower()
    return folded if len(folded) == 1 else char
