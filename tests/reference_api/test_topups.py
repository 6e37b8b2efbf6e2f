"""TMF654 top-ups, buckets and the other balance actions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reference_api.asking import BALANCE, PAYMENT, topup
from tests.reference_api.given_operator import ZHANG, Operator


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(Path(tmp_path_factory.mktemp("topups")), slow_seconds=0.0)


def money_of(operator: Operator, msisdn: str) -> int:
    answer = operator.get(f"{BALANCE}/accumulatedBalance", logicalResource__value=msisdn)
    (balance,) = answer.json
    fen: int = balance["totalBalance"]["amountFen"]
    return fen


def test_the_demo_customer_has_86_yuan_50(operator: Operator) -> None:
    assert money_of(operator, ZHANG) == 8650
    buckets = operator.get(f"{BALANCE}/bucket", logicalResource__value=ZHANG).json
    (money,) = [bucket for bucket in buckets if bucket["usageType"] == "monetary"]
    assert money["remainingValue"] == {"amount": 86.5, "units": "CNY", "amountFen": 8650}
    assert {bucket["usageType"] for bucket in buckets} == {"monetary", "data", "voice", "sms"}


def test_a_plus_that_arrives_unescaped_is_read_as_one(operator: Operator) -> None:
    answer = operator.client.get(f"{BALANCE}/bucket?logicalResource.value=+8613800138000", headers=operator.key())
    assert answer.json == operator.get(f"{BALANCE}/bucket", logicalResource__value=ZHANG).json != []


def test_tops_up_once_however_often_it_is_asked(operator: Operator) -> None:
    customer = operator.take()
    first = operator.post(f"{BALANCE}/topupBalance", topup(customer["msisdn"], 50), Idempotency_Key="once-1")
    again = operator.post(f"{BALANCE}/topupBalance", topup(customer["msisdn"], 50), Idempotency_Key="once-1")
    assert first.status_code == again.status_code == 201
    assert first.json == again.json
    assert first.json["status"] == "confirmed"
    assert "Idempotent-Replay" not in first.headers
    assert again.headers["Idempotent-Replay"] == "true"
    assert money_of(operator, customer["msisdn"]) == customer["balanceFen"] + 5000
    found = operator.get(f"{BALANCE}/topupBalance", idempotencyKey="once-1").json
    assert [row["id"] for row in found] == [first.json["id"]]
    assert operator.get(f"{BALANCE}/topupBalance", idempotencyKey="another").json == []


def test_a_key_does_not_serve_for_another_body(operator: Operator) -> None:
    customer = operator.take()
    operator.post(f"{BALANCE}/topupBalance", topup(customer["msisdn"], 50), Idempotency_Key="two")
    other = operator.post(f"{BALANCE}/topupBalance", topup(customer["msisdn"], 51), Idempotency_Key="two")
    assert (other.status_code, other.json["code"]) == (422, "idempotencyKeyReused")
    assert money_of(operator, customer["msisdn"]) == customer["balanceFen"] + 5000


def test_without_a_key_the_server_makes_one(operator: Operator) -> None:
    answer = operator.post(f"{BALANCE}/topupBalance", topup(operator.take()["msisdn"], 10))
    key = answer.headers["Idempotency-Key"]
    assert operator.get(f"{BALANCE}/topupBalance", idempotencyKey=key).json[0]["id"] == answer.json["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\tinside", "schlüssel"])
def test_a_key_is_short_and_plain(operator: Operator, key: str) -> None:
    answer = operator.post(f"{BALANCE}/topupBalance", topup(ZHANG, 10), Idempotency_Key=key)
    assert answer.status_code == 400


@pytest.mark.parametrize("yuan", [0, 0.99, -5, 3000.01, 12.345, 1e300])
def test_amounts_out_of_range_are_refused_and_the_refusal_is_kept(operator: Operator, yuan: float) -> None:
    before = money_of(operator, ZHANG)
    for _ in range(2):
        answer = operator.post(f"{BALANCE}/topupBalance", topup(ZHANG, yuan), Idempotency_Key=f"odd {yuan}")
        assert (answer.status_code, answer.json["code"]) == (409, "amountOutOfRange")
    assert answer.headers["Idempotent-Replay"] == "true"
    assert money_of(operator, ZHANG) == before


def test_five_thousand_yuan_a_day_and_no_more(operator: Operator) -> None:
    number = operator.take()["msisdn"]
    answers = [operator.post(f"{BALANCE}/topupBalance", topup(number, yuan)) for yuan in (3000, 1999, 1, 1)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 409]
    assert answers[3].json["code"] == "dailyLimitReached"


def test_a_number_nobody_has_gets_no_money(operator: Operator) -> None:
    answer = operator.post(f"{BALANCE}/topupBalance", topup("+8619999999999", 10))
    assert (answer.status_code, answer.json["code"]) == (409, "notFound")
    answer = operator.post(f"{BALANCE}/topupBalance", topup(ZHANG, 10, payer="CNOBODY"))
    assert (answer.status_code, answer.json["code"]) == (409, "notFound")


def test_a_declined_payment_credits_nothing(operator: Operator) -> None:
    customer = operator.take()
    answer = operator.post(f"{BALANCE}/topupBalance", topup(customer["msisdn"], 10, sandbox="declined"))
    assert (answer.status_code, answer.json["status"], answer.json["reason"]) == (201, "failed", "paymentDeclined")
    assert money_of(operator, customer["msisdn"]) == customer["balanceFen"]


def test_a_slow_payment_credits_when_it_is_done(operator: Operator) -> None:
    customer = operator.take()
    pending = operator.post(f"{BALANCE}/topupBalance", topup(customer["msisdn"], 10, sandbox="slow")).json
    assert pending["status"] == "pending"
    assert money_of(operator, customer["msisdn"]) == customer["balanceFen"]
    operator.app.extensions["clerk"].round()
    done = operator.get(f"{BALANCE}/topupBalance/{pending['id']}").json
    assert done["status"] == "confirmed"
    assert done["impactedBucket"][0]["amountAfter"]["amountFen"] == customer["balanceFen"] + 1000


@pytest.mark.parametrize(("end", "status", "fen"), [("done", "confirmed", 1000), ("failed", "failed", 0)])
def test_an_unknown_payment_waits_until_somebody_settles_it(operator: Operator, end: str, status: str, fen: int) -> None:
    customer = operator.take()
    pending = operator.post(f"{BALANCE}/topupBalance", topup(customer["msisdn"], 10, sandbox="unknown")).json
    operator.app.extensions["clerk"].round()
    assert operator.get(f"{BALANCE}/topupBalance/{pending['id']}").json["status"] == "pending"
    for _ in range(2):
        operator.admin("POST", f"/admin/payments/{pending['payment']['id']}/settle", {"status": end})
    assert operator.get(f"{BALANCE}/topupBalance/{pending['id']}").json["status"] == status
    assert money_of(operator, customer["msisdn"]) == customer["balanceFen"] + fen


def test_history_tells_the_top_up(operator: Operator) -> None:
    customer = operator.take()
    made = operator.post(f"{BALANCE}/topupBalance", topup(customer["msisdn"], 20)).json
    newest = operator.get(f"{BALANCE}/balanceAction", logicalResource__value=customer["msisdn"], limit=1).json[0]
    assert (newest["reason"], newest["description"], newest["amount"]["amountFen"]) == ("topup", made["id"], 2000)
    assert operator.get(f"{BALANCE}/balanceAction/{newest['id']}").json == newest


def test_only_words_of_a_top_up_can_be_changed(operator: Operator) -> None:
    path = f"{BALANCE}/topupBalance/" + operator.post(f"{BALANCE}/topupBalance", topup(ZHANG, 1)).json["id"]
    assert operator.patch(path, {"description": "for my mother"}).json["description"] == "for my mother"
    assert operator.patch(path, {"amount": {"amount": 9, "units": "CNY"}}).json["code"] == "notChangeable"
    assert operator.delete(path).json["code"] == "notDeletable"


def test_goodwill_is_at_most_fifty_yuan(operator: Operator) -> None:
    customer = operator.take()
    body: Callable[[float], Any] = lambda yuan: {  # noqa: E731
        "amount": {"amount": yuan, "units": "CNY"},
        "logicalResource": {"id": customer["msisdn"]},
    }
    assert operator.post(f"{BALANCE}/adjustBalance", body(50)).status_code == 201
    assert operator.post(f"{BALANCE}/adjustBalance", body(50.01)).json["code"] == "amountOutOfRange"
    assert money_of(operator, customer["msisdn"]) == customer["balanceFen"] + 5000


def test_reserved_money_cannot_be_spent_until_it_is_released(operator: Operator) -> None:
    customer = operator.take(minimumBalanceFen=1000)
    named = {"logicalResource": {"id": customer["msisdn"]}}
    reserve = {"amount": {"amount": customer["balanceFen"] / 100, "units": "CNY"}, **named}
    made = operator.post(f"{BALANCE}/reserveBalance", reserve)
    assert made.status_code == 201
    take_one = {"amount": {"amount": -1, "units": "CNY"}, **named}
    assert operator.post(f"{BALANCE}/adjustBalance", take_one).json["code"] == "paymentDeclined"
    assert operator.delete(f"{BALANCE}/reserveBalance/{made.json['id']}").status_code == 204
    assert operator.post(f"{BALANCE}/adjustBalance", take_one).status_code == 201


def test_money_moves_only_between_lines_of_one_customer(operator: Operator) -> None:
    body = {
        "amount": {"amount": 1, "units": "CNY"},
        "logicalResource": {"id": ZHANG},
        "receiverLogicalResource": {"id": operator.take()["msisdn"]},
    }
    assert operator.post(f"{BALANCE}/transferBalance", body).json["code"] == "notFound"
    both = operator.take(need=["two_lines"], minimumBalanceFen=100)
    body["logicalResource"], body["receiverLogicalResource"] = {"id": both["numbers"][0]}, {"id": both["numbers"][1]}
    there = money_of(operator, both["numbers"][1])
    assert operator.post(f"{BALANCE}/transferBalance", body).status_code == 201
    assert money_of(operator, both["numbers"][0]) == both["balanceFen"] - 100
    assert money_of(operator, both["numbers"][1]) == there + 100


def test_a_bucket_made_here_is_empty_and_can_go(operator: Operator) -> None:
    full = {"usageType": "monetary", "remainingValue": {"amount": 5, "units": "CNY"}}
    assert operator.post(f"{BALANCE}/bucket", full).json["code"] == "amountOutOfRange"
    made = operator.post(f"{BALANCE}/bucket", {"usageType": "monetary"}).json
    assert operator.delete(f"{BALANCE}/bucket/{made['id']}").status_code == 204
    of_a_line = operator.get(f"{BALANCE}/bucket", logicalResource__value=ZHANG).json[0]
    assert operator.delete(f"{BALANCE}/bucket/{of_a_line['id']}").json["code"] == "notDeletable"


def test_payments_by_themselves(operator: Operator) -> None:
    body = {"account": {"id": "A1"}, "paymentMethod": {"id": "wechat_pay"}, "totalAmount": {"unit": "CNY", "value": 12.34}}
    made = operator.post(f"{PAYMENT}/payment", body).json
    assert (made["status"], made["totalAmount"]["amountFen"]) == ("done", 1234)
    assert operator.get(f"{PAYMENT}/payment/{made['id']}").json == made
    card = body | {"paymentMethod": {"id": "4111 1111 1111 1111"}}
    assert operator.post(f"{PAYMENT}/payment", card).json["code"] == "paymentDeclined"
    assert operator.get(f"{PAYMENT}/payment/PYNONE").status_code == 404
