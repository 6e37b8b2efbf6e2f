"""Where a call stands, in the signed `s=` of our own addresses: what it needs to go on when Redis is away.

The CallSid is under the signature, so a step of one call says nothing in another.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, replace

from customers.conversation import Language
from ivr.errors import StepInvalid

SECONDS = 4 * 3600  # a call may last as long with Twilio
FORM = re.compile(r"(\d{1,5})\.(zh|en|-)\.(\d)\.([01])\.(\d{1,5})\.(\d{1,12})\.([A-Za-z0-9_-]{32})", re.ASCII)
MISSES_SHOWN = 9


@dataclass(frozen=True)
class Step:
    """`number` counts the requests of a call, from 0; no two have the same. `misses`: silence, wrong keys and words not understood in a row.

    `turn`: the number of the step whose answer is waited for, 0 for none. `began`: when the call came, seconds since 1970.
    """

    call: str
    number: int
    language: Language | None = None
    misses: int = 0
    keys_only: bool = False
    turn: int = 0
    began: int = 0

    def next(self, *, language: Language | None, misses: int = 0, keys_only: bool = False, turn: int = 0) -> "Step":
        """The step after this one."""
        return replace(self, number=self.number + 1, language=language, misses=misses, keys_only=keys_only, turn=turn)


class Steps:
    """Signs and reads steps under a key derived from TOKEN_KEY."""

    def __init__(self, key: str) -> None:
        self._key = hmac.new(key.encode(), b"careline call step", hashlib.sha256).digest()

    def sign(self, step: Step) -> str:
        """The step as a word for an address; it needs no escaping there."""
        misses = min(step.misses, MISSES_SHOWN)
        body = f"{step.number}.{step.language or '-'}.{misses}.{int(step.keys_only)}.{step.turn}.{step.began}"
        return f"{body}.{self._mark(step.call, body)}"

    def read(self, text: str, call: str, now: float | None = None) -> Step:
        """The step of this call, not older than SECONDS where `now` is given. Raises StepInvalid."""
        found = FORM.fullmatch(text)
        if found is None:
            raise StepInvalid("not a step")
        if not hmac.compare_digest(self._mark(call, text.rpartition(".")[0]), found[7]):
            raise StepInvalid("the signature does not fit this call")
        language: Language | None = {"zh": "zh", "en": "en"}.get(found[2])  # type: ignore[assignment]
        step = Step(call, int(found[1]), language, int(found[3]), found[4] == "1", int(found[5]), int(found[6]))
        if now is not None and now - step.began > SECONDS:
            raise StepInvalid("past its time")
        return step

    def _mark(self, call: str, body: str) -> str:
        signed = hmac.new(self._key, f"{call}|{body}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(signed[:24]).decode()
