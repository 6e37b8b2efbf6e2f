"""Plans: which one a customer has, and changing to another now or with the next bill."""

from typing import Any

from rasa_sdk.events import SlotSet

from actions.asking import CustomerQuestion
from actions.base import Events
from actions.carry_out import Operation
from actions.catalogue import meant
from actions.forms import TaskForm, Values
from actions.proving import FormQuestion
from actions.say import Say, button
from actions.tasks import TaskEnd
from actions.turn import Turn
from carrier.models import Offering, Order, Subscriptions
from customers.identity import Identity

SHOWN_AT_MOST = 5
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
            return {**heard, "new_plan": found[0].id}
        if len(found) > 1:
            return {**heard, "new_plan": None, **self._offer(turn, say, found, "utter_which_plan")}
        if turn.intent == self.intent and any(word in text for word in CHEAPER) and identity:
            return {**heard, **self._offer_cheaper(turn, say, identity, plans)}
        return heard

    @staticmethod
    def _when(text: str, turn: Turn) -> str | None:
        if turn.asked == "plan_effective" and turn.said("position") in (1, 2):
            return ("nextCycle", "immediate")[turn.said("position") - 1]
        if any(word in text for word in NEXT):
            return "nextCycle"
        return "immediate" if any(word in text for word in NOW) and turn.asked == "plan_effective" else None

    def _offer_cheaper(self, turn: Turn, say: Say, identity: Identity, plans: tuple[Offering, ...]) -> Values:
        current = self.services.operator.inventory.of(identity.customer_id, identity.number).value.plan
        cheaper = [plan for plan in plans if current is None or plan.price_fen < current.price_fen]
        if not cheaper:
            say("utter_plan_cheapest_already")
            return {}
        return self._offer(turn, say, sorted(cheaper, key=lambda plan: -plan.price_fen), "utter_cheaper_plans")

    @staticmethod
    def _offer(turn: Turn, say: Say, plans: list[Offering], response: str) -> Values:
        shown = plans[:SHOWN_AT_MOST]
        say(
            response,
            plans=described(turn, say, shown),
            buttons=[button(p.names.in_(turn.language), "inform", plan=p.id) for p in shown],
        )
        return {"shown_offerings": [plan.id for plan in shown]}

    def review(self, turn: Turn, say: Say, values: Values, identity: Identity) -> Values | None:
        has = self.services.operator.inventory.of(identity.customer_id, identity.number).value
        if has.pending_change is not None:
            say("utter_refused_changePending")
            return None
        if has.plan is not None and has.plan.offering_id == values["new_plan"]:
            say("utter_refused_planSame")
            return {"new_plan": None}
        return {}

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
    """Shows the plans; the ids shown are remembered, so that "the second one" means something."""

    def name(self) -> str:
        return "action_ask_new_plan"

    def act(self, turn: Turn, say: Say) -> Events:
        if turn.slot("shown_offerings"):
            say("utter_ask_which_plan")
            return []
        plans = sorted(self.services.operator.catalogue.offerings("plan").value, key=lambda plan: plan.price_fen)
        shown = plans[:SHOWN_AT_MOST]
        buttons = [button(plan.names.in_(turn.language), "inform", plan=plan.id) for plan in shown]
        say("utter_ask_new_plan", plans=described(turn, say, shown), buttons=buttons)
        return [SlotSet("shown_offerings", [plan.id for plan in shown])]


class DoChangePlan(TaskEnd):
    task = "change_plan"

    def operation(self, turn: Turn, values: Values, identity: Identity, key: str) -> Operation:
        orders = self.services.operator.orders

        def send() -> dict[str, Any] | None:
            placed = orders.change_plan(
                identity.customer_id, identity.number, values["new_plan"], effective=values["plan_effective"], key=key
            )
            return order_receipt(placed)

        def find() -> dict[str, Any] | None:
            found = orders.by_key(key)
            return order_receipt(found) if found else None

        record = {"number": identity.number, "plan": values["new_plan"], "effective": values["plan_effective"]}
        return Operation(self.task, key, record, send, find)

    def tell(self, turn: Turn, say: Say, values: Values, receipt: dict[str, Any]) -> None:
        plan = self.services.operator.catalogue.offering(values["new_plan"]).names.in_(turn.language)
        say("utter_plan_changed", plan=plan, effective=effective_words(say, values["plan_effective"]), reference=receipt["id"])


def order_receipt(order: Order) -> dict[str, Any]:
    return {"id": order.id, "state": order.state.value}


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


def contents(say: Say, offering: Offering) -> str:
    parts = [
        say.volume(offering.data_mb) if offering.data_mb else "",
        say.choose(f"{offering.voice_min} 分钟通话", f"{offering.voice_min} minutes") if offering.voice_min else "",
        say.choose(f"{offering.sms} 条短信", f"{offering.sms} texts") if offering.sms else "",
    ]
    return say.choose("、", ", ").join(part for part in parts if part)
