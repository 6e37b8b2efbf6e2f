"""A plain Socket.IO echo server, the baseline of bench/sockets.py: what comes goes back, nothing is kept.

gunicorn --worker-class gevent --workers 1 'bench.echo_server:create_app()'
"""

from typing import Any

from flask import Flask
from flask_socketio import SocketIO, emit


def create_app() -> Flask:
    app = Flask("echo")
    sockets = SocketIO(app, async_mode="gevent", cors_allowed_origins="*")

    @sockets.on("say")
    def say(body: Any) -> None:
        emit("said", body)

    return app
