"""Plans: which one a customer has, and changing to another now or with the next bill."""

from collections.abc import Iterable
from typing import Any, ClassVar

from rasa_sdk.events import SlotSet

from actions.asking import CustomerQuestion
from actions.base import Events
from actions.carry_out import Operation
from actions.catalogue import meant
from actions.forms import SURE, TaskForm, Values
from actions.outcomes import of_order
from actions.proving import FormQuestion
from actions.say import Say, button
from actions.tasks import TaskEnd
from actions.turn import Turn
from carrier.models import Offering, Subscriptions
from customers.identity import Identity

SHOWN_AT_MOST = 10
SPOKEN_AT_MOST = 4  # nobody keeps more in mind by ear
CHEAPER = ("便宜", "省", "cheaper", "less expensive", "lower")
NOW = ("马上", "立即", "立刻", "现在", "immediately", "right away", "now")
NEXT = ("下个月", "下月", "次月", "下个账期", "next month", "next cycle", "next bill")


class QueryPlan(CustomerQuestion):
    def name(self) -> str:
        return "action_query_plan"

    def answer(self, turn: Turn, say: Say, identity: Identity) -> None:
        has = self.services.operator.inventory.of(identity.customer_id, identity.number).value
        if has.plan is None:
            say("utter_no_plan")
            return
        say(
            "utter_plan",
            plan=has.plan.names.in_(turn.language),
            price=say.money(has.plan.price_fen),
            packs=self._packs(turn, say, has),
        )

    @staticmethod
    def _packs(turn: Turn, say: Say, has: Subscriptions) -> str:
        names = [pack.names.in_(turn.language) for pack in has.packs if pack.status == "active"]
        if not names:
            return say.choose("没有生效中的加油包。", "You have no add-on packs at the moment.")
        return say.choose(f"生效中的包：{'、'.join(names)}。", f"Active packs: {', '.join(names)}.")


class ChangePlanForm(TaskForm):
    task = "change_plan"
    intent = "change_plan"
    slots = ("new_plan", "plan_effective")
    notes = ("shown_offerings",)

    def hear(self, turn: Turn, say: Say, values: Values, identity: Identity | None) -> Values:
        heard: Values = {}
        text = turn.text.lower()
        if effective := turn.said("effective") or self._when(text, turn):
            heard["plan_effective"] = effective
        plans = self.services.operator.catalogue.offerings("plan").value
        found = (
            meant(turn, plans, values["shown_offerings"] or ())
            if turn.asked not in ("plan_effective", "confirmed") or turn.intent == "correct"
            else []
        )
        if len(found) == 1:
            return {**heard, "new_plan": self._unless_used(say, found[0], identity)}
        if len(found) > 1:
            return {**heard, "new_plan": None, **offer_plans(turn, say, found, "utter_which_plan")}
        if turn.intent == self.intent and any(word in text for word in CHEAPER) and identity:
            return {**heard, **self._offer_cheaper(turn, say, identity, plans)}
        if turn.asked == "new_plan" and isinstance(price := turn.said("amount"), int):
            say("utter_no_plan_of_price", price=say.money(price))
        return heard

    def may_begin(self, turn: Turn, say: Say, identity: Identity) -> bool:
        if self.services.operator.inventory.of(identity.customer_id, identity.number).value.pending_change is None:
            return True
        say("utter_refused_changePending")
        return False

    def _unless_used(self, say: Say, plan: Offering, identity: Identity | None) -> str | None:
        """The plan's id; None, and said so, where it is the one in use."""
        if identity is None:
            return plan.id
        has = self.services.operator.inventory.of(identity.customer_id, identity.number).value.plan
        if has is None or has.offering_id != plan.id:
            return plan.id
        say("utter_plan_in_use", plan=say.choose(plan.names.zh, plan.names.en))
        return None

    @staticmethod
    def _when(text: str, turn: Turn) -> str | None:
        if turn.asked == "plan_effective" and turn.said("position") in (1, 2):
            return ("nextCycle", "immediate")[turn.said("position") - 1]
        if any(word in text for word in NEXT):
            return "nextCycle"
        asked_or_corrected = turn.asked in ("plan_effective", *SURE)  # "I want it now" at the beginning is only impatience
        return "immediate" if asked_or_corrected and any(word in text for word in NOW) else None

    def _offer_cheaper(self, turn: Turn, say: Say, identity: Identity, plans: tuple[Offering, ...]) -> Values:
        current = self.services.operator.inventory.of(identity.customer_id, identity.number).value.plan
        cheaper = [plan for plan in plans if plan.sellable and (current is None or plan.price_fen < current.price_fen)]
        if not cheaper:
            say("utter_plan_cheapest_already")
            return {}
        return offer_plans(turn, say, sorted(cheaper, key=lambda plan: -plan.price_fen), "utter_cheaper_plans")

    def review(self, turn: Turn, say: Say, values: Values, identity: Identity) -> Values | None:
        plan = self.services.operator.catalogue.offering(values["new_plan"])
        return {} if self._unless_used(say, plan, identity) else {"new_plan": None}

    def needs_code(self, values: Values, identity: Identity) -> bool:
        return True

    def summary(self, turn: Turn, say: Say, values: Values) -> str:
        name = self.services.operator.catalogue.offering(values["new_plan"]).names
        return say.choose(f"套餐变更为{name.zh}", f"change to the {name.en} plan")

    def read_back(self, turn: Turn, say: Say, values: Values, identity: Identity) -> None:
        plan = self.services.operator.catalogue.offering(values["new_plan"])
        say(
            "utter_confirm_change_plan",
            plan=plan.names.in_(turn.language),
            price=say.money(plan.price_fen),
            contents=contents(say, plan),
            effective=effective_words(say, values["plan_effective"]),
        )


