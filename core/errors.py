"""The root of every error we raise on purpose, drawn as a tree.

    CarelineError
    ├── SettingsError      the settings cannot be used; every problem named together
    ├── StoreDown          Redis did not answer inside its budget; nothing may be assumed about it
    ├── RecordsDown        the SQL database could not be reached or written
    ├── SealBroken         a sealed record cannot be opened: wrong key, wrong place, or altered
    └── (carrier/, customers/, handoff/ ... grow their own branches)

`code` is a stable word for logs, metrics and JSON errors; the message is for the people who run this.
"""

from __future__ import annotations

from collections.abc import Sequence


class CarelineError(Exception):
    """Root of the tree. `code` is a stable lower_case word."""

    code: str = "careline_error"

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class SettingsError(CarelineError):
    """The settings cannot be used. `problems` holds one sentence each, remedy included."""

    code = "settings"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__("\n".join(self.problems))


class StoreDown(CarelineError):
    """Redis did not answer in time, refused, or the breaker is open."""

    code = "store_down"


class RecordsDown(CarelineError):
    """The SQL database could not be reached or written."""

    code = "records_down"


class SealBroken(CarelineError):
    """A sealed record cannot be opened: wrong key, wrong place, or altered bytes."""

    code = "seal_broken"
