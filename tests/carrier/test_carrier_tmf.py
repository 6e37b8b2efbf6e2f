"""What the TM Forum answers mean, and which of them are not believed. The operator here is a function."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrier.connect import CarrierSettings, connect
from carrier.errors import Malformed, NotFound, OutcomeUnknown
from carrier.money import LARGEST_FEN, fen_of, yuan_of
from carrier.operator import Operator
from tests.carrier.given import CUSTOMER, NUMBER, told
from tests.fakes import ManualClock

OTHER = "+8613900139000"


def operator(handler: Callable[[httpx2.Request], httpx2.Response], clock: ManualClock | None = None) -> Operator:
    settings = CarrierSettings(balance_url="http://127.0.0.1:1", order_url="http://127.0.0.1:1", api_key="k")
    return connect(settings, clock=clock or ManualClock(), transport=httpx2.MockTransport(handler))


def answering(body: Any, status: int = 200, **headers: str) -> Operator:
    return operator(lambda request: told(body, status, **headers))


def bucket(**changes: Any) -> dict[str, Any]:
    return {
        "id": "BK1",
        "usageType": "monetary",
        "name": "话费余额",
        "name_en": "Balance",
        "remainingValue": {"amount": 86.5, "units": "CNY", "amountFen": 8650},
        "logicalResource": [{"id": NUMBER, "value": NUMBER}],
        **changes,
    }


def top_up(**changes: Any) -> dict[str, Any]:
    return {
        "id": "TU1",
        "status": "confirmed",
        "amount": {"amount": 50.0, "units": "CNY"},
        "logicalResource": {"value": NUMBER},
        **changes,
    }


def order(**changes: Any) -> dict[str, Any]:
    return {
        "id": "DD1",
        "category": "device",
        "state": "inProgress",
        "orderDate": "2026-11-22T08:00:00Z",
        "productOrderItem": [{"id": "1", "productOffering": {"id": "phone-x", "name": "手机", "name_en": "Phone"}}],
        "relatedParty": [{"id": CUSTOMER, "role": "customer"}],
        **changes,
    }


def put_on(target: Operator) -> Any:
    return target.balance.top_up(NUMBER, 5000, method="alipay", payer_id=CUSTOMER, channel="web", key="K1")


@given(st.integers(min_value=-LARGEST_FEN, max_value=LARGEST_FEN))
def test_every_fen_survives_the_way_out_and_back(fen: int) -> None:
    assert fen_of(Decimal(repr(yuan_of(fen)))) == fen


@pytest.mark.parametrize("yuan", ["86.505", "0.001", "NaN", "Infinity", "1E+30"])
def test_what_is_no_whole_number_of_fen_is_refused(yuan: str) -> None:
    with pytest.raises(ValueError, match="fen"):
        fen_of(Decimal(yuan))


def test_money_is_read_exactly_from_the_json_text() -> None:
    body = json.dumps([bucket()]).replace("86.5,", "9007199254.91,").replace("8650", "900719925491")
    found = operator(lambda request: httpx2.Response(200, content=body.encode())).balance.read(NUMBER)
    assert found.value.money_fen == 900719925491


@pytest.mark.parametrize(
    "row",
    [
        bucket(logicalResource=[{"id": OTHER, "value": OTHER}]),
        bucket(logicalResource=[]),
        bucket(remainingValue={"amount": 86.505, "units": "CNY"}),
        bucket(remainingValue={"amount": 86.5, "units": "CNY", "amountFen": 8651}),
        bucket(remainingValue={"amount": "much", "units": "CNY"}),
        bucket(usageType="goodwill"),
        {},
        None,
        "bucket",
    ],
)
def test_a_balance_that_is_wrong_or_somebody_elses_is_never_told(row: Any) -> None:
    with pytest.raises(Malformed):
        answering([row]).balance.read(NUMBER)


def test_a_bucket_kept_from_us_is_noticed() -> None:
    with pytest.raises(Malformed):
        operator(
            lambda request: told([bucket()] if request.url.params["offset"] == "0" else [], 200, **{"X-Total-Count": "2"})
        ).balance.read(NUMBER)


def test_all_pages_of_a_list_are_read() -> None:
    rows = [bucket(id=f"BK{index}") for index in range(150)]

    def handler(request: httpx2.Request) -> httpx2.Response:
        start = int(request.url.params["offset"])
        return told(rows[start : start + 100], 200, **{"X-Total-Count": "150"})

    assert len(operator(handler).balance.read(NUMBER).value.buckets) == 150


def test_a_list_without_end_is_given_up() -> None:
    asked: list[int] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        asked.append(1)
        return told([bucket()] * 100, 200, **{"X-Total-Count": "1000000"})

    with pytest.raises(Malformed):
        operator(handler).balance.read(NUMBER)
    assert len(asked) == 5


@pytest.mark.parametrize(
    "row",
    [
        top_up(logicalResource={"value": OTHER}),
        top_up(amount={"amount": 500.0, "units": "CNY"}),
        top_up(status="done"),
        top_up(logicalResource=None),
        top_up(id=""),
    ],
)
def test_a_top_up_answered_with_something_else_has_an_unknown_outcome(row: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        put_on(answering(row, 201))


def test_a_top_up_makes_everybody_ask_for_the_balance_again_whatever_came_of_it() -> None:
    asked: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.method)
        return told({}, 500) if request.method == "POST" else told([bucket()])

    target = operator(handler)
    target.balance.read(NUMBER)
    target.balance.read(NUMBER)
    with pytest.raises(OutcomeUnknown):
        put_on(target)
    target.balance.read(NUMBER)
    assert asked == ["GET", "POST", "POST", "POST", "GET"]


def test_the_amount_on_the_wire_is_what_was_asked_to_the_fen() -> None:
    bodies: list[Any] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        bodies.append(json.loads(request.content, parse_float=Decimal))
        return told(top_up(amount={"amount": 19.99, "units": "CNY"}), 201)

    operator(handler).balance.top_up(NUMBER, 1999, method="alipay", payer_id=CUSTOMER, channel="web", key="K1")
    assert bodies[0]["amount"] == {"amount": Decimal("19.99"), "units": "CNY", "amountFen": 1999}


def test_somebody_elses_order_is_not_there_and_never_in_the_list() -> None:
    theirs = order(relatedParty=[{"id": "CBBBBBBBBBB", "role": "customer"}])
    with pytest.raises(NotFound):
        answering(theirs).orders.get("DD1", CUSTOMER)
    with pytest.raises(Malformed):
        answering([theirs]).orders.recent(CUSTOMER)


@pytest.mark.parametrize("row", [order(id="DD2"), order(state="lost"), order(relatedParty=[]), order(orderDate="yesterday")])
def test_an_order_that_makes_no_sense_is_not_told(row: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        answering(row).orders.get("DD1", CUSTOMER)


@pytest.mark.parametrize("order_id", ["", "..", "../customer/C1", "a/b", "a?b", "x" * 200, "单号"])
def test_an_id_never_changes_which_resource_is_asked(order_id: str) -> None:
    asked: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return told(order())

    with pytest.raises(NotFound):
        operator(handler).orders.get(order_id, CUSTOMER)
    assert asked == []


def test_a_cancellation_that_was_taken_is_not_called_undone_when_the_order_cannot_be_read() -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            return told({"id": "CN1", "state": "done", "productOrder": {"id": "DD1"}}, 201)
        return told({}, 500)

    with pytest.raises(OutcomeUnknown):
        operator(handler).orders.cancel("DD1", CUSTOMER, reason="no", key="K1")


def test_a_bill_whose_lines_do_not_add_up_is_not_told() -> None:
    bill = {
        "id": "BL1",
        "billingMonth": "2026-10",
        "state": "sent",
        "taxIncludedAmount": {"unit": "CNY", "value": 59},
        "relatedParty": [{"id": CUSTOMER}],
    }
    line = {"id": "1", "name": "套餐", "bill": {"id": "BL1"}, "taxIncludedAmount": {"unit": "CNY", "value": 58}}
    target = operator(lambda request: told([bill] if "customerBill" in request.url.path else [line]))
    with pytest.raises(Malformed):
        target.bills.of_month(CUSTOMER, "2026-10")
    with pytest.raises(NotFound):
        target.bills.of_month(CUSTOMER, "2026-13")


def test_the_pin_stands_in_no_address_and_no_header() -> None:
    requests: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return told({"result": "ok"})

    assert operator(handler).pins.check(NUMBER, "918273") == "ok"
    assert "918273" not in str(requests[0].url)
    assert "918273" not in repr(requests[0].headers)


def test_five_customers_with_broken_data_do_not_shut_the_door_on_the_others() -> None:
    target = operator(lambda request: told([bucket()] if NUMBER in request.url.params["logicalResource.value"] else [{}]))
    for index in range(10):
        with pytest.raises(Malformed):
            target.balance.read(f"1390013900{index}")
    assert target.balance.read(NUMBER).value.money_fen == 8650
