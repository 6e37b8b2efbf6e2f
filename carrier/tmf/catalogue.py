"""TMF620 Product Catalogue: what can be bought."""

from typing import Any, Literal

from pydantic import Field, TypeAdapter

from carrier.cache import Cache
from carrier.deadline import Deadline
from carrier.errors import Malformed
from carrier.models import Aged, Offering
from carrier.shared import SharedCache
from carrier.tmf.paths import segment
from carrier.tmf.wire import Id, Money, Named, Refs, Wire, all_rows, one
from carrier.upstream import Reply, Upstream
from core.clock import Clock

BASE = "/tmf-api/productCatalogManagement/v4"
FRESH_SECONDS = 10.0  # prices and stock; an order is checked by the operator anyway
OFFERINGS: TypeAdapter[tuple[Offering, ...]] = TypeAdapter(tuple[Offering, ...])


class _PriceValue(Wire):
    amount: Money = Field(alias="taxIncludedAmount")


class _Price(Wire):
    kind: str = Field(default="", alias="priceType")
    period: str = Field(default="", alias="recurringChargePeriod")
    price: Money | _PriceValue

    def fen(self) -> int:
        """The price in fen, whichever of the two shapes the operator uses."""
        return self.price.fen() if isinstance(self.price, Money) else self.price.amount.fen()


class _Offering(Named):
    id: Id
    category: Refs = Field(default_factory=list)
    sellable: bool = Field(default=True, alias="isSellable")
    prices: list[_Price] = Field(default_factory=list, alias="productOfferingPrice", max_length=20)


class TmfCatalogue:
    """operator.Catalogue over TMF620."""

    def __init__(self, upstream: Upstream, *, shared: SharedCache, clock: Clock) -> None:
        self._upstream = upstream
        self._cache = Cache("catalogue", OFFERINGS, shared=shared, clock=clock, fresh_seconds=FRESH_SECONDS)

    def offerings(self, category: str | None = None, *, deadline: Deadline | None = None) -> Aged[tuple[Offering, ...]]:
        """See operator.Catalogue."""
        until = deadline or self._upstream.budget()
        return self._cache.read(category or "", lambda: self._load(category, until), until)

    def offering(self, offering_id: str, *, deadline: Deadline | None = None) -> Offering:
        """See operator.Catalogue."""

        def read(reply: Reply) -> Offering:
            found = _offering(one(_Offering, reply))
            if found.id != offering_id:
                raise Malformed("another offering than the one asked for")
            return found

        return self._upstream.get(f"productOffering/{segment(offering_id)}", read, about="", deadline=deadline)

    def _load(self, category: str | None, deadline: Deadline) -> tuple[Offering, ...]:
        params = {"isSellable": "true", **({"category": category} if category else {})}

        def of_this_category(row: _Offering) -> Offering:
            found = _offering(row)
            if category is not None and found.category != category:
                raise Malformed("an offering of another category than the one asked for")
            return found

        rows = all_rows(
            self._upstream, "productOffering", _Offering, of_this_category, about="", params=params, deadline=deadline
        )
        return tuple(offering for offering in rows if offering.sellable)


def _offering(row: _Offering) -> Offering:
    if not row.prices or not row.category:
        raise ValueError("an offering without price or category")
    price = row.prices[0]
    return Offering(
        id=row.id,
        category=row.category[0].id or row.category[0].name,
        names=row.names,
        price_fen=price.fen(),
        period=_period(price),
        nicknames=tuple(str(word) for word in row.all_about("nickname")),
        data_mb=_count(row.about("dataMB")),
        voice_min=_count(row.about("voiceMIN")),
        sms=_count(row.about("sms")),
        validity_days=_count(row.about("validityDays")),
        stock=_count(row.about("stock")),
        sellable=row.sellable,
    )


def _period(price: _Price) -> Literal["month", "once"]:
    return "month" if price.kind == "recurring" else "once"


def _count(value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or int(value) != float(value):
        raise ValueError("not a count")
    return int(value)
