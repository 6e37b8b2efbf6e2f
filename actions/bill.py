"""Bills: what a month cost, and why it was more than usual."""

from collections.abc import Sequence

from actions.asking import CustomerQuestion
from actions.balance import ask_used_what, is_used_what
from actions.base import Events
from actions.say import Say
from actions.turn import Turn
from carrier.errors import NotFound
from carrier.models import Bill, BillLine
from customers.identity import Identity

WORTH_NAMING_FEN = 100  # a difference below one yuan explains nothing
REASONS_TOLD = 3


class QueryBill(CustomerQuestion):
    def name(self) -> str:
        return "action_query_bill"

    def act(self, turn: Turn, say: Say) -> Events:
        return ask_used_what(turn, say) if is_used_what(turn.text) else super().act(turn, say)

    def answer(self, turn: Turn, say: Say, identity: Identity) -> None:
        bill = self.bill(turn, say, identity)
        if bill is None:
            return
        lines = "" if turn.is_spoken else "\n" + "\n".join(f"• {_line(turn, say, line)}" for line in bill.lines)
        say("utter_bill", month=say.month(bill.month), total=say.money(bill.total_fen), lines=lines)

    def bill(self, turn: Turn, say: Say, identity: Identity) -> Bill | None:
        """The bill asked about, the latest when no month was named; says so when there is none."""
        month = self.about(turn, "billing_month")
        try:
            if month is None:
                latest = self.services.operator.bills.recent(identity.customer_id, 1)
                month = latest[0].month if latest else None
            if month is not None:
                return self.services.operator.bills.of_month(identity.customer_id, month)
        except NotFound:
            pass
        say("utter_no_bill", month=say.month(month) if month else say.choose("这个月", "that month"))
        return None


class ExplainBill(QueryBill):
    def name(self) -> str:
        return "action_explain_bill"

    def answer(self, turn: Turn, say: Say, identity: Identity) -> None:
        bill = self.bill(turn, say, identity)
        if bill is None:
            return
        before = self._bill_before(identity, bill.month)
        risen = rises(bill, before)
        month, total = say.month(bill.month), say.money(bill.total_fen)
        if before is None or not risen:
            say(
                "utter_bill_as_usual",
                month=month,
                total=total,
                lines="\n".join(f"• {_line(turn, say, line)}" for line in bill.lines),
            )
            return
        reasons = [_more(turn, say, line, more) for line, more in risen[:REASONS_TOLD]]
        joined = say.choose("、", ", ").join(reasons) if turn.is_spoken else "\n" + "\n".join(f"• {reason}" for reason in reasons)
        difference = bill.total_fen - before.total_fen
        compared = (
            say.choose("比上月多 {}", "{} more than the month before")
            if difference > 0
            else say.choose("比上月少 {}", "{} less than the month before")
        )
        say(
            "utter_bill_explained", month=month, total=total, compared=compared.format(say.money(abs(difference))), reasons=joined
        )

    def _bill_before(self, identity: Identity, month: str) -> Bill | None:
        year, number = (int(part) for part in month.split("-"))
        earlier = f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"
        try:
            return self.services.operator.bills.of_month(identity.customer_id, earlier)
        except NotFound:
            return None


def rises(bill: Bill, before: Bill | None) -> list[tuple[BillLine, int]]:
    """Lines that cost more than in the bill before, the largest rise first: (line, fen more)."""
    paid = {(line.kind, line.names.zh): line.amount_fen for line in (before.lines if before else ())}
    grown = [(line, line.amount_fen - paid.get((line.kind, line.names.zh), 0)) for line in _summed(bill.lines)]
    return sorted(((line, more) for line, more in grown if more >= WORTH_NAMING_FEN), key=lambda pair: -pair[1])


def _summed(lines: Sequence[BillLine]) -> list[BillLine]:
    sums: dict[tuple[str, str], BillLine] = {}
    for line in lines:
        key = (line.kind, line.names.zh)
        known = sums.get(key)
        sums[key] = line.model_copy(update={"amount_fen": known.amount_fen + line.amount_fen}) if known else line
    return list(sums.values())


def _line(turn: Turn, say: Say, line: BillLine) -> str:
    return say.choose("{}：{}", "{}: {}").format(line.names.in_(turn.language), say.money(line.amount_fen))


def _more(turn: Turn, say: Say, line: BillLine, more: int) -> str:
    return say.choose("{}多了 {}", "{}: {} more").format(line.names.in_(turn.language), say.money(more))
