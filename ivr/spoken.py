"""Text for the ear: what a voice can read aloud, in pieces that Twilio takes, and choices as keys.

Nothing that leaves here can be read as markup by anybody further on: there is no "<", ">" or "&" in it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from language import numerals_en, numerals_zh
from language.say import Language, number_spoken

PIECE_CHARACTERS = 400  # a Chinese character is 9 bytes URL-encoded, and a <Say> holds 4500 of those
PIECE_BYTES = 4500  # URL-encoded; Twilio's warning 13521
CHOICES_MOST = 5  # more cannot be kept in mind
_LOOK_AT = 20_000  # characters; longer than any talk, and a bound for the work on a hostile text
_ROUNDS = 6  # taking one thing away may bring another together; two rounds are enough for every text known


@dataclass(frozen=True)
class Line:
    """One sentence or more in a language of its own, for where two languages are spoken after each other."""

    text: str
    language: Language


def speakable(text: str, language: Language) -> str:
    """The text as it can be read aloud: no controls, emoji, markup, bullets or addresses; NFC; one line.

    Numbers of seven digits and more are read digit by digit; a number with stars in it by its ending. May be empty. Applying it
    twice changes nothing more.
    """
    text = text[:_LOOK_AT]
    for _ in range(_ROUNDS):
        spoken = _once(text, language)[:_LOOK_AT].strip()
        if spoken == text:
            break
        text = spoken
    return text


def _once(text: str, language: Language) -> str:
    text = unicodedata.normalize("NFC", html.unescape(text).replace("\r", "\n"))
    text = _without_addresses(_BLANKS.sub(" ", text), language)
    text = _without_markup(_in_words(text, language))
    text = _as_one_line(_without_signs(text, language), language)
    return unicodedata.normalize("NFC", text)


_BLANKS = re.compile(r"[^\S\n]+")
_TAG = re.compile(r"<[/!?A-Za-z][^<>]{0,300}>")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\([^()\s]{0,500}\)")
_LINE_HEAD = re.compile(r"(?m)^[ \t]*(?:(?:[-*+•·●○■□▪◦>]|#{1,6})(?:[ \t]+|(?=[^\W\d]))[ \t]*)+")
_NUMBERED = re.compile(r"(?m)^[ \t]*(\d{1,2})[.)、）][ \t]+")
_RULE = re.compile(r"(?m)^[ \t]*[-=_*~—–─|+: \t]{3,}$")
_DASHES = re.compile(r"[ \t]*(?:[-=_~]{2,}|[—–─―]+)[ \t]*")


def _without_markup(text: str) -> str:
    text = _RULE.sub("", _TAG.sub(" ", text))
    text = _NUMBERED.sub(r"\1, ", _LINE_HEAD.sub("", text))
    return _DASHES.sub(", ", text)


_URL_BODY = r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*[A-Za-z0-9/=#_\-])"
_URL = re.compile(
    rf"(?:(?P<named>链接|网址|link)[ \t]*[:：]?[ \t]*)?"
    rf"(?:(?<![A-Za-z])[a-z][a-z0-9+.\-]{{1,11}}://{_URL_BODY}?|(?<![A-Za-z0-9])www\.{_URL_BODY}|"
    rf"(?<![A-Za-z0-9@.\-])(?:[a-z0-9\-]{{1,40}}\.){{1,4}}[a-z]{{2,12}}/{_URL_BODY}?)",
    re.I,
)
_A_LINK = {"zh": "链接", "en": "the link"}


def _without_addresses(text: str, language: Language) -> str:
    """A web address becomes the word for one; nobody can write down what a voice spells."""
    text = _LINK.sub(r"\1", text)
    return _URL.sub(lambda found: found["named"] or _A_LINK[language], text).replace("://", " ")


_MASKED = re.compile(r"(?<![\d*])\d{0,4}\*{3,}(\d{2,6})(?!\d)")
_LONG_NUMBER = re.compile(r"(?<![A-Za-z0-9_.¥$\-])\+?\d{7,24}(?![A-Za-z0-9_\-]|\.\d| ?元)", re.ASCII)
_PER = re.compile(r"[ \t]*/[ \t]*(?=个?(?:月|年|天|日|次|周|小时|分钟|条|兆))")
_PER_EN = re.compile(r"[ \t]*/[ \t]*(?=(?:month|year|day|week|hour|minute|mo|GB|MB)\b)")
_FROM_TO = re.compile(r"(\d{1,2}:\d{2})[ \t]*[-–—~～][ \t]*(?=\d{1,2}:\d{2})")
_RANGE = re.compile(r"(?<=[\d%元块GMB])[ \t]*[~～–][ \t]*(?=[¥\d])")


def _in_words(text: str, language: Language) -> str:
    """Written shorthand as people say it."""
    text = _MASKED.sub(lambda found: _ending(found[1], language), text)
    text = _LONG_NUMBER.sub(lambda found: _digits(found[0], language), text)
    to = "到" if language == "zh" else " to "
    text = _RANGE.sub(to, _FROM_TO.sub(rf"\1{to}", text))
    return _PER.sub("每", text) if language == "zh" else _PER_EN.sub(" per ", text)


def _ending(digits: str, language: Language) -> str:
    said = numerals_zh.write_digits(digits) if language == "zh" else numerals_en.write_digits(digits)
    return f"尾号{said}" if language == "zh" else f" ending in {said}"


def _digits(number: str, language: Language) -> str:
    national = number[-11:] if re.fullmatch(r"(?:\+?86)?1\d{10}", number) else number.lstrip("+")
    if len(national) == 11:
        return number_spoken(national, language)
    groups = [national[start : start + 4] for start in range(0, len(national), 4)]
    return ("，" if language == "zh" else ", ").join(number_spoken(group, language) for group in groups)


_SAID = {
    "&": ("和", " and "),
    "℃": ("度", " degrees"),
    "№": ("号", "number "),
    "#": ("井号", " hash "),
    "@": (" at ", " at "),
    "→": ("，", ", "),
    "|": ("，", ", "),
    "•": ("，", ", "),
    "…": ("，", ", "),
}
_KEPT_SIGNS = frozenset("+=×÷±%％°")
_DROPPED = frozenset("*<>`_^~\\\u3030\u303d\u203c\u2049\u2139")  # the last ones are emoji that are not of category So
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Sm", "Me"})
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0000-\U000e0fff]")


def _without_signs(text: str, language: Language) -> str:
    """Without anything a voice would spell, skip or choke on, XML 1.0's forbidden characters included. Line breaks stay."""
    text = _SELECTORS.sub("", text)
    return "".join(_sign(c, language) for c in text)


