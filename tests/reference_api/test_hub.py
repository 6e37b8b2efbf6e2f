"""Event subscriptions: no foreign address, delivered after the change, tried again."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.reference_api.asking import BALANCE, ORDERING, order
from tests.reference_api.given_operator import Operator


class Receiver:
    """Listens on loopback and keeps what it is told; `answers` are the statuses it gives, then 200."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/events"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listening = Receiver()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(Path(tmp_path_factory.mktemp("hub")))


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest", "https://example.com/x", "file:///etc/passwd", "http://localhost@evil.test/",
        "http://user:pass@127.0.0.1/", "http://127.0.0.1.evil.test/", "http://[::ffff:10.0.0.1]/", "//127.0.0.1/", "", "x",
        "http://127.0.0.1:99999/", "gopher://127.0.0.1/", "http://127.0.0.1/\r\nX: y", "http://[broken",
    ],
)  # fmt: skip
@pytest.mark.parametrize("base", [BALANCE, ORDERING])
def test_no_foreign_address(operator: Operator, base: str, address: str) -> None:
    answer = operator.post(f"{base}/hub", {"callback": address})
    assert (answer.status_code, answer.json["code"]) == (403, "callbackNotAllowed")


def test_an_order_is_told_and_told_again_until_it_is_heard(operator: Operator, receiver: Receiver) -> None:
    hub = operator.post(f"{ORDERING}/hub", {"callback": receiver.address}).json
    receiver.answers = [500]
    body = order(operator.take()["id"], "pack-data-1g-day", paymentMethod={"id": "alipay"})
    made = operator.post(f"{ORDERING}/productOrder", body).json
    clerk, store = operator.app.extensions["clerk"], operator.app.extensions["store"]
    clerk.round()
    with store.transaction() as connection:  # the wait before the second try is over
        connection.execute("UPDATE callbacks SET due_at = '2020-01-01T00:00:00.000Z' WHERE state = 'due'")
    clerk.round()
    states = [event["event"]["productOrder"]["state"] for event in receiver.heard]
    assert sorted(states) in (["completed", "inProgress", "inProgress"], ["completed", "completed", "inProgress"])
    assert {event["event"]["productOrder"]["id"] for event in receiver.heard} == {made["id"]}
    assert operator.delete(f"{ORDERING}/hub/{hub['id']}").status_code == 204
    assert store.connection.execute("SELECT count(*) FROM callbacks WHERE state != 'sent'").fetchone()[0] == 0


def test_a_duplicate_callback_on_demand(operator: Operator, receiver: Receiver) -> None:
    hub = operator.post(f"{ORDERING}/hub", {"callback": receiver.address}).json
    operator.admin("POST", "/admin/faults", {"match": "callback", "kind": "duplicateCallback", "count": 1})
    operator.post(f"{ORDERING}/productOrder", order(operator.take()["id"], "pack-data-1g-day", paymentMethod={"id": "alipay"}))
    operator.app.extensions["clerk"].round()
    ids = [event["eventId"] for event in receiver.heard]
    assert (len(ids), len(set(ids))) == (3, 2)
    operator.delete(f"{ORDERING}/hub/{hub['id']}")
