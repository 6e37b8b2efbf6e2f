"""The end of a task form: what was agreed is carried out, told, and the floor given back."""

from abc import abstractmethod
from typing import Any, ClassVar

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet

from actions.base import CarelineAction, Events
from actions.carry_out import CODE_EXPIRED, Operation, Outcome, Result, carry_out
from actions.forms import TaskForm, Values
from actions.parking import resume
from actions.say import Say
from actions.turn import Turn
from customers.identity import Identity

# Refusals that have words of their own; every other one is told in general words with its way on.
TOLD = frozenset(
    {
        "amountOutOfRange", "dailyLimitReached", "refuelCapReached", "changePending", "outOfStock", "notCancellable", "planSame",
        "planNotEligible", "lineSuspended", "paymentDeclined", "offerNotSellable", "balanceShort",
    }
)  # fmt: skip


class TaskEnd(CarelineAction):
    """`action_<task>`: runs when its form has everything, or has been ended by its review (then `confirmed` is empty and nothing is done)."""

    task: ClassVar[str]
    ask_again: ClassVar[dict[str, str]] = {}
    """Refusals that another value may mend: code -> the slot to ask for again."""
    means: ClassVar[dict[str, str]] = {}
    """Refusals that mean something of their own in this task: the operator's code -> the code whose words are said."""

    def name(self) -> str:
        return f"action_{self.task}"

    @abstractmethod
    def operation(self, turn: Turn, values: Values, identity: Identity, key: str) -> Operation: ...

    @abstractmethod
    def tell(self, turn: Turn, say: Say, values: Values, receipt: dict[str, Any]) -> None:
        """Say that it is done, with the receipt."""

    def act(self, turn: Turn, say: Say) -> Events:
        form = TaskForm.registry[f"{self.task}_form"]
        values = {name: turn.slot(name) for name in form.slots}
        agreed = turn.slot("operation") or {}
        identity = self.services.identities.of(turn.conversation)
        if identity and turn.slot("confirmed") and turn.slot("confirmed") == agreed.get("hash") == form.digest(values, identity):
            result = self._carry_out(turn, form, values, identity, str(agreed["key"]))
            self._say_result(turn, say, values, result)
            if result.outcome is Outcome.REFUSED and (again := self._again(form, str(result.detail.get("code", "")))):
                return again
        return [*form.cleared(), SlotSet("requested_slot", None), *resume(turn)]

    def _again(self, form: TaskForm, code: str) -> Events:
        """Events that go on with the task: everything said is kept but what was refused; nothing where it ends here."""
        if code != CODE_EXPIRED and code not in self.ask_again:
            return []
        undone = (self.ask_again[code],) if code in self.ask_again else ()
        name = f"{self.task}_form"
        empty = [SlotSet(slot, None) for slot in (*undone, *form.sure, "operation")]
        return [*empty, ActiveLoop(name), FollowupAction(name)]

    def after_trouble(self, turn: Turn) -> Events:
        return [*TaskForm.registry[f"{self.task}_form"].cleared(), *resume(turn)]

    def _carry_out(self, turn: Turn, form: TaskForm, values: Values, identity: Identity, key: str) -> Result:
        seen_before = self.services.journal.by_key(key) is not None
        lacks_code = not seen_before and form.needs_code(values, identity)
        if lacks_code and not self.services.verification.code_accepted(turn.conversation, form.digest(values, identity)):
            return Result(Outcome.REFUSED, "", {"code": CODE_EXPIRED})
        result = carry_out(self.services, turn.conversation, identity, self.operation(turn, values, identity, key))
        if result.outcome in (Outcome.DONE, Outcome.UNKNOWN):
            self.services.verification.consume_code(turn.conversation, form.digest(values, identity))
        return result

    def _say_result(self, turn: Turn, say: Say, values: Values, result: Result) -> None:
        if result.outcome is Outcome.DONE:
            self.tell(turn, say, values, result.detail)
        elif result.outcome is Outcome.UNKNOWN:
            say("utter_being_processed", reference=result.reference)
        elif result.outcome is Outcome.NOT_DONE:
            say("utter_not_done")
        else:
            code = str(result.detail.get("code", ""))
            code = self.means.get(code, code)
            say(f"utter_refused_{code}" if code in TOLD or code == CODE_EXPIRED else "utter_refused")
