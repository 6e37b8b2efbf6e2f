"""Secrets in a customer's words: an awaited PIN or code goes to customers/verification only; one that nobody asked for is hidden."""

import re

from language.digits import read_digits

HIDDEN = "••••"
SHORTEST, LONGEST = 4, 8
NAMED = re.compile(
    r"(?P<name>服务密码|密码|验证码|校验码|动态码|口令|(?<![a-z])(?:pin|pass(?:word|code)|code|otp)(?![a-z]))"
    r"(?P<between>[^0-9]{0,12}?)(?P<digits>\d(?:[ \-]?\d){3,7})(?!\d)",
    re.I,
)
# Six digits on their own, while a secret is awaited: in whatever words they stand they are one; not money, not a month's bill.
SIX = re.compile(r"(?<![0-9A-Za-z])(?<!\d\.)\d{6}(?![0-9A-Za-z]|\.\d)(?!\s*(?:元|块|圆|月|yuan|rmb|账单))")
# What stands around a hidden secret: "my PIN is ••••," says nothing about what the customer wants.
GIVEN = re.compile(
    r"(?:(?:我的|我|这是|my|the|is|it's)\s*)*(?:(?:service|sms|服务|短信)\s*)?(?:密码|验证码|校验码|动态码|口令|pin|pass(?:word|code)|code|otp)?"
    r"\s*(?:(?:是|为|：|:|=|is|was)\s*)*" + HIDDEN + r"[\s,，。;；.!！]*",
    re.I,
)
CARD = re.compile(r"(?<![0-9A-Za-z])\d(?:[ \-]?\d){14,18}(?![0-9A-Za-z])")


def awaited_secret(text: str) -> str | None:
    """The 4 to 8 digits a customer gives for a PIN or code, typed, spoken, named, or the one six-digit number; None for anything else."""
    digits = read_digits(text)
    if digits is None and (named := NAMED.search(text)):
        digits = re.sub(r"\D", "", named["digits"])
    if digits is None and len(found := SIX.findall(text)) == 1:
        digits = found[0]
    return digits if digits and digits.isascii() and SHORTEST <= len(digits) <= LONGEST else None


def without_secrets(text: str, *, awaited: bool = False) -> str:
    """The text with named PINs and codes and card numbers hidden, and while one is awaited all that could be one; else unchanged."""
    hidden = NAMED.sub(lambda found: f"{found['name']}{found['between']}{HIDDEN}", text)
    hidden = SIX.sub(HIDDEN, hidden) if awaited else hidden
    return CARD.sub(lambda found: HIDDEN if _luhn(re.sub(r"\D", "", found[0])) else found[0], hidden)


def besides_secrets(hidden: str) -> str:
    """What is said besides the hidden secrets; "" where nothing is."""
    rest = GIVEN.sub(" ", hidden).strip()
    return rest if any(c.isalnum() for c in rest) else ""


def _luhn(digits: str) -> bool:
    doubled = [int(d) * 2 if i % 2 else int(d) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
