"""The websocket under Engine.IO: simple-websocket on gunicorn's gevent worker, made safe to show to strangers.

Engine.IO's own wrapper takes messages of any length, sends with `socket.send` (which under gevent may send a part only), offers
compression (some 300 kB of zlib a connection), and leaves its reader waiting for ever when the other side falls silent.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import gevent
import simple_websocket
from engineio.async_drivers.gevent import Thread
from gevent.event import Event
from gevent.lock import RLock
from gevent.selectors import DefaultSelector

MESSAGE_MOST = 20 * 1024  # bytes of one packet; a message of a customer is 16 KiB at most
GOODBYE_SECONDS = 1.0  # for the other side to say goodbye too
PACKET = re.compile(r"4[0-9]|[0-356].{0,16}\Z", re.ASCII)  # Engine.IO's, with Socket.IO's inside; nothing binary


class _WholeSends:
    """A socket whose sends are complete, one after the other: the writer and the reader, which answers pings, share it."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._lock = RLock()

    def send(self, data: bytes) -> None:
        with self._lock:
            self._sock.sendall(data)

    def recv(self, most: int) -> bytes:
        received: bytes = self._sock.recv(most)
        return received

    def close(self) -> None:
        self._sock.close()


class _Line(simple_websocket.Server):  # type: ignore[misc]
    def _thread(self) -> None:
        try:
            super()._thread()
        except Exception:  # bytes that are no websocket: the same as a hang-up
            self.sock.close()
        finally:
            self.connected = False
            self.event.set()


class WebSocket:
    """What engineio.Socket expects of its transport. `socket`: so named, Engine.IO gives it the time-out of its pings."""

    def __init__(self, handler: Callable[["WebSocket"], Iterable[bytes]], server: Any) -> None:
        self._handler = handler

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.socket = environ["gunicorn.socket"]
        offered = {**environ, "gunicorn.socket": _WholeSends(self.socket)}
        offered.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        self._line = _Line(
            offered, max_message_size=MESSAGE_MOST, thread_class=Thread, event_class=Event, selector_class=DefaultSelector
        )
        self._handler(self)
        raise StopIteration  # how gunicorn learns that this connection is used up

    def send(self, message: str | bytes) -> None:
        try:
            self._line.send(message)
        except simple_websocket.ConnectionClosed as error:
            raise OSError("closed") from error

    def wait(self) -> str | None:
        """The next packet; None at the end. One that is none is the end too: Engine.IO reads it where an error would leave the rest open."""
        try:
            found: str | bytes | None = self._line.receive()
        except simple_websocket.ConnectionClosed:
            return None
        return found if isinstance(found, str) and PACKET.match(found) else None

    def close(self) -> None:
        try:
            if self._line.connected:
                self._line.close()
        except (OSError, simple_websocket.ConnectionClosed):
            pass  # gone before us
        finally:
            self._line.event.set()
            gevent.spawn_later(GOODBYE_SECONDS, self._hang_up)

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(2)
