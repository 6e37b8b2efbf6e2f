"""Faults on demand, quotas, traces, and the one error body."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from reference_api.clerk import prune
from tests.reference_api.asking import BALANCE, ORDERING, topup
from tests.reference_api.given_operator import ZHANG, Operator
from tests.reference_api.server_process import ServerProcess

ZHANGS = {"logicalResource.value": ZHANG}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(Path(tmp_path_factory.mktemp("faults"))) as running:
        yield running


@pytest.fixture
def server(started: ServerProcess) -> Iterator[ServerProcess]:
    yield started
    started.admin("DELETE", "/admin/faults")


def fault(server: ServerProcess, **of: object) -> None:
    answer = server.admin("POST", "/admin/faults", json=of)
    assert answer.status_code == 201, answer.text


def test_status_hits_as_often_as_asked_and_nothing_is_done(server: ServerProcess) -> None:
    customer = server.take()
    fault(server, match="POST topupBalance", kind="status", status=503, count=2)
    answers = [server.http.post(f"{BALANCE}/topupBalance", json=topup(customer["msisdn"], 5)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 201]
    assert answers[0].json()["status"] == "503"
    assert "Retry-After" in answers[0].headers
    assert len([row for row in server.ledger(customer["msisdn"]) if row["reference"] == answers[2].json()["id"]]) == 1


def test_status_after_commit_hides_a_success(server: ServerProcess) -> None:
    customer = server.take()
    fault(server, match="POST topupBalance", kind="status", status=500, count=1, after=True)
    headers = {"Idempotency-Key": "hidden"}
    assert server.http.post(f"{BALANCE}/topupBalance", json=topup(customer["msisdn"], 5), headers=headers).status_code == 500
    (found,) = server.http.get(f"{BALANCE}/topupBalance", params={"idempotencyKey": "hidden"}).json()
    assert found["status"] == "confirmed"


def test_a_cut_answer_was_done_all_the_same(server: ServerProcess) -> None:
    customer = server.take()
    fault(server, match=f"{BALANCE}/topupBalance", kind="cutAfterCommit", count=1)
    headers = {"Idempotency-Key": "cut"}
    with pytest.raises(httpx2.TransportError):
        server.http.post(f"{BALANCE}/topupBalance", json=topup(customer["msisdn"], 5), headers=headers)
    again = server.http.post(f"{BALANCE}/topupBalance", json=topup(customer["msisdn"], 5), headers=headers)
    assert again.headers["Idempotent-Replay"] == "true"


def test_a_hanging_operator_answers_nothing(server: ServerProcess) -> None:
    fault(server, match="GET bucket", kind="hang", seconds=1, count=1)
    with pytest.raises(httpx2.TransportError):
        server.http.get(f"{BALANCE}/bucket", params=ZHANGS)


def test_a_delay_delays(server: ServerProcess) -> None:
    fault(server, match="GET bucket", kind="delay", seconds=0.5, count=1)
    started = time.monotonic()
    assert server.http.get(f"{BALANCE}/bucket", params=ZHANGS).status_code == 200
    assert time.monotonic() - started >= 0.5


def test_a_malformed_answer_is_no_json(server: ServerProcess) -> None:
    fault(server, match="GET bucket", kind="malformed", count=1)
    answer = server.http.get(f"{BALANCE}/bucket", params=ZHANGS)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_a_wrong_number_is_another_number(server: ServerProcess) -> None:
    fault(server, match="GET bucket", kind="wrongNumber", msisdn=ZHANG, count=1)
    wrong = server.http.get(f"{BALANCE}/bucket", params=ZHANGS).json()
    assert {bucket["logicalResource"][0]["value"] for bucket in wrong} == {"+8613800138001"}


def test_a_fault_for_one_number_spares_the_others(server: ServerProcess) -> None:
    one, other = server.take(), server.take()
    fault(server, match="/", kind="status", status=500, msisdn=one["msisdn"])
    ask = f"{BALANCE}/bucket"
    assert server.http.get(ask, params={"logicalResource.value": one["msisdn"]}).status_code == 500
    assert server.http.get(ask, params={"logicalResource.value": other["msisdn"]}).status_code == 200
    assert server.http.post(f"{BALANCE}/topupBalance", json=topup(one["msisdn"], 5)).status_code == 500


def test_a_customers_payments_can_be_made_to_fail(server: ServerProcess) -> None:
    customer = server.take()
    fault(server, match="POST topupBalance", kind="sandbox", outcome="declined", msisdn=customer["msisdn"])
    assert server.http.post(f"{BALANCE}/topupBalance", json=topup(customer["msisdn"], 5)).json()["status"] == "failed"


def test_a_slow_payment_is_done_by_the_clerk(server: ServerProcess) -> None:
    customer = server.take()
    made = server.http.post(f"{BALANCE}/topupBalance", json=topup(customer["msisdn"], 5, sandbox="slow")).json()
    assert made["status"] == "pending"
    deadline = time.monotonic() + 30
    while made["status"] == "pending" and time.monotonic() < deadline:
        time.sleep(0.1)
        made = server.http.get(f"{BALANCE}/topupBalance/{made['id']}").json()
    assert made["status"] == "confirmed"


def test_odd_faults_are_refused(server: ServerProcess) -> None:
    for body in ({}, {"match": "/", "kind": "explode"}, {"match": "/", "kind": "delay", "seconds": 9999}):
        assert server.admin("POST", "/admin/faults", json=body).status_code == 400


def test_requests_are_counted_and_traced(server: ServerProcess) -> None:
    server.admin("DELETE", "/admin/counts")
    answer = server.http.get(f"{BALANCE}/bucket", params=ZHANGS, headers={"X-Trace-Id": "trace-77"})
    assert answer.headers["X-Trace-Id"] == "trace-77"
    assert server.admin("GET", "/admin/counts").json()["GET bucket"] == 1
    odd = server.http.get(f"{BALANCE}/bucket", params=ZHANGS, headers={"X-Trace-Id": "a b\tc"})
    assert odd.headers["X-Trace-Id"].isalnum()


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(Path(tmp_path_factory.mktemp("errors")), quota_per_minute=240)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{BALANCE}/bucket/BKNONE", 404),
        ("GET", f"{BALANCE}/nothing", 404),
        ("GET", f"{ORDERING}/productOrder/DDNONE", 404),
        ("GET", "/tmf-api/productCatalogManagement/v4/productOffering/none", 404),
        ("GET", "/tmf-api/productInventory/v4/product/none", 404),
        ("GET", "/tmf-api/customerManagement/v4/customer/none", 404),
        ("GET", f"{BALANCE}/bucket?limit=many", 400),
        ("GET", "/tmf-api/productCatalogManagement/v4/productOffering?isSellable=maybe", 400),
        ("PUT", f"{BALANCE}/bucket", 405),
        ("TRACE", f"{ORDERING}/productOrder", 405),
        ("DELETE", f"{BALANCE}/hub/HBNONE", 404),
    ],
)
def test_every_error_has_the_one_body(operator: Operator, method: str, path: str, status: int) -> None:
    answer: Any = operator.client.open(path, method=method, headers=operator.key())
    assert answer.status_code == status
    assert answer.json["status"] == str(status)
    assert {"code", "reason", "message"} <= set(answer.json)
    if status == 405:
        assert answer.headers["Allow"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic abc"}, {"X-Admin-Key": "x"}])
@pytest.mark.parametrize("path", [f"{BALANCE}/bucket", f"{ORDERING}/productOrder", "/admin/counts", "/nothing"])
def test_nobody_gets_in_without_the_key(operator: Operator, header: dict[str, str], path: str) -> None:
    answer: Any = operator.client.get(path, headers=header)
    assert (answer.status_code, answer.json["code"]) == (401, "unauthorized")


def test_the_clients_key_does_not_open_the_admins_door(operator: Operator) -> None:
    assert operator.get("/admin/ledger").status_code == 401
    assert operator.client.get("/healthz").status_code == operator.client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"amount": NaN}', b'{"amount": "50"}', b"[" * 5000, b'{"amount":{},"voucher":"\\ud800"}'],
)
def test_bodies_that_are_not_as_they_should_be(operator: Operator, body: bytes) -> None:
    headers = operator.key() | {"Content-Type": "application/json"}
    answer: Any = operator.client.post(f"{BALANCE}/topupBalance", data=body, headers=headers)
    assert (answer.status_code, answer.json["status"]) == (400, "400")


def test_the_quota_says_when_to_come_back(tmp_path: Path) -> None:
    operator = Operator(tmp_path, quota_per_minute=60)
    statuses = [operator.get(f"{BALANCE}/bucket", limit=1) for _ in range(60)]
    refused = [answer for answer in statuses if answer.status_code == 429]
    assert statuses[0].status_code == 200
    assert refused
    assert refused[0].json["code"] == "quotaExceeded"
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert operator.client.get("/healthz").status_code == 200


def test_old_keys_and_traces_are_thrown_away_money_is_not(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    store, clerk = operator.app.extensions["store"], operator.app.extensions["clerk"]
    made = operator.post(f"{BALANCE}/topupBalance", topup(ZHANG, 10), Idempotency_Key="old").json
    clerk.round()
    with store.transaction() as connection:
        connection.execute("UPDATE idempotency SET created_at = '2020-01-01T00:00:00.000Z'")
        connection.execute("UPDATE audit SET at = '2020-01-01T00:00:00.000Z'")
    prune(store)
    assert [store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("idempotency", "audit")] == [
        0,
        0,
    ]
    assert operator.get(f"{BALANCE}/topupBalance/{made['id']}").json["status"] == "confirmed"
