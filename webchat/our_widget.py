"""Our widget in one browser tab: events and state go out, `typing` and `seen` come in; its words come by POST."""

from typing import Any

from customers.presence import Presence
from customers.tokens import TokenClaims
from customers.transcript import Entry
from webchat.events import as_json
from webchat.live import Live
from webchat.quotas import Quotas
from webchat.wires import SOCKETS_MOST, Wire


class OurWidget:
    """A webchat.wires.Guest and a webchat.live.Listener. `cursor`: what the page has already; it keeps count itself."""

    most = SOCKETS_MOST
    is_settled = True

    def __init__(self, wire: Wire, claims: TokenClaims, cursor: int, presence: Presence, quotas: Quotas, live: Live) -> None:
        self.cursor = cursor
        self.claims = claims
        self._wire = wire
        self._conversation = claims.conversation_id
        self._presence = presence
        self._quotas = quotas
        self._live = live
        self._shown: dict[str, Any] | None = None

    @property
    def is_full(self) -> bool:
        return self._wire.is_full

    def hand(self, entries: list[Entry]) -> None:
        self._wire.emit("events", {"events": [as_json(entry) for entry in entries], "last": entries[-1].seq})

    def tell(self, state: dict[str, Any]) -> None:
        if state != self._shown:
            self._shown = state
            self._wire.emit("state", state)

    def end(self) -> None:
        self._wire.hang_up()

    def heard(self, event: str, body: Any) -> None:
        said = body if isinstance(body, dict) else {}
        self._quotas.take("signal", self._conversation)
        if event == "typing":
            self._presence.typing(self._conversation, "customer", on=said.get("on") is True)
        elif event == "seen" and is_sequence_number(said.get("seq")):
            self._presence.seen(self._conversation, said["seq"])

    def gone(self) -> None:
        self._live.leave(self._conversation, self)


def is_sequence_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12
