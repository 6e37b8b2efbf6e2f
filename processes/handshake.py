"""What a request to /socket.io must pass: it is answered before Flask sees it, so the app's own guards do not stand in its way.

Host 421, foreign page 403, connections too fast 429, body too large 413 or too slow 408, stopping 503; the headers are the app's.
"""

import io
import json
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import gevent
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Request
from wsproto.utilities import ProtocolError

from core.errors import StoreDown
from core.problems import Problem
from processes.guards import BODY_SECONDS
from webchat.live import Live
from webchat.origins import Origins
from webchat.quotas import Quotas
from webchat.sockets import PATH
from webchat.websocket import MESSAGE_MOST

BODY_MOST = 4 * MESSAGE_MOST  # several packets come in one body of the polling transport
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Handshake:
    """WSGI: `inner` is the app with its sockets; `is_ours` judges the address a request arrived at."""

    def __init__(
        self, inner: Wsgi, is_ours: Callable[[str], bool], origins: Origins, quotas: Quotas, live: Live, headers: dict[str, str]
    ) -> None:
        self._inner = inner
        self._is_ours = is_ours
        self._origins = origins
        self._quotas = quotas
        self._live = live
        self._headers = {**headers, "Cache-Control": "no-store"}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PATH):
            return self._inner(environ, start_response)
        try:
            self._check(environ, Request(environ))
            return self._inner(environ, self._with_headers(start_response))
        except Problem as problem:
            return self._answer(problem, start_response)
        except StoreDown:
            return self._answer(
                Problem(503, "store_down", "Not now; please connect again shortly.", retry_after=3), start_response
            )
        except ProtocolError:
            return self._answer(Problem(400, "bad_request", "This is no websocket handshake."), start_response)

    def _check(self, environ: dict[str, Any], asked: Request) -> None:
        if not self._is_ours(asked.host_url):
            raise Problem(
                421, "wrong_host", "This address is not ours; PUBLIC_BASE_URL or ALLOWED_ORIGINS names the ones that are."
            )
        origin = asked.headers.get("Origin")
        if origin is not None and not self._origins.allows(origin, asked.host_url):
            raise Problem(403, "foreign_origin", "This page may not use the chat.")
        if "j" in asked.args:  # JSONP: a page of any origin could read the answer
            raise Problem(400, "bad_request", "JSONP is not served.")
        if "sid" not in asked.args:
            if self._live.is_closing:
                raise Problem(503, "stopping", "This process is stopping; please connect again.", retry_after=1)
            self._quotas.take("socket", asked.remote_addr or "unknown")
        if asked.method == "POST":
            environ["wsgi.input"] = io.BytesIO(_whole(environ))

    def _with_headers(self, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            told = {name.lower() for name, _ in headers}
            return start_response(status, headers + [kv for kv in self._headers.items() if kv[0].lower() not in told], *more)

        return start

    def _answer(self, problem: Problem, start_response: Any) -> Iterable[bytes]:
        request_id = uuid4().hex[:16]
        body = json.dumps({"error": problem.code, "message": problem.message, "request_id": request_id}).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("X-Request-Id", request_id)]
        if problem.retry_after is not None:
            headers.append(("Retry-After", str(problem.retry_after)))
        self._with_headers(start_response)(f"{problem.status} {HTTP_STATUS_CODES.get(problem.status, 'Refused')}", headers)
        return [body]


def _whole(environ: dict[str, Any]) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > BODY_MOST:
        raise Problem(413, "too_long", f"A body may have {BODY_MOST} bytes.")
    with gevent.Timeout(BODY_SECONDS, Problem(408, "slow_body", "The body did not come in time.")):
        body: bytes = environ["wsgi.input"].read(length)
        return body
