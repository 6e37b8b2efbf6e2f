"""The life of an order: placed, paid, moved from state to state. Money and stock move in the transaction of the state."""

import json
import sqlite3
from datetime import timedelta

from reference_api import payments
from reference_api.answers import Json, new_id, one, select
from reference_api.clock import CHINA, next_month_start, now, stamp
from reference_api.errors import NotFound, Refusal
from reference_api.fulfilment import fulfil
from reference_api.hub import announce
from reference_api.ledger import money_bucket, move
from reference_api.orderpolicy import Wanted, judge
from reference_api.orderstates import NEXT, VOID_STATES, OrderState

DAYS_TO_DELIVER = 3
DAYS_TO_INSTALL = 5


def place(connection: sqlite3.Connection, body: Json) -> str:
    """Check, reserve stock, pay and start an order. Returns its id; raises Refusal, and then nothing has happened."""
    wanted = judge(connection, body)
    order_id = f"DD{now().astimezone(CHINA):%Y%m%d}{new_id('', 6)}"
    _insert(connection, order_id, wanted, body)
    _reserve_stock(connection, wanted)
    if _pay(connection, order_id, wanted, body):
        start(connection, order_id)
    else:
        change_state(connection, order_id, OrderState.PENDING)
    return order_id


def start(connection: sqlite3.Connection, order_id: str) -> None:
    """Go on with an order that is paid: what needs nobody's hands is completed at once, a change for the next cycle waits."""
    order = require_order(connection, order_id)
    if order["effective"] == "nextCycle":
        if order["state"] == OrderState.ACKNOWLEDGED:
            change_state(connection, order_id, OrderState.PENDING)
        return
    change_state(connection, order_id, OrderState.IN_PROGRESS)
    by_hand = order["category"] == "broadband" or (order["category"] == "device" and _has_parcel(connection, order_id))
    if not by_hand:
        change_state(connection, order_id, OrderState.COMPLETED)


def begin_cycle(connection: sqlite3.Connection, order_id: str) -> None:
    """The next cycle has come: a waiting plan change is done."""
    change_state(connection, order_id, OrderState.IN_PROGRESS)
    change_state(connection, order_id, OrderState.COMPLETED)


def paid(connection: sqlite3.Connection, order_id: str, payment_status: str) -> None:
    """The payment of a waiting order has ended."""
    order = require_order(connection, order_id)
    payment = payments.require_payment(connection, order["payment_id"])
    if payment_status == "done" and order["state"] in VOID_STATES:
        payments.refund(connection, payment["id"], payment["amount_fen"], order_id)
    elif payment_status == "done":
        connection.execute("UPDATE orders SET paid_fen = ? WHERE id = ?", (payment["amount_fen"], order_id))
        if order["state"] == OrderState.PENDING:
            start(connection, order_id)
    elif OrderState.CANCELLED in NEXT[OrderState(order["state"])]:
        change_state(connection, order_id, OrderState.CANCELLED, reason="paymentDeclined")


def change_state(
    connection: sqlite3.Connection,
    order_id: str,
    new: OrderState,
    *,
    reason: str | None = None,
    failed: frozenset[str] = frozenset(),
) -> None:
    """The one way an order's state changes, with all that goes with it. `failed`: item ids that a partial order leaves out.

    Raises Refusal invalidTransition.
    """
    order = require_order(connection, order_id)
    old = OrderState(order["state"])
    old.become(new, order["state_before_cancel"])
    if new is OrderState.IN_PROGRESS and _awaits_payment(connection, order):
        raise Refusal("The order waits for its payment", code="invalidTransition")
    connection.execute("UPDATE orders SET state = ? WHERE id = ?", (new, order_id))
    connection.execute("UPDATE order_items SET state = ? WHERE order_id = ?", (_item_state(new), order_id))
    if new is OrderState.ASSESSING_CANCELLATION:
        connection.execute("UPDATE orders SET state_before_cancel = ? WHERE id = ?", (old, order_id))
    if new in (OrderState.COMPLETED, OrderState.PARTIAL):
        connection.execute("UPDATE orders SET completion_date = ? WHERE id = ?", (stamp(now()), order_id))
    if new is OrderState.COMPLETED:
        fulfil(connection, order)
    if new is OrderState.PARTIAL:
        _leave_out(connection, order, failed)
    if new in (OrderState.CANCELLED, OrderState.FAILED):
        _undo(connection, order, new, reason)
    told = {"id": order_id, "state": new}
    announce(connection, "productOrderingManagement", "ProductOrderStateChangeEvent", "productOrder", told)


def is_shipped(connection: sqlite3.Connection, order_id: str) -> bool:
    """Whether goods have left the warehouse."""
    return one(connection, "SELECT 1 FROM shipments WHERE order_id = ? AND stage != 'packed'", order_id) is not None


def require_order(connection: sqlite3.Connection, order_id: str) -> sqlite3.Row:
    row = one(connection, "SELECT * FROM orders WHERE id = ?", order_id)
    if row is None:
        raise NotFound("There is no such order")
    return row


def _item_state(state: OrderState) -> str:
    """Items know every state of an order but partial."""
    return OrderState.COMPLETED if state is OrderState.PARTIAL else state


