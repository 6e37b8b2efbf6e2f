"""A hundred identical top-ups, the operator dying under them: one credit, one row in the journal, one receipt."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from actions.carry_out import Operation, Outcome, Result, carry_out
from actions.outcomes import of_top_up
from actions.services import Services
from carrier.connect import CarrierSettings, connect
from carrier.errors import OutcomeUnknown, Unavailable
from carrier.models import TopUp
from carrier.operator import Operator
from core import records
from core.clock import SystemClock
from core.seal import Sealer
from customers.identity import Identity
from customers.journal import Journal, JournalState
from tests.dialogue.talk import Talk
from tests.reference_api.given_operator import KEY
from tests.reference_api.server_process import ServerProcess
from tests.resilience.web import until
from tests.stack import Stack

AMOUNT_FEN = 5000
TIMES, AT_ONCE = 100, 20


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path) as running:
        yield running


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    engine = records.engine(f"sqlite:///{tmp_path / 'careline.sqlite3'}")
    records.create(engine)
    return Journal(engine, SystemClock(), Sealer(os.urandom(32)))


def connected(server: ServerProcess) -> Operator:
    return connect(CarrierSettings(balance_url=server.url, order_url=server.url, api_key=KEY))


class Customer:
    """Who tops up, again and again, what was agreed once."""

    def __init__(self, server: ServerProcess, journal: Journal) -> None:
        self.taken: dict[str, Any] = server.take(language="zh")
        self.number: str = self.taken["msisdn"]
        self.key = uuid4().hex
        self.operator = connected(server)
        parts = SimpleNamespace(journal=journal, operator=self.operator, clock=SystemClock())
        self._services = cast(Services, parts)
        now = datetime.now(UTC)
        self._identity = Identity(
            customer_id=self.taken["id"], number=self.number, name=self.taken["name"], tier="gold", method="token",
            since=now, until=now + timedelta(hours=1),
        )  # fmt: skip

    def post(self) -> TopUp:
        who = {"payer_id": self.taken["id"], "channel": "web", "key": self.key}
        return self.operator.balance.top_up(self.number, AMOUNT_FEN, method="wechat_pay", **who)

    def top_up(self, _: int = 0) -> Result:
        operation = Operation("top_up", self.key, {}, lambda: of_top_up(self.post()), amount_fen=AMOUNT_FEN)
        return carry_out(self._services, "web-1", self._identity, operation)


def credits_of(server: ServerProcess, number: str) -> list[dict[str, Any]]:
    return [row for row in server.ledger(number) if row["kind"] == "topup"]


@contextmanager
def dying(server: ServerProcess) -> Iterator[None]:
    """The operator cuts three answers after its commit, and is killed and started again all the while."""
    cut = {"match": "POST topupBalance", "kind": "cutAfterCommit", "count": 3}
    assert server.admin("POST", "/admin/faults", json=cut).status_code == 201
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.4):
            server.kill()
            server.start()

    killer = threading.Thread(target=work)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()


def test_a_hundred_identical_top_ups_are_one(server: ServerProcess, journal: Journal) -> None:
    customer = Customer(server, journal)
    before = len(credits_of(server, customer.number))
    with dying(server), ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(customer.top_up, range(TIMES)))
    customer.operator = connected(server)  # a breaker that the deaths left open
    final: Result = until(lambda: (r := customer.top_up()).outcome is Outcome.DONE and r, "the receipt")
    row = journal.by_key(customer.key)
    assert row is not None
    assert row.state is JournalState.DONE
    assert len(credits_of(server, customer.number)) == before + 1
    assert {result.outcome for result in results} <= {Outcome.DONE, Outcome.UNKNOWN}
    assert {result.reference for result in results} == {final.reference}
    assert {result.detail["id"] for result in results if result.outcome is Outcome.DONE} <= {final.detail["id"]}
    assert journal.spent_today(customer.taken["id"], "top_up") == AMOUNT_FEN


def test_a_hundred_requests_under_one_key_are_one_credit(server: ServerProcess, journal: Journal) -> None:
    customer = Customer(server, journal)
    before = len(credits_of(server, customer.number))

    def post(_: int) -> str | None:
        try:
            return customer.post().id
        except (OutcomeUnknown, Unavailable):
            return None

    with dying(server), ThreadPoolExecutor(AT_ONCE) as pool:
        receipts = set(pool.map(post, range(TIMES)))
    customer.operator = connected(server)
    assert receipts <= {customer.post().id, None}
    assert len(credits_of(server, customer.number)) == before + 1


def test_the_same_yes_twenty_times_at_once_is_one_top_up(stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    talk = Talk(stack, customer)
    talk.say("给我充五十块话费")
    talk.say("微信")
    before = [row for row in stack.ledger(customer["msisdn"]) if row["kind"] == "topup"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: talk.post("好的", message_id="yes-1"), range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {200}
    heard = {answer.text for answer in answers if "late" not in answer.text}
    assert len(heard) <= 1
    again = talk.post("好的", message_id="yes-1").json()
    assert any("TU" in message["text"] for message in again), again
    after = [row for row in stack.ledger(customer["msisdn"]) if row["kind"] == "topup"]
    assert len(after) == len(before) + 1
