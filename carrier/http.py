"""The wire: one request out, one bounded answer back. The only place that knows httpx2 and where its errors end."""

import ipaddress
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from carrier.deadline import Deadline
from carrier.transport import NO_TIME, BoundedTransport, current_deadline
from core.errors import SettingsError

ANSWER_BYTES_LIMIT = 1_000_000  # the largest honest answer (the whole catalogue) is about a tenth of it

# The libraries' own lines would put numbers (in addresses) and our key (in headers) into the log; audit.py tells of calls.
for _noisy in ("httpx2", "httpcore2"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Asked:
    """One request. `path` starts with a slash and is appended to the base address."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What came back, at most ANSWER_BYTES_LIMIT of it. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class WireError(Exception):
    """No usable answer. `sent`: the request may have reached the operator. Never leaves upstream.py."""

    def __init__(self, message: str, *, sent: bool, timed_out: bool = False, nonsense: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        self.timed_out = timed_out
        self.nonsense = nonsense


class Wire:
    """Connections to one base address. Thread-safe."""

    def __init__(self, base_url: str, *, headers: Mapping[str, str] | None = None, transport: httpx2.BaseTransport | None = None):
        self.base_url = require_safe_address(base_url)
        self._client = httpx2.Client(
            transport=transport or BoundedTransport(),
            follow_redirects=False,
            trust_env=False,  # no proxy, no .netrc of whoever started us
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # one customer's answer must not colour another's
            headers={"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})},
        )

    def send(self, asked: Asked, deadline: Deadline) -> Answer:
        """Sends once and reads the whole answer before the deadline, or raises WireError."""
        request = self._client.build_request(
            asked.method,
            self.base_url + asked.path,
            params=dict(asked.params) or None,
            headers=dict(asked.headers),
            content=asked.body or None,
            timeout=httpx2.Timeout(max(NO_TIME, deadline.left())),
        )
        token = current_deadline.set(deadline)
        try:
            return self._exchange(request, deadline)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            timed_out = isinstance(error, httpx2.TimeoutException)
            raise WireError(f"could not connect: {type(error).__name__}", sent=False, timed_out=timed_out) from error
        except (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpx2.InvalidURL) as error:
            raise WireError(f"could not be sent: {type(error).__name__}", sent=False) from error
        except httpx2.TimeoutException as error:
            raise WireError("no answer in time", sent=True, timed_out=True) from error
        except httpx2.HTTPError as error:
            raise WireError(f"connection broke: {type(error).__name__}", sent=True) from error
        finally:
            current_deadline.reset(token)

    def _exchange(self, request: httpx2.Request, deadline: Deadline) -> Answer:
        answer = self._client.send(request, stream=True)
        try:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise WireError("answer is compressed though we asked for it plain", sent=True, nonsense=True)
            parts: list[bytes] = []
            size = 0
            for part in answer.iter_bytes():
                size += len(part)
                if size > ANSWER_BYTES_LIMIT:
                    raise WireError("answer is too large", sent=True, nonsense=True)
                if deadline.left() <= 0:
                    raise WireError("answer did not end in time", sent=True, timed_out=True)
                parts.append(part)
        finally:
            answer.close()
        return Answer(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, b"".join(parts))

    def close(self) -> None:
        """Closes all connections."""
        self._client.close()


def require_safe_address(base_url: str) -> str:
    """The address without a trailing slash; SettingsError unless it is https, or http to this machine itself."""
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as error:
        raise SettingsError(
            [f"The operator address {base_url!r} is no address. Write it like https://api.example.com."]
        ) from error
    if url.userinfo or url.query or url.fragment:
        raise SettingsError([f"The operator address of host {url.host!r} must hold no user, query or fragment. Remove them."])
    if (url.scheme == "https" and url.host) or (url.scheme == "http" and _is_loopback(url.host)):
        return base_url.rstrip("/")
    raise SettingsError([f"The operator address {base_url!r} must be https (plain http only to 127.0.0.1). Use https."])


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
