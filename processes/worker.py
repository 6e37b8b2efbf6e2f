"""gunicorn's gevent worker that lets go of open sockets when it is told to stop; it would wait for them for the whole grace time."""

from typing import Any

import gevent
from gunicorn.workers.ggevent import GeventWorker


class Worker(GeventWorker):  # type: ignore[misc]
    def handle_exit(self, sig: int, frame: Any) -> None:
        gevent.spawn(self.wsgi.extensions["live"].close)
        super().handle_exit(sig, frame)
