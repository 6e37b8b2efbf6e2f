"""The three customers that the README names. Their ids, numbers and PINs never change."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .billing import allowance
from .catalogue import BY_ID, Offering
from .ordering import CANCELLABLE, DELIVERED, IN_TRANSIT, Case
from .person import Home, Month, Pack, Person
from .places import PLACES

ORDER_PACK = Case("dataPack", "completed", "none", (3, 3))
ORDER_PLAN = Case("planChange", "completed", "none", (120, 120))


@dataclass(frozen=True)
class Demo:
    """A customer with orders of their choice; `dear` makes their last complete month expensive."""

    person: Person
    orders: tuple[tuple[Case, list[tuple[Offering, int]]], ...]
    dear: str
    unpaid: bool = False

    def spend(self, month: Month) -> None:
        """What happened in the last complete month, whatever was drawn for it before."""
        held = [pack.offering for pack in self.person.packs]
        month.packs = [pack for pack in month.packs if pack in held]
        month.one_off, month.roaming_days, month.roaming_mb = [], 0, 0
        if self.dear == "abroad":
            month.roaming_days, month.roaming_mb, month.roaming_place = 3, 860, ("日本", "Japan")
            month.data_mb = allowance(self.person, month, "data") + 1900
        elif self.dear == "films":
            month.data_mb = allowance(self.person, month, "data") + 3300
            month.one_off = [BY_ID["vas-video"]]
        else:
            month.packs.append(BY_ID["pack-data-5g"])
            month.voice_min = allowance(self.person, month, "voice") + 186


def demo_customers(now: datetime) -> tuple[Demo, ...]:
    """张伟, Emily Carter and 王芳, as they stand at `now`."""
    return (_zhang(now), _carter(now), _wang(now))


def _zhang(now: datetime) -> Demo:
    person = Person(
        id="CZHANGWEI22",
        name="张伟",
        family_name="张",
        language="zh",
        tier="gold",
        msisdn="+8613800138000",
        pin="246810",
        balance_fen=8650,
        since=now - timedelta(days=2600),
        plan=BY_ID["plan-99"],
        home=_home("建国路", "88号院3号楼1206室", "Room 1206, Building 3, No. 88"),
        other_numbers=["+8613800138001"],
        packs=[Pack(BY_ID["pack-data-10g"], now - timedelta(days=3))],
        services=[BY_ID["vas-ringback"]],
        broadband=BY_ID["broadband-500m"],
    )
    return Demo(person, _orders("earbuds-air", "power-bank-10000", "phone-lanting-x1", "pack-data-10g", "plan-99"), "abroad")


def _carter(now: datetime) -> Demo:
    person = Person(
        id="CEMILYCA222",
        name="Emily Carter",
        family_name="Carter",
        language="en",
        tier="silver",
        msisdn="+8613900139000",
        pin="135790",
        balance_fen=4275,
        since=now - timedelta(days=900),
        plan=BY_ID["plan-59"],
        home=_home("淮海中路", "1018号2号楼1503室", "Room 1503, Building 2, No. 1018"),
        other_numbers=["+8613900139001"],
        packs=[Pack(BY_ID["pack-data-3g"], now - timedelta(days=3))],
        services=[BY_ID["vas-cloud"]],
    )
    return Demo(person, _orders("case-x1", "charger-65w", "phone-qinghe-s", "pack-data-3g", "plan-59"), "films")


def _wang(now: datetime) -> Demo:
    person = Person(
        id="CWANGFANG22",
        name="王芳",
        family_name="王",
        language="zh",
        tier="standard",
        msisdn="+8613700137000",
        pin="112233",
        balance_fen=320,
        since=now - timedelta(days=1500),
        plan=BY_ID["plan-39"],
        home=_home("天河路", "385号1号楼802室", "Room 802, Building 1, No. 385"),
        packs=[Pack(BY_ID["pack-voice-100"], now - timedelta(days=3))],
        broadband=BY_ID["broadband-200m"],
        broadband_status="suspended",
    )
    return Demo(
        person, _orders("router-wifi7", "cable-usbc", "phone-songhe-senior", "pack-voice-100", "plan-39"), "calls", unpaid=True
    )


def _home(road: str, house_zh: str, house_en: str) -> Home:
    return Home(next(place for place in PLACES if place.road_zh == road), house_zh, house_en)


def _orders(
    transit: str, cancellable: str, delivered: str, pack: str, plan: str
) -> tuple[tuple[Case, list[tuple[Offering, int]]], ...]:
    """One on its way, one that can still be cancelled, one delivered, a pack and the plan they have."""
    return (
        (CANCELLABLE, [(BY_ID[cancellable], 1)]),
        (IN_TRANSIT, [(BY_ID[transit], 1)]),
        (ORDER_PACK, [(BY_ID[pack], 1)]),
        (DELIVERED, [(BY_ID[delivered], 1)]),
        (ORDER_PLAN, [(BY_ID[plan], 1)]),
    )
