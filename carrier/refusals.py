"""From a 4xx answer to the operator's "no" in our tree."""

import json
import re

from carrier.errors import BusinessRefusal, KeyReused, NotAllowed, NotFound, RateLimited, Refused
from carrier.http import Answer

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
RETRY_AFTER_LIMIT_SECONDS = 3600.0
_KINDS: dict[int, type[Refused]] = {
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    422: KeyReused,
}


def refusal_of(answer: Answer) -> Refused:
    """The refusal an answer with a 4xx status stands for. Code and reason come from the TM Forum error body if there is one."""
    code, reason = _said(answer)
    if answer.status == 429:
        return RateLimited(code, reason, retry_after(answer.headers.get("retry-after", "")))
    if answer.status != 409:
        return _KINDS.get(answer.status, Refused)(code, reason)
    refusal = (NotFound if code == "notFound" else BusinessRefusal)(code, reason)
    refusal.speaks_about_the_write = True
    return refusal


def retry_after(header: str) -> float:
    """Seconds to wait: the header's when it is a sane number, else 1."""
    try:
        return min(max(float(header), 0.0), RETRY_AFTER_LIMIT_SECONDS)
    except ValueError:
        return 1.0


def _said(answer: Answer) -> tuple[str, str]:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        return f"http{answer.status}", ""
    code = str(body.get("code", ""))
    reason = str(body.get("message") or body.get("reason") or "")
    return (code if _CODE.fullmatch(code) else f"http{answer.status}"), reason[:200]
