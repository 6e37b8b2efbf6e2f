"""What every request must pass before a route sees it: a Host that is ours, and a body that comes whole and in time.

Host     a page of somebody else's whose name is pointed at this machine (DNS rebinding) would be of our own origin to a browser
address  behind a proxy, the customer's is the one that proxy tells; quotas go by it
body     one that drips in byte by byte would hold a connection for as long as it likes; a file may take its time, piece by piece
"""

from collections.abc import Collection
from urllib.parse import urlsplit

import gevent
from flask import Flask, Request, request
from werkzeug.middleware.proxy_fix import ProxyFix

from core.problems import Problem
from core.settings import Settings
from core.settings_checks import is_loopback

BODY_SECONDS = 5.0  # a message is a packet or two
PIECE_BYTES = 64 * 1024
PIECE_SECONDS = 10.0  # a phone at the edge of the network sends 50 kbit/s
FILE_PACE = 35_000  # bytes a second over the whole file, at least: 8 MB in four minutes
FOR_ANY_HOST = ("/healthz", "/readyz", "/metrics")  # asked for by address; they tell nothing of customers
WITH_BODY = ("POST", "PUT", "PATCH")


def guarded(app: Flask, settings: Settings, reads_itself: Collection[str] = ()) -> None:
    """Check every request of `app`. Problems: 421 wrong_host, 408 slow_body; 413 where the body is larger than the app takes.

    `reads_itself`: endpoints that read their body with `file_body` once they know who sends it.
    """
    if settings.proxies_before_us:  # addresses only: nothing else that a proxy may pass on is believed
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies_before_us, x_proto=0, x_host=0)  # type: ignore[method-assign]
    ours = our_names(settings)

    @app.before_request
    def own_name() -> None:
        if request.path not in FOR_ANY_HOST and not is_ours(request.host_url, ours):
            raise Problem(
                421, "wrong_host", "This address is not ours; PUBLIC_BASE_URL or ALLOWED_ORIGINS names the ones that are."
            )

    @app.before_request
    def whole_body() -> None:
        if request.method in WITH_BODY and request.endpoint not in reads_itself:
            with gevent.Timeout(BODY_SECONDS, _slow()):
                request.get_data(cache=True)


def file_body(asked: Request, most: int) -> bytes:
    """The body of a request that may bring a file of at most `most` bytes. Problems: 408 slow_body, 413 too_long, 400 where it broke off."""
    asked.max_content_length = most
    if asked.content_length is not None and asked.content_length > most:
        raise Problem(413, "too_long", f"A file may have {most} bytes at most.")
    pieces: list[bytes] = []
    with gevent.Timeout(PIECE_SECONDS + most / FILE_PACE, _slow()):
        while piece := _piece(asked):
            pieces.append(piece)
    whole = b"".join(pieces)
    if asked.content_length is not None and len(whole) < asked.content_length:  # the server ends it where the line ends
        raise Problem(400, "bad_request", "The file broke off; send it again.")
    return whole


def _piece(asked: Request) -> bytes:
    with gevent.Timeout(PIECE_SECONDS, _slow()):
        piece: bytes = asked.stream.read(PIECE_BYTES)
        return piece


def _slow() -> Problem:
    return Problem(408, "slow_body", "The body did not come in time.")


def our_names(settings: Settings) -> set[str]:
    """The host names under which customers reach us."""
    return {_name(address) for address in (settings.base_url, *settings.allowed_origins.split(",")) if address.strip()}


def is_ours(address: str, ours: set[str]) -> bool:
    """True for our own names, and for this machine itself."""
    try:
        return _name(address) in ours or is_loopback(address)
    except ValueError:  # no address at all, such as http://[x
        return False


def _name(address: str) -> str:
    return (urlsplit(address.strip()).hostname or "").rstrip(".").lower()
