"""How an action speaks: responses of data/<topic>/responses.yml, with values put into words for this customer's language and channel."""

import json
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from language import say as words


class Say:
    """Bound to one turn. `say("utter_x", amount=...)` speaks; the other methods turn values into words."""

    def __init__(self, dispatcher: CollectingDispatcher, turn: Turn) -> None:
        self._dispatcher = dispatcher
        self._turn = turn
        self.spoke = False

    def __call__(self, response: str, *, buttons: list[dict[str, str]] | None = None, **values: Any) -> None:
        self.spoke = True
        self._dispatcher.utter_message(response=response, buttons=buttons or [], **values)

    def signal(self, **message: Any) -> None:
        """A word to the gateway that no customer sees, such as await=service_pin."""
        self._dispatcher.utter_message(json_message=message)

    def money(self, fen: int) -> str:
        return words.money(fen, self._turn.language, self._turn.is_spoken)

    def volume(self, megabytes: int) -> str:
        return words.volume(megabytes, self._turn.language, self._turn.is_spoken)

    def number(self, e164: str) -> str:
        """Masked in writing; on the phone the last four digits."""
        return words.number_masked(e164)

    def month(self, month: str) -> str:
        return words.month_name(month, self._turn.language)

    def date(self, date: Any) -> str:
        return words.date_name(date, self._turn.language)

    def choose(self, zh: str, en: str) -> str:
        """A fragment for a value of a response, where the fragment is data and not a sentence."""
        return en if self._turn.language == "en" else zh


def button(title: str, intent: str, **entities: Any) -> dict[str, str]:
    """A choice whose payload the gateway keeps to itself; the customer's page gets an opaque token."""
    return {"title": title, "payload": f"/{intent}{json.dumps(entities, ensure_ascii=False)}" if entities else f"/{intent}"}
