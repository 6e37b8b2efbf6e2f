"""The building blocks of request schemas, and the check against them. Unknown members are allowed, as the standard wants."""

from typing import Any

import jsonschema_rs

from reference_api.answers import Json
from reference_api.errors import BadRequest

STRING: Json = {"type": "string"}
URI: Json = {"type": "string", "format": "uri"}
MOMENT: Json = {"type": "string", "format": "date-time"}
NUMBER: Json = {"type": "number"}
INTEGER: Json = {"type": "integer"}
BOOLEAN: Json = {"type": "boolean"}


def record(properties: Json, *required: str) -> Json:
    """An object with these properties, of which `required` must be there."""
    shape: Json = {"type": "object", "properties": properties}
    if required:
        shape["required"] = list(required)
    return shape


def many(items: Json, at_least: int = 0) -> Json:
    """A list of `items`."""
    return {"type": "array", "items": items, "minItems": at_least} if at_least else {"type": "array", "items": items}


def one_of(*words: str) -> Json:
    """One of these words."""
    return {"type": "string", "enum": list(words)}


TYPED: Json = {"@baseType": STRING, "@schemaLocation": URI, "@type": STRING}
PERIOD = record({"startDateTime": MOMENT, "endDateTime": MOMENT})
QUANTITY = record({"amount": NUMBER, "units": STRING})


def reference(link: Json = URI, **more: Json) -> Json:
    """A pointer to another resource: id is required."""
    return record({"id": STRING, "href": link, "name": STRING, **TYPED, "@referredType": STRING, **more}, "id")


def party(link: Json = URI) -> Json:
    """A pointer to a person or company in a role."""
    properties = {"id": STRING, "href": link, "name": STRING, "role": STRING, **TYPED, "@referredType": STRING}
    return record(properties, "id", "@referredType")


class Shape:
    """A compiled schema. `check` raises BadRequest that says where the body differs."""

    def __init__(self, schema: Json) -> None:
        self.schema = schema
        self._validator = jsonschema_rs.Draft4Validator(schema, validate_formats=True)

    def check(self, body: Any) -> None:
        error = next(self._validator.iter_errors(body), None)
        if error is not None:
            where = "/".join(str(step) for step in error.instance_path) or "body"
            raise BadRequest(f"{where[:120]} is not as the schema says", message=error.message[:300])
