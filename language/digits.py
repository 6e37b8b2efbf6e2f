"""Digits said or written one by one: phone numbers, PINs, codes. 幺三八, "double oh", 三个零, "24 68 10"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from language import numerals_en, numerals_zh
from language.fold import fold
from language.words import CORRECTION, FILLER, LONE_NO

_ZH = numerals_zh.SPELLED
_EN = {w: str(i) for w, i in numerals_en.ONES.items() if i < 10} | {"oh": "0", "o": "0", "nought": "0", "naught": "0"}
_TENS = {w: str(i // 10) for w, i in numerals_en.TENS.items()}
_TEENS = {w: str(i) for w, i in numerals_en.ONES.items() if i >= 10}
_SOUNDS_LIKE = {"to": "2", "too": "2", "for": "4", "fore": "4", "won": "1", "ate": "8", "tree": "3", "sex": "6"}
_TIMES = {"double": 2, "triple": 3, "treble": 3, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5}

_UNIT_ZH = "十拾百佰千仟万亿点"
_ZH_CLASS = "".join(_ZH)
_EN_WORDS, _ALIKE = "|".join(sorted(_EN, key=len, reverse=True)), "|".join(_SOUNDS_LIKE)
_DOUBLE = rf"(?P<many>double|triple|treble)[ -]+(?P<what>{_EN_WORDS}|[0-9])(?![a-z0-9])"
_GE = rf"(?P<times>[两二三四五])个(?P<of>[{_ZH_CLASS}0-9])(?![{_UNIT_ZH}0-9])"
_PLAIN = rf"(?P<written>[0-9]+)|(?P<zh>[{_ZH_CLASS}](?![{_UNIT_ZH}个块元毛]))|(?<![a-z0-9])(?P<en>{_EN_WORDS})(?![a-z0-9'])"
_ONE_TO_NINE = "|".join(w for w, digit in _EN.items() if digit != "0")
_PAIR = (
    rf"(?<![a-z])(?P<tens>{'|'.join(_TENS)})(?:[ -]+(?P<ones>{_ONE_TO_NINE}))?(?![a-z])"
    rf"|(?<![a-z])(?P<teen>{'|'.join(_TEENS)})(?![a-z])"
)
_STRICT = re.compile(f"{_GE}|(?<![a-z]){_DOUBLE}|{_PLAIN}")
_LOOSE = re.compile(rf"{_STRICT.pattern}|{_PAIR}|(?<![a-z])(?P<alike>{_ALIKE})(?![a-z'])")
_GAP = re.compile(r"[ \-,，、()（）]*(?:(?:[嗯呃啊]|u+m+|u+h+|er)[ ,，、]+)?")


@dataclass(frozen=True)
class Group:
    """Digits given in one breath; a group ends at a blank, hyphen or comma (in English words: only at a comma)."""

    digits: str
    start: int
    end: int
    kind: str  # "written", "zh" or "en"


@dataclass(frozen=True)
class Run:
    """Groups with nothing but pauses between them."""

    groups: tuple[Group, ...]

    @property
    def digits(self) -> str:
        """All digits of the run."""
        return "".join(g.digits for g in self.groups)

    @property
    def start(self) -> int:
        """Where the first digit stands."""
        return self.groups[0].start

    @property
    def end(self) -> int:
        """Behind the last digit."""
        return self.groups[-1].end


def find_runs(folded: str, loose: bool = False) -> list[Run]:
    """Runs of digits in a folded text. `loose` also hears pairs ("thirty-eight") and homophones ("to", "for") as digits."""
    runs: list[Run] = []
    groups: list[Group] = []
    for match in (_LOOSE if loose else _STRICT).finditer(folded):
        group = Group(_digits_of(match), match.start(), match.end(), _kind_of(match))
        if not groups:
            groups = [group]
            continue
        gap = folded[groups[-1].end : group.start]
        if gap and not (len(gap) <= 12 and _GAP.fullmatch(gap)):
            runs.append(Run(tuple(groups)))
            groups = [group]
        elif _one_breath(groups[-1], group, gap):
            last = groups.pop()
            groups.append(Group(last.digits + group.digits, last.start, group.end, last.kind))
        else:
            groups.append(group)
    if groups:
        runs.append(Run(tuple(groups)))
    return runs


def _one_breath(last: Group, group: Group, gap: str) -> bool:
    if last.kind != group.kind or last.kind == "written":
        return False
    return not gap or (last.kind == "en" and not gap.strip(" -"))


def _kind_of(match: re.Match[str]) -> str:
    if match["written"]:
        return "written"
    return "zh" if match["zh"] or match["times"] else "en"


def _digits_of(match: re.Match[str]) -> str:
    found: dict[str, str | None] = match.groupdict()
    if said := found["written"]:
        return said
    if said := found["zh"] or found["en"] or found.get("alike"):
        return _ZH.get(said) or _EN.get(said) or _SOUNDS_LIKE[said]
    if said := found["times"] or found["many"]:
        what = found["of"] or found["what"] or ""
        return (_ZH.get(what) or _EN.get(what) or what) * _TIMES[said]
    if said := found.get("teen"):
        return _TEENS[said]
    return _TENS[found["tens"] or ""] + _EN[found["ones"] or "zero"]


# How people wrap a code: "我的密码是…", "it's …", "the code is …".
_FRAME = re.compile(
    r"我的|服务密码|密码|验证码|校验码|动态码|口令|号码|是|为|就|好的|好|嗯|请|谢谢|吧|啊|哈|了|应该|重新说|重来|再说一遍|"
    r"(?<![a-z])(?:my|the|service|pin|code|passcode|password|number|verification|is|it's|its|it|that's|that|okay|ok|yes|sure|"
    r"please|thanks|thank you|sir|hi|hello|here|you go|again|should be)(?![a-z'])|"
    r"(?<![0-9])\.|\.(?![0-9])|[:：。!！?？,，、\-\"'()（） ]"
)
_TAKEN_BACK = re.compile(f"{CORRECTION.pattern}|{LONE_NO}")
_LONGEST = 200  # characters; nobody says a code in more


def read_digits(text: str) -> str | None:
    """The digits of a text that says nothing else ("我的密码是 二四六八幺零", "it's two four six, eight one oh"), else None.

    A self-correction replaces what it repeats: at least as many digits replace all before, fewer replace the last ones.
    The number of digits is the caller's to check.
    """
    if len(text) > _LONGEST:
        return None
    said = ""
    for part in _TAKEN_BACK.split(fold(text)):
        digits = _wholly_digits(part)
        if digits is None:
            return None
        said = digits if len(digits) >= len(said) else said[: len(said) - len(digits)] + digits
    return said or None


def _wholly_digits(part: str) -> str | None:
    """ "" when nothing but framing words is there, None when anything else is."""
    out, at, alike = "", 0, 0
    while at < len(part):
        # "oh" and "one" are tried as digits first; a framing word never begins with a digit word
        match = _LOOSE.match(part, at)
        if match:
            alike += bool(match["alike"])
            out, at = out + _digits_of(match), match.end()
            continue
        skipped = FILLER.match(part, at) or _FRAME.match(part, at)
        if not skipped:
            return None
        at = skipped.end()
    return None if alike and len(out) - alike < 3 else out
