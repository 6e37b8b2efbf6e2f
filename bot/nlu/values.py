"""Entities by rule (language/entities.py), and the intent `inform` where a message is nothing but values."""

from datetime import datetime, timedelta, timezone
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from language.entities import coverage, find_entities

CHINA = timezone(timedelta(hours=8))
INFORM = "inform"
# Said with a value alone and still meant: "五星", "English please", "不是五十 是三十".
KEEPS_ITS_INTENT = frozenset({"correct", "rate_service", "switch_language"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Values(GraphComponent):
    """Reports `{entity, value, start, end, certain, bare}`; a value that is not certain is for asking again, never for acting.

    A message of values and courtesies only ("五十", "uh 13800138000 please") is `inform` for certain. One word more and the
    classifier decides, which reads "充五十" as a top-up.
    """

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "Values":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        today = datetime.now(CHINA).date()
        for message in messages:
            text = message.get(TEXT) or ""
            found = find_entities(text, today)
            entities = [
                {"entity": f.entity, "value": f.value, "start": f.start, "end": f.end, "certain": f.certain, "bare": f.bare}
                for f in found
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
            intent = (message.get(INTENT) or {}).get("name")
            if found and intent not in KEEPS_ITS_INTENT and coverage(text, found) == 1.0:
                _call_it_inform(message)
        return messages


def _call_it_inform(message: Message) -> None:
    """Intent and ranking both: the FallbackClassifier behind this one looks at the ranking's first two."""
    sure = {"name": INFORM, "confidence": 1.0}
    others = [entry for entry in message.get(INTENT_RANKING_KEY) or [] if entry["name"] != INFORM]
    message.set(INTENT, sure, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [sure, *others], add_to_output=True)
