"""Make a customer's words harmless before anything reads them.

Rasa executes a text that starts with "/" as an order ("/inform{...}", "/restart"), after stripping it the way str.strip() does.
Invisible characters would let an agent see other words than the bot does.
"""

import re
import unicodedata

MAX_CODE_POINTS = 2000  # longer than anything a person types in one message; whatever lies beyond is cut off
_LOOK_AT = 8 * MAX_CODE_POINTS  # bounds the work on a hostile text: invisible characters may make up the rest
_ROUNDS = 6  # two are enough for every text known; the bound keeps the loop finite

_SLASH_LOOKALIKE = "\u2215"  # DIVISION SLASH: looks the same, no compatibility form leads back to "/"
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]+")
# Not of category Cc/Cf/Cs, yet nothing to see: joiners, fillers, variation selectors, the empty braille cell; and noncharacters.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufdd0-\ufdef\ufe00-\ufe0f\ufffe\uffff\U000e0000-\U000e0fff]"
)
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})


def neutralise(text: str) -> str:
    """The same words without tricks: NFKC, nothing invisible, stripped, at most 2,000 code points, never starting with "/".

    Applying it twice changes nothing more. Line breaks become blanks.
    """
    text = text[:_LOOK_AT]
    for _ in range(_ROUNDS):
        cleaned = _once(text)
        if cleaned == text:
            break
        text = cleaned
    return text


def visible(text: str) -> str:
    """NFKC without controls, invisible characters and lone surrogates; line breaks become blanks. Length is not bounded."""
    text = unicodedata.normalize("NFKC", _BREAKS.sub(" ", text))
    text = _UNSEEN.sub("", text)
    if not text.isascii() or not text.isprintable():
        text = "".join(c for c in text if unicodedata.category(c) not in _DROPPED_CATEGORIES)
    return text


def _once(text: str) -> str:
    text = visible(text).strip()[:MAX_CODE_POINTS].strip()
    return _SLASH_LOOKALIKE + text[1:] if text.startswith("/") else text
