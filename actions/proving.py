"""Questions that every task form shares: who is calling, the proof, the read-back. The form in hand lends its words."""

import math

from rasa_sdk.events import SlotSet

from actions.base import CarelineAction, Events
from actions.forms import TaskForm, Values
from actions.say import Say
from actions.turn import Turn
from carrier.errors import NotFound
from customers.identity import Identity
from customers.operations import IDENTIFY
from customers.outcomes import Proof, Sending


class FormQuestion(CarelineAction):
    """An action_ask_*: the open form's values and who is asking are at hand."""

    ends_turn = False

    def form(self, turn: Turn) -> TaskForm:
        return TaskForm.registry[str(turn.loop)]

    def known(self, turn: Turn) -> tuple[TaskForm, Values, Identity | None]:
        form = self.form(turn)
        return form, {name: turn.slot(name) for name in form.slots}, self.services.identities.of(turn.conversation)


def identification(number: str) -> str:
    """The operation that a PIN or code proves when it only says who is asking."""
    return f"{IDENTIFY}{number}"


class AskIdentity(FormQuestion):
    """Asks for the service PIN of the number given; a number that is nobody's is asked again."""

    def name(self) -> str:
        return "action_ask_identity"

    def act(self, turn: Turn, say: Say) -> Events:
        number = str(turn.slot("caller_number"))
        try:
            self.services.operator.customers.by_number(number)
        except NotFound:
            say("utter_number_unknown", number=say.number(number))
            return [SlotSet("caller_number", None), SlotSet("requested_slot", "caller_number")]
        if self.services.verification.code_is_awaited(turn.conversation, identification(number)):
            # They chose a code instead of the PIN: their next try is at that code too.
            send_code(self, turn, say, number, identification(number), say.choose("身份验证", "identity check"))
            return []
        begun = self.services.verification.begin_pin(turn.conversation, number, identification(number))
        if begun.kind is Proof.ASKED:
            say("utter_ask_pin", number=say.number(number))
            say.signal(**{"await": "service_pin", "operation": identification(number)})
        elif begun.kind is Proof.LOCKED and begun.until is not None:
            left = (begun.until - self.services.clock.now()).total_seconds()
            say("utter_pin_locked", minutes=str(max(1, math.ceil(left / 60))))
        else:
            say("utter_unavailable")
        return []


class AskProof(FormQuestion):
    """Sends a code bound to the operation and its values, once, and asks for it."""

    def name(self) -> str:
        return "action_ask_proof"

    def act(self, turn: Turn, say: Say) -> Events:
        form, values, identity = self.known(turn)
        if identity is None:
            return []
        send_code(self, turn, say, identity.number, form.digest(values, identity), form.summary(turn, say, values))
        return []


def send_code(
    action: CarelineAction, turn: Turn, say: Say, number: str, operation: str, summary: str, *, again: bool = False
) -> None:
    """Send a code and say where it went, or why none was sent."""
    sent = action.services.verification.send_code(
        turn.conversation, number, operation, summary, summary, turn.language, again=again
    )
    to = say.number(number)
    if sent.kind is Sending.LIMITED:
        say("utter_code_limited")
    elif sent.kind is Sending.UNKNOWN_NUMBER:
        say("utter_number_unknown", number=to)
    elif sent.kind is Sending.BUSY:
        say("utter_unavailable")
    else:
        say("utter_code_sent" if sent.kind is Sending.SENT else "utter_code_already_sent", number=to, summary=summary)
        say.signal(**{"await": "sms_code", "operation": operation})


class AskConfirmed(FormQuestion):
    def name(self) -> str:
        return "action_ask_confirmed"

    def act(self, turn: Turn, say: Say) -> Events:
        form, values, identity = self.known(turn)
        if identity is not None:
            form.read_back(turn, say, values, identity)
        return []
