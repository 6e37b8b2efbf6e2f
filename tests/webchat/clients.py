"""Pages at the other end of the socket: our widget's and Rasa's, by python-socketio's client; and what the desk would write."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import socketio
from socketio.exceptions import ConnectionError as NotConnected

from customers.tokens import ConversationTokens
from customers.transcript import Entry, Transcript
from tests.inside import Inside
from tests.redteam.door import Visitor
from tests.stack import Stack

PATIENCE_SECONDS = 60.0  # a deadline, not a measure: a busy machine may take its time
TRANSPORTS = (["websocket"], ["polling"], ["polling", "websocket"])
T = TypeVar("T")


def eventually(look: Callable[[], T], what: str = "it") -> T:
    """The first answer that is true; fails when there is none in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.02)  # asks again until the deadline
    return found


class Backdoor:
    """Writes into a running product's conversations, as a person at a desk or another process would."""

    def __init__(self, stack: Stack) -> None:
        self.parts = Inside(stack).parts
        self.transcript = Transcript(self.parts.store, self.parts.sealer, self.parts.clock)
        self.tokens = ConversationTokens(stack.secrets["TOKEN_KEY"], self.parts.clock)

    def write(self, conversation: str, kind: str, **body: Any) -> Entry:
        return self.transcript.append(conversation, kind, body)


class Tab:
    """Our widget in one browser tab: keeps its own cursor, as the widget does."""

    def __init__(
        self, visitor: Visitor, *, after: int = 0, transports: list[str] | None = None, token: str | None = None
    ) -> None:
        self.stack = visitor.stack
        self.auth = {"token": visitor.token if token is None else token, "after": after}
        self.transports = transports or ["websocket"]
        self.batches: list[dict[str, Any]] = []
        self.states: list[dict[str, Any]] = []
        self.refusals: list[Any] = []
        self.client = socketio.Client(reconnection=False)
        self.client.on("events", self.batches.append)
        self.client.on("state", self.states.append)
        self.client.on("connect_error", self.refusals.append)

    def connect(self) -> "Tab":
        self.client.connect(self.stack.url, auth=self.auth, transports=self.transports, wait_timeout=PATIENCE_SECONDS)
        return self

    def refused(self) -> str:
        """Why it may not connect."""
        try:
            self.connect()
        except NotConnected:
            return str(self.refusals[0]["message"])
        self.close()
        raise AssertionError("it was let in")

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for batch in self.batches for event in batch["events"]]

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.events]

    def close(self) -> None:
        self.client.disconnect()


class RasaTab:
    """A widget of Rasa's: keeps its session string and nothing else."""

    def __init__(self, stack: Stack, session: Any = None, transports: list[str] | None = None) -> None:
        self.said: list[dict[str, Any]] = []
        self.sessions: list[str] = []
        self._wanted = session
        self.client = socketio.Client(reconnection=False)
        self.client.on("bot_uttered", self.said.append)
        self.client.on("session_confirm", self.sessions.append)
        self.client.connect(stack.url, transports=transports or ["websocket"], wait_timeout=PATIENCE_SECONDS)

    def begin(self) -> "RasaTab":
        self.client.emit("session_request", {"session_id": self._wanted})
        eventually(lambda: self.sessions, "the session")
        return self

    @property
    def session(self) -> str:
        return self.sessions[-1]

    def utter(self, text: Any, **more: Any) -> None:
        self.client.emit("user_uttered", {"message": text, **more})

    def answered(self, count: int) -> list[str]:
        """Texts of the first `count` things said to it."""
        eventually(lambda: len(self.said) >= count, f"answer {count}")
        return [shape.get("text", "") for shape in self.said]

    def close(self) -> None:
        self.client.disconnect()
