"""Our calls to Twilio: one client with a transport of ours, which goes to Twilio only, ends in time, and creates nothing twice."""

import base64
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from carrier.deadline import Deadline
from carrier.http import Answer, Asked, Wire, WireError
from core import logs
from core.clock import Clock
from core.settings import Settings

SECONDS_MOST = 5.0  # for one call, its repetitions included
TRIES = 3  # where Twilio says that we are too fast (429): it has done nothing then
WAIT_SECONDS = 0.5  # before the next try, where Twilio does not say how long
TOO_FAST = 429
HOSTS = frozenset({"api.twilio.com", "verify.twilio.com", "taskrouter.twilio.com", "messaging.twilio.com"})
log = logs.get_logger(__name__)


class NotAnswered(TwilioException):
    """No answer that can be trusted: what was asked for may have been done or not."""


class NotTwilio(TwilioException):
    """The address is none of Twilio's, or none of those that stand in for it; nothing was sent."""


class BoundedHttp(HttpClient):
    """No redirect, no proxy, an absolute deadline. `bases`: host -> address that stands in for it; then nobody else is spoken to."""

    def __init__(self, clock: Clock, bases: Mapping[str, str] | None = None) -> None:
        super().__init__(logger=None, is_async=False, timeout=SECONDS_MOST)
        self._clock = clock
        addresses = bases if bases is not None else {host: f"https://{host}" for host in HOSTS}
        self._wires = {host: Wire(address) for host, address in addresses.items()}

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Raises NotTwilio, NotAnswered."""
        parts = urlsplit(uri)
        wire = self._wires.get(parts.hostname or "")
        if wire is None or parts.scheme != "https":
            raise NotTwilio(f"{parts.hostname} is no address of Twilio's")
        asked = Asked(
            method=method.upper(),
            path=parts.path + (f"?{parts.query}" if parts.query else ""),
            params={name: str(value) for name, value in (params or {}).items() if value is not None},
            headers={**(headers or {}), **_signed_in(auth)},
            body=urlencode(data, doseq=True).encode() if data else b"",
        )
        answer = self._sent(wire, asked, Deadline.after(self._clock, SECONDS_MOST))
        log.info("twilio.called", method=asked.method, status=answer.status)
        return Response(answer.status, answer.body.decode(errors="replace"), dict(answer.headers))

    def _sent(self, wire: Wire, asked: Asked, deadline: Deadline) -> Answer:
        """Once; again only after a 429."""
        for left in reversed(range(TRIES)):
            try:
                answer = wire.send(asked, deadline)
            except WireError as error:
                raise NotAnswered(str(error)) from None
            wait = _wait(answer)
            if answer.status != TOO_FAST or not left or wait >= deadline.left():
                break
            self._clock.sleep(wait)
        return answer


def rest_client(settings: Settings, clock: Clock, bases: Mapping[str, str] | None = None) -> Client:
    """The one client; `bases` as BoundedHttp takes them."""
    return Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=BoundedHttp(clock, bases))


def _signed_in(auth: tuple[str, str] | None) -> dict[str, str]:
    if auth is None:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(":".join(auth).encode()).decode()}


def _wait(answer: Answer) -> float:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isascii() and told.isdigit() and len(told) < 6 else WAIT_SECONDS
