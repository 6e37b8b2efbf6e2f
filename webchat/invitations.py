"""The operator's rules for inviting a visitor to chat: when the widget may speak first, and with which words.

The file is a JSON list of rules, the first that fits is shown: {"id", "page"?: glob of the path, "seconds"?: on the page,
"cart"?: at least so many things in it, "errors"?: at least so many reported, "words": {"zh", "en"}}. A rule fits when all its conditions do.
"""

import json
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from core.errors import SettingsError
from core.settings import Settings

PACKAGED = Path(__file__).with_name("invitations.json")
RULES_MOST = 20
FILE_MOST = 64_000  # bytes
GLOB = re.compile(r"[/*][^\s?#\[\]{}\\]*")  # a path; only * stands for anything
STARS_MOST = 4  # each one more is another way to match, and every page of the host pays for it

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _BothLanguages(_Strict):
    zh: Words
    en: Words


class _Rule(_Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")]
    page: Annotated[str, StringConstraints(max_length=200)] | None = None
    seconds: Annotated[int, Field(ge=1, le=3600)] | None = None
    cart: Annotated[int, Field(ge=1, le=99)] | None = None
    errors: Annotated[int, Field(ge=1, le=99)] | None = None
    words: _BothLanguages

    @field_validator("page")
    @classmethod
    def _is_a_glob(cls, page: str | None) -> str | None:
        if page is not None and (not GLOB.fullmatch(page) or page.count("*") > STARS_MOST):
            raise ValueError(f"a page is a path such as /plans/*, without query or fragment, with at most {STARS_MOST} *")
        return page

    @model_validator(mode="after")
    def _waits_for_something(self) -> "_Rule":
        if (self.page, self.seconds, self.cart, self.errors) == (None,) * 4:
            raise ValueError("a rule needs one of page, seconds, cart, errors")
        return self


_RULES: TypeAdapter[list[_Rule]] = TypeAdapter(Annotated[list[_Rule], Field(max_length=RULES_MOST)])


def load_invitations(settings: Settings) -> tuple[dict[str, Any], ...]:
    """The rules as the widget gets them, absent conditions left out, at most 20. Raises SettingsError with one sentence."""
    path = Path(settings.invitations) if settings.invitations else PACKAGED
    try:
        rules = _RULES.validate_python(json.loads(_bounded(path)))
    except OSError as error:
        raise _refused(path, error.strerror or "it cannot be opened") from None
    except ValidationError as error:
        raise _refused(path, _first(error)) from None
    except (ValueError, RecursionError) as error:  # neither JSON nor UTF-8, or nested beyond sense
        raise _refused(path, str(error)) from None
    names = [rule.id for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _refused(path, f"two rules are called {twice[0]}")
    return tuple(rule.model_dump(exclude_none=True) for rule in rules)


def _bounded(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(FILE_MOST + 1)
    if len(content) > FILE_MOST:
        raise ValueError(f"it is larger than {FILE_MOST} bytes")
    return content.decode()


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    at = problem["loc"]
    place = ".".join(str(part) for part in at[1:])
    rule = f"rule {at[0] + 1}, " if at and isinstance(at[0], int) else ""
    return f"{rule}{f'{place}: ' if place else ''}{problem['msg'].removeprefix('Value error, ')}"


def _refused(path: Path, reason: str) -> SettingsError:
    return SettingsError(
        [f"INVITATIONS cannot be used, {path.name}: {reason}; correct the file or leave it out for the packaged rules."]
    )
