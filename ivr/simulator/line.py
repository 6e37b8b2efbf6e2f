"""The line between the telephone and our webhooks: signed form posts, one more try where nobody answered, and what each brought."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import httpx2
from twilio.request_validator import RequestValidator

from ivr.simulator.verbs import IllegalTwiml

TRIES = 2  # Twilio's default: one more when the connection failed (rc=1, rp=ct)
SECONDS_MOST = 15.0  # for an answer; Twilio's own ceiling
RETRIEVAL_FAILURE = "11200"  # Twilio's code for a webhook that could not be had


class NotReached(Exception):
    """No answer came: the connection failed or it took too long."""


class NotHad(Exception):
    """The webhook gave no document: the message says what it gave instead."""


@dataclass(frozen=True)
class Answered:
    status: int
    media_type: str
    body: bytes


# (address, form, headers) -> answer; raises NotReached
Transport = Callable[[str, Mapping[str, str], Mapping[str, str]], Answered]


@dataclass(frozen=True)
class Exchange:
    """One webhook: what was sent where, and what came back."""

    url: str
    form: dict[str, str]
    headers: dict[str, str]
    status: int
    document: str


class Line:
    """`base_url`: the public address webhooks are signed for. `exchanges` holds all there were, oldest first."""

    def __init__(self, base_url: str, auth_token: str, transport: Transport) -> None:
        self._base_url = base_url.rstrip("/")
        self._signer = RequestValidator(auth_token)
        self._transport = transport
        self.exchanges: list[Exchange] = []

    def address(self, reference: str, inside: str = "") -> str:
        """The full address of a reference in the document that came from `inside`. Raises IllegalTwiml for one outside of our server."""
        found = urljoin(inside or f"{self._base_url}/", reference)
        if urlsplit(found)[:2] != urlsplit(self._base_url)[:2]:
            raise IllegalTwiml(f"{reference} leads away from {self._base_url}")
        return found

    def post(self, url: str, form: Mapping[str, str]) -> bytes:
        """The document (or nothing at all, with 204). Raises NotHad."""
        signature = self._signer.compute_signature(url, dict(form))
        headers = {"X-Twilio-Signature": signature, "I-Twilio-Idempotency-Token": str(uuid4())}
        answered = self._tried(url, form, headers)
        self.exchanges.append(Exchange(url, dict(form), headers, answered.status, answered.body.decode(errors="replace")))
        if answered.status >= 300:  # on a redirect of HTTP's, Twilio would lose the digits
            raise NotHad(f"{urlsplit(url).path} answered {answered.status}")
        if answered.body and answered.media_type not in ("text/xml", "application/xml"):
            raise NotHad(f"{urlsplit(url).path} answered {answered.media_type}, which is not TwiML")
        return answered.body

    def _tried(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answered:
        for again in range(TRIES):
            try:
                return self._transport(url, form, headers)
            except NotReached as error:
                if again == TRIES - 1:
                    raise NotHad(f"{urlsplit(url).path}: {error}") from None
        raise AssertionError("unreachable")


def over_http(client: httpx2.Client, base_url: str, server_url: str) -> Transport:
    """A transport that reaches the public `base_url` at `server_url`, where the gateway really listens. Follows no redirect."""

    def send(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answered:
        at = server_url.rstrip("/") + url.removeprefix(base_url.rstrip("/"))
        try:
            answer = client.post(at, data=dict(form), headers=dict(headers), timeout=SECONDS_MOST, follow_redirects=False)
        except httpx2.HTTPError as error:
            raise NotReached(type(error).__name__) from None
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        return Answered(answer.status_code, media_type, answer.content)

    return send
