"""The HTTP server under the app: a thread a request, no request log, a graceful end."""

import signal
import threading
from types import FrameType

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from reference_api.clerk import Clerk

STOP_SECONDS = 5.0  # requests in flight at SIGTERM get this long


class Handler(WSGIRequestHandler):
    """Says nothing: the audit table is the record, and paths can carry phone numbers."""

    disable_nagle_algorithm = True  # answers leave in several small writes; none must wait for an acknowledgement
    timeout = 130  # seconds; a client that stops in the middle of a request frees its thread

    def log(self, type: str, message: str, *args: object) -> None:
        return


class Server(ThreadedWSGIServer):
    """Counts the requests it is serving, so that it can end when they have."""

    daemon_threads = True
    request_queue_size = 256  # connections waiting to be accepted

    def __init__(self, app: Flask, host: str, port: int) -> None:
        super().__init__(host, port, app, handler=Handler)
        self._serving = 0
        self._idle = threading.Condition()

    def process_request_thread(self, request: object, client_address: object) -> None:
        with self._idle:
            self._serving += 1
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            with self._idle:
                self._serving -= 1
                self._idle.notify_all()

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait for the requests in flight; False when some are left after `seconds`."""
        with self._idle:
            return self._idle.wait_for(lambda: self._serving == 0, seconds)


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
    server.server_close()
    server.wait_until_idle(STOP_SECONDS)
    clerk.stop()
