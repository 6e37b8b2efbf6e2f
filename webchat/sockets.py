"""Socket.IO at /socket.io: news as they come, for our widget and for Rasa's (webchat/rasa_widgets.py).

Our widget connects with auth {token, after}: entries after `after` follow as `events` {events, last}, then as they come, and `state`
whenever it changes. It sends `typing` {on} and `seen` {seq}; words go by POST. Who may do what stands in the token alone: neither
Engine.IO's session id nor anything else in an address carries authority.
"""

import logging
from datetime import datetime
from typing import Any, Protocol, cast

import gevent
from engineio import payload
from engineio.async_drivers import gevent as engine_gevent
from flask import Blueprint, Flask, request
from flask.blueprints import BlueprintSetupState
from flask_socketio import ConnectionRefusedError, SocketIO
from socketio.packet import BINARY_ACK, BINARY_EVENT, Packet

from core.errors import SealBroken, StoreDown
from core.logs import get_logger
from core.problems import Problem
from customers.presence import Presence
from customers.tokens import ConversationTokens
from customers.transcript import Entry
from webchat.access import Access
from webchat.events import as_json
from webchat.live import Live
from webchat.quotas import Quotas
from webchat.wire import MESSAGE_MOST, WebSocket

PATH = "/socket.io/"
PING_SECONDS = 25
PONG_SECONDS = 20
UNSENT_MOST = 32  # packets in line for one socket; a page that takes nothing gets nothing more until it does
SOCKETS_MOST = 20  # of one conversation in one process
REFUSED_SECONDS = 2.0  # until a refused one, which was told why, is hung up on
STRANGER_SECONDS = 20.0  # for Engine.IO's handshake to become a conversation
PACKETS_MOST = 64  # in one body of the polling transport: what a page wrote while it was away comes at once

log = get_logger(__name__)


class TextOnly(Packet):  # type: ignore[misc]
    """Binary packets wait in memory for as many attachments as they announce; nobody here has use for one."""

    def decode(self, encoded_packet: Any) -> int:
        attachments: int = super().decode(encoded_packet)
        if attachments or self.packet_type in (BINARY_EVENT, BINARY_ACK):
            raise ValueError("a binary packet")
        return attachments


class Guest(Protocol):
    """Whoever sits at the other end of one socket."""

    def heard(self, event: str, body: Any) -> None:
        """An event of theirs. Raises Problem, StoreDown, SealBroken."""
        ...

    def gone(self) -> None: ...


class Wires:
    """What guests do to their own socket."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def emit(self, sid: str, event: str, body: Any) -> None:
        self._server.emit(event, body, to=sid)

    def unsent(self, sid: str) -> int:
        engine = self.engine_socket(sid)
        return 0 if engine is None else int(engine.queue.qsize())

    def engine_socket(self, sid: str) -> Any:
        """Engine.IO's socket under this one; None when it is gone."""
        return self._server.eio.sockets.get(self._server.manager.eio_sid_from_sid(sid, "/"))

    def hang_up(self, sid: str, after: float = 0.0) -> None:
        """Close the whole connection, beside the caller."""
        engine = self.engine_socket(sid)
        if engine is not None:
            gevent.spawn_later(after, engine.close, wait=False)


class Page:
    """Our widget in one browser tab; a webchat.live.Listener."""

    most = SOCKETS_MOST

    def __init__(self, wires: Wires, sid: str, conversation_id: str, after: int, until: datetime, doors: "Sockets") -> None:
        self.cursor = after
        self.until = until
        self._wires = wires
        self._sid = sid
        self._conversation = conversation_id
        self._doors = doors
        self._shown: dict[str, Any] | None = None

    @property
    def is_full(self) -> bool:
        return self._wires.unsent(self._sid) > UNSENT_MOST

    def hand(self, entries: list[Entry]) -> None:
        self._wires.emit(self._sid, "events", {"events": [as_json(entry) for entry in entries], "last": entries[-1].seq})

    def tell(self, state: dict[str, Any]) -> None:
        if state != self._shown:
            self._shown = state
            self._wires.emit(self._sid, "state", state)

    def end(self) -> None:
        self._wires.hang_up(self._sid)

    def heard(self, event: str, body: Any) -> None:
        said = body if isinstance(body, dict) else {}
        self._doors.quotas.take("signal", self._conversation)
        if event == "typing":
            self._doors.presence.typing(self._conversation, "customer", on=said.get("on") is True)
        elif event == "seen" and is_sequence_number(said.get("seq")):
            self._doors.presence.seen(self._conversation, said["seq"])

    def gone(self) -> None:
        self._doors.live.leave(self._conversation, self)


