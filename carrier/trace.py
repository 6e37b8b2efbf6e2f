"""The trace id that ties a customer's turn to every call made for it. A contextvar: each thread and greenlet has its own."""

import re
import secrets
from contextvars import ContextVar

trace_id: ContextVar[str] = ContextVar("trace_id", default="")
_SAFE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def current_trace_id() -> str:
    """This context's trace id, made now when it has none; what would not be safe in a header is replaced."""
    found = trace_id.get()
    if not _SAFE.fullmatch(found):
        found = secrets.token_hex(8)
        trace_id.set(found)
    return found
