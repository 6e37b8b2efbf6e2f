"""The digest that binds a code to one operation and its values: change a value and the code no longer fits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

IDENTIFY = "identify:"  # the operation that only says who is talking: `identify:<number>`


def operation_hash(name: str, values: Mapping[str, Any]) -> str:
    """16 hex digits of the operation's name and values, whatever the order of the values."""
    canonical = json.dumps([name, dict(values)], sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def identify(number: str) -> str:
    """The operation of proving who holds `number`."""
    return IDENTIFY + number
