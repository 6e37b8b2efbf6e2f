"""Conversation tokens: the proof that a browser or client may speak in a conversation. Signed, expiring, never in a URL."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock, from_millis, millis
from customers.errors import TokenExpired, TokenInvalid

PREFIX = "c1"
DEVICE_BYTES = 9
LONGEST = 1024  # characters; ours are about 200


@dataclass(frozen=True)
class TokenClaims:
    """Whose conversation the token opens, and until when."""

    conversation_id: str
    owner: str
    expires_at: datetime
    device: str
    """Names the device that holds it, so that one can leave without the others; renewing keeps it."""


class ConversationTokens:
    """Issues, reads and renews tokens under one key (TOKEN_KEY)."""

    def __init__(self, key: str | bytes, clock: Clock) -> None:
        material = key.encode() if isinstance(key, str) else key
        self._key = hmac.new(material, b"careline conversation token", hashlib.sha256).digest()
        self._clock = clock

    def issue(self, conversation_id: str, owner: str, hours: float, device: str | None = None) -> str:
        """A token for this conversation that ends `hours` from now; for a new device unless one is named."""
        expires = millis(self._clock.now() + timedelta(hours=hours))
        claims = {"c": conversation_id, "o": owner, "e": expires, "d": device or secrets.token_urlsafe(DEVICE_BYTES)}
        body = _encode(json.dumps(claims, separators=(",", ":")).encode())
        return f"{PREFIX}.{body}.{_encode(self._sign(body))}"

    def read(self, token: str) -> TokenClaims:
        """The claims of a token of ours. Raises TokenInvalid, TokenExpired."""
        parts = token.split(".") if len(token) <= LONGEST else []
        if len(parts) != 3 or parts[0] != PREFIX:
            raise TokenInvalid("not a conversation token")
        if not hmac.compare_digest(_encode(self._sign(parts[1])).encode(), parts[2].encode()):
            raise TokenInvalid("the signature does not fit")
        try:
            raw = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
            claims = TokenClaims(str(raw["c"]), str(raw["o"]), from_millis(int(raw["e"])), str(raw["d"]))
        except (binascii.Error, ValueError, KeyError, TypeError) as error:
            raise TokenInvalid("the body cannot be read") from error
        if claims.expires_at <= self._clock.now():
            raise TokenExpired("past its time")
        return claims

    def renew(self, token: str, hours: float) -> str:
        """A younger token for the same conversation; only a token that still holds is renewed."""
        claims = self.read(token)
        return self.issue(claims.conversation_id, claims.owner, hours, claims.device)

    def _sign(self, body: str) -> bytes:
        return hmac.new(self._key, f"{PREFIX}.{body}".encode(), hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
