"""Which web pages may use the chat: our own, and those of ALLOWED_ORIGINS. Asked by HTTP requests and by the socket's handshake.

Cross-Origin Resource Sharing as the Fetch standard has it (fetch.spec.whatwg.org, "CORS protocol"); no cookies, so no credentials.
"""

from urllib.parse import urlsplit

from flask import Flask, Request, Response, request

from core.problems import Problem
from core.settings import Settings

SHARED = "/api/v1/"  # what pages of other origins may call
ASKED = "Authorization, Content-Type, X-Message-Id, X-File-Name, X-Seconds"
SHOWN = "Retry-After, X-Request-Id, Content-Disposition"
REMEMBERED_SECONDS = 600


class Origins:
    def __init__(self, settings: Settings) -> None:
        named = (settings.base_url, *settings.allowed_origins.split(","))
        self._named = frozenset(_origin_of(address) for address in named if address.strip())

    def allows(self, origin: str, own: str) -> bool:
        """`origin`: as the browser sent it; `own`: where this request arrived, scheme and host."""
        return origin == own.rstrip("/") or origin in self._named

    def check(self, asked: Request) -> None:
        """Refuse what a foreign page wants, reading included. Raises Problem 403. A preflight is answered, without a permission."""
        origin = asked.headers.get("Origin")
        if asked.method != "OPTIONS" and origin is not None and not self.allows(origin, asked.host_url):
            raise Problem(403, "foreign_origin", "This page may not use the chat.")


def _origin_of(address: str) -> str:
    """Scheme, host and port as browsers write them in Origin: lower case, no path, no port where it is the scheme's own."""
    parts = urlsplit(address.strip().lower())
    port = "" if parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme)) else f":{parts.port}"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def shared(app: Flask, origins: Origins) -> None:
    """Let allowed pages of other origins read our answers, errors included."""

    @app.after_request
    def share(answer: Response) -> Response:
        origin = request.headers.get("Origin")
        if not request.path.startswith(SHARED):
            return answer
        answer.vary.add("Origin")
        if origin is None or not origins.allows(origin, request.host_url):
            return answer
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = SHOWN
        if request.method == "OPTIONS":
            answer.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
            answer.headers["Access-Control-Allow-Headers"] = ASKED
            answer.headers["Access-Control-Max-Age"] = str(REMEMBERED_SECONDS)
        return answer
