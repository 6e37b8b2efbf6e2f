"""The parts of a running stack, built once more outside of it: what the desk will do to a conversation, done by a test."""

from pathlib import Path
from typing import Any

from core.clock import Clock
from core.settings import Settings
from processes.parts import Parts, build
from tests.stack import Stack

PATIENT_MS = 10_000


class Inside:
    """`parts` on the stack's own Redis, SQL and keys. Patient with Redis unless told otherwise."""

    def __init__(self, stack: Stack) -> None:
        self.parts = _parts(stack.folder, stack.secrets)

    @classmethod
    def of(cls, folder: Path, secrets: dict[str, str]) -> "Inside":
        """For another process, which has no Stack."""
        made = cls.__new__(cls)
        made.parts = _parts(folder, secrets)
        return made

    @property
    def clock(self) -> Clock:
        return self.parts.clock


def _parts(folder: Path, secrets: dict[str, str]) -> Parts:
    values: dict[str, Any] = {name.lower(): value for name, value in secrets.items() if name.lower() in Settings.model_fields}
    return build(Settings(_env_file=None, var_dir=folder, redis_budget_ms=PATIENT_MS, **values))  # type: ignore[call-arg]
