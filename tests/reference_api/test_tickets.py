"""TMF621: faults and complaints."""

from pathlib import Path

import pytest

from reference_api.tickets import NEXT, TicketState
from tests.reference_api.given_operator import Operator

BASE = "/tmf-api/troubleTicket/v4/troubleTicket"
NEW = {
    "description": "手机没信号", "severity": "minor", "ticketType": "fault",
    "relatedParty": [{"id": "CWANGFANG22", "role": "customer", "@referredType": "Customer"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(Path(tmp_path_factory.mktemp("tickets")))


def test_opened_once_per_key_and_found_again(operator: Operator) -> None:
    first = operator.post(BASE, NEW, Idempotency_Key="ticket-1")
    second = operator.post(BASE, NEW, Idempotency_Key="ticket-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert second.headers["Idempotent-Replay"] == "true"
    assert first.json["status"] == "acknowledged"
    assert first.json["id"].startswith("TT")
    listed = operator.get(BASE, relatedParty__id="CWANGFANG22", status="acknowledged").json
    assert [ticket["id"] for ticket in listed] == [first.json["id"]]
    assert operator.get(f"{BASE}/{first.json['id']}").json == first.json
    other = operator.post(BASE, {**NEW, "description": "宽带断了"}, Idempotency_Key="ticket-1")
    assert (other.status_code, other.json["code"]) == (422, "idempotencyKeyReused")


def test_states_move_only_along_their_way(operator: Operator) -> None:
    ticket = operator.post(BASE, NEW).json["id"]
    assert operator.patch(f"{BASE}/{ticket}", {"status": "closed"}).json["code"] == "invalidTransition"
    for state in ("inProgress", "resolved", "closed"):
        assert operator.patch(f"{BASE}/{ticket}", {"status": state}).json["status"] == state
    assert operator.get(f"{BASE}/{ticket}").json["resolutionDate"]
    assert operator.patch(f"{BASE}/{ticket}", {"status": "inProgress"}).status_code == 409
    assert operator.patch(f"{BASE}/{ticket}", {"status": "closed", "name": "同一状态"}).json["name"] == "同一状态"


def test_every_state_is_drawn() -> None:
    assert set(NEXT) == set(TicketState)


def test_what_is_refused(operator: Operator) -> None:
    assert operator.post(BASE, {"description": "x"}).status_code == 400
    stranger = {**NEW, "relatedParty": [{"id": "CNOBODY2222", "@referredType": "Customer"}]}
    assert operator.post(BASE, stranger).status_code == 404
    assert operator.patch(f"{BASE}/TTNONE", {}).status_code == 404
    assert operator.delete(f"{BASE}/TTNONE").status_code == 404


def test_deleted_is_gone(operator: Operator) -> None:
    ticket = operator.post(BASE, NEW).json["id"]
    assert operator.delete(f"{BASE}/{ticket}").status_code == 204
    assert operator.get(f"{BASE}/{ticket}").status_code == 404
