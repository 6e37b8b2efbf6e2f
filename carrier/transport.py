"""The real network below http.py: a connection pool in which every single read and write obeys the absolute deadline.

httpx2's own time-outs are per read, so an operator that sends one byte a second would be waited for without end. Here the
streams ask a contextvar how much is left each time they touch the socket. (The look-up of a host name is the system's and
is not covered.)
"""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore2
import httpx2

from carrier.deadline import Deadline

CONNECTIONS = 160  # more than all bulkheads of one host together, so that the pool is never where anybody waits
CONNECTIONS_KEPT = 40  # idle ones
KEPT_SECONDS = 30.0
NO_TIME = 0.001  # a socket time-out of 0 would mean "do not wait", not "time-out"

current_deadline: ContextVar[Deadline | None] = ContextVar("current_deadline", default=None)


def _left(timeout: float | None) -> float | None:
    deadline = current_deadline.get()
    if deadline is None:
        return timeout
    left = max(NO_TIME, deadline.left())
    return left if timeout is None else min(left, timeout)


class _BoundedStream(httpcore2.NetworkStream):
    """A stream whose every operation ends at the deadline of the call it is used for."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _BoundedStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _BoundedBackend(httpcore2.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        return _BoundedStream(super().connect_tcp(host, port, _left(timeout), local_address, socket_options))


class _Body(httpx2.SyncByteStream):
    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx2_errors():
            yield from self._parts

    def close(self) -> None:
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()


class BoundedTransport(httpx2.BaseTransport):
    """A pool of HTTP/1.1 connections, TLS checked against the system's authorities, no proxies, no redirects."""

    def __init__(self) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS_KEPT,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=_BoundedBackend(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        inner = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
            ),
            headers=request.headers.raw,
            content=request.read(),
            extensions=request.extensions,
        )
        with _as_httpx2_errors():
            answer = self._pool.handle_request(inner)
        assert isinstance(answer.stream, Iterable)
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


@contextmanager
def _as_httpx2_errors() -> Iterator[None]:
    """The pool's errors under the names http.py (and a test's transport) know."""
    try:
        yield
    except (httpcore2.ConnectTimeout, httpcore2.ConnectError, httpcore2.PoolTimeout) as error:
        timed_out = not isinstance(error, httpcore2.ConnectError)
        raise (httpx2.ConnectTimeout if timed_out else httpx2.ConnectError)(str(error)) from error
    except httpcore2.TimeoutException as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise httpx2.LocalProtocolError(str(error)) from error
    except httpcore2.RemoteProtocolError as error:
        raise httpx2.RemoteProtocolError(str(error)) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise httpx2.ReadError(str(error)) from error
