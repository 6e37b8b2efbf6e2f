"""TMF622: what may be ordered, what it costs, and how it is undone."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reference_api.store import Store
from tests.reference_api.asking import ORDERING, cancellation, order, plan_change, state_change
from tests.reference_api.given_operator import KEY, Operator

ORDER, CANCEL = f"{ORDERING}/productOrder", f"{ORDERING}/cancelProductOrder"


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(Path(tmp_path_factory.mktemp("orders")), slow_seconds=0.0)


def database(operator: Operator) -> sqlite3.Connection:
    store: Store = operator.app.extensions["store"]
    return store.connection


def money(operator: Operator, customer: Any) -> int:
    sql = "SELECT remaining FROM buckets WHERE msisdn = ? AND usage_type = 'monetary'"
    fen: int = database(operator).execute(sql, (customer["msisdn"],)).fetchone()[0]
    return fen


def stock(operator: Operator, offering: str) -> int:
    left: int = database(operator).execute("SELECT stock FROM offerings WHERE id = ?", (offering,)).fetchone()[0]
    return left


def offering_of(operator: Operator, category: str, most_fen: int = 10**9, **where: Any) -> sqlite3.Row:
    """A sellable, unrestricted offering, the dearest within a price."""
    sql = (
        "SELECT * FROM offerings WHERE category = ? AND sellable = 1 AND price_fen <= ? AND coalesce(stock, 100) > 20"
        " AND body NOT LIKE '%tiers%' ORDER BY price_fen DESC"
    )
    row: sqlite3.Row = database(operator).execute(sql, (category, most_fen)).fetchone()
    return row


def current_plan(operator: Operator, customer: Any) -> sqlite3.Row:
    sql = "SELECT * FROM subscriptions WHERE msisdn = ? AND kind = 'plan' AND status = 'active'"
    row: sqlite3.Row = database(operator).execute(sql, (customer["msisdn"],)).fetchone()
    return row


def other_plan(operator: Operator, customer: Any, dearer_fen: int) -> sqlite3.Row:
    """Another sellable plan that costs at most `dearer_fen` more."""
    now_on = current_plan(operator, customer)
    sql = (
        "SELECT * FROM offerings WHERE category = 'plan' AND sellable = 1 AND id != ? AND body NOT LIKE '%tiers%'"
        " AND price_fen <= ? ORDER BY price_fen DESC"
    )
    row: sqlite3.Row = database(operator).execute(sql, (now_on["offering_id"], now_on["price_fen"] + dearer_fen)).fetchone()
    return row


def test_a_data_pack_is_paid_from_the_balance_and_there_at_once(operator: Operator) -> None:
    customer = operator.take(minimumBalanceFen=6000)
    pack = offering_of(operator, "dataPack", 6000)
    made = operator.post(ORDER, order(customer["id"], pack["id"], msisdn=customer["msisdn"]), Idempotency_Key="pack-1")
    assert (made.status_code, made.json["state"], made.json["category"]) == (201, "completed", "dataPack")
    assert money(operator, customer) == customer["balanceFen"] - pack["price_fen"]
    buckets = operator.get("/tmf-api/prepayBalanceManagement/v4/bucket", logicalResource__value=customer["msisdn"]).json
    assert pack["data_mb"] in [bucket["remainingValue"]["amount"] for bucket in buckets if bucket["usageType"] == "data"]
    products = operator.get("/tmf-api/productInventory/v4/product", relatedParty__id=customer["id"]).json
    assert pack["id"] in [product["productOffering"]["id"] for product in products]
    assert operator.get(ORDER, idempotencyKey="pack-1").json[0]["id"] == made.json["id"]


def test_at_most_fifty_gigabytes_are_added_a_month(operator: Operator) -> None:
    customer = operator.take()
    body = order(customer["id"], "pack-data-10g", msisdn=customer["msisdn"], quantity=5, paymentMethod={"id": "alipay"})
    assert operator.post(ORDER, body).status_code == 201
    more = order(customer["id"], "pack-data-1g-day", msisdn=customer["msisdn"], paymentMethod={"id": "alipay"})
    assert operator.post(ORDER, more).json["code"] == "refuelCapReached"


def test_a_plan_change_now_costs_the_difference_and_brings_the_volumes(operator: Operator) -> None:
    customer = operator.take(minimumBalanceFen=5000)
    was, plan = current_plan(operator, customer), other_plan(operator, customer, 5000)
    made = operator.post(ORDER, plan_change(customer["id"], plan["id"], customer["msisdn"])).json
    assert made["state"] == "completed"
    assert money(operator, customer) == customer["balanceFen"] - max(0, plan["price_fen"] - was["price_fen"])
    assert current_plan(operator, customer)["offering_id"] == plan["id"]
    again = operator.post(ORDER, plan_change(customer["id"], plan["id"], customer["msisdn"]))
    assert (again.status_code, again.json["code"]) == (409, "planSame")


def test_a_plan_change_for_next_cycle_waits_alone_and_can_be_dropped(operator: Operator) -> None:
    customer = operator.take()
    was, plan = current_plan(operator, customer), other_plan(operator, customer, 5000)
    waiting = operator.post(ORDER, plan_change(customer["id"], plan["id"], customer["msisdn"], "nextCycle")).json
    assert (waiting["state"], waiting["effective"]) == ("pending", "nextCycle")
    for effective in ("immediate", "nextCycle"):
        second = operator.post(ORDER, plan_change(customer["id"], plan["id"], customer["msisdn"], effective))
        assert second.json["code"] == "changePending"
    operator.app.extensions["clerk"].round()
    assert current_plan(operator, customer)["offering_id"] == was["offering_id"]
    assert operator.post(CANCEL, cancellation(waiting["id"], customer["id"])).json["state"] == "done"
    assert money(operator, customer) == customer["balanceFen"]


def test_a_plan_change_of_last_month_is_carried_out(operator: Operator) -> None:
    customer = operator.take()
    plan = other_plan(operator, customer, 5000)
    waiting = operator.post(ORDER, plan_change(customer["id"], plan["id"], customer["msisdn"], "nextCycle")).json
    with operator.app.extensions["store"].transaction() as connection:
        connection.execute("UPDATE orders SET order_date = '2020-01-15T00:00:00.000Z' WHERE id = ?", (waiting["id"],))
    operator.app.extensions["clerk"].round()
    assert operator.get(f"{ORDER}/{waiting['id']}").json["state"] == "completed"
    assert current_plan(operator, customer)["offering_id"] == plan["id"]


def test_a_suspended_line_buys_no_packs(operator: Operator) -> None:
    customer = operator.take()
    with operator.app.extensions["store"].transaction() as connection:
        connection.execute("UPDATE lines SET status = 'suspended' WHERE msisdn = ?", (customer["msisdn"],))
    answer = operator.post(ORDER, order(customer["id"], "pack-data-10g", msisdn=customer["msisdn"]))
    assert (answer.status_code, answer.json["code"]) == (409, "lineSuspended")


def test_nobody_orders_for_somebody_elses_line(operator: Operator) -> None:
    one, other = operator.take(), operator.take()
    before = money(operator, other)
    for body in (
        order(one["id"], "pack-data-10g", msisdn=other["msisdn"]),
        order("CNOBODY", "pack-data-10g"),
        plan_change(one["id"], "plan-59", other["msisdn"]),
    ):
        answer = operator.post(ORDER, body)
        assert (answer.status_code, answer.json["code"]) == (409, "notFound")
    assert money(operator, other) == before


def test_somebody_elses_order_is_not_there(operator: Operator) -> None:
    one, other = operator.take(need=["active_order"]), operator.take()
    theirs = one["openOrders"][0]
    assert operator.get(f"{ORDER}/{theirs}", relatedParty__id=one["id"]).status_code == 200
    assert operator.get(f"{ORDER}/{theirs}", relatedParty__id=other["id"]).status_code == 404
    assert operator.post(CANCEL, cancellation(theirs, other["id"])).json["code"] == "notFound"
    assert theirs not in [row["id"] for row in operator.get(ORDER, relatedParty__id=other["id"]).json]


def test_goods_are_charged_reserved_and_given_back(operator: Operator) -> None:
    customer, goods = operator.take(), offering_of(operator, "accessory")
    before = stock(operator, goods["id"])
    made = operator.post(ORDER, order(customer["id"], goods["id"], quantity=2, paymentMethod={"id": "wechat_pay"})).json
    assert (made["state"], made["paidFen"]) == ("inProgress", 2 * goods["price_fen"])
    assert stock(operator, goods["id"]) == before - 2
    dropped = operator.post(CANCEL, cancellation(made["id"], customer["id"])).json
    assert (dropped["state"], dropped["refundFen"]) == ("done", 2 * goods["price_fen"])
    assert stock(operator, goods["id"]) == before
    assert operator.get(f"{ORDER}/{made['id']}").json["state"] == "cancelled"
    again = operator.post(CANCEL, cancellation(made["id"], customer["id"]))
    assert (again.status_code, again.json["code"]) == (409, "notCancellable")


def test_what_is_on_its_way_cannot_be_cancelled(operator: Operator) -> None:
    customer = operator.take(need=["shipped_order"])
    shipped = [row["id"] for row in customer["orders"] if row.get("shipment", {}).get("stage") == "transit"]
    assert operator.post(CANCEL, cancellation(shipped[0])).json["code"] == "notCancellable"
    tracked = operator.get(f"{ORDER}/{shipped[0]}").json["shipment"]
    assert {"carrier", "trackingNumber", "lastEvent", "lastEvent_en", "expectedDeliveryDate"} <= set(tracked)


def test_the_last_pieces_go_to_whoever_is_first(operator: Operator) -> None:
    goods, customers = offering_of(operator, "accessory"), [operator.take() for _ in range(10)]
    with operator.app.extensions["store"].transaction() as connection:
        connection.execute("UPDATE offerings SET stock = 3 WHERE id = ?", (goods["id"],))

    def buy(customer: Any) -> int:
        body = order(customer["id"], goods["id"], paymentMethod={"id": "alipay"})
        client = operator.app.test_client()
        status: int = client.post(ORDER, json=body, headers={"Authorization": f"Bearer {KEY}"}).status_code
        return status

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(buy, customers)) == [201] * 3 + [409] * 7
    assert stock(operator, goods["id"]) == 0


@pytest.mark.parametrize(("end", "state"), [("done", "inProgress"), ("failed", "cancelled")])
def test_an_order_waits_for_its_payment(operator: Operator, end: str, state: str) -> None:
    customer, goods = operator.take(), offering_of(operator, "phone")
    before = stock(operator, goods["id"])
    body = order(customer["id"], goods["id"], paymentMethod={"id": "bank_card"})
    body["characteristic"] = [{"name": "sandbox", "value": "unknown"}]
    made = operator.post(ORDER, body).json
    assert (made["state"], made["paidFen"]) == ("pending", 0)
    assert operator.patch(f"{ORDER}/{made['id']}", state_change("inProgress")).json["code"] == "invalidTransition"
    operator.admin("POST", f"/admin/payments/{made['payment'][0]['id']}/settle", {"status": end})
    assert operator.get(f"{ORDER}/{made['id']}").json["state"] == state
    assert stock(operator, goods["id"]) == before - (1 if end == "done" else 0)


def test_a_payment_that_ends_after_the_cancellation_goes_back(operator: Operator) -> None:
    customer, goods = operator.take(), offering_of(operator, "phone")
    body = order(customer["id"], goods["id"], paymentMethod={"id": "bank_card"})
    body["characteristic"] = [{"name": "sandbox", "value": "unknown"}]
    made = operator.post(ORDER, body).json
    payment = made["payment"][0]["id"]
    operator.post(CANCEL, cancellation(made["id"]))
    operator.admin("POST", f"/admin/payments/{payment}/settle", {"status": "done"})
    assert operator.get(f"/paymentManagement/v4/payment/{payment}").json["status"] == "refunded"
    assert operator.get(f"{ORDER}/{made['id']}").json["state"] == "cancelled"


def test_too_little_money_orders_nothing(operator: Operator) -> None:
    customer, goods = operator.take(), offering_of(operator, "phone")
    before = stock(operator, goods["id"])
    answer = operator.post(ORDER, order(customer["id"], goods["id"]))
    assert (answer.status_code, answer.json["code"]) == (409, "paymentDeclined")
    assert stock(operator, goods["id"]) == before
    assert money(operator, customer) == customer["balanceFen"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"offering": "no-such-thing"}, "notFound"),
        ({"offering": "pack-data-10g", "action": "modify"}, "invalidTransition"),
        ({"offering": "pack-data-10g", "quantity": 0}, "amountOutOfRange"),
        ({"offering": "pack-data-10g", "quantity": 99}, "amountOutOfRange"),
        ({"offering": "pack-data-10g", "category": "broadband"}, "offerNotSellable"),
        ({"offering": "pack-data-10g", "paymentMethod": {"id": "shells"}}, "paymentDeclined"),
    ],
)
def test_orders_that_make_no_sense(operator: Operator, body: dict[str, Any], code: str) -> None:
    customer = operator.take()
    answer = operator.post(ORDER, order(customer["id"], **body))
    assert (answer.status_code, answer.json["code"]) == (409, code)


def test_a_partial_order_gives_back_what_is_left_out(operator: Operator) -> None:
    customer = operator.take()
    one, two = offering_of(operator, "phone"), offering_of(operator, "accessory")
    body = order(customer["id"], one["id"], paymentMethod={"id": "alipay"})
    body["productOrderItem"].append({"id": "2", "action": "add", "quantity": 1, "productOffering": {"id": two["id"]}})
    made = operator.post(ORDER, body).json
    left = state_change("partial", productOrderItem=[{"id": "2", "action": "add", "state": "failed"}])
    done = operator.patch(f"{ORDER}/{made['id']}", left).json
    assert (done["state"], done["refundedFen"]) == ("partial", two["price_fen"])
    assert [item["state"] for item in done["productOrderItem"]] == ["completed", "failed"]


def test_orders_are_kept(operator: Operator) -> None:
    made = operator.take(need=["active_order"])["openOrders"][0]
    assert operator.delete(f"{ORDER}/{made}").json["code"] == "notDeletable"
    assert operator.patch(f"{ORDER}/{made}", state_change("inProgress") | {"priority": "1"}).json["code"] == "notChangeable"


def test_the_books_balance_after_all_that(operator: Operator) -> None:
    assert operator.admin("GET", "/admin/books").json == {"balanced": True, "unbalanced": []}
