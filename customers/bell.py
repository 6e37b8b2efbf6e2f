"""The doorbell: rings with a conversation's id whenever its transcript or its state changed; the record itself is elsewhere.

Pub/sub is at most once: a ring may be lost, and all of them are while Redis is away. Who listens is told of every such doubt and looks again.
"""

from collections.abc import Callable
from typing import Any

from core.clock import Clock
from core.keys import Keys
from core.logs import get_logger
from core.store import Store

QUIET_SECONDS = 5.0  # without a ring; then we ask the line whether it is still there
FIRST_PAUSE = 0.1  # before a lost line is taken up again; doubled every time
LONGEST_PAUSE = 3.0

log = get_logger(__name__)


class LineDead(Exception):
    """Redis did not even answer a ping."""


class Bell:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def ring(self, conversation_id: str) -> None:
        """Tell everybody, in all processes, to look at this conversation. Raises StoreDown."""
        with self._store.guard() as client:
            client.publish(Keys.bell(), conversation_id)

    def listen(self, on_ring: Callable[[str], None], on_doubt: Callable[[], None]) -> None:
        """Never returns. `on_ring`: with a conversation's id; `on_doubt`: rings may have been missed. Neither may wait for long."""
        pause = FIRST_PAUSE
        while True:
            try:
                for heard in self._line():
                    pause = FIRST_PAUSE
                    if heard is None:
                        on_doubt()
                    else:
                        on_ring(heard)
            except Exception as error:  # whatever it was: without this line everybody would wait for the sweep
                log.warning("bell.line_lost", error=type(error).__name__)
            self._clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _line(self) -> Any:
        """Conversation ids as they ring; None once the line is open. Ends by raising."""
        client: Any = self._store.patient_client(QUIET_SECONDS)
        line = client.pubsub(ignore_subscribe_messages=True)
        try:
            line.subscribe(Keys.bell())
            yield None
            asked = False
            while True:
                heard = line.get_message(timeout=QUIET_SECONDS)
                if heard is not None:
                    asked = False
                    if heard["type"] == "message":
                        yield heard["data"].decode(errors="replace")
                elif asked:
                    raise LineDead("no answer to a ping")
                else:
                    line.ping()
                    asked = True
        finally:
            line.close()
            client.close()
            client.connection_pool.disconnect()
