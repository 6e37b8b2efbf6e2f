"""Packs: extra data, minutes or roaming, on top of the plan."""

import re
from typing import Any, ClassVar

from rasa_sdk.events import SlotSet

from actions.base import Events
from actions.carry_out import Operation
from actions.catalogue import meant
from actions.forms import TaskForm, Values
from actions.outcomes import of_order
from actions.plan import cards, choices, described, in_order
from actions.proving import FormQuestion
from actions.say import Say
from actions.tasks import TaskEnd
from actions.turn import Turn
from carrier.models import Offering
from customers.identity import Identity

CATEGORIES = ("dataPack", "voicePack", "roamingPack")
ROAMING = ("漫游", "国外", "出国", "境外", "roam", "abroad", "travel")
VOICE = ("语音", "通话", "分钟", "打电话", "minutes", "voice", "calls")
GIGABYTES = re.compile(r"(?<!\d)(\d{1,3}) ?个?G(?![A-Za-z])", re.I)
MB_IN_A_GB = 1024
SHOWN_AT_MOST = 10
SPOKEN_AT_MOST = 4  # nobody keeps more in mind by ear


class DataPackForm(TaskForm):
    task = "buy_data_pack"
    intent = "buy_data_pack"
    slots = ("data_pack",)
    notes = ("shown_offerings",)

    def hear(self, turn: Turn, say: Say, values: Values, identity: Identity | None) -> Values:
        text = turn.text.lower()
        packs = self._of_kind(text)
        found = meant(turn, packs, values["shown_offerings"] or ()) or self._of_gigabytes(turn, packs)
        if len(found) > 1 and (at_home := [pack for pack in found if pack.category == "dataPack"]):
            found = at_home  # 10 GB, with no word of a journey
        if len(found) == 1:
            return {"data_pack": found[0].id}
        if len(found) > 1:
            return {"data_pack": None, **offer(turn, say, found, "utter_which_pack")}
        if turn.said("data_volume") is not None or turn.said("amount") is not None:
            return {"data_pack": None, **offer(turn, say, self._nearest(turn, packs), "utter_pack_not_found")}
        if turn.intent == self.intent and any(word in text for word in (*ROAMING, *VOICE)):
            return offer(turn, say, sorted(packs, key=lambda pack: pack.price_fen), "utter_ask_which_pack")
        return {}

    def _of_kind(self, text: str) -> list[Offering]:
        kinds: tuple[str, ...] = CATEGORIES
        if any(word in text for word in ROAMING):
            kinds = ("roamingPack",)
        elif any(word in text for word in VOICE):
            kinds = ("voicePack",)
        every = self.services.operator.catalogue.offerings().value
        return [offering for offering in every if offering.category in kinds and offering.sellable]

    @staticmethod
    def _of_gigabytes(turn: Turn, packs: list[Offering]) -> list[Offering]:
        """ "5G" is a network elsewhere; where a pack was asked for, it is a size."""
        said = GIGABYTES.search(turn.text) if turn.asked == "data_pack" else None
        return [pack for pack in packs if said and pack.data_mb == int(said[1]) * MB_IN_A_GB]

    @staticmethod
    def _nearest(turn: Turn, packs: list[Offering]) -> list[Offering]:
        wanted = turn.said("data_volume") or 0
        with_data = [pack for pack in packs if pack.data_mb]
        return sorted(with_data, key=lambda pack: (abs((pack.data_mb or 0) - wanted), pack.price_fen))[:SHOWN_AT_MOST]

    def needs_code(self, values: Values, identity: Identity) -> bool:
        return True

    def summary(self, turn: Turn, say: Say, values: Values) -> str:
        name = self.services.operator.catalogue.offering(values["data_pack"]).names
        return say.choose(f"办理{name.zh}", f"add {name.en}")

    def read_back(self, turn: Turn, say: Say, values: Values, identity: Identity) -> None:
        pack = self.services.operator.catalogue.offering(values["data_pack"])
        days = pack.validity_days
        valid = say.choose(f"，有效 {days} 天", f", valid for {days} days") if days else ""
        say("utter_confirm_data_pack", pack=pack.names.in_(turn.language), price=say.money(pack.price_fen), valid=valid)


class AskDataPack(FormQuestion):
    """Shows what there is once; the ids shown are remembered."""

    def name(self) -> str:
        return "action_ask_data_pack"

    def act(self, turn: Turn, say: Say) -> Events:
        if turn.just_set("shown_offerings"):  # the list that was offered asks already
            return []
        known = [o for o in self.services.operator.catalogue.offerings().value if o.category in CATEGORIES]
        if shown := in_order(known, turn.slot("shown_offerings") or ()):  # what another task has shown is no answer here
            say("utter_ask_which_pack_again", buttons=choices(turn, shown, "data_pack"))
            return []
        packs = [o for o in self.services.operator.catalogue.offerings("dataPack").value if o.sellable]
        offered = offer(turn, say, sorted(packs, key=lambda pack: pack.price_fen), "utter_ask_which_pack")
        return [SlotSet(name, value) for name, value in offered.items()]


class DoDataPack(TaskEnd):
    task = "buy_data_pack"
    means: ClassVar = {"paymentDeclined": "balanceShort"}  # a pack is paid from the phone balance

    def operation(self, turn: Turn, values: Values, identity: Identity, key: str) -> Operation:
        orders = self.services.operator.orders

        def send() -> dict[str, Any] | None:
            return of_order(orders.add_pack(identity.customer_id, identity.number, values["data_pack"], key=key))

        return Operation(self.task, key, {"number": identity.number, "pack": values["data_pack"]}, send)

    def tell(self, turn: Turn, say: Say, values: Values, receipt: dict[str, Any]) -> None:
        pack = self.services.operator.catalogue.offering(values["data_pack"]).names.in_(turn.language)
        say("utter_pack_added", pack=pack, reference=receipt["id"])


def offer(turn: Turn, say: Say, offerings: list[Offering], response: str) -> Values:
    """Show a bounded list with buttons; the ids shown are remembered, so that "the second one" means something."""
    shown = offerings[: SPOKEN_AT_MOST if turn.is_spoken else SHOWN_AT_MOST]
    if turn.has_cards:
        say(response, packs="", elements=cards(turn, say, shown, "data_pack"))
    else:
        say(response, packs=described(turn, say, shown), buttons=choices(turn, shown, "data_pack"))
    return {"shown_offerings": [offering.id for offering in shown]}
