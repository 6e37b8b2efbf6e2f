"""Secrets in a customer's words: an awaited PIN or code goes to customers/verification only; one that nobody asked for is hidden."""

import re

from language.digits import read_digits

HIDDEN = "••••"
SHORTEST, LONGEST = 4, 8
NAMED = re.compile(
    r"(?P<name>服务密码|密码|验证码|校验码|动态码|口令|\bpin\b|\bpass(?:word|code)\b|\bcode\b|\botp\b)"
    r"(?P<between>[^0-9]{0,12}?)(?P<digits>\d(?:[ \-]?\d){3,7})(?!\d)",
    re.I,
)
CARD = re.compile(r"(?<![0-9A-Za-z])\d(?:[ \-]?\d){14,18}(?![0-9A-Za-z])")


def awaited_secret(text: str) -> str | None:
    """The 4 to 8 digits a customer gives for a PIN or code, typed, spoken, or with its name in front; None for anything else."""
    digits = read_digits(text)
    if digits is None and (named := NAMED.search(text)):
        digits = re.sub(r"\D", "", named["digits"])
    return digits if digits and digits.isascii() and SHORTEST <= len(digits) <= LONGEST else None


def without_secrets(text: str) -> str:
    """The text with named PINs and codes and card numbers hidden; unchanged where there is none."""
    hidden = NAMED.sub(lambda found: f"{found['name']}{found['between']}{HIDDEN}", text)
    return CARD.sub(lambda found: HIDDEN if _luhn(re.sub(r"\D", "", found[0])) else found[0], hidden)


def _luhn(digits: str) -> bool:
    doubled = [int(d) * 2 if i % 2 else int(d) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
