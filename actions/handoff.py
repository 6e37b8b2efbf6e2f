"""A person, please: the wish is recorded with its context, and the customer is told truthfully that somebody will call back."""

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import CarelineAction, Events
from actions.forms import TaskForm, Values
from actions.parking import leave_all
from actions.say import Say
from actions.turn import Turn
from customers.identity import Identity

INTENTS_TOLD = 8  # last intents that go with the wish


class HumanAgent(CarelineAction):
    """Asked for in any words, from anywhere. Known callers are promised a call at once; others are asked for their number."""

    def name(self) -> str:
        return "action_human_agent"

    def act(self, turn: Turn, say: Say) -> Events:
        identity = self.services.identities.of(turn.conversation)
        number = identity.number if identity else turn.slot("caller_number") or turn.said("phone_number")
        if number is None:
            return [*leave_all(turn), FollowupAction("call_back_form")]
        promise_call(self, turn, say, str(number))
        return leave_all(turn)


class CallBackForm(TaskForm):
    task = "call_back"
    intent = "request_callback"
    sure = ()
    slots = ("call_back_number",)
    notes = ("call_back_urgent",)

    @property
    def required(self) -> tuple[str, ...]:
        return self.slots

    def act(self, turn: Turn, say: Say) -> Events:
        opening = turn.is_activation_of("call_back_form")
        identity = self.services.identities.of(turn.conversation)
        known = (
            identity.number if identity and opening and not turn.slot("call_back_urgent") else None
        )  # a lost phone rings in vain
        number = (None if opening and turn.slot("call_back_urgent") else turn.said("phone_number")) or known
        if number is not None:
            return [SlotSet("call_back_number", number), SlotSet("requested_slot", None)]
        if opening:
            return [SlotSet("requested_slot", "call_back_number")]
        return [SlotSet("call_back_number", None)] if turn.intent == self.intent else []  # the same wish again: asked again

    def hear(self, turn: Turn, say: Say, values: Values, identity: Identity | None) -> Values:
        return {}


class CallBack(CarelineAction):
    def name(self) -> str:
        return "action_call_back"

    def act(self, turn: Turn, say: Say) -> Events:
        if number := turn.slot("call_back_number"):
            promise_call(self, turn, say, str(number), urgent=bool(turn.slot("call_back_urgent")))
        return [*TaskForm.registry["call_back_form"].cleared(), *leave_all(turn)]


def promise_call(action: CarelineAction, turn: Turn, say: Say, number: str, *, urgent: bool = False) -> None:
    """Write the promise down and give its reference; a wish that this conversation has registered already keeps its own."""
    promises = action.services.promises
    made = [one for one in promises.list(conversation=turn.conversation) if one.number == number]
    if made and (not urgent or made[0].context.get("urgent")):
        say("utter_call_back_promised_already", number=say.number(number), reference=made[0].reference)
        return
    identity = action.services.identities.of(turn.conversation)
    context = {
        "urgent": urgent,
        "intents": turn.recent_intents()[:INTENTS_TOLD],
        "channel": turn.channel,
        "language": turn.language,
        "open_tasks": turn.loops_open(),
        "verified_by": identity.method if identity else None,
    }
    reference = promises.record(turn.conversation, identity.customer_id if identity else None, "call_back", context, number)
    say(
        "utter_call_back_promised_urgent" if urgent else "utter_call_back_promised",
        number=say.number(number),
        reference=reference,
    )
