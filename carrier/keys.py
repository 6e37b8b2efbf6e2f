"""Idempotency keys."""

import hashlib
import uuid


def new_key() -> str:
    """A key for a write that nobody needs to find again."""
    return str(uuid.uuid4())


def trade_number(key: str) -> str:
    """The 32 characters under which a provider-style operator knows the write with this key: same key, same number."""
    return hashlib.sha256(b"trade|" + key.encode()).hexdigest()[:32]
