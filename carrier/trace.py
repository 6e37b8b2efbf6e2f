"""The trace id that ties a customer's turn to every call made for it. A contextvar: each thread and greenlet has its own."""

import re
import secrets
from contextvars import ContextVar

trace_id: ContextVar[str] = ContextVar("trace_id", default="")
_SAFE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def trace_for_call() -> str:
    """This context's trace id; a new one where it has none or one that would not be safe in a header.

    The new one is not kept: a worker's thread serves many turns, and theirs must not run together under one id.
    """
    found = trace_id.get()
    return found if _SAFE.fullmatch(found) else secrets.token_hex(8)
