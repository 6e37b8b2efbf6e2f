"""An attacker's tools: a web visitor, bytes on a bare socket, and looks at what the product keeps."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
from redis import Redis

from tests.dialogue.talk import CODE
from tests.stack import Stack

EVIL_ORIGINS = (
    "https://evil.example",
    "null",
    "http://127.0.0.1.evil.example",
    "https://shop.example.evil.com",
    "http://127.0.0.1:1",
    "file://",
    "https://127.0.0.1",
)

SOCKET_SECONDS = 30.0  # a deadline, not a measure: a busy machine may take its time


@dataclass
class Visitor:
    """A web chat of its own: opened with a token, spoken in under that token."""

    stack: Stack
    sign_in: str | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)
    id: str = ""
    token: str = ""

    def __post_init__(self) -> None:
        body = {"sign_in": self.sign_in} if self.sign_in else {}
        answer = self.stack.http.post(f"{self.stack.url}/api/v1/conversations", json=body)
        assert answer.status_code == 201, answer.text
        self.id, self.token = answer.json()["id"], answer.json()["token"]

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def address(self) -> str:
        return f"{self.stack.url}/api/v1/conversations/{self.id}"

    def post(self, text: Any, *, headers: dict[str, str] | None = None, **more: Any) -> httpx2.Response:
        body = {"id": uuid4().hex, "text": text, **more}
        return self.stack.http.post(f"{self.address}/messages", json=body, headers={**self.bearer, **(headers or {})})

    def say(self, text: str) -> str:
        answer = self.post(text)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:300]}"
        self.heard = answer.json()["replies"]
        assert self.heard, "silence"
        return "\n".join(reply.get("text", "") for reply in self.heard)

    def events(self, after: int = 0, **more: Any) -> httpx2.Response:
        return self.stack.http.get(f"{self.address}/events", params={"after": after}, headers=self.bearer, **more)

    def transcript(self) -> str:
        return json.dumps(self.events().json(), ensure_ascii=False)


@dataclass(frozen=True)
class Raw:
    """An HTTP answer as it came over a bare socket; `status` 0 when the connection ended without one."""

    status: int
    headers: dict[str, str]
    body: bytes


@contextmanager
def connection(stack: Stack) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", stack.ports["PORT"]), timeout=SOCKET_SECONDS) as line:
        yield line


def raw(stack: Stack, sent: bytes) -> Raw:
    """Send these bytes and read one answer."""
    with connection(stack) as line:
        line.sendall(sent)
        return read_answer(line)


def read_answer(line: socket.socket) -> Raw:
    got = b""
    try:
        while b"\r\n\r\n" not in got and (part := line.recv(65536)):
            got += part
        head, _, body = got.partition(b"\r\n\r\n")
        headers = {
            k.strip().lower(): v.strip() for k, _, v in (h.partition(":") for h in head.decode("latin-1").split("\r\n")[1:])
        }
        while len(body) < int(headers.get("content-length", "0")) and (part := line.recv(65536)):
            body += part
    except ConnectionError:
        return Raw(0, {}, b"")
    words = head.split()
    return Raw(int(words[1]) if len(words) > 1 and words[1].isdigit() else 0, headers, body)


def is_closed(line: socket.socket) -> bool:
    """True once the other side hangs up; waits SOCKET_SECONDS for it at most."""
    try:
        while line.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def redis_of(stack: Stack) -> "Redis[bytes]":
    """The running stack's own Redis; its configuration says where its socket is."""
    config = (stack.folder / "run" / "redis.conf").read_text().splitlines()
    path = next(line.split(maxsplit=1)[1] for line in config if line.startswith("unixsocket "))
    return Redis(unix_socket_path=path)


def balanced(stack: Stack, number: str) -> list[tuple[Any, ...]]:
    """The operator's ledger of a number, to compare before and after."""
    return [(row["bucket_id"], row["amount"]) for row in stack.ledger(number)]


def newest_code(stack: Stack, number: str) -> str:
    found = CODE.search(stack.texts(number)[-1])
    assert found
    return found[1]


def is_shaped(answer: httpx2.Response) -> bool:
    """An error in the one JSON shape of all doors, with a request id and no trace of our insides."""
    body = answer.json()
    inside = ("Traceback", 'File "', ".py", "site-packages")
    return (
        set(body) == {"error", "message", "request_id"} and bool(body["request_id"]) and not any(w in answer.text for w in inside)
    )
