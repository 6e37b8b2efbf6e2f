"""What a customer did in the last thirteen months, so that every bill has a story."""

from datetime import datetime
from random import Random

from .catalogue import DATA_PACKS, SERVICES
from .person import Month, Person
from .times import month_of, month_start, next_month

ROAMING_PLACES = (("日本", "Japan"), ("泰国", "Thailand"), ("香港", "Hong Kong"), ("法国", "France"), ("美国", "the USA"))
SURPRISES = ("data", "voice", "roaming", "service", "pack")


def live(person: Person, months: list[str], now: datetime, random: Random) -> list[Month]:
    """One Month for each of `months`; two of the complete ones carry a surprise, the last is only as old as `now`."""
    appetite = random.uniform(0.35, 0.85)
    surprising = {month: random.choice(SURPRISES) for month in random.sample(months[:-1], k=2)}
    lived = []
    for month in months:
        elapsed = _elapsed(month, now)
        entry = _ordinary(person, month, appetite * elapsed, random)
        if month in surprising:
            surprise(entry, person, surprising[month], random)
        lived.append(entry)
    for pack in person.packs:
        bought_in = month_of(pack.bought_at)
        next(entry for entry in lived if entry.month == bought_in).packs.append(pack.offering)
    return lived


def surprise(entry: Month, person: Person, kind: str, random: Random) -> None:
    """Makes a month expensive: data or voice beyond the plan, roaming without a pack, a service or packs on top."""
    if kind == "data":
        entry.data_mb = person.plan.data_mb + random.randint(1, 7) * 1024 - random.randint(1, 900)
    elif kind == "voice":
        entry.voice_min = person.plan.voice_min + random.randint(40, 320)
    elif kind == "roaming":
        entry.roaming_days, entry.roaming_place = random.randint(2, 6), random.choice(ROAMING_PLACES)
        entry.roaming_mb = entry.roaming_days * random.randint(120, 700)
    elif kind == "service":
        entry.one_off.append(random.choice([service for service in SERVICES if service not in person.services]))
    else:
        entry.packs.extend(random.choices(DATA_PACKS[2:6], k=2))


def _elapsed(month: str, now: datetime) -> float:
    """How much of a month is over, 0.02 to 1."""
    start, end = month_start(month), month_start(next_month(month))
    return min(1.0, max(0.02, (now - start) / (end - start)))


def _ordinary(person: Person, month: str, share: float, random: Random) -> Month:
    """A month inside the plan."""
    plan = person.plan
    return Month(
        month=month,
        data_mb=int(plan.data_mb * min(0.97, share * random.uniform(0.7, 1.15))),
        voice_min=int(plan.voice_min * min(0.97, share * random.uniform(0.5, 1.2))),
        sms=int(plan.sms * share * random.uniform(0.1, 0.6)),
        services=list(person.services),
    )
