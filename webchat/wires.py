"""What a guest, whoever sits at the other end of a socket, does to that socket; and what a guest is."""

from typing import Any, Protocol

import gevent

UNSENT_MOST = 32  # packets in line for one socket; a page that takes nothing gets nothing more until it does
SOCKETS_MOST = 20  # of one conversation in one process


class Guest(Protocol):
    @property
    def is_settled(self) -> bool:
        """It has a conversation; others are sent away after a while."""
        ...

    def heard(self, event: str, body: Any) -> None:
        """An event of theirs; `body` is whatever they sent. Raises Problem, StoreDown, SealBroken."""
        ...

    def gone(self) -> None:
        """The socket is closed."""
        ...


class Wire:
    """One Socket.IO connection, by its id `sid`; when it is gone all of this does nothing."""

    def __init__(self, server: Any, sid: str) -> None:
        self._server = server
        self._sid = sid

    def emit(self, event: str, body: Any) -> None:
        self._server.emit(event, body, to=self._sid)

    @property
    def is_full(self) -> bool:
        engine = self.engine_socket
        return engine is not None and engine.queue.qsize() > UNSENT_MOST

    @property
    def engine_socket(self) -> Any:
        """Engine.IO's socket under this one, or None."""
        return self._server.eio.sockets.get(self._server.manager.eio_sid_from_sid(self._sid, "/"))

    def hang_up(self, after: float = 0.0) -> None:
        """Close the whole connection, beside the caller."""
        engine = self.engine_socket
        if engine is not None:
            gevent.spawn_later(after, engine.close, wait=False)
