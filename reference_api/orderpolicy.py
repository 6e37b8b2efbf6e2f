"""May this customer order this? Every rule of the operator's that an order must pass, and what it will cost.

- the customer exists, and owns the line
- one kind of thing an order; it is for sale; 1 to 10 pieces
- plan change: an active line, another plan than now, one the tier may have, no other change waiting;
  now: the difference to the new fee is paid at once (nothing is given back for a cheaper plan); next cycle: nothing is paid now
- packs: an active line; at most 50 GB of added data a line and month; up to 5 of a pack at a time
- broadband: an address that can be served at that speed; no other broadband order open; the first month is paid at once
- goods: in stock
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from reference_api.answers import Json, one, select
from reference_api.clock import month_start, now, stamp
from reference_api.errors import Refusal
from reference_api.orderstates import OPEN_STATES, VOID_STATES

REFUEL_CAP_MB = 51_200  # 50 GB of data packs a line and month (China's)
MOST_PIECES = 10  # of all goods of an order
MOST_PACKS = 5
MOST_ITEMS = 10
GOODS = ("phone", "accessory", "giftCard")
PACKS = ("dataPack", "voicePack", "roamingPack")
ORDER_CATEGORY = {
    "plan": "planChange",
    "broadband": "broadband",
    **dict.fromkeys(PACKS, "dataPack"),
    **dict.fromkeys(GOODS, "device"),
}


@dataclass(frozen=True)
class Item:
    """One line of an order, with its catalogue row."""

    item_id: str
    action: str
    quantity: int
    offering: sqlite3.Row
    product_id: str | None
    body: Json


@dataclass(frozen=True)
class Wanted:
    """An order that passed every rule."""

    customer: sqlite3.Row
    msisdn: str
    category: str
    effective: str  # immediate, nextCycle
    items: tuple[Item, ...]
    total_fen: int  # what all of it costs
    due_fen: int  # what is paid now
    method: str
    address_id: str | None = None


def judge(connection: sqlite3.Connection, body: Json) -> Wanted:
    """The order in a TMF622 body, or Refusal with the rule that it breaks."""
    customer = _customer(connection, body)
    items = _items(connection, body)
    category = ORDER_CATEGORY[items[0].offering["category"]]
    line = _line(connection, customer, items[0])
    effective = _effective(body)
    address_id = None
    total = sum(item.offering["price_fen"] * item.quantity for item in items)
    due = total
    if category == "planChange":
        due = _judge_plan_change(connection, customer, line, items[0], effective)
    elif category == "dataPack":
        _judge_packs(connection, line, items)
    elif category == "broadband":
        address_id = _judge_broadband(connection, customer, items[0])
    elif sum(item.quantity for item in items) > MOST_PIECES:
        raise Refusal(f"At most {MOST_PIECES} pieces an order", code="amountOutOfRange")
    if category != "planChange":
        effective = "immediate"
    method = str((body.get("paymentMethod") or {}).get("id") or "balance")
    return Wanted(customer, line["msisdn"], category, effective, items, total, due, method, address_id)


def _customer(connection: sqlite3.Connection, body: Json) -> sqlite3.Row:
    parties = [party for party in body.get("relatedParty", []) if party.get("role", "customer") == "customer"]
    found = one(connection, "SELECT * FROM customers WHERE id = ?", parties[0]["id"]) if parties else None
    if found is None:
        raise Refusal("There is no such customer", code="notFound")
    return found


def _items(connection: sqlite3.Connection, body: Json) -> tuple[Item, ...]:
    given = body["productOrderItem"]
    if len(given) > MOST_ITEMS or len({item["id"] for item in given}) < len(given):
        raise Refusal(f"At most {MOST_ITEMS} items, each with its own id", code="amountOutOfRange")
    items = tuple(_item(connection, item) for item in given)
    categories = {ORDER_CATEGORY[item.offering["category"]] for item in items}
    if len(categories) > 1 or (len(items) > 1 and categories != {"device"}):
        raise Refusal("An order is for one plan, pack or broadband, or for goods only", code="offerNotSellable")
    stated = body.get("category")
    if stated is not None and stated not in categories:
        raise Refusal(f"This offering is not ordered as {stated[:40]}", code="offerNotSellable")
    return items


def _item(connection: sqlite3.Connection, given: Json) -> Item:
    product = given.get("product") or {}
    named = given.get("productOffering") or product.get("productOffering") or {}
    offering = one(connection, "SELECT * FROM offerings WHERE id = ?", named.get("id"))
    if offering is None:
        raise Refusal("There is no such offering", code="notFound")
    if not offering["sellable"] or offering["category"] not in ORDER_CATEGORY:
        raise Refusal("This offering is not for sale", code="offerNotSellable")
    wanted_action = "modify" if offering["category"] == "plan" else "add"
    if given["action"] != wanted_action:
        raise Refusal(f"The action for this offering is {wanted_action}", code="invalidTransition")
    quantity = int(given.get("quantity", 1))
    most = MOST_PIECES if offering["category"] in GOODS else MOST_PACKS if offering["category"] in PACKS else 1
    if not 1 <= quantity <= most:
        raise Refusal(f"The quantity is 1 to {most}", code="amountOutOfRange")
    return Item(given["id"], given["action"], quantity, offering, product.get("id"), given)


def _line(connection: sqlite3.Connection, customer: sqlite3.Row, item: Item) -> sqlite3.Row:
    """The line meant: named by number, or by the product to be changed, or the customer's first."""
    lines = select(connection, "SELECT * FROM lines WHERE customer_id = ? ORDER BY created_at, msisdn", customer["id"])
    number = product_characteristic(item.body, "msisdn")
    if number is None and item.product_id is not None:
        owned = one(connection, "SELECT msisdn FROM subscriptions WHERE id = ?", item.product_id)
        number = owned["msisdn"] if owned else item.product_id
    for line in lines:
        if number in (None, line["msisdn"]):
            return line
    raise Refusal("There is no such line", code="notFound")


