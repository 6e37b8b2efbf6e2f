"""What happens in a conversation without the browser: turns, a colleague at the desk, the line. Written as the product itself writes it,
with its own classes, into the stack's own Redis."""

from datetime import timedelta
from types import TracebackType
from typing import Any

from core.clock import SystemClock
from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from customers.presence import Presence, Shown
from customers.transcript import Transcript
from processes.places import redis_socket
from tests.conftest import PATIENT_MS
from tests.stack import Stack


class Backstage:
    """Of one conversation. A context manager."""

    def __init__(self, stack: Stack, conversation_id: str) -> None:
        self.conversation_id = conversation_id
        self._store = Store(str(redis_socket(stack.folder)), budget_ms=PATIENT_MS)
        sealer = Sealer(stack.secrets["SEAL_KEY"])
        self._transcript = Transcript(self._store, sealer, SystemClock())
        self._presence = Presence(self._store, sealer, SystemClock())

    def __enter__(self) -> "Backstage":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._store.close()

    def write(self, kind: str, body: dict[str, Any], client_id: str | None = None) -> int:
        """One more entry of the transcript; its number."""
        return self._transcript.append(self.conversation_id, kind, body, client_id).seq

    def kept_for(self) -> timedelta:
        """How long the record stands if nothing more is said."""
        with self._store.guard() as client:
            names = (Keys.stream(self.conversation_id), Keys.conversation(self.conversation_id), Keys.dek(self.conversation_id))
            seconds: list[Any] = [client.ttl(name) for name in names]
        return timedelta(seconds=min(seconds))

    def show(self, phase: Any, **shown: Any) -> None:
        """The bot, the line (position, wait_minutes) or a person (name) is there from now on."""
        self._presence.show(self.conversation_id, Shown(phase, **shown))

    def person_types(self, *, on: bool = True) -> None:
        self._presence.typing(self.conversation_id, "person", on=on)
