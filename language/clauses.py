"""Where one sentence may hold two or three requests. Only proposals: the caller keeps a cut when every part is understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations

from language.fold import fold
from language.words import FILLER

MAX_CANDIDATES = 6
MAX_PARTS = 3
MIN_PART = 2  # characters that carry something
_MAX_CUTS = 6  # the strongest are looked at; a longer sentence is not cut finer
_LOOK_AT = 400  # characters; nobody puts three requests into more

_TRAIL = r"[ ,，、;；。.!！?？]*"
# From the surest to the weakest. Each takes the pauses around it along.
_CONNECTIVES: tuple[tuple[int, str], ...] = (
    (
        4,
        r"另外再?|顺便(?:再|也|帮我)?|顺带再?|除此之外|还有一(?:个|件)?事|还想要?|还要(?!多|几|等)|"
        r"(?<![a-z])(?:and also|also|as well as|on top of that|by the way|another thing|and then|after that|in addition|"
        r"besides|plus(?! (?:pro|size|plan)))(?![a-z])",
    ),
    (3, r"[。;；!！?？]"),
    (3, r"还有(?!多少|几|没有|没|什么|哪|多|剩)|然后(?:再)?|并且|而且|同时(?:再|也)?|接着|(?<![a-z])then(?![a-z])"),
    (2, r"(?<![一不你下])再(?!见|说|来一|次|也|讲|等|重复|度|三|加上?[一-龥]?个?[gG])|再(?=帮|给|查|看|充|办|开|买|加)"),
    (2, r"(?<![a-z])and(?![a-z])|(?<=[^0-9])\.(?= )"),
    (1, r"[,，](?! ?[0-9]{3}(?![0-9]))"),
    (0, r"和|跟|以及|与|[、]|(?<=[一-龥])(?:也|并)(?=帮|给|查|看|充|办|开|买|加|要|取消)"),
)
_SCAN = [(weight, re.compile(rf"{_TRAIL}(?:{pattern}){_TRAIL}")) for weight, pattern in _CONNECTIVES]
_NUMBER_BEFORE = re.compile(
    r"(?:hundred|thousand|million|[0-9]|half|one|two|three|four|five|six|seven|eight|nine|ten|yuan|kuai)$"
)
_NUMBER_AFTER = re.compile(
    r"(?:an? half|[0-9]|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|"
    r"nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?![a-z]))"
)
_EDGE = re.compile(
    rf"^(?:{_TRAIL}(?:(?:{FILLER.pattern})|(?:and|also|then|plus)(?![a-z])|另外|顺便|然后|还有(?!多少|几|没)|并且|同时|"
    rf"再(?![见说])){_TRAIL})+|^{_TRAIL}"
)


@dataclass(frozen=True)
class _Cut:
    start: int
    end: int
    weight: int


def propose_cuts(text: str) -> list[tuple[str, ...]]:
    """At most six ways to part `text` into two or three requests, the most likely first; [] when nothing parts it."""
    if len(text) > _LOOK_AT:
        return []
    cuts = _cuts(text)
    ways = [(cut,) for cut in cuts] + [tuple(sorted(pair, key=lambda c: c.start)) for pair in combinations(cuts, 2)]
    proposals: list[tuple[str, ...]] = []
    for way in sorted(ways, key=_likelihood, reverse=True):
        parts = _parts(text, way)
        if parts and parts not in proposals:
            proposals.append(parts)
        if len(proposals) == MAX_CANDIDATES:
            break
    return proposals


def _cuts(text: str) -> list[_Cut]:
    """The strongest places, none inside another."""
    folded = fold(text)
    cuts: list[_Cut] = []
    for weight, pattern in _SCAN:
        for match in pattern.finditer(folded):
            overlaps = any(match.start() < c.end and c.start < match.end() for c in cuts)
            if not overlaps and not _inside_number(folded, match):
                cuts.append(_Cut(match.start(), match.end(), weight))
    return sorted(cuts, key=lambda c: (-c.weight, c.start))[:_MAX_CUTS]


def _inside_number(folded: str, match: re.Match[str]) -> bool:
    """ "a hundred and eight", "two and a half", "13800138000, 50"."""
    if not any(word in match.group() for word in ("and", ",", ".")) or len(match.group().strip()) > 4:
        return False
    return bool(_NUMBER_BEFORE.search(folded[: match.start()].rstrip()[-10:]) and _NUMBER_AFTER.match(folded, match.end()))


def _likelihood(way: tuple[_Cut, ...]) -> tuple[int, int, int, int]:
    """Sure connectives first, and of these as many as there are; of the weak ones as few as will do; then the earlier."""
    weakest = min(c.weight for c in way)
    return (min(weakest, 3), len(way) if weakest >= 2 else -len(way), weakest, -way[0].start)


def _parts(text: str, way: tuple[_Cut, ...]) -> tuple[str, ...] | None:
    """The parts without connectives at their edges, None when one of them is too short to be a request."""
    starts, ends = [0] + [c.end for c in way], [c.start for c in way] + [len(text)]
    parts = tuple(_EDGE.sub("", text[a:b]).strip(" ,，、;；。.!！") for a, b in zip(starts, ends, strict=True))
    short = any(sum(c.isalnum() for c in p) < MIN_PART for p in parts)
    return None if short or len(parts) > MAX_PARTS else parts
