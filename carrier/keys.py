"""Idempotency keys."""

import hashlib
import uuid

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # read aloud without doubt: no 0 and O, no 1, I and L, no U beside V
_LENGTH = 18  # 88 bits


def new_key() -> str:
    """A key for a request that nobody needs to find again."""
    return str(uuid.uuid4())


def trade_number(key: str) -> str:
    """The number (20 letters and digits) under which a provider-style operator knows the write with this key."""
    value = int.from_bytes(hashlib.sha256(b"trade|" + key.encode()).digest())
    letters = []
    for _ in range(_LENGTH):
        value, index = divmod(value, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "TU" + "".join(letters)
