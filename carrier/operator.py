"""The operator as the rest of Careline sees it: one protocol per subject, gathered in Operator (built by connect.py).

Everything is synchronous and raises only the errors of errors.py. Every call may wait at most its deadline
(1.2 s when none is given). Numbers go in as E.164 (+8613800138000) or as a bare mainland number (13800138000) and come
out as E.164. `key` is the idempotency key of the journal row; the same key with the same values is safe to send again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from carrier.deadline import Deadline
from carrier.models import (
    Aged,
    Balance,
    Bill,
    Cancellation,
    Customer,
    Effective,
    Offering,
    Order,
    Subscriptions,
    TopUp,
    Usage,
)

PinResult = Literal["ok", "wrong", "unknown"]


class Customers(Protocol):
    """Who a number belongs to."""

    def by_number(self, number: str, *, deadline: Deadline | None = None) -> Customer:
        """The customer whose line this is; NotFound when nobody's."""
        ...

    def by_id(self, customer_id: str, *, deadline: Deadline | None = None) -> Customer:
        """The customer with this id, or NotFound."""
        ...


class Balances(Protocol):
    """Money and allowances of a line, and putting money on it."""

    def read(self, number: str, *, fresh: bool = False, deadline: Deadline | None = None) -> Aged[Balance]:
        """The pots of a line. `fresh=True` never answers from the cache."""
        ...

    def top_up(
        self,
        number: str,
        amount_fen: int,
        *,
        method: str,
        payer_id: str,
        channel: str,
        key: str,
        deadline: Deadline | None = None,
    ) -> TopUp:
        """Puts amount_fen on a line, once per key. method: wechat_pay, alipay, bank_card. OutcomeUnknown: ask top_up_by_key."""
        ...

    def top_up_by_key(self, key: str, *, deadline: Deadline | None = None) -> TopUp | None:
        """The top-up made under this key; None when the operator knows of none."""
        ...

    def top_up_by_id(self, top_up_id: str, *, deadline: Deadline | None = None) -> TopUp:
        """The top-up with this id, or NotFound."""
        ...


class Catalogue(Protocol):
    """What can be bought."""

    def offerings(self, category: str | None = None, *, deadline: Deadline | None = None) -> Aged[tuple[Offering, ...]]:
        """The sellable offerings, of one category or all (plan, dataPack, voicePack, roamingPack, broadband, phone, ...)."""
        ...

    def offering(self, offering_id: str, *, deadline: Deadline | None = None) -> Offering:
        """One offering, or NotFound."""
        ...


class Inventory(Protocol):
    """What a customer has."""

    def of(self, customer_id: str, number: str, *, deadline: Deadline | None = None) -> Aged[Subscriptions]:
        """Plan, packs and broadband of a line, and the plan change that waits."""
        ...


class Usages(Protocol):
    """What a line used."""

    def read(self, number: str, month: str | None = None, *, deadline: Deadline | None = None) -> Aged[Usage]:
        """The use of one month (YYYY-MM), the running one when None."""
        ...


class Bills(Protocol):
    """What a customer owes and why."""

    def of_month(self, customer_id: str, month: str, *, deadline: Deadline | None = None) -> Bill:
        """One month's bill (YYYY-MM) with its lines, or NotFound."""
        ...

    def recent(self, customer_id: str, months: int, *, deadline: Deadline | None = None) -> tuple[Bill, ...]:
        """The newest `months` bills (at most 12), newest first, without lines."""
        ...


class Orders(Protocol):
    """Orders of a customer: list, read, place, cancel."""

    def recent(self, customer_id: str, limit: int = 5, *, deadline: Deadline | None = None) -> tuple[Order, ...]:
        """The newest orders, newest first, at most 20."""
        ...

    def get(self, order_id: str, customer_id: str, *, deadline: Deadline | None = None) -> Order:
        """One order of this customer; NotFound when it is not theirs."""
        ...

    def change_plan(
        self, customer_id: str, number: str, offering_id: str, *, effective: Effective, key: str, deadline: Deadline | None = None
    ) -> Order:
        """Orders another plan for a line, once per key."""
        ...

    def add_pack(self, customer_id: str, number: str, offering_id: str, *, key: str, deadline: Deadline | None = None) -> Order:
        """Orders a pack for a line, once per key."""
        ...

    def by_key(self, key: str, *, deadline: Deadline | None = None) -> Order | None:
        """The order placed under this key; None when the operator knows of none."""
        ...

    def cancel(self, order_id: str, customer_id: str, *, reason: str, key: str, deadline: Deadline | None = None) -> Cancellation:
        """Asks to cancel an order, once per key."""
        ...

    def cancellation_by_key(self, key: str, *, deadline: Deadline | None = None) -> Cancellation | None:
        """The cancellation asked for under this key; None when the operator knows of none."""
        ...


class Pins(Protocol):
    """The service password of a line."""

    def check(self, number: str, pin: str, *, deadline: Deadline | None = None) -> PinResult:
        """Whether this is the line's PIN; "unknown" when the line has none. Counting and locking are the caller's."""
        ...


class Tickets(Protocol):
    """Trouble tickets at the operator's."""

    def open(self, customer_id: str, kind: str, description: str, *, key: str, deadline: Deadline | None = None) -> str:
        """Opens a ticket, once per key; its id."""
        ...


@dataclass(frozen=True)
class Operator:
    """All subjects of one operator."""

    customers: Customers
    balance: Balances
    catalogue: Catalogue
    inventory: Inventory
    usage: Usages
    bills: Bills
    orders: Orders
    pins: Pins
    tickets: Tickets
    close: Callable[[], None]
    """Closes the connections; nothing may be asked afterwards."""
