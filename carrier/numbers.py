"""Phone numbers as the operator writes them: E.164 with the plus."""

import re

from carrier.errors import NotFound

_MAINLAND = re.compile(r"1[3-9][0-9]{9}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def told(number: str) -> str:
    """A number in the operator's answer as E.164. ValueError for what is none."""
    bare = number.strip()
    if _MAINLAND.fullmatch(bare):
        return "+86" + bare
    if _MAINLAND.fullmatch(bare.removeprefix("86")):
        return "+" + bare
    if _E164.fullmatch(bare):
        return bare
    raise ValueError("not a phone number")


def asked(number: str) -> str:
    """A number of ours as E.164: +8613800138000 for 13800138000 and 8613800138000. NotFound for what can be nobody's."""
    try:
        return told(number)
    except ValueError as error:
        raise NotFound("notFound", "not a phone number") from error
