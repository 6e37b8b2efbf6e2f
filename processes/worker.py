"""gunicorn's gevent worker for thousands of open sockets: it lets go of them when it is told to stop, and it does not go through
all that was loaded at the start whenever Python looks for garbage, which everybody would wait for."""

import gc
from typing import Any

import gevent
from gunicorn.workers.ggevent import GeventWorker


class Worker(GeventWorker):  # type: ignore[misc]
    def run(self) -> None:
        gc.collect()
        gc.freeze()
        super().run()

    def handle_exit(self, sig: int, frame: Any) -> None:
        gevent.spawn(self.wsgi.extensions["live"].close)
        super().handle_exit(sig, frame)
