"""The HTTP server under the app: a pool of threads, no request log, a graceful end."""

import signal
import socket
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from types import FrameType
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from reference_api.clerk import Clerk

THREADS = 96  # requests served at once; hanging ones (faults) hold theirs
STOP_SECONDS = 5.0  # requests in flight at SIGTERM get this long


class Handler(WSGIRequestHandler):
    """Says nothing: the audit table is the record, and paths can carry phone numbers."""

    disable_nagle_algorithm = True  # answers leave in several small writes; none must wait for an acknowledgement
    timeout = 30  # seconds; a client that stops in the middle of a request loses its thread

    def log(self, type: str, message: str, *args: object) -> None:
        return


class Server(ThreadedWSGIServer):
    """Serves from a fixed pool of threads, so that each keeps its database connection."""

    request_queue_size = 256  # connections waiting to be accepted

    def __init__(self, app: Flask, host: str, port: int) -> None:
        super().__init__(host, port, app, handler=Handler)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._serving: dict[Future[None], socket.socket] = {}

    def process_request(self, request: Any, client_address: Any) -> None:
        future = self._pool.submit(self.process_request_thread, request, client_address)
        self._serving[future] = request
        future.add_done_callback(lambda done: self._serving.pop(done, None))

    def end(self, seconds: float) -> None:
        """Take no more, wait for the requests in flight, and close the connections of those that will not end."""
        self.server_close()
        left = wait(set(self._serving), seconds).not_done
        for connection in [self._serving[future] for future in left if future in self._serving]:
            with suppress(OSError):  # it may have ended by itself just now
                connection.shutdown(socket.SHUT_RDWR)
        self._pool.shutdown(cancel_futures=True)


def serve(app: Flask, server: Server) -> None:
    """Serve until SIGTERM or SIGINT; then take no more, finish what is in flight, and return."""
    clerk: Clerk = app.extensions["clerk"]

    def end(number: int, frame: FrameType | None) -> None:
        app.extensions["faults"].stopping.set()
        # shutdown() waits for the loop below to see it, so it must not run in the loop's own thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    clerk.start()
    server.serve_forever(poll_interval=0.1)
    server.end(STOP_SECONDS)
    clerk.stop()
