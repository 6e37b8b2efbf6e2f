"""Socket.IO at /socket.io: news as they come, for our widget and for Rasa's (webchat/rasa_widgets.py).

Ours connects with auth {token, after}: entries after `after` follow as `events` {events, last}, then as they come, and `state`
whenever it changes. It sends `typing` {on} and `seen` {seq}; words go by POST. Whoever connects without a token is taken for a widget
of Rasa's. Who may do what stands in the token alone: neither Engine.IO's session id nor anything else in an address carries authority.
"""

import logging
from collections.abc import Callable
from typing import Any, NoReturn, cast

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
from webchat.access import Access
from webchat.live import Live
from webchat.our_widget import OurWidget, is_sequence_number
from webchat.quotas import Quotas
from webchat.rasa_widgets import RasaDoor, RasaWidget
from webchat.websocket import MESSAGE_MOST, WebSocket
from webchat.wires import Guest, Wire

PATH = "/socket.io/"
PING_SECONDS = 25
PONG_SECONDS = 20
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


class Sockets:
    """All sockets of this process."""

    def __init__(self, access: Access, quotas: Quotas, presence: Presence, live: Live, rasa: RasaDoor) -> None:
        self._access = access
        self._quotas = quotas
        self._presence = presence
        self._live = live
        self._rasa = rasa
        self._guests: dict[str, Guest] = {}
        self._server: Any

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
        self._server = served.server
        self._server.eio._async = {**engine_gevent._async, "websocket": WebSocket}
        self._server.eio.on("connect", self._send_strangers_away(self._server.eio.handlers["connect"]))
        served.on_event("connect", self._connect)
        served.on_event("disconnect", self._disconnect)
        for event in ("typing", "seen", "session_request", "user_uttered"):
            served.on_event(event, self._hearing(event))

    # one socket
    def _connect(self, auth: Any = None) -> None:
        sid = request.sid  # type: ignore[attr-defined]
        if sid in self._guests:
            return  # an event that calls itself "connect"
        wire = Wire(self._server, sid)
        try:
            self._guests[sid] = self._welcome(wire, auth if isinstance(auth, dict) else {})
        except Problem as problem:
            _refuse(wire, "gone" if problem.status in (401, 404) else problem.code, problem.retry_after)
        except (StoreDown, SealBroken) as error:
            _refuse(wire, error.code, 3)

    def _welcome(self, wire: Wire, auth: dict[str, Any]) -> Guest:
        if "token" not in auth:
            return RasaWidget(self._rasa, wire, request.remote_addr or "unknown")
        token, after = auth["token"], auth.get("after", 0)
        if not isinstance(token, str):
            raise Problem(401, "unauthorised", "A token is needed.")
        self._access.by_token(token)
        claims = self._access.claims(token)
        if not is_sequence_number(after):
            raise Problem(400, "bad_field", "'after' is a sequence number.")
        widget = OurWidget(wire, claims, after, self._presence, self._quotas, self._live)
        self._live.join(claims.conversation_id, widget)  # its news follow when this greenlet waits next, after the welcome
        return widget

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
            except Problem:
                return  # too many; a line of log for each would be too many too
            except (StoreDown, SealBroken) as error:
                log.info("socket.not_heard", socket_event=event, error=error.code)

        return hear

    def _send_strangers_away(self, connected: Callable[[str, Any], None]) -> Callable[[str, Any], None]:
        """Engine.IO's own handler, and a look later at whether anybody came of it."""

        def connect(engine_sid: str, environ: Any) -> None:
            connected(engine_sid, environ)
            gevent.spawn_later(STRANGER_SECONDS, look, engine_sid)

        def look(engine_sid: str) -> None:
            guest = self._guests.get(self._server.manager.sid_from_eio_sid(engine_sid, "/"))
            engine = self._server.eio.sockets.get(engine_sid)
            if engine is not None and (guest is None or not guest.is_settled):
                engine.close(wait=False)

        return connect


def _refuse(wire: Wire, why: str, retry_after: int | None) -> NoReturn:
    wire.hang_up(REFUSED_SECONDS)
    raise ConnectionRefusedError(why, {"retry_after": retry_after}) if retry_after else ConnectionRefusedError(why)


def blueprint(sockets: Sockets) -> Blueprint:
    """Attaches the sockets to the app that registers it."""
    attached = Blueprint("sockets", __name__)

    @attached.record_once
    def attach(state: BlueprintSetupState) -> None:
        sockets.attach(cast(Flask, state.app))

    return attached