class Sockets:
    """All sockets of this process."""

    def __init__(self, access: Access, tokens: ConversationTokens, quotas: Quotas, presence: Presence, live: Live) -> None:
        self.access = access
        self.tokens = tokens
        self.quotas = quotas
        self.presence = presence
        self.live = live
        self._guests: dict[str, Guest] = {}
        self._wires: Wires

    def attach(self, app: Flask) -> None:
        """Serve Socket.IO in front of `app`."""
        quiet = logging.getLogger("socketio.strangers")
        quiet.setLevel(logging.CRITICAL)  # every broken packet of a stranger would be a page of log
        payload.Payload.max_decode_packets = PACKETS_MOST
        served = SocketIO(
            app,
            async_mode="gevent",
            async_handlers=False,  # in order, and a flood holds up nobody but its sender
            manage_session=False,
            serializer=TextOnly,
            max_http_buffer_size=MESSAGE_MOST,
            ping_interval=PING_SECONDS,
            ping_timeout=PONG_SECONDS,
            cors_allowed_origins=lambda origin, environ: True,  # processes/handshake.py has refused the foreign ones
            cors_credentials=False,
            cookie=None,
            logger=quiet,
            engineio_logger=quiet,
        )
        served.server.eio._async = {**engine_gevent._async, "websocket": WebSocket}
        self._wires = Wires(served.server)
        served.on_event("connect", self._connect)
        served.on_event("disconnect", self._disconnect)
        for event in ("typing", "seen"):
            served.on_event(event, self._hearing(event))

    # one socket
    def _connect(self, auth: Any = None) -> None:
        sid = request.sid  # type: ignore[attr-defined]
        if sid in self._guests:
            return  # an event that calls itself "connect"
        try:
            self._guests[sid] = self._welcome(sid, auth if isinstance(auth, dict) else {})
        except Problem as problem:
            self._refuse(sid, "gone" if problem.status in (401, 404) else problem.code, problem.retry_after)
        except (StoreDown, SealBroken) as error:
            self._refuse(sid, error.code, 3)

    def _welcome(self, sid: str, auth: dict[str, Any]) -> Guest:
        token, after = auth.get("token"), auth.get("after", 0)
        if not isinstance(token, str):
            raise Problem(401, "unauthorised", "A token is needed.")
        conversation = self.access.by_token(token)
        if not is_sequence_number(after):
            raise Problem(400, "bad_field", "'after' is a sequence number.")
        page = Page(self._wires, sid, conversation.id, after, self.tokens.read(token).expires_at, self)
        self.live.join(conversation.id, page)  # nothing is handed over before this greenlet has told it that it is welcome
        return page

    def _refuse(self, sid: str, why: str, retry_after: int | None) -> None:
        self._wires.hang_up(sid, REFUSED_SECONDS)
        raise ConnectionRefusedError(why, {"retry_after": retry_after}) if retry_after else ConnectionRefusedError(why)

    def _disconnect(self, *_: Any) -> None:
        guest = self._guests.pop(request.sid, None)  # type: ignore[attr-defined]
        if guest is not None:
            guest.gone()

    def _hearing(self, event: str) -> Any:
        def hear(body: Any = None, *_: Any) -> None:
            guest = self._guests.get(request.sid)  # type: ignore[attr-defined]
            try:
                if guest is not None:
                    guest.heard(event, body)
            except (Problem, StoreDown, SealBroken) as error:
                log.info("socket.not_heard", socket_event=event, error=error.code)

        return hear


def blueprint(sockets: Sockets) -> Blueprint:
    """Attaches the sockets to the app that registers it."""
    attached = Blueprint("sockets", __name__)

    @attached.record_once
    def attach(state: BlueprintSetupState) -> None:
        sockets.attach(cast(Flask, state.app))

    return attached


def is_sequence_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12
