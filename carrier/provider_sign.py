"""How provider-style APIs sign: the non-empty parameters sorted as k=v joined by &, then &key=<secret>, in upper-case hex."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal

SignType = Literal["HMAC-SHA256", "MD5"]
_UNSIGNED = ("sign",)


def signature(parameters: Mapping[str, str], secret: str, sign_type: str) -> str:
    """The sign of these parameters. MD5 is the habit of this trade and lives nowhere else in the house."""
    text = "&".join(f"{name}={value}" for name, value in sorted(parameters.items()) if value and name not in _UNSIGNED)
    text += f"&key={secret}"
    if sign_type == "MD5":
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


def is_signed(parameters: Mapping[str, str], secret: str, sign_type: SignType) -> bool:
    """Whether `sign` is right for OUR sign type: what the sender writes into sign_type chooses nothing."""
    wanted = signature(parameters, secret, sign_type)
    return hmac.compare_digest(wanted.encode(), parameters.get("sign", "").encode())
