"""Builds the Operator from its settings: one careful upstream for each API, two hosts at most."""

from typing import Literal

import httpx2
from pydantic import BaseModel, ConfigDict

from carrier.audit import Audit, forget
from carrier.balances import BalanceCache
from carrier.http import Wire
from carrier.limits import Limits
from carrier.numbers import asked
from carrier.operator import Balances, Operator
from carrier.provider import BASE as PROVIDER_BASE
from carrier.provider import ProviderBalances
from carrier.provider_sign import SignType
from carrier.shared import InMemoryCache, SharedCache
from carrier.tmf import balance, bills, catalogue, customers, inventory, orders, pins, tickets, usage
from carrier.upstream import Upstream
from core.clock import Clock, SystemClock
from core.errors import SettingsError


class CarrierSettings(BaseModel):
    """Where the operator's systems are and how we show who we are."""

    model_config = ConfigDict(frozen=True)

    balance_url: str
    """Balance and top-up (TMF654, or the provider's API)."""
    order_url: str
    """Everything else: customers, catalogue, inventory, usage, bills, orders, PIN checks, tickets."""
    api_key: str
    """Bearer key; not sent to a provider-style balance API."""
    balance_style: Literal["tmf", "provider"] = "tmf"
    provider_secret: str = ""
    provider_sign_type: SignType = "HMAC-SHA256"
    callback_url: str | None = None
    """Where a provider may tell of a recharge's end; None: we only ask."""


def connect(
    settings: CarrierSettings,
    *,
    shared: SharedCache | None = None,
    clock: Clock | None = None,
    transport: httpx2.BaseTransport | None = None,
    audit: Audit | None = None,
) -> Operator:
    """The operator of these settings. Opens no connection yet. SettingsError for an unsafe address or a missing secret."""
    clock = clock or SystemClock()
    shared = shared or InMemoryCache(clock)
    bearer = {"Authorization": f"Bearer {settings.api_key}"}
    provider = settings.balance_style == "provider"
    balance_wire = Wire(settings.balance_url, headers={} if provider else bearer, transport=transport)
    order_wire = Wire(settings.order_url, headers=bearer, transport=transport)

    def upstream(api: str, base_path: str, wire: Wire = order_wire) -> Upstream:
        return Upstream(api, wire, base_path, clock=clock, limits=Limits(clock), audit=audit or forget)

    def close() -> None:
        balance_wire.close()
        order_wire.close()

    balances = BalanceCache(shared, clock)
    subscriptions = inventory.Kept(shared, clock)

    def changed(customer_id: str, number: str | None) -> None:
        subscriptions.forget(customer_id)
        if number is not None:
            balances.forget(asked(number))  # orders are paid from the balance and refunded to it

    placing = orders.TmfOrders(upstream("orders", orders.BASE), changed)
    return Operator(
        customers=customers.TmfCustomers(upstream("customers", customers.BASE)),
        balance=_balances(
            settings, upstream("balance", PROVIDER_BASE if provider else balance.BASE, balance_wire), balances, clock
        ),
        catalogue=catalogue.TmfCatalogue(upstream("catalogue", catalogue.BASE), shared=shared, clock=clock),
        inventory=inventory.TmfInventory(upstream("inventory", inventory.BASE), placing, subscriptions),
        usage=usage.TmfUsages(upstream("usage", usage.BASE), shared=shared, clock=clock),
        bills=bills.TmfBills(upstream("bills", bills.BASE)),
        orders=placing,
        pins=pins.TmfPins(upstream("pins", pins.BASE)),
        tickets=tickets.TmfTickets(upstream("tickets", tickets.BASE)),
        close=close,
    )


def _balances(settings: CarrierSettings, upstream: Upstream, kept: BalanceCache, clock: Clock) -> Balances:
    """The balance API in the style of the settings."""
    if settings.balance_style == "tmf":
        return balance.TmfBalances(upstream, kept)
    if not settings.provider_secret:
        raise SettingsError(["PROVIDER_SECRET is missing; the provider-style balance API signs with it. Set it in .env."])
    return ProviderBalances(
        upstream,
        kept,
        secret=settings.provider_secret,
        clock=clock,
        callback_url=settings.callback_url,
        sign_type=settings.provider_sign_type,
    )
