"""What became of something done here: the newest top-up, or whatever a receipt or reference number names, of this customer only."""

import re
from typing import Literal

from actions.carry_out import reference
from actions.say import Say
from actions.services import Services
from carrier.errors import CarrierError
from carrier.models import TopUp, TopUpStatus
from core.clock import BUSINESS_ZONE
from customers.identity import Identity
from customers.journal import JournalRow, JournalState

ABOUT_A_TOP_UP = re.compile(
    r"充值|充的|充了|充过|冲的|冲了|缴费|交的(?:话费|钱|费)|话费.{0,6}到账|到账|到帐|top(?:ped|ping)?[ -]?up|recharge|credited|payment go",
    re.I,
)
NUMBERED = re.compile(
    r"(?<![0-9A-Za-z])(?:TU[0-9A-Z]{6,}|[0-9A-F]{8})(?![0-9A-Za-z])", re.I
)  # an operator's receipt, or our own reference
ROWS_LOOKED_AT = 20
Standing = Literal["done", "refused", "open"]
SETTLED: dict[TopUpStatus, Standing] = {TopUpStatus.CONFIRMED: "done", TopUpStatus.FAILED: "refused"}


def numbered(text: str) -> str | None:
    """A receipt or reference number in the text; a bare run of digits is none."""
    found = [m[0].upper() for m in NUMBERED.finditer(text) if not m[0].isdecimal()]
    return found[0] if found else None


def say_what_became(services: Services, say: Say, identity: Identity, number: str | None) -> None:
    """Tell how the operation under `number` stands, or the newest top-up where no number was given."""
    rows = services.journal.newest_of(identity.customer_id, None if number else "top_up", ROWS_LOOKED_AT)
    row = next((row for row in rows if number is None or number in names_of(row)), None)
    if row is None:
        say("utter_receipt_not_found", number=number) if number else say("utter_no_top_up_here")
    elif row.operation == "top_up":
        _say_top_up(services, say, row)
    else:
        say(operation_words(_standing(row)), reference=reference(row.key))


def names_of(row: JournalRow) -> set[str]:
    """The numbers a customer may have been given for this operation."""
    receipt = str((row.outcome or {}).get("id") or "").upper()
    return {reference(row.key), receipt} - {""}


def _say_top_up(services: Services, say: Say, row: JournalRow) -> None:
    standing, receipt = _standing(row), str((row.outcome or {}).get("id") or reference(row.key))
    if standing == "open" and (found := _looked_up(services, row)) is not None:
        standing = SETTLED.get(found.status, "open")
        receipt = found.id
    amount, number = say.money(row.amount_fen), say.number(str(row.values["number"]))
    say(
        top_up_words(standing),
        amount=amount,
        number=number,
        reference=receipt,
        at=say.date(row.intended_at.astimezone(BUSINESS_ZONE).date()),
    )


def top_up_words(standing: Standing) -> str:
    return {"done": "utter_top_up_done", "refused": "utter_top_up_refused", "open": "utter_top_up_open"}[standing]


def operation_words(standing: Standing) -> str:
    return {"done": "utter_operation_done", "refused": "utter_operation_refused", "open": "utter_operation_open"}[standing]


def _standing(row: JournalRow) -> Standing:
    if row.state is JournalState.DONE:
        return "done"
    return "refused" if row.state is JournalState.REFUSED else "open"


def _looked_up(services: Services, row: JournalRow) -> TopUp | None:
    """How the operator sees it now; None where it cannot say. The clerk brings the journal up to date."""
    try:
        return services.operator.balance.top_up_by_key(row.key)
    except CarrierError:
        return None
