"""A thousand cancellations against completions, and random walks through the books: one winner each, every fen accounted for."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference_api.answers import new_id
from reference_api.ledger import unbalanced
from tests.reference_api.asking import BALANCE, ORDERING, cancellation, order, state_change, topup
from tests.reference_api.given_operator import KEY, Operator

RACES = 1_000
GOODS = "cable-usbc"


def ask(app: Flask, method: str, path: str, body: Any, key: str | None = None) -> Any:
    """One request with a client of its own: test clients are not for sharing between threads."""
    headers = {"Authorization": f"Bearer {KEY}"} | ({"Idempotency-Key": key} if key else {})
    return app.test_client().open(path, method=method, json=body, headers=headers)


def balance(operator: Operator, msisdn: str) -> int:
    sql = "SELECT remaining FROM buckets WHERE msisdn = ? AND usage_type = 'monetary'"
    fen: int = operator.app.extensions["store"].connection.execute(sql, (msisdn,)).fetchone()[0]
    return fen


def fund(operator: Operator, customer: Any, fen: int) -> None:
    """Put money on a line through the books, without the limits of a top-up."""
    with operator.app.extensions["store"].transaction() as connection, operator.app.app_context():
        from_nowhere = new_id("TS")
        connection.execute(
            "INSERT INTO ledger (bucket_id, msisdn, amount, balance_after, kind, reference, at)"
            " SELECT id, msisdn, ?, remaining + ?, 'opening', ?, '2026-01-01' FROM buckets WHERE msisdn = ? AND usage_type = 'monetary'",
            (fen, fen, from_nowhere, customer["msisdn"]),
        )  # fmt: skip
        connection.execute(
            "UPDATE buckets SET remaining = remaining + ? WHERE msisdn = ? AND usage_type = 'monetary'", (fen, customer["msisdn"])
        )


def test_a_thousand_cancellations_against_completions(tmp_path: Path) -> None:
    operator = Operator(tmp_path, quota_per_minute=600_000)
    store, customer = operator.app.extensions["store"], operator.take()
    price = store.connection.execute("SELECT price_fen FROM offerings WHERE id = ?", (GOODS,)).fetchone()[0]
    fund(operator, customer, RACES * price)
    with store.transaction() as connection:
        connection.execute("UPDATE offerings SET stock = ? WHERE id = ?", (RACES, GOODS))
    money = balance(operator, customer["msisdn"])
    completed = 0
    with ThreadPoolExecutor(2) as pool:
        for number in range(RACES):
            made = operator.post(f"{ORDERING}/productOrder", order(customer["id"], GOODS)).json
            path, both = f"{ORDERING}/productOrder/{made['id']}", list[Future[Any]]()
            tries = [
                ("POST", f"{ORDERING}/cancelProductOrder", cancellation(made["id"])),
                ("PATCH", path, state_change("completed")),
            ]
            for method, where, body in tries if number % 2 else tries[::-1]:
                both.append(pool.submit(ask, operator.app, method, where, body))
            statuses = sorted(future.result(30).status_code for future in both)
            end = operator.get(path).json
            assert statuses in ([200, 409], [201, 409])
            assert end["state"] == ("completed" if statuses[0] == 200 else "cancelled")
            assert end["refundedFen"] == (0 if statuses[0] == 200 else price)
            completed += statuses[0] == 200
    assert 0 < completed < RACES
    assert balance(operator, customer["msisdn"]) == money - completed * price
    left = store.connection.execute("SELECT stock FROM offerings WHERE id = ?", (GOODS,)).fetchone()[0]
    assert left == RACES - completed
    assert unbalanced(store.connection) == []


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(Path(tmp_path_factory.mktemp("walk")), quota_per_minute=600_000, slow_seconds=0.0)


STEP = st.one_of(
    st.tuples(st.just("topup"), st.integers(100, 30_000), st.sampled_from(["ok", "declined", "slow", "unknown"])),
    st.tuples(st.just("adjust"), st.integers(-6_000, 6_000), st.just("")),
    st.tuples(st.just("buy"), st.integers(1, 3), st.sampled_from(["cable-usbc", "pack-data-1g-day", "pack-data-500m"])),
    st.tuples(st.just("cancel"), st.integers(0, 5), st.just("")),
    st.tuples(st.just("again"), st.integers(0, 5), st.just("")),
    st.tuples(st.just("settle"), st.just(0), st.just("")),
)


class Walk:
    """One customer's walk, with the money that ought to be there reckoned from the answers alone."""

    def __init__(self, operator: Operator) -> None:
        self.operator, self.customer = operator, operator.take()
        self.fen: int = self.customer["balanceFen"]
        self.orders: list[Any] = []
        self.posts: list[tuple[str, Any, str]] = []
        self.slow = 0

    def post(self, path: str, body: Any) -> Any:
        key = new_id("K")
        self.posts.append((path, body, key))
        return ask(self.operator.app, "POST", path, body, key)

    def step(self, kind: str, number: int, word: str) -> None:
        number_of = self.customer["msisdn"]
        if kind == "topup":
            answer = self.post(f"{BALANCE}/topupBalance", topup(number_of, number / 100, sandbox=word))
            if answer.status_code == 201:
                self.fen += number if answer.json["status"] == "confirmed" else 0
                self.slow += number if word == "slow" else 0
        elif kind == "adjust":
            body = {"amount": {"amount": number / 100, "units": "CNY"}, "logicalResource": {"id": number_of}}
            self.fen += number if self.post(f"{BALANCE}/adjustBalance", body).status_code == 201 else 0
        elif kind == "buy":
            answer = self.post(f"{ORDERING}/productOrder", order(self.customer["id"], word, msisdn=number_of, quantity=number))
            if answer.status_code == 201:
                self.fen -= answer.json["paidFen"]
                self.orders.append(answer.json)
        elif kind == "cancel" and self.orders:
            answer = self.post(f"{ORDERING}/cancelProductOrder", cancellation(self.orders[number % len(self.orders)]["id"]))
            self.fen += answer.json["refundFen"] if answer.status_code == 201 else 0
        elif kind == "again" and self.posts:
            path, body, key = self.posts[number % len(self.posts)]
            assert ask(self.operator.app, "POST", path, body, key).headers["Idempotent-Replay"] == "true"
        elif kind == "settle":
            self.operator.app.extensions["clerk"].round()
            self.fen, self.slow = self.fen + self.slow, 0


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=1, max_size=12))
def test_wherever_a_customer_walks_the_books_balance(operator: Operator, steps: list[tuple[str, int, str]]) -> None:
    walk = Walk(operator)
    for step in steps:
        walk.step(*step)
        assert balance(operator, walk.customer["msisdn"]) == walk.fen
    assert unbalanced(operator.app.extensions["store"].connection) == []
