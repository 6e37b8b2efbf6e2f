"""TMF678 Customer Bill: what a customer owes and why."""

import re

from pydantic import Field

from carrier.deadline import Deadline
from carrier.errors import Malformed, NotFound
from carrier.models import Bill, BillLine
from carrier.tmf.wire import Id, Moment, Money, Named, Period, Quantity, Ref, Refs, Wire, all_rows, some_rows
from carrier.upstream import Upstream
from core.clock import BUSINESS_ZONE

BASE = "/tmf-api/customerBillManagement/v4"
MONTHS_LIMIT = 12
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class _Bill(Wire):
    id: Id
    month: str | None = Field(default=None, alias="billingMonth")
    period: Period = Field(default=Period(), alias="billingPeriod")
    total: Money = Field(alias="taxIncludedAmount")
    due: Moment | None = Field(default=None, alias="paymentDueDate")
    state: str
    parties: Refs = Field(alias="relatedParty")


class _Rate(Named):
    amount: Money = Field(alias="taxIncludedAmount")
    kind: str = Field(default="", alias="appliedBillingRateType")
    quantity: Quantity | None = None
    bill: Ref


class TmfBills:
    """operator.Bills over TMF678."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def of_month(self, customer_id: str, month: str, *, deadline: Deadline | None = None) -> Bill:
        """See operator.Bills."""
        if not MONTH.fullmatch(month):
            raise NotFound("notFound", "not a month")
        deadline = deadline or self._upstream.budget()
        params = {"relatedParty.id": customer_id, "billingMonth": month}
        rows = self._bills(customer_id, 2, params, deadline)
        if not rows:
            raise NotFound("notFound", "no bill for this month")
        if len(rows) > 1 or rows[0].month != month:
            raise Malformed("another bill than the one asked for")
        return rows[0].model_copy(update={"lines": self._lines(rows[0], customer_id, deadline)})

    def recent(self, customer_id: str, months: int, *, deadline: Deadline | None = None) -> tuple[Bill, ...]:
        """See operator.Bills."""
        wanted = min(max(months, 1), MONTHS_LIMIT)
        found = self._bills(customer_id, wanted, {"relatedParty.id": customer_id}, deadline)
        return tuple(sorted(found, key=lambda bill: bill.month, reverse=True))

    def _bills(self, customer_id: str, limit: int, params: dict[str, str], deadline: Deadline | None) -> list[Bill]:
        def theirs(row: _Bill) -> Bill:
            if customer_id not in (party.id for party in row.parties):
                raise Malformed("a bill of another customer")
            return _bill(row)

        return some_rows(
            self._upstream, "customerBill", _Bill, theirs, about=customer_id, limit=limit, params=params, deadline=deadline
        )

    def _lines(self, bill: Bill, customer_id: str, deadline: Deadline) -> tuple[BillLine, ...]:
        def of_this_bill(row: _Rate) -> BillLine:
            if row.bill.id != bill.id:
                raise Malformed("a line of another bill")
            return BillLine(kind=row.kind, names=row.names, amount_fen=row.amount.fen(), quantity=_counted(row.quantity))

        lines = all_rows(
            self._upstream,
            "appliedCustomerBillingRate",
            _Rate,
            of_this_bill,
            about=customer_id,
            params={"bill.id": bill.id},
            deadline=deadline,
        )
        if sum(line.amount_fen for line in lines) != bill.total_fen:
            raise Malformed("the lines of a bill do not add up to it")
        return tuple(lines)


def _bill(row: _Bill) -> Bill:
    month = row.month or (row.period.start.astimezone(BUSINESS_ZONE).strftime("%Y-%m") if row.period.start else "")
    if not MONTH.fullmatch(month):
        raise ValueError("a bill without a month")
    return Bill(id=row.id, month=month, total_fen=row.total.fen(), due=row.due, status=row.state)


def _counted(quantity: Quantity | None) -> str:
    """Such as `3 GB`; a plain 1 says nothing."""
    if quantity is None or (quantity.amount == 1 and quantity.units in ("1", "")):
        return ""
    return f"{quantity.amount.normalize():f} {quantity.units}".removesuffix(" 1")
