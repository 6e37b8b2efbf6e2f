"""Writes the bills of thirteen months (the last one still running) and the volumes used in them."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from .ids import Ids
from .person import Month, Person
from .rows import Rows
from .times import iso, month_of, month_start, next_month

DATA_FEN_PER_GB = 500
VOICE_FEN_PER_MIN = 15
ROAMING_FEN_PER_DAY = 2900
TIER_DISCOUNT_PERCENT = {"gold": 10, "silver": 5}
Line = dict[str, Any]


def write_bills(rows: Rows, ids: Ids, person: Person, lived: list[Month], now: datetime, unpaid: bool = False) -> None:
    """One bill and its usage rows for every month. `unpaid` leaves the last complete month partly paid."""
    for entry in lived:
        lines = bill_lines(person, entry)
        total = sum(line["amount_fen"] for line in lines)
        closed = month_start(next_month(entry.month))
        state, remaining = _state(entry.month, now, total, unpaid)
        bill = ids.plain("BL")
        rows.add(
            "bills",
            id=bill,
            customer_id=person.id,
            msisdn=person.msisdn,
            month=entry.month,
            state=state,
            amount_fen=total,
            remaining_fen=remaining,
            bill_date=iso(closed),
            due_date=iso(closed + timedelta(days=25)),
        )
        for position, line in enumerate(lines):
            rows.add("bill_lines", bill_id=bill, position=position, **line)
        write_usage(rows, person, entry)


def bill_lines(person: Person, entry: Month) -> list[Line]:
    """What a month cost, item by item; a discount is negative. Plan and broadband first, then what made it dear."""
    plan = person.plan
    lines = [_line(plan.name_zh, plan.name_en, "plan", plan.price_fen, offering=plan.id)]
    if person.broadband:
        lines.append(
            _line(
                person.broadband.name_zh,
                person.broadband.name_en,
                "plan",
                person.broadband.price_fen,
                offering=person.broadband.id,
            )
        )
    lines += [_line(pack.name_zh, pack.name_en, "pack", pack.price_fen, offering=pack.id) for pack in entry.packs]
    lines += _beyond_plan(person, entry)
    lines += [_line(vas.name_zh, vas.name_en, "vas", vas.price_fen, offering=vas.id) for vas in (*entry.services, *entry.one_off)]
    percent = TIER_DISCOUNT_PERCENT.get(person.tier, 0)
    if percent:
        tier_zh, tier_en = {"gold": ("金卡", "Gold"), "silver": ("银卡", "Silver")}[person.tier]
        zh, en = f"{tier_zh}会员套餐优惠{percent}%", f"{tier_en} member discount {percent}%"
        lines.append(_line(zh, en, "discount", -(plan.price_fen * percent // 100)))
    return lines


def _beyond_plan(person: Person, entry: Month) -> list[Line]:
    """Data and calls past what plan and packs held, and days abroad."""
    lines = []
    data_over = entry.data_mb - allowance(person, entry, "data")
    if data_over > 0:
        gigabytes = ceil(data_over / 1024)
        lines.append(_line("套餐外流量", "Data beyond your plan", "overage", gigabytes * DATA_FEN_PER_GB, gigabytes, "GB"))
    voice_over = entry.voice_min - allowance(person, entry, "voice")
    if voice_over > 0:
        lines.append(_line("套餐外通话", "Calls beyond your plan", "voice", voice_over * VOICE_FEN_PER_MIN, voice_over, "MIN"))
    if entry.roaming_days:
        zh, en = entry.roaming_place
        fen = entry.roaming_days * ROAMING_FEN_PER_DAY
        lines.append(_line(f"国际漫游（{zh}）", f"Roaming in {en}", "roaming", fen, entry.roaming_days, "DAY"))
    return lines


def _line(
    zh: str, en: str, kind: str, fen: int, quantity: int = 1, units: str | None = None, offering: str | None = None
) -> Line:
    return {
        "name_zh": zh,
        "name_en": en,
        "type": kind,
        "amount_fen": fen,
        "quantity": quantity,
        "units": units,
        "offering_id": offering,
    }


def _state(month: str, now: datetime, total: int, unpaid: bool) -> tuple[str, int]:
    """The running month is `new`; complete ones are settled, the last may be partly paid."""
    if month == month_of(now):
        return "new", total
    if unpaid and next_month(month) == month_of(now):
        return "partiallyPaid", total // 2
    return "settled", 0


def allowance(person: Person, entry: Month, kind: str) -> int:
    """What plan and packs of the month hold together; roaming packs are for abroad."""
    packs = [pack for pack in entry.packs if pack.category != "roamingPack"]
    if kind == "data":
        return person.plan.data_mb + sum(pack.data_mb for pack in packs)
    return person.plan.voice_min + sum(pack.voice_min for pack in packs)


def write_usage(rows: Rows, person: Person, entry: Month) -> None:
    """What one line used in a month, kind by kind."""
    kinds = [
        ("data", entry.data_mb, allowance(person, entry, "data"), "MB"),
        ("voice", entry.voice_min, allowance(person, entry, "voice"), "MIN"),
        ("sms", entry.sms, person.plan.sms, "SMS"),
    ]
    if entry.roaming_mb:
        kinds.append(("roaming", entry.roaming_mb, 0, "MB"))
    for kind, used, held, units in kinds:
        rows.add("usage", msisdn=person.msisdn, month=entry.month, kind=kind, used=used, allowance=held, units=units)