def product_characteristic(item: Json, name: str) -> Any:
    """The value of a characteristic of the product an item is about, or None."""
    for entry in (item.get("product") or {}).get("productCharacteristic") or []:
        if entry.get("name") == name:
            return entry.get("value")
    return None


def _effective(body: Json) -> str:
    """`immediate` unless the order, a characteristic or a note says nextCycle."""
    words = [body.get("effective"), *(product_characteristic(item, "effective") for item in body["productOrderItem"])]
    words += [note["text"] for note in body.get("note", [])]
    return "nextCycle" if "nextCycle" in words else "immediate"


def _judge_plan_change(
    connection: sqlite3.Connection, customer: sqlite3.Row, line: sqlite3.Row, item: Item, effective: str
) -> int:
    """Returns the fen to pay now."""
    _require_active(line)
    now_on = current_plan(connection, line["msisdn"])
    if now_on is not None and now_on["offering_id"] == item.offering["id"]:
        raise Refusal("The line is on this plan already", code="planSame")
    tiers = json.loads(item.offering["body"]).get("tiers")
    if tiers is not None and customer["tier"] not in tiers:
        raise Refusal("This plan is for other customers", code="planNotEligible")
    if _open_order(connection, "msisdn", line["msisdn"], "planChange"):
        raise Refusal("Another plan change is waiting", code="changePending")
    if effective == "nextCycle":
        return 0
    return max(0, int(item.offering["price_fen"]) - (int(now_on["price_fen"]) if now_on else 0))


def current_plan(connection: sqlite3.Connection, msisdn: str) -> sqlite3.Row | None:
    """The line's running plan."""
    sql = "SELECT * FROM subscriptions WHERE msisdn = ? AND kind = 'plan' AND status IN ('active', 'suspended')"
    return one(connection, f"{sql} ORDER BY start_date DESC, id", msisdn)


def _judge_packs(connection: sqlite3.Connection, line: sqlite3.Row, items: tuple[Item, ...]) -> None:
    _require_active(line)
    wanted = sum(item.offering["data_mb"] * item.quantity for item in items if item.offering["category"] == "dataPack")
    if wanted and added_data_mb(connection, line["msisdn"]) + wanted > REFUEL_CAP_MB:
        raise Refusal(f"At most {REFUEL_CAP_MB} MB can be added a month", code="refuelCapReached")


def added_data_mb(connection: sqlite3.Connection, msisdn: str) -> int:
    """MB of data packs ordered for a line since the month began."""
    void = ", ".join(f"'{state}'" for state in VOID_STATES)
    sql = (
        "SELECT coalesce(sum(offerings.data_mb * order_items.quantity), 0) AS mb FROM orders"  # noqa: S608 -- our own words
        " JOIN order_items ON order_id = orders.id JOIN offerings ON offerings.id = offering_id"
        " WHERE msisdn = ? AND orders.category = 'dataPack' AND offerings.category = 'dataPack'"
        f" AND order_date >= ? AND orders.state NOT IN ({void})"
    )
    return int(connection.execute(sql, (msisdn, stamp(month_start(now())))).fetchone()["mb"])


def _judge_broadband(connection: sqlite3.Connection, customer: sqlite3.Row, item: Item) -> str:
    """Returns the id of the address to be served."""
    places = (item.body.get("product") or {}).get("place") or []
    where, value = ("id", places[0]["id"]) if places and places[0].get("id") else ("customer_id", customer["id"])
    address = one(connection, f"SELECT * FROM addresses WHERE {where} = ? ORDER BY id", value)  # noqa: S608 -- our own words
    speed = item.offering["speed_mbps"] or 0
    if address is None or not address["serviceable"] or address["max_mbps"] < speed:
        raise Refusal("Broadband of this speed is not offered at this address", code="notServiceable")
    if address["customer_id"] not in (None, customer["id"]):
        raise Refusal("There is no such address of this customer", code="notFound")
    if _open_order(connection, "customer_id", customer["id"], "broadband"):
        raise Refusal("Another broadband order is open", code="changePending")
    return str(address["id"])


def _require_active(line: sqlite3.Row) -> None:
    if line["status"] != "active":
        raise Refusal("The line is suspended", code="lineSuspended")


def _open_order(connection: sqlite3.Connection, column: str, value: str, category: str) -> bool:
    states = ", ".join(f"'{state}'" for state in OPEN_STATES)
    sql = f"SELECT 1 FROM orders WHERE {column} = ? AND category = ? AND state IN ({states})"  # noqa: S608 -- our own words
    return one(connection, sql, value, category) is not None
