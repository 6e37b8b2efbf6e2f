"""Words after a PIN or code was checked by customers/, and asking for a code instead of the PIN."""

from actions.base import CarelineAction, Events
from actions.forms import TaskForm
from actions.parking import leave_all
from actions.proving import identification, send_code
from actions.say import Say
from actions.turn import Turn


class VerificationDone(CarelineAction):
    """Reached only where no form took it: a proof that nothing waits for."""

    def name(self) -> str:
        return "action_verification_done"

    def act(self, turn: Turn, say: Say) -> Events:
        if not turn.loop:  # a form says it itself
            say("utter_verified")
        return []


class VerificationFailed(CarelineAction):
    """`reason` and `left` come from the gateway with the trusted payload."""

    def name(self) -> str:
        return "action_verification_failed"

    def act(self, turn: Turn, say: Say) -> Events:
        reason = str(turn.said("reason") or "wrong")
        if reason == "spent" or (reason == "wrong" and str(turn.said("left") or 0) == "0"):
            say("utter_codes_spent")
            return leave_all(turn)
        if reason == "wrong":
            say("utter_secret_wrong", left=str(turn.said("left") or 0))
        elif reason == "locked":
            if turn.loop and turn.asked == "identity":
                return []  # the form asks for the PIN again, and says that it is locked
            say("utter_pin_locked", minutes=str(turn.said("minutes") or 15))
        elif reason in ("expired", "used"):
            say("utter_code_expired")
        else:
            say("utter_unavailable")
        return []


class ResendCode(CarelineAction):
    """A new code where one is awaited; a new one does not reset what was guessed wrong."""

    def name(self) -> str:
        return "action_resend_code"

    def act(self, turn: Turn, say: Say) -> Events:
        form = TaskForm.registry.get(turn.loop or "")
        identity = self.services.identities.of(turn.conversation)
        if form is None or turn.asked not in ("proof", "identity"):
            say("utter_code_after_number" if turn.asked == "caller_number" else "utter_no_code_awaited")
            return []
        if turn.asked == "proof" and identity is not None:
            values = {name: turn.slot(name) for name in form.slots}
            send_code(
                self, turn, say, identity.number, form.digest(values, identity), form.summary(turn, say, values), again=True
            )
        elif turn.slot("caller_number"):
            send_identification(self, turn, say, again=True)
        return self._listen()

    @staticmethod
    def _listen() -> Events:
        return [{"event": "followup", "timestamp": None, "name": "action_listen"}]


class UseSmsCode(ResendCode):
    """The PIN is not at hand: a code by SMS identifies as well."""

    def name(self) -> str:
        return "action_use_sms_code"

    def act(self, turn: Turn, say: Say) -> Events:
        if turn.asked != "identity" or not turn.slot("caller_number"):
            return super().act(turn, say)
        send_identification(self, turn, say)
        return self._listen()


def send_identification(action: CarelineAction, turn: Turn, say: Say, *, again: bool = False) -> None:
    number = str(turn.slot("caller_number"))
    send_code(action, turn, say, number, identification(number), say.choose("身份验证", "identity check"), again=again)
