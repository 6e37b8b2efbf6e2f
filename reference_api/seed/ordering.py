"""Writes orders in all eleven states, with parcels for goods, payments and cancellations."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from reference_api.clock import month_start, next_month_start

from .catalogue import ACCESSORIES, BROADBAND, DATA_PACKS, GIFT_CARDS, PHONES, PLANS, Offering
from .ids import Ids
from .person import Person
from .places import CARRIERS
from .rows import Rows
from .times import iso

DONE = ("completed", "cancelled", "failed", "rejected", "partial")
CANCELLING = ("assessingCancellation", "pendingCancellation", "cancelled")
REASONS = ("changedMind", "orderedByMistake", "foundCheaper", "takesTooLong")
METHODS = ("wechat_pay", "alipay", "bank_card", "balance")


@dataclass(frozen=True)
class Case:
    """One way an order can stand. `parcel`: none, packed, transit or delivered."""

    category: str
    state: str
    parcel: str = "none"
    age_days: tuple[int, int] = (0, 3)
    pool: bool = True
    """Whether a customer that tests take may have it; a waiting plan change would refuse theirs."""

    @property
    def waits(self) -> bool:
        """Whether it is a plan change for the next month."""
        return self.category == "planChange" and self.state == "pending"


CASES = (
    Case("device", "completed", "delivered", (6, 200)),
    Case("device", "inProgress", "transit", (1, 4)),
    Case("device", "acknowledged"),
    Case("device", "inProgress", "packed", (0, 2)),
    Case("device", "completed", "delivered", (6, 200)),
    Case("device", "pending"),
    Case("device", "held", "none", (1, 5)),
    Case("device", "cancelled", "none", (4, 200)),
    Case("device", "failed", "none", (4, 200)),
    Case("device", "rejected", "none", (4, 200)),
    Case("device", "partial", "delivered", (6, 90)),
    Case("device", "assessingCancellation", "packed", (0, 2)),
    Case("device", "pendingCancellation", "none", (0, 2)),
    Case("dataPack", "completed", "none", (1, 300)),
    Case("dataPack", "completed", "none", (1, 300)),
    Case("dataPack", "failed", "none", (1, 300)),
    Case("planChange", "completed", "none", (40, 360)),
    Case("planChange", "cancelled", "none", (40, 360)),
    Case("planChange", "rejected", "none", (40, 360)),
    Case("planChange", "pending", "none", (0, 9), pool=False),
    Case("broadband", "completed", "none", (60, 360)),
    Case("broadband", "inProgress", "none", (1, 4), pool=False),
    Case("broadband", "held", "none", (2, 6), pool=False),
    Case("broadband", "rejected", "none", (5, 200)),
)
IN_TRANSIT = Case("device", "inProgress", "transit", (2, 2))
CANCELLABLE = Case("device", "acknowledged", "none", (0, 0))
DELIVERED = Case("device", "completed", "delivered", (12, 12))


class Ordering:
    """Writes the orders of one customer after another, walking through the cases in turn so that none is missing."""

    def __init__(self, rows: Rows, ids: Ids, random: Random, now: datetime) -> None:
        self._rows, self._ids, self._random, self._now = rows, ids, random, now
        self._next = 0

    def write_some(self, person: Person) -> None:
        """None to four orders, whatever comes next."""
        for _ in range(self._random.choices((0, 1, 2, 3, 4), (10, 30, 35, 15, 10))[0]):
            self.write(person, self._next_case(person.pool))

    def write(self, person: Person, case: Case, wanted: list[tuple[Offering, int]] | None = None) -> str:
        """One order; its id. `wanted` names offerings and quantities, else they are drawn."""
        items = wanted or self._draw_items(case)
        placed = self._placed(case)
        order = self._ids.order(placed)
        total = sum(offering.price_fen * quantity for offering, quantity in items)
        paid = 0 if case.state in ("pending", "rejected") else total
        refunded = self._refunded(case, items, paid)
        method = self._random.choice(METHODS)
        took = timedelta(days=3) if case.parcel == "delivered" else timedelta(minutes=2)
        ended = iso(placed + took) if case.state in DONE else None
        self._rows.add(
            "orders",
            id=order,
            customer_id=person.id,
            msisdn=person.msisdn,
            category=case.category,
            state=case.state,
            state_before_cancel="inProgress" if case.state in ("assessingCancellation", "pendingCancellation") else None,
            effective="nextCycle" if case.category == "planChange" else "immediate",
            order_date=iso(placed),
            expected_completion_date=iso(self._expected(case, placed)),
            completion_date=None if case.state == "cancelled" else ended,
            cancellation_date=ended if case.state == "cancelled" else None,
            cancellation_reason=self._random.choice(REASONS) if case.state in CANCELLING else None,
            total_fen=total,
            paid_fen=paid,
            refunded_fen=refunded,
            payment_id=self._pay(person, order, (paid, refunded), method, placed),
            payment_method=method,
        )
        self._write_items(order, case, items)
        if case.parcel != "none" and any(offering.stock is not None and offering.category != "giftCard" for offering, _ in items):
            self._ship(person, order, case, placed)
        if case.state in CANCELLING:
            self._write_cancellation(order, case, placed, ended, refunded)
        return order

    def _write_cancellation(self, order: str, case: Case, placed: datetime, ended: str | None, refunded: int) -> None:
        self._rows.add(
            "cancellations",
            id=self._ids.plain("CC"),
            order_id=order,
            state="done" if case.state == "cancelled" else "inProgress",
            reason="changedMind",
            requested_at=iso(placed + timedelta(minutes=1)),
            effective_at=ended,
            refund_fen=refunded,
        )

    def _placed(self, case: Case) -> datetime:
        """When it was ordered; a plan change that still waits was ordered this month."""
        placed = self._now - timedelta(days=self._random.randint(*case.age_days), minutes=self._random.randint(20, 600))
        return max(placed, month_start(self._now)) if case.waits else placed

    def _expected(self, case: Case, placed: datetime) -> datetime:
        """A waiting plan change comes with the next month, everything else in five days at most."""
        return next_month_start(self._now) if case.waits else placed + timedelta(days=5)

    def _next_case(self, pool: bool) -> Case:
        for _ in CASES:
            case = CASES[self._next % len(CASES)]
            self._next += 1
            if case.pool or not pool:
                return case
        raise RuntimeError("no case fits")

    def _draw_items(self, case: Case) -> list[tuple[Offering, int]]:
        choice = self._random.choice
        if case.category == "planChange":
            return [(choice([plan for plan in PLANS if plan.sellable]), 1)]
        if case.category == "dataPack":
            return [(choice(DATA_PACKS), 1)]
        if case.category == "broadband":
            return [(choice(BROADBAND), 1)]
        if case.state == "partial":
            return [(choice(PHONES[:4]), 1), (choice(ACCESSORIES), 1)]
        if case.parcel == "none" and self._random.random() < 0.15:
            return [(choice(GIFT_CARDS), self._random.choice((1, 1, 2, 3)))]
        first = choice(PHONES) if self._random.random() < 0.35 else choice(ACCESSORIES)
        items = [(first, 1 if first.category == "phone" else self._random.choice((1, 1, 1, 2)))]
        others = [accessory for accessory in ACCESSORIES if accessory is not first]
        return [*items, (choice(others), 1)] if self._random.random() < 0.25 else items

    @staticmethod
    def _refunded(case: Case, items: list[tuple[Offering, int]], paid: int) -> int:
        if case.state in ("cancelled", "failed"):
            return paid
        return items[-1][0].price_fen * items[-1][1] if case.state == "partial" else 0

    def _pay(self, person: Person, order: str, fen: tuple[int, int], method: str, at: datetime) -> str | None:
        """The payment of an order, (paid, refunded) fen; None where nothing was paid or the balance was used."""
        paid, refunded = fen
        if not paid or method == "balance":
            return None
        payment = self._ids.plain("PY")
        self._rows.add(
            "payments",
            id=payment,
            customer_id=person.id,
            msisdn=person.msisdn,
            amount_fen=paid,
            method=method,
            status="refunded" if refunded else "done",
            purpose=f"order:{order}",
            created_at=iso(at),
            status_date=iso(at),
        )
        return payment

    def _write_items(self, order: str, case: Case, items: list[tuple[Offering, int]]) -> None:
        for position, (offering, quantity) in enumerate(items, start=1):
            state = case.state
            if state == "partial":
                state = "failed" if position == len(items) else "completed"
            self._rows.add(
                "order_items",
                order_id=order,
                item_id=str(position),
                action="modify" if case.category == "planChange" else "add",
                quantity=quantity,
                offering_id=offering.id,
                unit_price_fen=offering.price_fen,
                state=state,
            )

    def _ship(self, person: Person, order: str, case: Case, placed: datetime) -> None:
        name, letters = self._random.choice(CARRIERS)
        place = person.home.place
        packed = placed + timedelta(hours=5)
        moment, zh, en = {
            "packed": (placed + timedelta(minutes=10), "商家正在备货", "Being packed at the warehouse"),
            "transit": (
                placed + timedelta(hours=20),
                f"快件已到达{place.city_zh}转运中心",
                f"Arrived at the {place.city_en} sorting centre",
            ),
            "delivered": (placed + timedelta(days=3), "已签收，签收人：本人", "Delivered and signed for by the recipient"),
        }[case.parcel]
        self._rows.add(
            "shipments",
            order_id=order,
            carrier=name,
            tracking_number=self._ids.tracking(letters),
            stage=case.parcel,
            last_event_zh=zh,
            last_event_en=en,
            last_event_at=iso(moment),
            expected_delivery_date=iso(packed + timedelta(days=4)),
            delivered_at=iso(moment) if case.parcel == "delivered" else None,
            address_text=person.home_text(),
        )
