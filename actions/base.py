"""The one base of all actions: runs the work in a thread, lets no error out, and always leaves the bot listening or in its form.

A custom action that raises or returns nothing makes Rasa answer silence (docs/architecture.md, "Never stuck").
"""

import asyncio
import contextvars
import logging
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.say import Say
from actions.services import Services
from actions.turn import REQUESTED_SLOT, Turn
from carrier.errors import CarrierError, OutcomeUnknown, RateLimited, Refused
from core.errors import CarelineError

Events = list[dict[str, Any]]
POOL = ThreadPoolExecutor(32, thread_name_prefix="action")
logger = logging.getLogger(__name__)


class CarelineAction(Action, ABC):
    """Subclasses write `name` and `act`."""

    services: ClassVar[Services]
    # False for actions that a form calls (validate_*, action_ask_*): there Rasa itself goes on.
    ends_turn: ClassVar[bool] = True

    @abstractmethod
    def name(self) -> str: ...

    @abstractmethod
    def act(self, turn: Turn, say: Say) -> Events:
        """Do it, say it, and return slot, loop and follow-up events. Blocking calls are fine: this runs in a thread."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        turn = Turn(tracker)
        say = Say(dispatcher, turn)
        context = contextvars.copy_context()
        events = await asyncio.get_running_loop().run_in_executor(POOL, context.run, self._act_or_apologise, turn, say)
        return self._go_on(turn, events) if self.ends_turn else events

    def _act_or_apologise(self, turn: Turn, say: Say) -> Events:
        try:
            return self.act(turn, say)
        except CarrierError as error:
            logger.warning("%s: %s %s", self.name(), type(error).__name__, error.code)
            say(word_for(error))
        except CarelineError as error:
            logger.error("%s: %s %s", self.name(), type(error).__name__, error.code)
            say("utter_trouble")
        except Exception:
            logger.exception("%s failed", self.name())
            say("utter_trouble")
        return self.after_trouble(turn)

    def after_trouble(self, turn: Turn) -> Events:
        """What to do when `act` failed. Inside a form: leave it, so that its next question does not fail the same way for ever."""
        return [] if self.ends_turn else [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]

    @staticmethod
    def _go_on(turn: Turn, events: Events) -> Events:
        """Every turn ends in its form or listening, also where no rule follows."""
        if any(event["event"] == "followup" for event in events):
            return events
        loop = turn.loop
        for event in events:
            if event["event"] == "active_loop":
                loop = event["name"]
        return [*events, FollowupAction(loop or "action_listen")]


def word_for(error: CarrierError) -> str:
    """The response that tells a customer of this failure."""
    if isinstance(error, OutcomeUnknown):
        return "utter_outcome_unknown"
    if isinstance(error, RateLimited):
        return "utter_unavailable"
    if isinstance(error, Refused):
        return "utter_refused"
    return "utter_unavailable"