def _sign(c: str, language: Language) -> str:
    if c in "\n\t":
        return c
    if c in _SAID:
        return _SAID[c][language == "en"]
    if c in _KEPT_SIGNS:
        return c
    category = unicodedata.category(c)
    if category in ("Zl", "Zp") or c in "\x0b\x0c\x85":
        return "\n"
    if category == "Zs" or c in _DROPPED:
        return " "
    if category == "No":  # ① and ½, of which not every voice knows what to make
        return unicodedata.normalize("NFKC", c)
    return "" if category in _DROPPED_CATEGORIES else c


_ENDS = "。！？!?；;"
_STOPS = _ENDS + "，,、：:.…"
_BREAK = re.compile(r"(.?)\s*\n\s*")
_REPEATED = re.compile(rf"([{re.escape(_STOPS)}])(?:\s*[{re.escape(_STOPS)}])+")
_SPACE_BEFORE_STOP = re.compile(r"\s+([。！？!?；;，,、：:](?:\s|$)|[。！？；，、：])")


def _as_one_line(text: str, language: Language) -> str:
    """Line breaks as short pauses; no stop twice in a row, the strongest stays."""
    pause = "，" if language == "zh" else ", "
    text = _BREAK.sub(lambda found: found[1] + (" " if not found[1] or found[1] in _STOPS else pause), _BLANKS.sub(" ", text))
    text = _REPEATED.sub(lambda found: _strongest(found[0]), text)
    text = _SPACE_BEFORE_STOP.sub(r"\1", re.sub(r"\s+", " ", text))
    if language == "zh":
        text = re.sub(r"(?<=[\u4e00-\u9fff]), ?|, (?=[\u4e00-\u9fff])", "，", text)
    text = text.strip().lstrip("".join(set(_STOPS) - {"."}) + " ").strip()
    return text if any(c.isalnum() for c in text) else ""


def _strongest(stops: str) -> str:
    """Of several stops in a row the one that ends a sentence, else the first."""
    return next((c for c in stops if c in _ENDS), stops[0]) + (" " if stops[-1].isspace() or stops[0] in ".,!?;:" else "")


def pieces(text: str) -> list[str]:
    """The text in parts of at most 400 characters and 4500 bytes URL-encoded, cut at ends of sentences where there are any.

    No part is empty; nothing but blanks is lost at the cuts.
    """
    parts = []
    rest = text.strip()
    while rest:
        length = _prefix(rest)
        if length < len(rest):
            length = _best_cut(rest, length)
        parts.append(rest[:length].strip())
        rest = rest[length:].strip()
    return parts


def _prefix(text: str) -> int:
    """How many characters from the beginning fit into one piece."""
    room = PIECE_BYTES
    for place, c in enumerate(text[:PIECE_CHARACTERS]):
        room -= 3 * len(c.encode("utf-8", "surrogatepass"))
        if room < 0:
            return place
    return min(len(text), PIECE_CHARACTERS)


_CUTS = (re.compile(r"[。！？!?；;]+[”’」』）)]*|\.(?=\s)"), re.compile(r"[，、：,:](?=\D)"), re.compile(r"\s"))


def _best_cut(text: str, most: int) -> int:
    """The end of the last sentence within `most` characters, else of the last clause or word, else before the last whole character."""
    for cut in _CUTS:
        ends = [found.end() for found in cut.finditer(text, 0, most)]
        if ends and ends[-1] > most // 4:
            return ends[-1]
    while most > 1 and unicodedata.combining(text[most]):
        most -= 1
    return most


_LEADING_NUMBER = re.compile(r"^\s*\d{1,2}\s*[.)、）](?!\d)\s*")
_DOING = re.compile(
    r"(?:talk|speak|top|pay|see|check|show|hear|change|cancel|track|try|go|choose|order|buy|get|add|report|send|use|keep|leave)\b",
    re.I,
)


def choices_spoken(titles: Sequence[str], language: Language) -> str:
    """The first five titles with their keys: 查余额请按1，充值请按2。 / "For balance, press 1. To top up, press 2." Empty for none.

    A choice keeps the key of its place, also when its neighbour cannot be said.
    """
    said = [
        _choice(key, speakable(_LEADING_NUMBER.sub("", title), language).rstrip(_STOPS + " "), language)
        for key, title in enumerate(titles[:CHOICES_MOST], start=1)
    ]
    if not said:
        return ""
    return "，".join(said) + "。" if language == "zh" else " ".join(f"{choice}." for choice in said)


def _choice(key: int, title: str, language: Language) -> str:
    if language == "zh":
        return f"{title or f'第{key}项'}请按{key}"
    title = title or f"choice {key}"
    lead = "To" if _DOING.match(title) else "For"
    first = title.split(" ")[0]
    said = title[:1].lower() + title[1:] if first[1:].islower() else title
    return f"{lead} {said}, press {key}"
