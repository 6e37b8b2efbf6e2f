"""A web conversation as a browser or an attacker would hold it, for tests of its doors."""

import json
import time
from collections.abc import Callable
from random import randrange
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.stack import Stack

SECONDS = 30.0  # a deadline for what another process does


class Web:
    """One conversation with its token; `body` begins it. Each comes from an address of its own, as customers do: quotas go by it."""

    def __init__(self, stack: Stack, **body: Any) -> None:
        self.stack = stack
        address = f"127.{randrange(1, 255)}.{randrange(1, 255)}.{randrange(1, 255)}"
        once = httpx2.Limits(max_keepalive_connections=0)  # nobody closes a client that a test lets go
        self.http = httpx2.Client(transport=httpx2.HTTPTransport(local_address=address, verify=False, limits=once), timeout=30)
        answer = self.http.post(f"{stack.url}/api/v1/conversations", json=body)
        assert answer.status_code == 201, answer.text
        self.id: str = answer.json()["id"]
        self.token: str = answer.json()["token"]

    @property
    def address(self) -> str:
        return f"{self.stack.url}/api/v1/conversations/{self.id}"

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx2.Response:
        return self.http.request(method, self.address + path, headers={**self.bearer, **(headers or {})}, **more)

    def say(self, text: str) -> httpx2.Response:
        return self.ask("POST", "/messages", json={"id": uuid4().hex, "text": text})

    def upload(self, data: bytes, mime: str, name: str = "文件", client_id: str | None = None, **headers: str) -> httpx2.Response:
        about = {"Content-Type": mime, "X-Message-Id": client_id or uuid4().hex, "X-File-Name": quote(name)}
        return self.ask("POST", "/attachments", content=data, headers={**about, **headers})

    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", "/events").json()["events"]
        return found


def customer_token(stack: Stack, customer: str, *, seconds: float = 240, key: str | None = None, **claims: Any) -> str:
    """As an integrator's server makes it."""
    signed = OctKey.import_key((key or stack.secrets["DEMO_API_KEY"]).encode())
    return jwt.encode({"alg": "HS256"}, {"sub": customer, "exp": int(time.time() + seconds), **claims}, signed)


def mailed(stack: Stack, to: str) -> list[dict[str, str]]:
    """Mails to this mailbox, as the product without a mail server keeps them."""
    path = stack.folder / "outbox" / "mail.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [row for row in map(json.loads, lines) if row["to"] == to]


def until(look: Callable[[], Any], wanted: str) -> Any:
    """Look until there is something."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)  # then looks again, until the deadline
    raise AssertionError(f"waited in vain for {wanted}")
