"""Mobile numbers of mainland China, written or said, as E.164."""

from __future__ import annotations

import re

from language.digits import Group, Run, find_runs
from language.fold import fold
from language.found import Found, found

_MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9][0-9]{9})")
_NEARLY = re.compile(r"(?:86)?1[3-9][0-9]{7,11}")  # a digit lost or doubled: ask again
_FOREIGN = re.compile(r"\+ *$")


def find(text: str) -> list[Found]:
    """Phone numbers from left to right; a near miss (10 or 12 digits) is uncertain. Landlines are not found."""
    folded = fold(text)
    out = [hit for run in find_runs(folded) for hit in _in_run(text, folded, run)]
    if any(hit.certain for hit in out):
        return out
    loose = [hit for run in find_runs(folded, loose=True) for hit in _in_run(text, folded, run) if hit.certain]
    return loose or out


def _in_run(text: str, folded: str, run: Run) -> list[Found]:
    foreign = bool(_FOREIGN.search(folded, max(0, run.start - 3), run.start))
    whole = _MOBILE.fullmatch(run.digits)
    if whole and not (foreign and not run.digits.startswith("86")):
        return [_phone(text, folded, whole.group(1), run.groups)]
    if foreign and not run.digits.startswith("86"):
        return [found("phone_number", None, text, run.start, run.end)] if 7 <= len(run.digits) <= 15 else []
    hits = _windows(text, folded, run.groups)
    if not hits and len(run.digits) != 11 and _NEARLY.fullmatch(run.digits):
        return [found("phone_number", None, text, run.start, run.end)]
    return hits


def _windows(text: str, folded: str, groups: tuple[Group, ...]) -> list[Found]:
    """Numbers that begin and end where groups do: "50 138 0013 8000" is an amount and a number."""
    hits: list[Found] = []
    at = 0
    while at < len(groups):
        digits, end = "", at
        while end < len(groups) and len(digits) < 15:
            digits, end = digits + groups[end].digits, end + 1
            match = _MOBILE.fullmatch(digits)
            if match:
                hits.append(_phone(text, folded, match.group(1), groups[at:end]))
                at = end - 1
                break
        at += 1
    return hits


def _phone(text: str, folded: str, digits: str, groups: tuple[Group, ...]) -> Found:
    start = groups[0].start
    if start and folded[start - 1] == "+":
        start -= 1
    return found("phone_number", "+86" + digits, text, start, groups[-1].end)
