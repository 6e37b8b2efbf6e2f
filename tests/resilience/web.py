"""A web customer who does not give up: sends the same message, under the same id, until somebody has taken it."""

import time
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.stack import Stack

PATIENCE_SECONDS = 180.0  # processes come back by themselves; the bot needs the longest
PAUSE_SECONDS = 0.3


@dataclass
class Entry:
    seq: int
    kind: str
    id: str | None
    text: str


class WebTalk:
    """One web conversation, opened by the page's own API."""

    def __init__(self, stack: Stack, *, sign_in: str | None = None) -> None:
        self.stack = stack
        body = {"sign_in": sign_in} if sign_in else {}
        opened = insist(lambda: stack.http.post(f"{stack.url}/api/v1/conversations", json=body))
        self.id: str = opened.json()["id"]
        self.token: str = opened.json()["token"]
        self._headers = {"Authorization": f"Bearer {self.token}"}

    def post(self, message_id: str, text: str) -> httpx2.Response:
        """Once; raises httpx2.HTTPError when the gateway dies meanwhile."""
        body = {"id": message_id, "text": text}
        return self.stack.http.post(f"{self._address}/messages", json=body, headers=self._headers)

    def send(self, message_id: str, text: str) -> dict[str, Any]:
        """Until it is acknowledged; {told, replies}."""
        answer: dict[str, Any] = insist(lambda: self.post(message_id, text)).json()
        return answer

    def events(self) -> list[Entry]:
        """The whole transcript."""
        found: list[Entry] = []
        while True:
            last = found[-1].seq if found else 0
            address = f"{self._address}/events?after={last}"
            rows = insist(lambda address=address: self.stack.http.get(address, headers=self._headers)).json()["events"]
            if not rows:
                return found
            found += [Entry(row["seq"], row["kind"], row["id"], row["body"].get("text", "")) for row in rows]

    def answered(self, message_id: str) -> list[Entry]:
        """Wait until the message stands in the transcript; what the bot said to it."""
        return until(lambda: answers_to(self.events(), message_id), f"an answer to {message_id}")

    @property
    def _address(self) -> str:
        return f"{self.stack.url}/api/v1/conversations/{self.id}"


def answers_to(entries: list[Entry], message_id: str) -> list[Entry]:
    """What the bot said between this message and the next."""
    places = [place for place, entry in enumerate(entries) if entry.kind == "customer" and entry.id == message_id]
    found: list[Entry] = []
    for entry in entries[places[0] + 1 :] if places else []:
        if entry.kind == "customer":
            break
        found.append(entry)
    return found


def insist(ask: Any, seconds: float = PATIENCE_SECONDS) -> httpx2.Response:
    """Ask until there is a 2xx. 429, 503 and broken connections are asked again; anything else fails the test."""
    deadline = time.monotonic() + seconds
    last = "nothing"
    while time.monotonic() < deadline:
        try:
            answer: httpx2.Response = ask()
        except httpx2.HTTPError as error:
            last = type(error).__name__
        else:
            if answer.is_success:
                return answer
            last = f"{answer.status_code} {answer.text[:200]}"
            assert answer.status_code in (429, 503), last
        time.sleep(PAUSE_SECONDS)  # then asks again, until the deadline
    raise AssertionError(f"not taken within {seconds} s: {last}")


def until(look: Any, wanted: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """Look until there is something; it is returned."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(PAUSE_SECONDS)  # then looks again, until the deadline
    raise AssertionError(f"waited {seconds} s in vain for {wanted}")