class AskNewPlan(FormQuestion):
    """Shows the plans once; the ids shown are remembered, so that "the second one" means something."""

    def name(self) -> str:
        return "action_ask_new_plan"

    def act(self, turn: Turn, say: Say) -> Events:
        if turn.just_set("shown_offerings"):  # the list that was offered asks already
            return []
        plans = [plan for plan in self.services.operator.catalogue.offerings("plan").value if plan.sellable]
        if shown := in_order(plans, turn.slot("shown_offerings") or ()):  # what another task has shown is no answer here
            say("utter_ask_which_plan", buttons=choices(turn, shown, "plan"))
            return []
        _, _, identity = self.known(turn)
        if identity:
            has = self.services.operator.inventory.of(identity.customer_id, identity.number).value.plan
            plans = [plan for plan in plans if has is None or plan.id != has.offering_id]
        offered = offer_plans(turn, say, sorted(plans, key=lambda plan: plan.price_fen), "utter_ask_new_plan")
        return [SlotSet(name, value) for name, value in offered.items()]


class DoChangePlan(TaskEnd):
    task = "change_plan"
    ask_again: ClassVar = {"planSame": "new_plan", "planNotEligible": "new_plan"}

    def operation(self, turn: Turn, values: Values, identity: Identity, key: str) -> Operation:
        orders = self.services.operator.orders

        def send() -> dict[str, Any] | None:
            placed = orders.change_plan(
                identity.customer_id, identity.number, values["new_plan"], effective=values["plan_effective"], key=key
            )
            return of_order(placed)

        record = {"number": identity.number, "plan": values["new_plan"], "effective": values["plan_effective"]}
        return Operation(self.task, key, record, send)

    def tell(self, turn: Turn, say: Say, values: Values, receipt: dict[str, Any]) -> None:
        plan = self.services.operator.catalogue.offering(values["new_plan"]).names.in_(turn.language)
        say("utter_plan_changed", plan=plan, effective=effective_words(say, values["plan_effective"]), reference=receipt["id"])


def offer_plans(turn: Turn, say: Say, plans: list[Offering], response: str) -> Values:
    """Show a bounded list with buttons; the ids shown are remembered."""
    shown = plans[: SPOKEN_AT_MOST if turn.is_spoken else SHOWN_AT_MOST]
    if turn.has_cards:
        say(response, plans="", elements=cards(turn, say, shown, "plan"))
    else:
        say(response, plans=described(turn, say, shown), buttons=choices(turn, shown, "plan"))
    return {"shown_offerings": [plan.id for plan in shown]}


def choices(turn: Turn, offerings: list[Offering], entity: str) -> list[dict[str, str]]:
    """A button for each offering."""
    return [button(offering.names.in_(turn.language), "inform", **{entity: offering.id}) for offering in offerings]


def in_order(offerings: Iterable[Offering], shown: Iterable[str]) -> list[Offering]:
    """The offerings that were shown, in the order in which they were: "the last one" must stay the last."""
    by_id = {offering.id: offering for offering in offerings}
    return [by_id[name] for name in shown if name in by_id]


def effective_words(say: Say, effective: str) -> str:
    return (
        say.choose("下个账期起", "from your next billing cycle")
        if effective == "nextCycle"
        else say.choose("立即", "immediately")
    )


def described(turn: Turn, say: Say, offerings: list[Offering]) -> str:
    """A numbered list in writing; names and prices in one breath on the phone."""
    lines = [
        f"{o.names.in_(turn.language)}，{say.money(o.price_fen)}"
        if turn.language == "zh"
        else f"{o.names.en}, {say.money(o.price_fen)}"
        for o in offerings
    ]
    if turn.is_spoken:
        return "；".join(lines) if turn.language == "zh" else "; ".join(lines)
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def cards(turn: Turn, say: Say, offerings: list[Offering], entity: str) -> list[dict[str, Any]]:
    """A card for each offering: its name, its price and what is in it, and the button that chooses it."""
    return [
        {
            "title": offering.names.in_(turn.language),
            "subtitle": " · ".join(filter(None, (say.money(offering.price_fen), contents(say, offering)))),
            "buttons": [chosen],
        }
        for offering, chosen in zip(offerings, choices(turn, offerings, entity), strict=True)
    ]


def contents(say: Say, offering: Offering) -> str:
    parts = [
        say.volume(offering.data_mb) if offering.data_mb else "",
        say.choose(f"{offering.voice_min} 分钟通话", f"{offering.voice_min} minutes") if offering.voice_min else "",
        say.choose(f"{offering.sms} 条短信", f"{offering.sms} texts") if offering.sms else "",
    ]
    return say.choose("、", ", ").join(part for part in parts if part)
