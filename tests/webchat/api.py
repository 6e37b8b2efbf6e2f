"""A page's calls at the chat's addresses, for tests that look at the answers themselves."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

from tests.stack import Stack


@dataclass
class Page:
    """One conversation of a running product, opened by the page's own API."""

    stack: Stack
    opening: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        opened = self.stack.http.post(f"{self.stack.url}/api/v1/conversations", json=self.opening)
        assert opened.status_code == 201, opened.text
        self.id: str = opened.json()["id"]
        self.token: str = opened.json()["token"]

    def post(self, path: str, body: Any, *, token: str | None = None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return self.stack.http.post(f"{self.stack.url}/api/v1/conversations/{self.id}{path}", json=body, headers=headers)

    def say(self, text: str, *, message_id: str | None = None, **more: Any) -> httpx2.Response:
        return self.post("/messages", {"id": message_id or uuid4().hex, "text": text, **more})

    def heard(self, text: str, **more: Any) -> list[dict[str, Any]]:
        """The replies; the bot is given the time it needs: the same message is sent again until its answer is there."""
        message_id = uuid4().hex
        for _ in range(20):
            answer = self.say(text, message_id=message_id, **more)
            assert answer.status_code == 200, answer.text
            if answer.json()["told"] == "answer":
                replies: list[dict[str, Any]] = answer.json()["replies"]
                return replies
        raise AssertionError("no answer")

    def events(self, after: int = 0) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}"}
        address = f"{self.stack.url}/api/v1/conversations/{self.id}/events?after={after}"
        found: list[dict[str, Any]] = self.stack.http.get(address, headers=headers).json()["events"]
        return found
