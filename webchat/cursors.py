"""How far a Rasa widget has got: these widgets keep no count of their own, so the server does, by what surely arrived.

A cursor is one number a conversation, in Redis, because the next connection may come to another process.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from engineio.packet import PING, Packet

from core.keys import CONVERSATION_SECONDS, Keys
from core.store import Store

# Only forward: a slower tab of the same session may hear of older entries later.
_ADVANCE = """
if tonumber(ARGV[1]) > tonumber(redis.call('GET', KEYS[1]) or '-1') then redis.call('SET', KEYS[1], ARGV[1]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""


class Delivered:
    """Every method may raise StoreDown."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._advance = store.script("delivered.advance", _ADVANCE)

    def upto(self, conversation_id: str) -> int:
        """The last entry that surely arrived; 0 before the first, so that rather too much is said than too little."""
        with self._store.guard() as client:
            found: Any = client.get(Keys.delivered(conversation_id))
        return int(found or 0)

    def advance(self, conversation_id: str, seq: int) -> None:
        self._advance([Keys.delivered(conversation_id)], [seq, CONVERSATION_SECONDS])


class Receipts:
    """Makes Engine.IO's pings into receipts for one connection.

    Packets of a connection arrive in order, by websocket and by polling. So a PING sent after a message is answered by a PONG only
    when that message has arrived. Widgets never acknowledge events, but every Engine.IO client answers every PING, and one more does
    no harm: engineio.Socket.schedule_ping plans the next regular one only when one is outstanding. PONGs carry nothing and come in
    the order of the PINGs, regular ones included, so both ends are watched on this one socket: `send` for PINGs that leave, and
    `schedule_ping`, which `receive` calls for every PONG and for nothing else.
    """

    def __init__(self, engine_socket: Any, on_arrived: Callable[[int], None]) -> None:
        self._engine = engine_socket
        self._on_arrived = on_arrived
        self._sent = 0
        self._asked: deque[int] = deque()
        self._send, self._schedule = engine_socket.send, engine_socket.schedule_ping
        engine_socket.send, engine_socket.schedule_ping = self._sending, self._ponged

    def ask(self, seq: int) -> None:
        """Everything up to `seq` has been sent; `on_arrived(seq)` when it has arrived."""
        self._sent = seq
        self._engine.send(Packet(PING))

    def _sending(self, packet: Any) -> None:
        if packet.packet_type == PING:
            self._asked.append(self._sent)
        self._send(packet)

    def _ponged(self) -> None:
        if self._asked:
            self._on_arrived(self._asked.popleft())
        self._schedule()
