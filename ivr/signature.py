"""Whether a request comes from Twilio: its signature over the configured address and the form as it was posted.

The Host of the request is never asked: a proxy may change it, a stranger may choose it.
"""

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import Request
from twilio.request_validator import RequestValidator

from core.problems import Problem
from core.settings import Settings

HEADER = "X-Twilio-Signature"
FORM = "application/x-www-form-urlencoded"
STANDARD_PORTS = {"http": 80, "https": 443}


def auth_token_of(settings: Settings) -> str:
    """The token both sides sign with: Twilio's, or in demo mode one of our own that the simulator uses too. "" where there is no phone line."""
    if settings.twilio_auth_token or not settings.is_demo:
        return settings.twilio_auth_token
    return hmac.new(settings.token_key.encode(), b"careline phone simulator", hashlib.sha256).hexdigest()


class Signatures:
    """`public_base_url`: where Twilio reaches us, without a slash at the end. An empty token lets nobody in."""

    def __init__(self, auth_token: str, public_base_url: str) -> None:
        self._validator = RequestValidator(auth_token) if auth_token else None
        self._bases = _spellings(public_base_url)

    def check(self, request: Request) -> None:
        """Raises Problem 403 for everything that Twilio did not sign."""
        given = request.headers.getlist(HEADER)
        if self._validator is None or len(given) != 1 or request.mimetype != FORM:
            raise refused()
        path = _raw_path(request)
        for base in self._bases:
            expected: str = self._validator.compute_signature(base + path, request.form)
            if hmac.compare_digest(expected.encode(), given[0].encode("utf-8", "replace")):
                return
        raise refused()


def refused() -> Problem:
    return Problem(403, "bad_signature", "This request is not signed by Twilio for this address.")


def _spellings(base: str) -> tuple[str, ...]:
    """With and without the port: which of them Twilio signs differs from version to version."""
    parts = urlsplit(base)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = parts.port or STANDARD_PORTS.get(parts.scheme)
    with_port, bare = (f"{parts.scheme}://{name}{parts.path}" for name in (f"{host}:{port}", host))
    return (base, with_port) if parts.port is None or port == STANDARD_PORTS.get(parts.scheme) else (base, bare)


def _raw_path(request: Request) -> str:
    """Path and query as they came, before anything was unescaped."""
    raw: str = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path
    return raw if raw.startswith("/") else request.full_path.removesuffix("?")
