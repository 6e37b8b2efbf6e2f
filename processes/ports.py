"""Ports: a busy one is told by name before anything starts."""

import socket
from collections.abc import Mapping

from processes.trouble import Trouble


def check(wanted: Mapping[str, int]) -> None:
    """Raises Trouble for the first port on 127.0.0.1 that something else has, or that is wanted twice."""
    for name, port in wanted.items():
        twin = next((other for other, number in wanted.items() if number == port and other != name), None)
        if twin:
            raise Trouble(f"{name} and {twin} are both {port}. Give one of them another port.")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise Trouble(
                    f"port {port} is in use. Stop what uses it, or choose another: {name}={port + 1000} make run"
                ) from None
