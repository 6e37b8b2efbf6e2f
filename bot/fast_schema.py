"""Check Rasa's constant action schema against its meta-schema once, not on every action call (21 ms each).

`jsonschema.validate` looks the validator up by the schema's dialect; this registers, through the public `validates`, a Draft 2020-12 validator that
remembers having passed that one schema. Replies of actions are still validated in full.
"""

from collections.abc import Iterator
from typing import Any

from jsonschema import validators
from rasa.shared.utils.schemas.events import EVENTS_SCHEMA

_Base = validators.Draft202012Validator
_Remembering = validators.extend(_Base)
_check = _Remembering.iter_errors
_passed = False


def _iter_errors(self: Any, instance: Any, _schema: Any = None) -> Iterator[Any]:
    global _passed
    is_action_schema = (
        _schema is None
        and self.schema is _Base.META_SCHEMA
        and isinstance(instance, dict)
        and (instance.get("properties") or {}).get("events") is EVENTS_SCHEMA
    )
    if is_action_schema and _passed:
        return iter(())
    _passed = _passed or is_action_schema
    return _check(self, instance) if _schema is None else _check(self, instance, _schema)


_Remembering.iter_errors = _iter_errors
validators.validates("careline-draft2020-12")(_Remembering)
