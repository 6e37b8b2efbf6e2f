"""What every request must pass before a route sees it: a Host that is ours, and a body that comes whole and in time.

Host     a page of somebody else's whose name is pointed at this machine (DNS rebinding) would be of our own origin to a browser
address  behind a proxy, the customer's is the one that proxy tells; quotas go by it
body     one that drips in byte by byte would hold a connection for as long as it likes
"""

from urllib.parse import urlsplit

import gevent
from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from core.problems import Problem
from core.settings import Settings
from core.settings_checks import is_loopback

BODY_SECONDS = 5.0  # a message is a packet or two
FOR_ANY_HOST = ("/healthz", "/readyz", "/metrics")  # asked for by address; they tell nothing of customers
WITH_BODY = ("POST", "PUT", "PATCH")


def guarded(app: Flask, settings: Settings) -> None:
    """Check every request of `app`. Problems: 421 wrong_host, 408 slow_body; 413 where the body is larger than the app takes."""
    if settings.proxies_before_us:  # addresses only: nothing else that a proxy may pass on is believed
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies_before_us, x_proto=0, x_host=0)  # type: ignore[method-assign]
    ours = {_name(address) for address in (settings.base_url, *settings.allowed_origins.split(",")) if address.strip()}

    @app.before_request
    def own_name() -> None:
        if request.path not in FOR_ANY_HOST and not is_ours(request.host_url, ours):
            raise Problem(
                421, "wrong_host", "This address is not ours; PUBLIC_BASE_URL or ALLOWED_ORIGINS names the ones that are."
            )

    @app.before_request
    def whole_body() -> None:
        if request.method in WITH_BODY:
            with gevent.Timeout(BODY_SECONDS, Problem(408, "slow_body", "The body did not come in time.")):
                request.get_data(cache=True)


def is_ours(address: str, ours: set[str]) -> bool:
    """True for our own names, and for this machine itself."""
    try:
        return _name(address) in ours or is_loopback(address)
    except ValueError:  # no address at all, such as http://[x
        return False


def _name(address: str) -> str:
    return (urlsplit(address.strip()).hostname or "").rstrip(".").lower()
