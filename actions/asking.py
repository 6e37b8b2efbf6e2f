"""Questions about a customer's own affairs: whoever is not verified yet is asked who they are first, and then answered."""

from abc import abstractmethod

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import CarelineAction, Events
from actions.forms import TaskForm, Values
from actions.parking import resume
from actions.say import Say
from actions.turn import Turn
from customers.identity import Identity


class CustomerQuestion(CarelineAction):
    """Subclasses write `answer`; it runs only for a verified customer."""

    def act(self, turn: Turn, say: Say) -> Events:
        identity = self.services.identities.of(turn.conversation)
        if identity is None:
            if turn.loop != "identify_form":
                say("utter_need_to_know_you")
            remembered = {name: turn.said(name) for name in ("billing_month", "order_id") if turn.said(name)}
            return [SlotSet("after_identify", {"action": self.name(), **remembered}), FollowupAction("identify_form")]
        self.answer(turn, say, identity)
        return [SlotSet("after_identify", None), *resume(turn)] if turn.slot("after_identify") else []

    @abstractmethod
    def answer(self, turn: Turn, say: Say, identity: Identity) -> None:
        """Say the answer."""

    @staticmethod
    def about(turn: Turn, entity: str) -> str | None:
        """The value asked about: in this message, or in the one that waited until the customer was verified."""
        said = turn.said(entity)
        waiting = turn.slot("after_identify") or {}
        return said or (waiting.get(entity) if isinstance(waiting, dict) else None)


class IdentifyForm(TaskForm):
    """Who is calling, for a question that waits. It has no values and nothing to confirm."""

    task = "identify"
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
