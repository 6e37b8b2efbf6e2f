"""Take personal data out of what is logged. Linear patterns only: a hostile text costs no more than a long one."""

from __future__ import annotations

import re

from language.digits import find_runs
from language.fold import fold
from language.neutralise import visible

SECRET = "••••"  # noqa: S105  (what stands for a secret, not one)
_SPOKEN_RUN = 6  # digits said one by one that are hidden wherever they stand
_CODE_RUN = 4  # digits that are hidden beside a word like 验证码
_LONG = 15  # characters without a blank: an ID card or a bank card by itself, whatever numbers stand beside it
_NEAR = 24  # characters before a number in which such a word is looked for
_AFTER = 12

_ORDER = r"(?P<order>(?<![A-Za-z0-9])DD[0-9]{8}[A-Z0-9]{6}(?![A-Za-z0-9]))"
_MAIL = r"(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})"
_NUMBER = r"(?P<number>(?<![0-9])\+?[0-9](?:[ -]?[0-9]){3,29}[Xx]?(?![0-9]))"
_ANY = re.compile(f"{_ORDER}|{_MAIL}|{_NUMBER}")

_MOBILE = re.compile(r"(?<![0-9])((?:\+?(?:00)?86[ -]?)?)(1[3-9][0-9])[ -]?([0-9]{4})[ -]?([0-9]{4})(?![0-9])")
_ID_CARD = re.compile(r"[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]")
_CARD_BIN = re.compile(r"62|4|5[1-5]|3[47]|60|9[0-9]")
_CARD_WORD = re.compile(r"卡号|银行卡|信用卡|储蓄卡|(?<![a-z])(?:bank ?card|card(?: no| number)?|credit|debit|pan)(?![a-z])")
_ID_WORD = re.compile(r"身份证|证件号|(?<![a-z])(?:id ?card|identity|id number|id no)(?![a-z])")
_CODE_WORD = re.compile(
    r"验证码|校验码|动态码|动态密码|密码|口令|"
    r"(?<![a-z])(?:(?<!error )(?<!error_)(?<!status )(?<!status_)(?<!exit )(?<!post )(?<!zip )(?<!country )code|passcode|"
    r"password|"
    r"passwd|pwd|pin|otp|secret)s?(?![a-z])"
)


def mask(text: str) -> str:
    """`text` (NFKC) with phone numbers as 138****8000, cards, ID cards, mail addresses and codes hidden; order numbers stay."""
    text = visible(text)
    masked = _ANY.sub(lambda m: _masked(m, text), text)
    return _without_spoken(masked)


def _masked(match: re.Match[str], text: str) -> str:
    found = match.group()
    if match["order"]:
        return found
    if match["mail"]:
        return f"{found[0]}***@{found.split('@')[1]}"
    before = text[max(0, match.start() - _NEAR) : match.start()].lower()
    after = text[match.end() : match.end() + _AFTER].lower()
    if " " in found and any(len(part) >= _LONG for part in found.split(" ")):
        return " ".join(_one(part, before, after) for part in found.split(" "))
    return _one(found, before, after)


def _one(found: str, before: str, after: str) -> str:
    digits = re.sub(r"[ +-]", "", found)
    if _is_id_card(digits) or (len(digits) in (15, 18) and _ID_WORD.search(before)):
        return "[id]"
    if _is_card(digits, before):
        return f"[card {digits[-4:]}]"
    beside = bool(_CODE_WORD.search(before) or _CODE_WORD.search(after))
    if beside and _CODE_RUN <= len(digits) <= 8:
        return SECRET
    return _phones_and_codes(found, beside)


def _phones_and_codes(found: str, beside_code_word: bool) -> str:
    """Several numbers with blanks between them: "246810 13800138000"."""
    out, at = [], 0
    for phone in _MOBILE.finditer(found):
        out += [_codes(found[at : phone.start()], beside_code_word), phone.expand(r"\g<1>\g<2>****\g<4>")]
        at = phone.end()
    return "".join(out) + _codes(found[at:], beside_code_word)


def _codes(found: str, beside_code_word: bool) -> str:
    if not beside_code_word:
        return found
    return " ".join(SECRET if p.isdigit() and _CODE_RUN <= len(p) <= 8 else p for p in found.split(" "))


def _is_id_card(digits: str) -> bool:
    """GB 11643: ISO 7064 mod 11-2 over 17 digits."""
    if not _ID_CARD.fullmatch(digits):
        return False
    total = sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(digits[:17]))
    return "10X98765432"[total % 11] == digits[17].upper()


def _is_card(digits: str, before: str) -> bool:
    """13 to 19 digits: beside a word for cards, or of a card scheme and right by Luhn."""
    if not (13 <= len(digits) <= 19 and digits.isdigit()):
        return False
    return bool(_CARD_WORD.search(before)) or bool(_CARD_BIN.match(digits) and len(digits) >= 15 and _luhn(digits))


def _luhn(digits: str) -> bool:
    doubled = (int(c) * (1 + i % 2) for i, c in enumerate(reversed(digits)))
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def _without_spoken(text: str) -> str:
    """Digits said in words: six or more anywhere, four or more beside a word for codes."""
    folded = fold(text)
    out, at = [], 0
    for run in find_runs(folded):
        if all(g.kind == "written" for g in run.groups):
            continue
        near = folded[max(0, run.start - _NEAR) : run.start] + "|" + folded[run.end : run.end + _AFTER]
        if len(run.digits) >= (_CODE_RUN if _CODE_WORD.search(near) else _SPOKEN_RUN):
            out += [text[at : run.start], SECRET]
            at = run.end
    return "".join(out) + text[at:]
