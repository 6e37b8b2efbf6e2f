"""What the TM Forum shapes have in common. Every answer is validated by models on this base before anybody believes it.

Money carries the exact fen beside the JSON number where the operator offers it (`amountFen`); the two must agree.
A thing's English name stands beside its Chinese `name` as `nameEn`, or among its characteristics.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from carrier.deadline import Deadline
from carrier.errors import Malformed
from carrier.models import Names
from carrier.money import fen_of
from carrier.upstream import Reply, Upstream

PAGE = 100  # what the operator gives at most at a time
PAGES_LIMIT = 5
ROWS_LIMIT = PAGE * PAGES_LIMIT

Id = Annotated[str, Field(min_length=1, max_length=120)]
Text = Annotated[str, Field(max_length=2000)]
T = TypeVar("T")
W = TypeVar("W", bound="Wire")


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _listed(value: Any) -> Any:
    """Some operators send one object where the standard has a list, or the other way round."""
    return [] if value is None else value if isinstance(value, list) else [value]


Moment = Annotated[datetime, AfterValidator(_aware)]


class Wire(BaseModel):
    """Base of all answers: unknown members are ignored (the standard allows them), known ones are checked."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class _CharacteristicValue(Wire):
    value: Any = None


class Characteristic(Wire):
    """A name and a value of any kind, or (in the catalogue) several."""

    name: str = ""
    value: Any = None
    several: list[_CharacteristicValue] = Field(default_factory=list, alias="productSpecCharacteristicValue", max_length=100)

    @property
    def values(self) -> list[Any]:
        """All its values."""
        return [entry.value for entry in self.several] or ([] if self.value is None else [self.value])


class Quantity(Wire):
    """An amount with its unit: CNY in yuan, MB, MIN or SMS."""

    amount: Decimal
    units: str
    amount_fen: int | None = Field(default=None, alias="amountFen")

    def whole(self) -> int:
        """Integer fen for CNY, else whole units. ValueError when it is not whole or the two amounts differ."""
        if self.units == "CNY":
            return _agreed_fen(self.amount, self.amount_fen)
        if self.units == "GB":
            return _whole(self.amount * 1024)
        return _whole(self.amount)


class Money(Wire):
    """An amount in yuan."""

    value: Decimal
    unit: str = "CNY"
    amount_fen: int | None = Field(default=None, alias="amountFen")

    def fen(self) -> int:
        """Integer fen. ValueError for another currency, a broken fen, or when the two amounts differ."""
        if self.unit != "CNY":
            raise ValueError("not in CNY")
        return _agreed_fen(self.value, self.amount_fen)


class Period(Wire):
    """From when to when."""

    start: Moment | None = Field(default=None, alias="startDateTime")
    end: Moment | None = Field(default=None, alias="endDateTime")


class Ref(Wire):
    """A pointer to something else; `value` is a number's when it points to one."""

    id: str = ""
    name: str = ""
    value: str = ""
    role: str = ""


Refs = Annotated[list[Ref], BeforeValidator(_listed), Field(max_length=ROWS_LIMIT)]
Characteristics = Annotated[list[Characteristic], BeforeValidator(_listed), Field(max_length=100)]


class Named(Wire):
    """Something with a name in both languages and characteristics."""

    name: Text = ""
    name_zh: Text = Field(default="", validation_alias=AliasChoices("nameZh", "name_zh"))
    name_en: Text = Field(default="", validation_alias=AliasChoices("nameEn", "name_en"))
    characteristic: Characteristics = Field(
        default_factory=list,
        validation_alias=AliasChoices("characteristic", "productCharacteristic", "prodSpecCharValueUse"),
    )

    def about(self, name: str) -> Any:
        """The (first) value of the characteristic called so, or None."""
        return next(iter(self.all_about(name)), None)

    def all_about(self, name: str) -> list[Any]:
        """All values of the characteristic called so."""
        return next((entry.values for entry in self.characteristic if entry.name == name), [])

    @property
    def names(self) -> Names:
        """Both names; a missing one is the other."""
        zh = self.name_zh or str(self.about("nameZh") or self.about("name_zh") or "") or self.name
        en = self.name_en or str(self.about("nameEn") or self.about("name_en") or "") or zh
        return Names(zh=zh or en, en=en)


def _agreed_fen(yuan: Decimal, told_fen: int | None) -> int:
    fen = fen_of(yuan)
    if told_fen is not None and told_fen != fen:
        raise ValueError("amount and amountFen differ")
    return fen


def _whole(amount: Decimal) -> int:
    if not amount.is_finite() or abs(amount) > 10**15 or amount != amount.to_integral_value():
        raise ValueError("not a whole amount")
    return int(amount)


def one(shape: type[W], reply: Reply) -> W:
    """The answer as this shape."""
    return shape.model_validate(reply.json)


def all_rows(
    upstream: Upstream,
    resource: str,
    shape: type[W],
    mapped: Callable[[W], T],
    *,
    about: str,
    params: Mapping[str, str],
    deadline: Deadline | None = None,
) -> list[T]:
    """Every row of a list, page by page. Malformed when there are more than ROWS_LIMIT or some are kept from us.

    `mapped` runs inside the careful part: what it raises makes the answer Malformed, as a wrong shape does.
    """
    rows: list[T] = []
    deadline = deadline or upstream.budget()  # one for all pages
    for _ in range(PAGES_LIMIT):
        window = {**params, "offset": str(len(rows)), "limit": str(PAGE)}
        page, total = upstream.get(resource, _page(shape, mapped), about=about, params=window, deadline=deadline)
        rows += page
        if len(rows) >= total:
            return rows
        if not page:
            break
    raise Malformed(f"{upstream.api} told of more rows than it gave")


def some_rows(
    upstream: Upstream,
    resource: str,
    shape: type[W],
    mapped: Callable[[W], T],
    *,
    about: str,
    limit: int,
    params: Mapping[str, str],
    deadline: Deadline | None = None,
) -> list[T]:
    """The first `limit` rows of a list, in the operator's order. `mapped` as in all_rows."""
    window = {**params, "limit": str(limit)}
    page, _ = upstream.get(resource, _page(shape, mapped), about=about, params=window, deadline=deadline)
    return page[:limit]


def _page(shape: type[W], mapped: Callable[[W], T]) -> Callable[[Reply], tuple[list[T], int]]:
    def read(reply: Reply) -> tuple[list[T], int]:
        if not isinstance(reply.json, list) or len(reply.json) > PAGE:
            raise Malformed("not a page of a list")
        rows = [mapped(shape.model_validate(row)) for row in reply.json]
        return rows, int(reply.headers.get("x-total-count", len(rows)))

    return read
