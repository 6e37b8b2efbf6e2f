"""Draws the customers of the seed, apart from the three everybody knows (demo.py)."""

from datetime import datetime, timedelta
from random import Random

from .catalogue import BY_ID, DATA_PACKS, PLANS, ROAMING_PACKS, SERVICES, VOICE_PACKS, Offering
from .ids import Ids
from .names import DOUBLE_SURNAMES_ZH, chinese_name, english_name
from .person import Home, Pack, Person
from .places import PLACES, Place
from .pool_pins import pool_pin

ENGLISH_SHARE = 0.3
POOL_SHARE = 0.8  # of all customers; the rest carry the odd states a test must not meet by accident
PLAN_WEIGHTS = {
    "plan-8": 6,
    "plan-19": 12,
    "plan-36": 3,
    "plan-39": 18,
    "plan-59": 26,
    "plan-69": 0,
    "plan-79": 13,
    "plan-99": 11,
    "plan-129": 7,
    "plan-199": 4,
}


def draw_person(random: Random, ids: Ids, now: datetime, position: int) -> Person:
    """The customer at `position` (0, 1, 2 ...); four in five of them belong to the pool."""
    pool = position % 5 != 4
    language = "en" if random.random() < ENGLISH_SHARE else "zh"
    name = english_name(random) if language == "en" else chinese_name(random)
    customer_id = ids.plain("C")
    person = Person(
        id=customer_id,
        name=name,
        family_name=family_name(name),
        language=language,
        tier=random.choices(("standard", "silver", "gold"), (70, 20, 10))[0],
        msisdn=ids.msisdn(),
        pin=pool_pin(customer_id),
        balance_fen=_balance(random),
        since=now - timedelta(days=random.randint(400, 3600)),
        plan=_plan(random),
        home=draw_home(random),
        pool=pool,
    )
    person.other_numbers = [ids.msisdn()] if random.random() < 0.4 else []
    person.line_status = "suspended" if random.random() < 0.04 else "active"
    person.second_line = ids.msisdn() if random.random() < 0.08 else ""
    _draw_services(person, random, now)
    return person


def draw_home(random: Random, place: Place | None = None) -> Home:
    """A flat somewhere on the operator's map."""
    number, building, room = random.randint(1, 288), random.randint(1, 12), random.randint(1, 28) * 100 + random.randint(1, 4)
    return Home(
        place or random.choice(PLACES), f"{number}号{building}号楼{room}室", f"Room {room}, Building {building}, No. {number}"
    )


def family_name(name: str) -> str:
    """张 of 张伟, 欧阳 of 欧阳娜, Carter of Emily Carter."""
    if name.isascii():
        return name.split()[-1]
    return name[:2] if name[:2] in DOUBLE_SURNAMES_ZH else name[0]


def _balance(random: Random) -> int:
    """One in eight has less than ten yuan, the rest up to a few hundred."""
    return random.randint(0, 999) if random.random() < 0.12 else random.randint(1000, 9000) + 10 * random.randint(0, 1500)


def _plan(random: Random) -> Offering:
    return random.choices(PLANS, [PLAN_WEIGHTS[plan.id] for plan in PLANS])[0]


def _draw_services(person: Person, random: Random, now: datetime) -> None:
    """Packs bought in the last days, monthly services, broadband where there is fibre."""
    if random.random() < 0.45:
        pack = random.choices((*DATA_PACKS, *VOICE_PACKS, *ROAMING_PACKS), (1, 4, 5, 5, 6, 3, 2, 3, 2, 1, 1, 1, 1, 1))[0]
        person.packs.append(Pack(pack, now - timedelta(hours=random.randint(1, 20 * pack.valid_days))))
    if random.random() < 0.35:
        person.services = random.sample(SERVICES, k=random.choice((1, 1, 2)))
    if person.home.place.max_mbps and random.random() < 0.55:
        fitting = [BY_ID[f"broadband-{mbps}m"] for mbps in (200, 500, 1000) if mbps <= person.home.place.max_mbps]
        person.broadband = random.choice(fitting)
        person.broadband_status = "suspended" if random.random() < 0.12 else "active"
