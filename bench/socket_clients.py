"""Many Socket.IO clients in one process: websocket only, as the widget speaks it (Engine.IO 4, Socket.IO 5)."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

CONNECTING = 40  # at once; more would measure the handshake
DEADLINE = 30.0  # seconds for one connection

Heard = Callable[[str, Any], None]


@dataclass
class Client:
    """One open socket. `heard(event, body)` is called for everything that comes."""

    connection: ClientConnection
    reading: "asyncio.Task[None]"

    async def say(self, event: str, body: Any) -> None:
        await self.connection.send("42" + json.dumps([event, body]))

    async def close(self) -> None:
        self.reading.cancel()
        await self.connection.close()


@dataclass
class Crowd:
    """The sockets of one run. `errors` counts connections refused or lost."""

    address: str
    errors: int = 0
    clients: list[Client] = field(default_factory=list)

    async def join(self, logins: list[dict[str, Any] | None], heard: Callable[[int], Heard]) -> None:
        """Connect once for every login; `heard(n)` listens for the n-th."""
        gate = asyncio.Semaphore(CONNECTING)

        async def one(number: int, login: dict[str, Any] | None) -> None:
            async with gate:
                try:
                    self.clients.append(await asyncio.wait_for(self._connect(number, login, heard(number)), DEADLINE))
                except (OSError, TimeoutError, ValueError) as error:
                    print(f"client {number}: {type(error).__name__} {error}")
                    self.errors += 1

        await asyncio.gather(*(one(number, login) for number, login in enumerate(logins)))

    async def leave(self) -> None:
        await asyncio.gather(*(client.close() for client in self.clients))

    async def _connect(self, number: int, login: dict[str, Any] | None, heard: Heard) -> Client:
        # An address of its own for each, as behind a proxy: quotas are for addresses.
        headers = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        url = f"ws://{self.address}/socket.io/?EIO=4&transport=websocket"
        connection = await connect(url, additional_headers=headers, compression=None, max_queue=None, ping_interval=None)
        if not str(await connection.recv()).startswith("0"):
            raise ValueError("no Engine.IO greeting")
        await connection.send("40" + (json.dumps(login) if login else ""))
        if not str(answer := await connection.recv()).startswith("40"):
            raise ValueError(f"refused: {answer!r}")
        return Client(connection, asyncio.create_task(self._read(connection, heard)))

    async def _read(self, connection: ClientConnection, heard: Heard) -> None:
        try:
            async for packet in connection:
                text = str(packet)
                if text == "2":
                    await connection.send("3")
                elif text.startswith("42"):
                    event, *body = json.loads(text[2:])
                    heard(event, body[0] if body else None)
            self.errors += 1  # nobody of ours closed it
        except OSError:
            self.errors += 1
