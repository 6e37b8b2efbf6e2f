"""What the stand-in operator knows when it opens: customers, catalogue, orders, bills. All made up, the same every time."""

import json
import sqlite3
from datetime import datetime
from random import Random

from reference_api import clock

from .accounts import Accounts
from .billing import write_bills
from .catalogue import OFFERINGS
from .demo import Demo, demo_customers
from .history import live
from .ids import Ids
from .ordering import Ordering
from .people import draw_person
from .person import Person
from .places import PLACES, PROVINCES
from .rows import Rows
from .times import iso, months_until

FULL_SIZE = 2_200  # customers beside the demo ones; four in five of them are the pool
VERSION = 2  # raise it whenever the seed changes, so that an old template is built anew
RANDOM_SEED = 20_260_913


def build(connection: sqlite3.Connection, *, size: int = FULL_SIZE, now: datetime | None = None) -> None:
    """Fill an empty database (tables made, no transaction open) in one transaction; takes a few seconds.

    Bills, orders and usage are counted back from `now` (the present when None); everything else depends on `size` only.
    """
    moment = (now or clock.now()).replace(microsecond=0)
    connection.execute("BEGIN IMMEDIATE")
    try:
        _fill(Rows(connection), size, moment)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _fill(rows: Rows, size: int, now: datetime) -> None:
    random = Random(RANDOM_SEED)  # noqa: S311 - made-up people, no secrets
    demos = demo_customers(now)
    ids = Ids(random, {number for demo in demos for number in (demo.person.msisdn, *demo.person.other_numbers)})
    accounts, ordering = Accounts(rows, ids, random, now), Ordering(rows, ids, random, now)
    rows.add("meta", name="seed", value=f"{VERSION}:{size}:{iso(now)}")
    _write_catalogue(rows)
    _write_roads(rows)
    for demo in demos:
        _write_demo(rows, ids, accounts, ordering, demo, now, random)
    for position in range(size):
        person = draw_person(random, ids, now, position)
        _write_person(rows, ids, accounts, person, now, random)
        ordering.write_some(person)
        rows.flush_if_many()
    rows.flush()


def _write_person(rows: Rows, ids: Ids, accounts: Accounts, person: Person, now: datetime, random: Random) -> None:
    lived = live(person, months_until(now), now, random)
    accounts.write(person, lived[-1])
    write_bills(rows, ids, person, lived, now, unpaid=person.broadband_status == "suspended")


def _write_demo(rows: Rows, ids: Ids, accounts: Accounts, ordering: Ordering, demo: Demo, now: datetime, random: Random) -> None:
    lived = live(demo.person, months_until(now), now, random)
    demo.spend(lived[-2])
    accounts.write(demo.person, lived[-1])
    write_bills(rows, ids, demo.person, lived, now, unpaid=demo.unpaid)
    for case, wanted in demo.orders:
        ordering.write(demo.person, case, wanted)


def _write_catalogue(rows: Rows) -> None:
    for position, offering in enumerate(OFFERINGS):
        rows.add(
            "offerings",
            id=offering.id,
            category=offering.category,
            name_zh=offering.name_zh,
            name_en=offering.name_en,
            description_zh=offering.text_zh,
            description_en=offering.text_en,
            price_fen=offering.price_fen,
            recurring=int(offering.charge == "month"),
            validity_days=offering.valid_days or None,
            data_mb=offering.data_mb,
            voice_min=offering.voice_min,
            sms=offering.sms,
            speed_mbps=offering.speed_mbps or None,
            stock=offering.stock,
            sellable=int(offering.sellable),
            nicknames=json.dumps([*offering.words_zh, *offering.words_en], ensure_ascii=False),
            position=position,
            body=json.dumps({"tiers": offering.tiers} if offering.tiers else {}),
        )


def _write_roads(rows: Rows) -> None:
    """The operator's map: a row for each road, with nobody living there."""
    for position, place in enumerate(PLACES):
        rows.add(
            "addresses",
            id=f"RD{position:04d}",
            customer_id=None,
            province=PROVINCES.get(place.city_zh, place.city_zh),
            city=place.city_zh,
            district=place.district_zh,
            street=place.road_zh,
            house="",
            text_zh=f"{place.city_zh}{place.district_zh}{place.road_zh}",
            text_en=f"{place.road_en}, {place.district_en}, {place.city_en}",
            serviceable=int(place.max_mbps > 0),
            max_mbps=place.max_mbps,
            reason=place.reason or None,
            body=json.dumps({"readyDays": place.ready_days}),
        )
