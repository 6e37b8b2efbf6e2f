"""The operator as a process: killed, cut off, asked by many at once, stopped politely."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.reference_api.asking import BALANCE, ORDERING, cancellation, order, state_change, topup
from tests.reference_api.given_operator import ADMIN, KEY, SECRET, ZHANG
from tests.reference_api.server_process import ROOT, ServerProcess

LONGEST_WAIT = 60  # seconds a client of these tests goes on asking for


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path) as running:
        yield running


def test_one_credit_under_a_hundred_identical_posts_cut_off_and_killed(server: ServerProcess) -> None:
    """100 posts of one key, 20 at a time; the first answers are cut after commit, and the server is killed and started between."""
    customer = server.take()
    before = max(row["id"] for row in server.ledger(customer["msisdn"]))
    path, headers = f"{BALANCE}/topupBalance", {"Idempotency-Key": "a-hundred-times"}
    server.admin("POST", "/admin/faults", json={"match": "POST topupBalance", "kind": "cutAfterCommit", "count": 30})
    gate = threading.Event()

    def ask(number: int) -> httpx2.Response | None:
        if number >= 50:
            gate.wait(LONGEST_WAIT)
        try:
            return server.http.post(path, json=topup(customer["msisdn"], 50), headers=headers)
        except httpx2.TransportError:
            return None

    with ThreadPoolExecutor(20) as pool:
        first = [pool.submit(ask, number) for number in range(50)]
        answers = [future.result(LONGEST_WAIT) for future in first]
        server.kill()
        server.start()
        second = [pool.submit(ask, number) for number in range(50, 100)]
        gate.set()
        answers += [future.result(LONGEST_WAIT) for future in second]

    assert sum(answer is None for answer in answers) == 30
    told = [answer for answer in answers if answer is not None]
    assert {answer.status_code for answer in told} == {201}
    assert len({answer.text for answer in told}) == 1
    rows = [row for row in server.ledger(customer["msisdn"]) if row["kind"] != "opening" and row["amount"] == 5000]
    assert [row["reference"] for row in rows if row["id"] > before] == [told[0].json()["id"]]
    assert server.admin("GET", "/admin/books").json()["balanced"]


def test_killed_in_the_middle_it_loses_nothing_it_acknowledged(server: ServerProcess) -> None:
    customer = server.take()
    done: list[str] = []
    running = threading.Event()

    def top_up_for_ever(worker: int) -> None:
        for number in range(200):
            body, key = topup(customer["msisdn"], 1), f"{worker}-{number}"
            try:
                answer = server.http.post(f"{BALANCE}/topupBalance", json=body, headers={"Idempotency-Key": key})
            except httpx2.TransportError:
                return
            if answer.status_code == 201:
                done.append(answer.json()["id"])
            if len(done) > 20:
                running.set()

    with ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(top_up_for_ever, worker) for worker in range(4)]
        assert running.wait(LONGEST_WAIT)
        server.kill()
        for worker in workers:
            worker.result(LONGEST_WAIT)
    server.start()
    for topup_id in done:
        assert server.http.get(f"{BALANCE}/topupBalance/{topup_id}").json()["status"] == "confirmed"
    assert server.admin("GET", "/admin/books").json()["balanced"]


def test_cancel_against_complete_has_one_winner_and_no_lost_fen(server: ServerProcess) -> None:
    """The race as clients run it; test_races.py has a thousand of them inside one process."""
    customer = server.take()
    with ThreadPoolExecutor(2) as pool:
        for _ in range(25):
            body = order(customer["id"], "cable-usbc", paymentMethod={"id": "alipay"})
            made = server.http.post(f"{ORDERING}/productOrder", json=body)
            path = f"{ORDERING}/productOrder/{made.json()['id']}"
            cancel = pool.submit(server.http.post, f"{ORDERING}/cancelProductOrder", json=cancellation(made.json()["id"]))
            complete = pool.submit(server.http.patch, path, json=state_change("completed"))
            won = (cancel.result(LONGEST_WAIT).status_code == 201, complete.result(LONGEST_WAIT).status_code == 200)
            end = server.http.get(path).json()
            assert won.count(True) == 1
            assert (end["state"], end["refundedFen"]) == (("cancelled", end["paidFen"]) if won[0] else ("completed", 0))


def test_forty_at_once_are_all_answered(server: ServerProcess) -> None:
    def ask(number: int) -> int:
        return server.http.get(f"{BALANCE}/bucket", params={"logicalResource.value": ZHANG}).status_code

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(ask, range(400))) == {200}


def test_sigterm_finishes_what_is_in_flight(server: ServerProcess) -> None:
    customer = server.take()
    server.admin("POST", "/admin/faults", json={"match": "POST topupBalance", "kind": "delay", "seconds": 30, "after": True})
    headers = {"X-Trace-Id": "the-last-one", "Idempotency-Key": "the-last-one"}
    with ThreadPoolExecutor(1) as pool:
        body = topup(customer["msisdn"], 10)
        answer = pool.submit(server.http.post, f"{BALANCE}/topupBalance", json=body, headers=headers)
        deadline = time.monotonic() + LONGEST_WAIT
        found: list[object] = []
        while not found and time.monotonic() < deadline:
            found = server.http.get(f"{BALANCE}/topupBalance", params={"idempotencyKey": "the-last-one"}).json()
        assert found
        assert not answer.done()
        assert server.stop() == 0
        assert answer.result(LONGEST_WAIT).status_code == 201
    server.start()
    (row,) = server.admin("GET", "/admin/audit", params={"traceId": "the-last-one"}).json()
    assert (row["operation"], row["status"]) == ("POST topupBalance", 201)


def test_a_client_that_says_nothing_does_not_hold_up_the_end(server: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", server.port)):
        assert server.http.get("/healthz").status_code == 200
        assert server.stop() == 0


def test_it_says_nothing_secret(server: ServerProcess) -> None:
    customer = server.take()
    server.http.post("/careline/v1/pinChecks", json={"msisdn": customer["msisdn"], "pin": customer["pin"]})
    server.http.post("/careline/v1/pinChecks", json={"msisdn": customer["msisdn"], "pin": "864297"})
    server.http.get(f"{BALANCE}/bucket", headers={"Authorization": "Bearer wrong"})
    server.stop()
    written = [path.read_bytes() for path in (server.log, *sorted((server.folder / "reference").iterdir())) if path.is_file()]
    for secret in (KEY, ADMIN, SECRET, customer["pin"], "864297"):
        assert not any(secret.encode() in text for text in written)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, ("OPERATOR_API_KEY", "REFERENCE_ADMIN_KEY", "PROVIDER_SECRET")),
        ({"OPERATOR_API_KEY": KEY, "REFERENCE_ADMIN_KEY": "short", "PROVIDER_SECRET": SECRET}, ("REFERENCE_ADMIN_KEY",)),
        ({"OPERATOR_API_KEY": KEY, "REFERENCE_ADMIN_KEY": ADMIN, "PROVIDER_SECRET": SECRET, "REFERENCE_PORT": "x"}, ("REFERENCE_PORT",)),
    ],
)  # fmt: skip
def test_an_unfit_environment_is_refused_in_one_sentence(
    tmp_path: Path, environment: dict[str, str], named: tuple[str, ...]
) -> None:
    environment |= {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "reference_api"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    assert all(name in ended.stderr for name in named)
    assert "Traceback" not in ended.stderr
    assert not any(value in ended.stderr for value in (KEY, ADMIN, SECRET))


def test_a_taken_port_is_said_in_one_sentence(server: ServerProcess) -> None:
    command = [sys.executable, "-m", "reference_api"]
    ended = subprocess.run(command, cwd=ROOT, env=server.environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert f"Port {server.port} is taken" in ended.stderr
    assert "Traceback" not in ended.stderr
