"""One turn as an action sees it: a reading of the tracker that Rasa sent."""

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from language.script import Language

# These say something about the task in hand; every other intent is about something else and fills no slot of it.
ABOUT_THIS_TASK = frozenset({"inform", "correct", "affirm", "deny", "nlu_fallback", "verification_done", "verification_failed"})
REQUESTED_SLOT = "requested_slot"


@dataclass(frozen=True)
class Turn:
    """`conversation` is the gateway's id; `language` zh or en; `channel` web, rest or ivr."""

    tracker: Tracker

    @property
    def conversation(self) -> str:
        return str(self.tracker.sender_id)

    @property
    def language(self) -> Language:
        return "en" if self.tracker.get_slot("language") == "en" else "zh"

    @property
    def channel(self) -> str:
        return str(self.tracker.get_latest_input_channel() or "web")

    @property
    def is_spoken(self) -> bool:
        return self.channel == "ivr"

    @property
    def has_cards(self) -> bool:
        """Whether this channel draws cards; elsewhere a list of things is words and buttons."""
        return self.channel == "web"

    @property
    def intent(self) -> str:
        return str(self.tracker.latest_message.get("intent", {}).get("name") or "")

    @property
    def text(self) -> str:
        return str(self.tracker.latest_message.get("text") or "")

    @property
    def loop(self) -> str | None:
        """The form that is open."""
        name = self.tracker.active_loop_name
        return str(name) if name else None

    @property
    def asked(self) -> str | None:
        """The slot that the open form asked for."""
        asked = self.slot(REQUESTED_SLOT) if self.loop else None
        return str(asked) if asked else None

    def slot(self, name: str) -> Any:
        return self.tracker.get_slot(name)

    @property
    def entities(self) -> list[dict[str, Any]]:
        """As bot/nlu/values.py reports them; a button's payload has only entity and value."""
        return list(self.tracker.latest_message.get("entities") or [])

    def said(self, entity: str) -> Any:
        """The last certain value of `entity` in this message, or None."""
        values = [e["value"] for e in self.entities if e.get("entity") == entity and e.get("certain", True)]
        return values[-1] if values else None

    def said_uncertainly(self, entity: str) -> bool:
        """True where a value was heard but could be read more than one way."""
        return any(e.get("entity") == entity and not e.get("certain", True) for e in self.entities)

    def is_activation_of(self, form: str) -> bool:
        """True while `form` is being opened by this very message."""
        for event in reversed(self.tracker.events):
            if event["event"] == "user":
                return False
            if event["event"] == "active_loop" and event.get("name") == form:
                return True
        return False

    def just_set(self, slot: str) -> bool:
        """True where this very message gave `slot` its value: a list that was shown a moment ago needs no second showing."""
        for event in reversed(self.tracker.events):
            if event["event"] == "user":
                return False
            if event["event"] == "slot" and event.get("name") == slot:
                return event.get("value") is not None
        return False

    def recent_intents(self) -> list[str]:
        """Intents of the customer's messages, newest first, as far as the tracker's window goes."""
        users = [event for event in reversed(self.tracker.events) if event["event"] == "user"]
        return [str(event.get("parse_data", {}).get("intent", {}).get("name")) for event in users]

    def loops_open(self) -> list[str]:
        """Forms begun and not ended, the one in hand last. A form opened inside another parks it, one opened again comes to the front;
        ending one takes it off."""
        stack: list[str] = []
        for event in self.tracker.events:
            if event["event"] != "active_loop":
                continue
            name = event.get("name")
            if name is None:
                del stack[-1:]
            else:
                stack = [*(waiting for waiting in stack if waiting != name), str(name)]
        return stack
