"""Questions about a customer's own affairs: whoever is not verified yet is asked who they are first, and then answered."""

from abc import abstractmethod
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import CarelineAction, Events
from actions.forms import TaskForm, Values
from actions.parking import resume
from actions.say import Say
from actions.turn import Turn
from carrier.errors import NotFound
from customers.identity import Identity


class CustomerQuestion(CarelineAction):
    """Subclasses write `answer`; it runs only for a verified customer."""

    def act(self, turn: Turn, say: Say) -> Events:
        identity = self.services.identities.of(turn.conversation)
        if identity is None:
            if turn.loop != "identify_form":
                say("utter_need_to_know_you")
            said = {name: turn.said(name) for name in ("billing_month", "order_id") if turn.said(name)}
            waiting = {"action": self.name(), **said, **self.remember(turn)}
            return [SlotSet("after_identify", waiting), FollowupAction("identify_form")]
        asked_about = self._line_asked_about(turn, identity)
        noted: Events = []
        if asked_about is None:
            say("utter_only_your_own")
        else:
            noted = self.answer(turn, say, asked_about) or []
        return [*noted, SlotSet("after_identify", None), *resume(turn)] if turn.slot("after_identify") else noted

    def _line_asked_about(self, turn: Turn, identity: Identity) -> Identity | None:
        """The customer, on the line that was named; None where it is not theirs, whether or not it is anybody's."""
        number = turn.said("phone_number")
        if number is None or number == identity.number:
            return identity
        try:
            holder = self.services.operator.customers.by_number(str(number))
        except NotFound:
            return None
        return identity.model_copy(update={"number": number}) if holder.id == identity.customer_id else None

    @abstractmethod
    def answer(self, turn: Turn, say: Say, identity: Identity) -> Events | None:
        """Say the answer; slots to remember of it, if any."""

    def remember(self, turn: Turn) -> dict[str, Any]:
        """What to keep of this message, besides its values, until the customer is verified; plain JSON."""
        return {}

    def remembered(self, turn: Turn) -> dict[str, Any]:
        """What `remember` made of the message that asks: this one, or the one that waited."""
        waiting = turn.slot("after_identify")
        return waiting if isinstance(waiting, dict) and waiting.get("action") == self.name() else self.remember(turn)

    @staticmethod
    def about(turn: Turn, entity: str) -> str | None:
        """The value asked about: in this message, or in the one that waited until the customer was verified."""
        said = turn.said(entity)
        waiting = turn.slot("after_identify") or {}
        return said or (waiting.get(entity) if isinstance(waiting, dict) else None)


class IdentifyForm(TaskForm):
    """Who is calling, for a question that waits. It has no values and nothing to confirm."""

    task = "identify"
    number_is_callers = True
    intent = ""
    sure = ()

    def hear(self, turn: Turn, say: Say, values: Values, identity: Identity | None) -> Values:
        return {}


class Identified(CarelineAction):
    """The customer is known now: answer what was asked before."""

    def name(self) -> str:
        return "action_identify"

    def act(self, turn: Turn, say: Say) -> Events:
        waiting = turn.slot("after_identify") or {}
        action = waiting.get("action") if isinstance(waiting, dict) else None
        if action and self.services.identities.of(turn.conversation) is not None:
            return [FollowupAction(action)]
        return [SlotSet("after_identify", None), *resume(turn)]
