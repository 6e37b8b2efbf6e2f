"""TMF622 Product Ordering: list, read, place and cancel orders."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from carrier.deadline import Deadline
from carrier.errors import CarrierError, Malformed, NotFound, OutcomeUnknown
from carrier.models import Cancellation, Effective, Order, OrderCategory, OrderItem, OrderState, Shipment
from carrier.numbers import asked, told
from carrier.tmf.paths import segment
from carrier.tmf.wire import Id, Moment, Money, Named, Ref, Refs, Wire, one, some_rows
from carrier.upstream import Reply, Upstream

BASE = "/tmf-api/productOrderingManagement/v4"
RECENT_LIMIT = 20
CATEGORIES: dict[str, OrderCategory] = {
    "planChange": "planChange",
    "dataPack": "dataPack",
    "voicePack": "dataPack",
    "roamingPack": "dataPack",
    "broadband": "broadband",
    "device": "device",
}


class _Price(Wire):
    amount: Money | None = Field(default=None, alias="taxIncludedAmount")


class _OrderPrice(Wire):
    price: _Price


class _Offering(Named):
    id: str = ""


class _Item(Wire):
    quantity: int = Field(default=1, ge=0, le=1000)
    offering: _Offering = Field(default=_Offering(), alias="productOffering")
    prices: list[_OrderPrice] = Field(default_factory=list, alias="itemPrice", max_length=50)


IN_THE_WAREHOUSE = "packed"  # the one stage of a shipment that still lies with the operator


class _Shipment(Wire):
    carrier: str = ""
    tracking_number: str = Field(default="", alias="trackingNumber")
    last_event: str = Field(default="", alias="lastEvent", max_length=500)
    last_event_en: str = Field(default="", alias="lastEvent_en", max_length=500)
    expected: Moment | None = Field(default=None, alias="expectedDeliveryDate")
    stage: str = ""


class _Order(Named):
    id: Id
    category: str = ""
    state: OrderState
    placed: Moment = Field(alias="orderDate")
    items: list[_Item] = Field(alias="productOrderItem", max_length=100)
    total: list[_OrderPrice] = Field(default_factory=list, alias="orderTotalPrice", max_length=50)
    parties: Refs = Field(alias="relatedParty")
    shipment: _Shipment | None = None
    effective: Literal["immediate", "nextCycle"] | None = None
    msisdn: str | None = None


class _Cancellation(Wire):
    id: Id
    state: Literal["acknowledged", "accepted", "inProgress", "done", "terminatedWithError"]
    order: Ref = Field(alias="productOrder")


OUTCOMES: dict[str, Literal["done", "refused", "inProgress"]] = {
    "done": "done",
    "terminatedWithError": "refused",
    "inProgress": "inProgress",
    "acknowledged": "inProgress",
    "accepted": "inProgress",
}


@dataclass(frozen=True)
class Placed:
    """An order and the number it is for, when it is for one."""

    order: Order
    number: str | None


class TmfOrders:
    """operator.Orders over TMF622. A write makes the caches of what it changes forget: `changed(customer_id, number)`."""

    def __init__(self, upstream: Upstream, changed: Callable[[str, str | None], None]) -> None:
        self._upstream = upstream
        self._changed = changed

    def recent(self, customer_id: str, limit: int = 5, *, deadline: Deadline | None = None) -> tuple[Order, ...]:
        """See operator.Orders."""
        return tuple(placed.order for placed in self.placed(customer_id, limit, deadline))

    def placed(self, customer_id: str, limit: int, deadline: Deadline | None = None) -> list[Placed]:
        """The newest orders with the numbers they are for."""

        def theirs(row: _Order) -> Placed:
            _must_be_of(row, customer_id)
            return Placed(_order(row, customer_id), told(row.msisdn) if row.msisdn else None)

        return some_rows(
            self._upstream,
            "productOrder",
            _Order,
            theirs,
            about=customer_id,
            limit=min(max(limit, 1), RECENT_LIMIT),
            params={"relatedParty.id": customer_id},
            deadline=deadline,
        )

    def get(self, order_id: str, customer_id: str, *, deadline: Deadline | None = None) -> Order:
        """See operator.Orders."""
        found = self._read(order_id, customer_id, deadline)
        if found.order.customer_id != customer_id:
            # An order of somebody else's: for this customer there is no such order.
            raise NotFound("notFound", "not this customer's order")
        return found.order

    def change_plan(
        self, customer_id: str, number: str, offering_id: str, *, effective: Effective, key: str, deadline: Deadline | None = None
    ) -> Order:
        """See operator.Orders."""
        return self._place("planChange", "modify", number, customer_id, offering_id, key, deadline, effective=effective)

    def add_pack(self, customer_id: str, number: str, offering_id: str, *, key: str, deadline: Deadline | None = None) -> Order:
        """See operator.Orders."""
        return self._place("dataPack", "add", number, customer_id, offering_id, key, deadline)

    def by_key(self, key: str, *, deadline: Deadline | None = None) -> Order | None:
        """See operator.Orders."""
        rows = some_rows(
            self._upstream,
            "productOrder",
            _Order,
            lambda row: _order(row, _customer_of(row)),
            about="",
            limit=2,
            params={"idempotencyKey": key},
            deadline=deadline,
        )
        if len(rows) > 1:
            raise Malformed("one key, two orders")
        return rows[0] if rows else None

    def cancel(self, order_id: str, customer_id: str, *, reason: str, key: str, deadline: Deadline | None = None) -> Cancellation:
        """See operator.Orders."""
        deadline = deadline or self._upstream.budget()
        payload = {
            "productOrder": {"id": segment(order_id), "@referredType": "ProductOrder"},
            "cancellationReason": reason,
            "relatedParty": [_party(customer_id)],
        }

        def read(reply: Reply) -> _Cancellation:
            row = one(_Cancellation, reply)
            if row.order.id != order_id:
                raise Malformed("a cancellation of another order")
            return row

        try:
            row = self._upstream.post("cancelProductOrder", payload, read, about=customer_id, key=key, deadline=deadline)
        finally:
            self._changed(customer_id, None)
        try:
            found = self._read(order_id, customer_id, deadline)
        except CarrierError as error:
            # The operator took the cancellation, so no error that means "nothing happened" may leave here.
            raise OutcomeUnknown("cancellation was taken, but how the order stands could not be read") from error
        self._changed(customer_id, found.number)
        return Cancellation(id=row.id, status=OUTCOMES[row.state], order=found.order)

    def cancellation_by_key(self, key: str, *, deadline: Deadline | None = None) -> Cancellation | None:
        """See operator.Orders."""
        deadline = deadline or self._upstream.budget()
        rows = some_rows(
            self._upstream,
            "cancelProductOrder",
            _Cancellation,
            lambda row: row,
            about="",
            limit=2,
            params={"idempotencyKey": key},
            deadline=deadline,
        )
        if len(rows) > 1:
            raise Malformed("one key, two cancellations")
        if not rows:
            return None
        found = self._read(rows[0].order.id, "", deadline)
        self._changed(found.order.customer_id, found.number)
        return Cancellation(id=rows[0].id, status=OUTCOMES[rows[0].state], order=found.order)

    def _read(self, order_id: str, about: str, deadline: Deadline | None) -> Placed:
        def read(reply: Reply) -> Placed:
            row = one(_Order, reply)
            if row.id != order_id:
                raise Malformed("another order than the one asked for")
            return Placed(_order(row, _customer_of(row)), told(row.msisdn) if row.msisdn else None)

        return self._upstream.get(f"productOrder/{segment(order_id)}", read, about=about, deadline=deadline)

    def _place(
        self,
        category: str,
        action: str,
        number: str,
        customer_id: str,
        offering_id: str,
        key: str,
        deadline: Deadline | None,
        effective: Effective | None = None,
    ) -> Order:
        payload = {
            "externalId": key,
            "category": category,
            "relatedParty": [_party(customer_id)],
            "productOrderItem": [_item(action, number, offering_id)],
            **({"effective": effective} if effective else {}),
        }

        def read(reply: Reply) -> Order:
            row = one(_Order, reply)
            _must_be_of(row, customer_id)
            order = _order(row, customer_id)
            if offering_id not in (line.offering_id for line in order.items):
                raise Malformed("an order of something else")
            return order

        try:
            return self._upstream.post("productOrder", payload, read, about=customer_id, key=key, deadline=deadline)
        finally:
            self._changed(customer_id, number)


def _item(action: str, number: str, offering_id: str) -> dict[str, Any]:
    line = {"name": "msisdn", "valueType": "string", "value": asked(number)}
    return {
        "id": "1",
        "action": action,
        "quantity": 1,
        "productOffering": {"id": offering_id},
        "product": {"productCharacteristic": [line]},
    }


def _party(customer_id: str) -> dict[str, str]:
    return {"id": customer_id, "role": "customer", "@referredType": "Customer"}


def _customer_of(row: _Order) -> str:
    found = {party.id for party in row.parties if party.role.lower() == "customer" and party.id}
    if len(found) != 1:
        raise Malformed("an order that does not say whose")
    return found.pop()


def _must_be_of(row: _Order, customer_id: str) -> None:
    if _customer_of(row) != customer_id:
        raise Malformed("an order of another customer")


def _order(row: _Order, customer_id: str) -> Order:
    items = tuple(
        OrderItem(offering_id=item.offering.id, names=item.offering.names, quantity=item.quantity, amount_fen=_sum(item.prices))
        for item in row.items
    )
    return Order(
        id=row.id,
        category=CATEGORIES.get(row.category, "other"),
        state=row.state,
        placed_at=row.placed,
        items=items,
        total_fen=_sum(row.total) if row.total else sum(item.amount_fen for item in items),
        customer_id=customer_id,
        shipment=_shipment(row.shipment),
        effective=row.effective or row.about("effective"),
    )


def _sum(prices: list[_OrderPrice]) -> int:
    return sum(entry.price.amount.fen() for entry in prices if entry.price.amount is not None)


def _shipment(row: _Shipment | None) -> Shipment | None:
    if row is None or not (row.carrier or row.tracking_number):
        return None
    return Shipment(
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        last_event=row.last_event,
        last_event_en=row.last_event_en,
        expected=row.expected,
        has_left=row.stage not in ("", IN_THE_WAREHOUSE),
    )
