"""How the provider-style API signs: every non-empty parameter but `sign`, sorted, k=v joined by &, then &key=<secret>.

The result is hex in upper case.
MD5 of that text is the habit of the trade; `sign_type=HMAC-SHA256` asks for an HMAC keyed with the secret instead.
"""

import hashlib
import hmac
from collections.abc import Mapping

HMAC = "HMAC-SHA256"
MD5 = "MD5"


def signature(parameters: Mapping[str, str], secret: str) -> str:
    """The sign of these parameters; `sign_type` among them chooses the method (MD5 when absent)."""
    text = "&".join(f"{name}={value}" for name, value in sorted(parameters.items()) if name != "sign" and value != "")
    text += f"&key={secret}"
    if parameters.get("sign_type") == HMAC:
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()  # the protocol's own choice


def is_signed(parameters: Mapping[str, str], secret: str) -> bool:
    """Whether `sign` is right; compared in constant time."""
    return hmac.compare_digest(signature(parameters, secret).encode(), parameters.get("sign", "").encode())
