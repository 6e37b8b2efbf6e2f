"""What the operator's answers mean to us. Frozen; amounts are integer fen, data MB, voice minutes, numbers E.164."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

Language = Literal["zh", "en"]
Tier = Literal["standard", "silver", "gold"]
BucketKind = Literal["money", "data", "voice", "sms"]
Effective = Literal["immediate", "nextCycle"]
OrderCategory = Literal["planChange", "dataPack", "broadband", "device", "other"]
T = TypeVar("T")


class Model(BaseModel):
    """Base of everything below: frozen, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


@dataclass(frozen=True)
class Aged(Generic[T]):
    """A value and how many seconds ago it was read at the operator's; 0.0 is fresh."""

    value: T
    age_seconds: float = 0.0


class Names(Model):
    """One thing's name in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The name in `language`; the other one when that is empty."""
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)


class Customer(Model):
    """Who somebody is at the operator's. `numbers` are their lines, `contact_numbers` the other registered ones."""

    id: str
    name: str
    language: Language
    tier: Tier
    masked_surname: str
    numbers: tuple[str, ...]
    contact_numbers: tuple[str, ...] = ()


class Bucket(Model):
    """A pot of something: remaining and total in fen, MB, MIN or SMS by kind; total None = not told."""

    kind: BucketKind
    names: Names
    remaining: int
    total: int | None = None
    valid_until: datetime | None = None
    status: str = "active"


class Balance(Model):
    """All pots of one line."""

    number: str
    buckets: tuple[Bucket, ...]

    @property
    def money_fen(self) -> int:
        """What is left in money, in fen, over all active money pots."""
        return sum(bucket.remaining for bucket in self.of("money") if bucket.status == "active")

    def of(self, kind: BucketKind) -> tuple[Bucket, ...]:
        """The pots of one kind, in the operator's order."""
        return tuple(bucket for bucket in self.buckets if bucket.kind == kind)


class Offering(Model):
    """Something one can buy. `nicknames` are other words people use for it; stock None = not counted."""

    id: str
    category: str
    names: Names
    price_fen: int
    period: Literal["month", "once"]
    nicknames: tuple[str, ...] = ()
    data_mb: int | None = None
    voice_min: int | None = None
    sms: int | None = None
    validity_days: int | None = None
    stock: int | None = None
    sellable: bool = True


class OrderState(StrEnum):
    """The eleven states of a TM Forum product order."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIAL = "partial"
    ASSESSING_CANCELLATION = "assessingCancellation"
    PENDING_CANCELLATION = "pendingCancellation"

    @property
    def is_final(self) -> bool:
        """Nothing can follow this state."""
        return self in _FINAL

    @property
    def is_cancellable(self) -> bool:
        """The customer may still ask to cancel; the operator decides."""
        return self in _CANCELLABLE


_FINAL = {OrderState.REJECTED, OrderState.CANCELLED, OrderState.COMPLETED, OrderState.FAILED, OrderState.PARTIAL}
_CANCELLABLE = {OrderState.ACKNOWLEDGED, OrderState.PENDING, OrderState.HELD, OrderState.IN_PROGRESS}


class Shipment(Model):
    """Where a parcel is. `last_event` is the parcel service's own words, Chinese; `last_event_en` the same in English."""

    carrier: str
    tracking_number: str
    last_event: str = ""
    last_event_en: str = ""
    expected: datetime | None = None
    has_left: bool = False
    """Handed to the parcel service: too late to cancel."""


class OrderItem(Model):
    """One line of an order; amount_fen is the line's total."""

    offering_id: str
    names: Names
    quantity: int = 1
    amount_fen: int = 0


class Order(Model):
    """One order as the operator sees it now."""

    id: str
    category: OrderCategory
    state: OrderState
    placed_at: datetime
    items: tuple[OrderItem, ...]
    total_fen: int
    customer_id: str
    shipment: Shipment | None = None
    effective: Effective | None = None

    @property
    def is_final(self) -> bool:
        """Nothing more will happen to it."""
        return self.state.is_final

    @property
    def is_cancellable(self) -> bool:
        """The customer may still ask to cancel it; the operator decides."""
        return self.state.is_cancellable and not (self.shipment is not None and self.shipment.has_left)


class Subscription(Model):
    """Something the customer has: a plan, a pack, a broadband line. `until` None = open end."""

    product_id: str
    offering_id: str
    names: Names
    price_fen: int
    category: str
    status: str
    since: datetime | None = None
    until: datetime | None = None


class Subscriptions(Model):
    """All a line has, and the plan change that waits, if one does."""

    plan: Subscription | None = None
    packs: tuple[Subscription, ...] = ()
    broadband: Subscription | None = None
    pending_change: Order | None = None


class UsageLine(Model):
    """One kind's use in a month: used, included and left in MB, MIN or SMS; None = not told or unlimited."""

    kind: BucketKind
    used: int
    included: int | None = None
    left: int | None = None
    names: Names


class Usage(Model):
    """What a line used in one month (YYYY-MM)."""

    number: str
    month: str
    lines: tuple[UsageLine, ...]


class BillLine(Model):
    """One line of a bill: kind is plan, pack, overage, voice, roaming, vas or discount; a discount is negative."""

    kind: str
    names: Names
    amount_fen: int
    quantity: str = ""


class Bill(Model):
    """One month's bill (month YYYY-MM)."""

    id: str
    month: str
    total_fen: int
    due: datetime | None = None
    status: str
    lines: tuple[BillLine, ...] = ()


class TopUpStatus(StrEnum):
    """PENDING also means "not known yet"; it is never told as done, never as failed."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class TopUp(Model):
    """One top-up. failure_code is the operator's when FAILED; balance_after_fen None = not told."""

    id: str
    status: TopUpStatus
    number: str
    amount_fen: int
    payment_method: str
    failure_code: str | None = None
    confirmed_at: datetime | None = None
    balance_after_fen: int | None = None


class Cancellation(Model):
    """What came of asking to cancel an order; `order` is how the order stands after it."""

    id: str
    status: Literal["done", "refused", "inProgress"]
    order: Order