def _insert(connection: sqlite3.Connection, order_id: str, wanted: Wanted, body: Json) -> None:
    moment = now()
    days = {"broadband": DAYS_TO_INSTALL, "device": DAYS_TO_DELIVER}.get(wanted.category, 0)
    expected = next_month_start(moment) if wanted.effective == "nextCycle" else moment + timedelta(days=days)
    connection.execute(
        "INSERT INTO orders (id, customer_id, msisdn, category, state, external_id, effective, order_date,"
        " expected_completion_date, total_fen, payment_method, address_id, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order_id, wanted.customer["id"], wanted.msisdn, wanted.category, OrderState.ACKNOWLEDGED, body.get("externalId"),
            wanted.effective, stamp(moment), stamp(expected), wanted.total_fen, wanted.method, wanted.address_id,
            json.dumps(body),
        ),
    )  # fmt: skip
    connection.executemany(
        "INSERT INTO order_items (order_id, item_id, action, quantity, offering_id, product_id, unit_price_fen, state, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                order_id, item.item_id, item.action, item.quantity, item.offering["id"], item.product_id,
                item.offering["price_fen"], OrderState.ACKNOWLEDGED, json.dumps(item.body),
            )
            for item in wanted.items
        ],
    )  # fmt: skip


def _reserve_stock(connection: sqlite3.Connection, wanted: Wanted) -> None:
    for item in wanted.items:
        if item.offering["stock"] is None:
            continue
        sql = "UPDATE offerings SET stock = stock - ? WHERE id = ? AND stock >= ?"
        if connection.execute(sql, (item.quantity, item.offering["id"], item.quantity)).rowcount != 1:
            raise Refusal(f"{item.offering['id']} is out of stock", code="outOfStock")


def _pay(connection: sqlite3.Connection, order_id: str, wanted: Wanted, body: Json) -> bool:
    """True when nothing more is owed; False while the payment is on its way. Raises Refusal paymentDeclined."""
    if wanted.due_fen == 0:
        return True
    if wanted.method == "balance":
        move(connection, money_bucket(connection, wanted.msisdn) or "", -wanted.due_fen, "order", order_id)
        connection.execute("UPDATE orders SET paid_fen = ? WHERE id = ?", (wanted.due_fen, order_id))
        return True
    sandbox = payments.asked_sandbox(body)
    charge = payments.Charge(wanted.due_fen, wanted.method, f"order:{order_id}", wanted.customer["id"], wanted.msisdn, sandbox)
    payment = payments.pay(connection, charge)
    if payment["status"] == "failed":
        raise Refusal("The payment was declined", code="paymentDeclined")
    done: bool = payment["status"] == "done"
    connection.execute(
        "UPDATE orders SET payment_id = ?, paid_fen = ? WHERE id = ?", (payment["id"], wanted.due_fen if done else 0, order_id)
    )
    return done


def _awaits_payment(connection: sqlite3.Connection, order: sqlite3.Row) -> bool:
    return one(connection, "SELECT 1 FROM payments WHERE id = ? AND status = 'pending'", order["payment_id"]) is not None


def _has_parcel(connection: sqlite3.Connection, order_id: str) -> bool:
    sql = "SELECT 1 FROM order_items JOIN offerings ON offerings.id = offering_id WHERE order_id = ? AND category != 'giftCard'"
    return one(connection, sql, order_id) is not None


def _undo(connection: sqlite3.Connection, order: sqlite3.Row, new: OrderState, reason: str | None) -> None:
    """Money and stock of a cancelled or failed order go back."""
    refunded = _refund(connection, order, order["paid_fen"] - order["refunded_fen"])
    for item in select(connection, "SELECT offering_id, quantity FROM order_items WHERE order_id = ?", order["id"]):
        _restock(connection, item)
    connection.execute("UPDATE orders SET refunded_fen = refunded_fen + ? WHERE id = ?", (refunded, order["id"]))
    if new is OrderState.CANCELLED:
        connection.execute(
            "UPDATE orders SET cancellation_date = ?, cancellation_reason = coalesce(?, cancellation_reason) WHERE id = ?",
            (stamp(now()), reason, order["id"]),
        )


def _leave_out(connection: sqlite3.Connection, order: sqlite3.Row, failed: frozenset[str]) -> None:
    """A partial order gives back the money and stock of the items that failed."""
    for item in select(connection, "SELECT * FROM order_items WHERE order_id = ?", order["id"]):
        if item["item_id"] not in failed:
            continue
        connection.execute(
            "UPDATE order_items SET state = 'failed' WHERE order_id = ? AND item_id = ?", (order["id"], item["item_id"])
        )
        _restock(connection, item)
        owed = min(item["unit_price_fen"] * item["quantity"], order["paid_fen"] - order["refunded_fen"])
        refunded = _refund(connection, order, owed)
        connection.execute("UPDATE orders SET refunded_fen = refunded_fen + ? WHERE id = ?", (refunded, order["id"]))
        order = require_order(connection, order["id"])


def _restock(connection: sqlite3.Connection, item: sqlite3.Row) -> None:
    sql = "UPDATE offerings SET stock = stock + ? WHERE id = ? AND stock IS NOT NULL"
    connection.execute(sql, (item["quantity"], item["offering_id"]))


def _refund(connection: sqlite3.Connection, order: sqlite3.Row, fen: int) -> int:
    """Back the way it came: onto the balance, or to the payment method. Returns the fen."""
    if fen <= 0:
        return 0
    if order["payment_method"] == "balance":
        move(connection, money_bucket(connection, order["msisdn"]) or "", fen, "refund", order["id"])
    elif order["payment_id"]:
        payments.refund(connection, order["payment_id"], fen, order["id"])
    return fen
