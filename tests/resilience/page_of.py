"""A page that listens: connects, hears, is thrown out, connects again after what it has. Its own memory is the only cursor."""

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

PAUSE_SECONDS = 0.3
QUIET_SECONDS = 60.0  # the server pings every 25 s


@dataclass
class Page:
    """`events`: everything heard, in the order it came; `connected`: how often it was let in."""

    address: str
    token: str
    events: list[dict[str, Any]] = field(default_factory=list)
    connected: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _open: ClientConnection | None = None

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._open is not None:
            self._open.close()
        self._thread.join(30)

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                with connect(f"ws://{self.address}/socket.io/?EIO=4&transport=websocket", compression=None) as self._open:
                    self._hear(self._open)
            except (OSError, WebSocketException, TimeoutError):
                pass  # thrown out, or nobody there: once more
            self._over.wait(PAUSE_SECONDS)

    def _hear(self, line: ClientConnection) -> None:
        while True:
            packet = str(line.recv(QUIET_SECONDS))
            if packet.startswith("0"):
                last = self.events[-1]["seq"] if self.events else 0
                line.send("40" + json.dumps({"token": self.token, "after": last}))
            elif packet.startswith("40"):
                self.connected += 1
            elif packet.startswith("44"):
                return
            elif packet == "2":
                line.send("3")
            elif packet.startswith('42["events"'):
                self.events += json.loads(packet[2:])[1]["events"]
