"""A task that collects values, proves who asks, reads everything back and waits for an explicit yes.

Slots of every task form, in this order: caller_number, identity, the task's own values, proof, confirmed.
identity, proof and confirmed are bookmarks: `identity` says that customers/ knows who this is, `proof` and `confirmed` hold the hash of the values they
were given for. What customers/ says now decides, never the slot; a changed value changes the hash and so voids code and yes.
"""

from abc import abstractmethod
from typing import Any, ClassVar
from uuid import uuid4

from rasa_sdk.events import SlotSet

from actions.base import CarelineAction, Events
from actions.say import Say
from actions.turn import ABOUT_THIS_TASK, REQUESTED_SLOT, Turn
from customers.identity import Identity
from customers.operations import operation_hash

WHO = ("caller_number", "identity")
SURE = ("proof", "confirmed")
Values = dict[str, Any]


class TaskForm(CarelineAction):
    """Rasa's `validate_<form>`: hears values, checks them, decides what is asked next.

    It returns slots only when they change. Otherwise Rasa would take every message for an answer, and a question in the middle would be swallowed.
    """

    ends_turn = False
    task: ClassVar[str]  # "top_up": names the form, the operation, the intent and the responses
    intent: ClassVar[str]
    slots: ClassVar[tuple[str, ...]] = ()
    notes: ClassVar[tuple[str, ...]] = ()  # slots that are remembered with the task but never asked for
    sure: ClassVar[tuple[str, ...]] = SURE
    number_is_callers: ClassVar[bool] = False  # a number named with the wish itself is the customer's own
    registry: ClassVar[dict[str, "TaskForm"]] = {}

    def __init__(self) -> None:
        TaskForm.registry[f"{self.task}_form"] = self

    def name(self) -> str:
        return f"validate_{self.task}_form"

    # what a task writes
    @abstractmethod
    def hear(self, turn: Turn, say: Say, values: Values, identity: Identity | None) -> Values:
        """The task's values in this message, only those said; None for one to be asked again (and say why)."""

    def may_begin(self, turn: Turn, say: Say, identity: Identity) -> bool:
        """Whether this customer can do the task at all, asked before any value is; says why not."""
        return True

    def review(self, turn: Turn, say: Say, values: Values, identity: Identity) -> Values | None:
        """With all values known: corrections (a slot to None asks again, after saying why), or None to end the task (after saying why)."""
        return {}

    def needs_code(self, values: Values, identity: Identity) -> bool:
        """Whether a fresh SMS code bound to these values is needed (docs/dialogue rules: who may do what)."""
        return False

    def summary(self, turn: Turn, say: Say, values: Values) -> str:
        """The operation in a few words, for the text message that carries its code."""
        return ""

    def read_back(self, turn: Turn, say: Say, values: Values, identity: Identity) -> None:
        """Say all values and ask for a yes."""

    # the mechanism
    @property
    def required(self) -> tuple[str, ...]:
        return (*WHO, *self.slots, *self.sure)

    def act(self, turn: Turn, say: Say) -> Events:
        opening = turn.is_activation_of(f"{self.task}_form")
        now = self._now(turn)
        identity = self.services.identities.of(turn.conversation)
        heard = self._heard(turn, say, now, identity, opening)
        new = {**now, **heard}
        new.update(self._who(turn, say, new, identity, opening, understood=bool(heard)))
        if identity and (opening or now["identity"] is None) and not self.may_begin(turn, say, identity):
            return [SlotSet("confirmed", None), SlotSet(REQUESTED_SLOT, None)]
        if identity and self._is_news(now, new, identity):
            corrections = self.review(turn, say, {name: new[name] for name in self.slots}, identity)
            if corrections is None:
                return [SlotSet("confirmed", None), SlotSet(REQUESTED_SLOT, None)]
            new.update(corrections)
        new.update(self._bookmarks(turn, now, new, identity))
        changed = [SlotSet(name, value) for name, value in new.items() if value != now[name]]
        if not changed and not opening:
            # Its own wish again ("top up" in the middle of a top-up) is no question besides: what was asked is asked again.
            return [SlotSet(turn.asked, None)] if turn.asked and (say.spoke or turn.intent == self.intent) else []
        return [*changed, SlotSet(REQUESTED_SLOT, next(iter(self._missing(new, self.required)), None))]

    def _now(self, turn: Turn) -> Values:
        return {name: turn.slot(name) for name in (*self.required, *self.notes, "operation")}

    def _is_news(self, now: Values, new: Values, identity: Identity) -> bool:
        """True when all values are known and have not been reviewed yet."""
        if self._missing(new, self.slots):
            return False
        return bool((now["operation"] or {}).get("hash") != self.digest({name: new[name] for name in self.slots}, identity))

    def _heard(self, turn: Turn, say: Say, now: Values, identity: Identity | None, opening: bool) -> Values:
        if not opening and turn.intent not in ABOUT_THIS_TASK and turn.intent != self.intent:
            return {}
        heard = self.hear(turn, say, {name: now[name] for name in (*self.slots, *self.notes)}, identity)
        if turn.asked == "caller_number" and not opening:  # the number given is the caller's own, not one to act on
            return {name: value for name, value in heard.items() if value is not None and value != turn.said("phone_number")}
        return heard

    def _who(self, turn: Turn, say: Say, new: Values, identity: Identity | None, opening: bool, *, understood: bool) -> Values:
        if identity:
            if turn.intent == "verification_done":
                say("utter_verified")
            return {"caller_number": identity.number, "identity": "verified"}
        if turn.asked != "caller_number" and not (opening and self.number_is_callers):
            return {"caller_number": new["caller_number"], "identity": None}
        if not opening and not understood and turn.intent == "inform" and not turn.said("phone_number"):
            say("utter_number_unclear")
        return {"caller_number": turn.said("phone_number") or new["caller_number"], "identity": None}

    def _bookmarks(self, turn: Turn, now: Values, new: Values, identity: Identity | None) -> Values:
        if not self.sure:
            return {}
        if identity is None or self._missing(new, self.slots):
            return {"proof": None, "confirmed": None, "operation": None}
        values = {slot: new[slot] for slot in self.slots}
        digest = self.digest(values, identity)
        proved = not self.needs_code(values, identity) or self.services.verification.code_accepted(turn.conversation, digest)
        said_yes = turn.intent == "affirm" and turn.asked == "confirmed" and (now["operation"] or {}).get("hash") == digest
        same = (now["operation"] or {}).get("hash") == digest
        return {
            "proof": digest if proved else None,
            "confirmed": digest if proved and (said_yes or now["confirmed"] == digest) else None,
            "operation": now["operation"] if same else {"hash": digest, "key": uuid4().hex},
        }

    def digest(self, values: Values, identity: Identity) -> str:
        return operation_hash(self.task, {**values, "customer": identity.customer_id})

    def resumed(self, turn: Turn) -> Events:
        """Bookmarks as they are now, for a form that goes on after another one ended."""
        now = self._now(turn)
        identity = self.services.identities.of(turn.conversation)
        new = {**now, "identity": "verified" if identity else None}
        new.update(self._bookmarks(turn, {**now, "confirmed": None}, new, identity))
        return [SlotSet(name, value) for name, value in new.items()]

    def cleared(self) -> Events:
        """Slots of this task emptied; who the caller is stays."""
        return [SlotSet(name, None) for name in (*self.slots, *self.notes, *self.sure, "operation")]

    @staticmethod
    def _missing(values: Values, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if values[name] is None]
