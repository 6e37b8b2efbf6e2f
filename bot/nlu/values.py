"""Entities by rule (language/entities.py), and the intent `inform` where a message is little more than a value."""

from datetime import datetime, timedelta, timezone
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from language.entities import coverage, find_entities

CHINA = timezone(timedelta(hours=8))
MOSTLY_A_VALUE = 0.75  # share of the meaningful characters that stand inside values
NEVER_A_VALUE = frozenset({"correct", "rate_service", "switch_language", "inform"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Values(GraphComponent):
    """Reports `{entity, value, start, end, certain, bare}`; a value that is not certain is for asking again, never for acting."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._share = float(config["mostly_a_value"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"mostly_a_value": MOSTLY_A_VALUE}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "Values":
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            found = find_entities(text, datetime.now(CHINA).date())
            entities = [
                {"entity": f.entity, "value": f.value, "start": f.start, "end": f.end, "certain": f.certain, "bare": f.bare}
                for f in found
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
            intent = (message.get(INTENT) or {}).get("name")
            if found and intent not in NEVER_A_VALUE and coverage(text, found) >= self._share:
                message.set(INTENT, {"name": "inform", "confidence": 1.0}, add_to_output=True)
        return messages
