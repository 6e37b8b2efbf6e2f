"""TMF637 Product Inventory: what a customer has."""

from pydantic import Field, TypeAdapter

from carrier.cache import Cache
from carrier.deadline import Deadline
from carrier.errors import Malformed
from carrier.models import Aged, Order, Subscription, Subscriptions
from carrier.numbers import asked, told
from carrier.shared import SharedCache
from carrier.tmf.orders import RECENT_LIMIT, TmfOrders
from carrier.tmf.wire import Id, Moment, Money, Named, Refs, Wire, all_rows
from carrier.upstream import Upstream
from core.clock import Clock

BASE = "/tmf-api/productInventory/v4"
FRESH_SECONDS = 3.0
SUBSCRIPTIONS: TypeAdapter[Subscriptions] = TypeAdapter(Subscriptions)
PACKS = ("dataPack", "voicePack", "roamingPack")


class _PriceValue(Wire):
    amount: Money = Field(alias="taxIncludedAmount")


class _Price(Wire):
    price: _PriceValue


class _Offering(Named):
    id: str = ""


class _Product(Named):
    id: Id
    status: str = "active"
    category: str = ""
    offering: _Offering = Field(alias="productOffering")
    start: Moment | None = Field(default=None, alias="startDate")
    end: Moment | None = Field(default=None, alias="terminationDate")
    prices: list[_Price] = Field(default_factory=list, alias="productPrice", max_length=20)
    parties: Refs = Field(alias="relatedParty")
    resources: Refs = Field(default_factory=list, alias="realizingResource")


class Kept:
    """The kept subscriptions. A write for a customer makes everybody ask again for all of the customer's lines."""

    def __init__(self, shared: SharedCache, clock: Clock) -> None:
        self.cache = Cache("inventory", SUBSCRIPTIONS, shared=shared, clock=clock, fresh_seconds=FRESH_SECONDS)

    def forget(self, customer_id: str) -> None:
        """Something was ordered or cancelled by this customer, or may have been."""
        self.cache.invalidate(customer_id)


class TmfInventory:
    """operator.Inventory over TMF637, with the waiting plan change from TMF622."""

    def __init__(self, upstream: Upstream, orders: TmfOrders, kept: Kept) -> None:
        self._upstream = upstream
        self._orders = orders
        self._kept = kept

    def of(self, customer_id: str, number: str, *, deadline: Deadline | None = None) -> Aged[Subscriptions]:
        """See operator.Inventory."""
        line = asked(number)
        until = deadline or self._upstream.budget()
        subject = f"{customer_id}|{line}"
        return self._kept.cache.read(subject, lambda: self._load(customer_id, line, until), until, scope=customer_id)

    def _load(self, customer_id: str, line: str, deadline: Deadline) -> Subscriptions:
        def theirs(row: _Product) -> Subscription:
            if customer_id not in (party.id for party in row.parties):
                raise Malformed("a product of another customer")
            number = _number_of(row)
            if number is not None and number != line:
                raise Malformed("a product of another number")
            return _subscription(row)

        params = {"relatedParty.id": customer_id, "msisdn": line}
        rows = all_rows(self._upstream, "product", _Product, theirs, about=customer_id, params=params, deadline=deadline)
        alive = [entry for entry in rows if entry.status not in ("terminated", "cancelled")]
        return Subscriptions(
            plan=next((entry for entry in alive if entry.category == "plan"), None),
            packs=tuple(entry for entry in alive if entry.category in PACKS),
            broadband=next((entry for entry in alive if entry.category == "broadband"), None),
            pending_change=self._pending_change(customer_id, line, deadline),
        )

    def _pending_change(self, customer_id: str, line: str, deadline: Deadline) -> Order | None:
        recent = self._orders.placed(customer_id, RECENT_LIMIT, deadline)
        waiting = (placed for placed in recent if placed.order.category == "planChange" and not placed.order.is_final)
        return next((placed.order for placed in waiting if placed.number in (None, line)), None)


def _number_of(row: _Product) -> str | None:
    found = row.about("msisdn") or next((resource.value for resource in row.resources if resource.value), None)
    return None if found is None else told(str(found))


def _subscription(row: _Product) -> Subscription:
    return Subscription(
        product_id=row.id,
        offering_id=row.offering.id,
        names=row.offering.names if row.offering.name else row.names,
        price_fen=sum(entry.price.amount.fen() for entry in row.prices),
        category=row.category or str(row.about("category") or ""),
        status=row.status,
        since=row.start,
        until=row.end,
    )
