"""Who may use the REST door: bearer keys, the conversation ids of their senders, and the sign-in of their customers.

An integrator signs its customers in with a JWT (HS256) made under its own bearer key: {"sub": customer id, "exp": at most five
minutes ahead, "iat"/"nbf": optional}. No other algorithm is read, and nothing else in the token counts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from core.clock import Clock, SystemClock
from core.settings import Settings
from customers.errors import CustomerTokenInvalid

LONGEST_LIFE_SECONDS = 300  # a customer token is for now, not for keeping
LEEWAY_SECONDS = 30  # clocks differ
LONGEST_TOKEN = 4096  # characters
LONGEST_SUBJECT = 64  # characters of a customer id


@dataclass(frozen=True)
class Integrator:
    """`id` is a digest of the key: it may stand in logs. `key` may not."""

    id: str
    key: str = field(repr=False)


class Integrators:
    """Reads DEMO_API_KEY and INTEGRATOR_KEYS; each key is an integrator of its own."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        keys = [settings.demo_api_key, *(part.strip() for part in settings.integrator_keys.split(","))]
        self._known = tuple(Integrator(_id_of(key), key) for key in dict.fromkeys(keys) if key)
        self._namespace_key = hmac.new(settings.token_key.encode(), b"careline integrator sender", hashlib.sha256).digest()
        self._clock: Clock = clock or SystemClock()

    def by_bearer(self, header: str | None) -> Integrator | None:
        """The integrator of an `Authorization: Bearer ...` header, or None. Looks at every key, so time tells nothing."""
        scheme, _, offered = (header or "").partition(" ")
        candidate = offered.strip().encode() if scheme.lower() == "bearer" else b""
        found: Integrator | None = None
        for integrator in self._known:
            if hmac.compare_digest(integrator.key.encode(), candidate):
                found = integrator
        return found

    def namespaced(self, integrator: Integrator, sender: str) -> str:
        """The conversation id of an integrator's sender: the same every time, and not to be guessed from outside."""
        digest = hmac.new(self._namespace_key, f"{integrator.id}|{sender}".encode(), hashlib.sha256).digest()
        return "rest-" + base64.urlsafe_b64encode(digest[:18]).decode()

    def read_customer_token(self, integrator: Integrator, token: str) -> str:
        """The customer id (`sub`) that the integrator vouches for. Raises CustomerTokenInvalid."""
        if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
            raise CustomerTokenInvalid("not a token")
        try:
            decoded = jwt.decode(token, OctKey.import_key(integrator.key.encode()), algorithms=["HS256"])
        except (JoseError, ValueError, TypeError) as error:
            raise CustomerTokenInvalid(f"not signed by this integrator: {type(error).__name__}") from error
        self._check_times(decoded.claims)
        subject = decoded.claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise CustomerTokenInvalid("names no customer")
        return subject

    def signer_of(self, token: str) -> Integrator:
        """The integrator under whose key this customer token was made. Raises CustomerTokenInvalid."""
        for integrator in self._known:
            try:
                self.read_customer_token(integrator, token)
            except CustomerTokenInvalid:
                continue
            return integrator
        raise CustomerTokenInvalid("not signed by an integrator of ours")

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock.now().timestamp()
        expires = _time_of(claims, "exp")
        if expires is None:
            raise CustomerTokenInvalid("has no end")
        if expires <= now - LEEWAY_SECONDS:
            raise CustomerTokenInvalid("is too old")
        if expires > now + LONGEST_LIFE_SECONDS + LEEWAY_SECONDS:
            raise CustomerTokenInvalid("would hold for more than five minutes")
        for name in ("iat", "nbf"):
            begins = _time_of(claims, name)
            if begins is not None and begins > now + LEEWAY_SECONDS:
                raise CustomerTokenInvalid(f"begins in the future ({name})")


def _id_of(key: str) -> str:
    return hashlib.sha256(b"careline integrator|" + key.encode()).hexdigest()[:12]


def _time_of(claims: dict[str, Any], name: str) -> float | None:
    """A numeric date, None where there is none. Raises CustomerTokenInvalid for anything else."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        raise CustomerTokenInvalid(f"{name} is not a time")
    return float(value)
