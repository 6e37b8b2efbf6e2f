"""Talks with the running product as an integrator's customer does: through the REST door, one message at a time."""

import re
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import OctKey

from tests.stack import Stack

SLOWED_DOWN_MOST = 5
CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


@dataclass
class Talk:
    """One conversation. `customer` signs in by token; None is a stranger."""

    stack: Stack
    customer: dict[str, Any] | None = None
    sender: str = field(default_factory=lambda: uuid4().hex)
    heard: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str, *, message_id: str | None = None) -> str:
        """What came back, one line a message; buttons are in `heard`."""
        answer = self.post(text, message_id=message_id)
        for _ in range(SLOWED_DOWN_MOST):
            if answer.status_code != 429:
                break
            time.sleep(int(answer.headers["Retry-After"]))  # as told: a test types faster than a customer
            answer = self.post(text, message_id=message_id)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:300]}"
        self.heard = answer.json()
        assert self.heard, "silence"
        return "\n".join(message.get("text", "") for message in self.heard)

    def post(self, text: Any, *, message_id: str | None = None, **more: Any) -> Any:
        body: dict[str, Any] = {"sender": self.sender, "message": text, **more}
        if message_id:
            body["message_id"] = message_id
        if self.customer is not None:
            body["metadata"] = {"customer_token": customer_token(self.stack, self.customer["id"])}
        return self.stack.http.post(f"{self.stack.url}/webhooks/rest/webhook", json=body, headers=bearer(self.stack))

    def click(self, title: str) -> str:
        """Press the button with this title (or part of it) in the last answer."""
        return self.say(self.button(title))

    def button(self, title: str) -> str:
        found = [b["payload"] for message in self.heard for b in message.get("buttons", ()) if title in b["title"]]
        assert found, f"no button {title!r} in {self.heard}"
        payload: str = found[0]
        return payload

    def code(self, number: str) -> str:
        """The newest code texted to a number."""
        texts = self.stack.texts(number)
        assert texts, f"no text to {number}"
        found = CODE.search(texts[-1])
        assert found, texts[-1]
        return found[1]


def bearer(stack: Stack) -> dict[str, str]:
    return {"Authorization": f"Bearer {stack.secrets['DEMO_API_KEY']}"}


def customer_token(stack: Stack, subject: str, *, seconds: int = 240, key: str | None = None) -> str:
    """A customer token as an integrator makes it (README, "Sign a customer in")."""
    claims = {"sub": subject, "exp": int(time.time()) + seconds}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key((key or stack.secrets["DEMO_API_KEY"]).encode()))
