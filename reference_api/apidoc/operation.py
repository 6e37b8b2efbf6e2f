"""How one operation is described. The OpenAPI file and the readable page are both made from this."""

from dataclasses import dataclass
from typing import Any

from reference_api.answers import Json


@dataclass(frozen=True)
class Operation:
    """One thing a client can ask. `answer` is an example; its schema is read off it."""

    method: str
    path: str
    """As OpenAPI writes it, with {names}."""
    topic: str
    says: str
    """What it does, in one sentence."""
    answer: Any = None
    status: int = 200
    query: tuple[tuple[str, str], ...] = ()
    """Filters and what each means; limit, offset and fields are added to lists by themselves."""
    request: Json | None = None
    """The schema of the body."""
    example: Any = None
    """A body to try."""
    errors: tuple[str, ...] = ()
    """Codes beyond those that any request can meet."""
    form: bool = False
    """True for the provider-style operations: form-encoded and signed."""

    @property
    def is_list(self) -> bool:
        """Whether the answer is a page of a list."""
        return isinstance(self.answer, list)


def schema_of(example: Any) -> Json:
    """The types an example shows. Further members are always possible."""
    if isinstance(example, dict):
        return {"type": "object", "properties": {name: schema_of(value) for name, value in example.items()}}
    if isinstance(example, list):
        return {"type": "array", "items": schema_of(example[0]) if example else {}}
    if isinstance(example, bool):
        return {"type": "boolean"}
    if isinstance(example, int | float):
        return {"type": "number"}
    return {} if example is None else {"type": "string"}
