"""What is said next and what is listened for, as TwiML, with the step after this one in its address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import StoreDown
from core.logs import get_logger
from core.settings import Settings
from customers.conversation import Language
from ivr.call import Call, Calls
from ivr.hints import Hints
from ivr.ladder import in_language, one_after_the_other
from ivr.prompts import KEYS_ONLY_FROM
from ivr.recogniser import Expects
from ivr.spoken import Line
from ivr.step import Step, Steps
from ivr.twiml import gather, record, say_then_hang_up, say_then_redirect
from ivr.without_store import MESSAGE_SECONDS, voice_address

PAUSE_SECONDS = 1  # between two fillers

log = get_logger(__name__)


@dataclass(frozen=True)
class At:
    """A call, and the step it has come to."""

    call: Call
    step: Step

    @property
    def sid(self) -> str:
        return self.step.call

    @property
    def language(self) -> Language | None:
        return self.call.language or self.step.language


class Saying:
    """Keeps the call as it stands after what is said. Redis may go: the answer is there, and the signed step carries the call on."""

    def __init__(self, settings: Settings, steps: Steps, calls: Calls, hints: Hints) -> None:
        self._settings = settings
        self._steps = steps
        self._calls = calls
        self._hints = hints

    def ask(
        self,
        at: At,
        lines: Sequence[Line],
        *,
        expects: Expects = Expects.WORDS,
        choices: tuple[tuple[str, str], ...] = (),
        asked: str | None = None,
        misses: int = 0,
        chooses_language: bool = False,
        one_key: bool = True,
    ) -> str:
        """Say the lines and listen. The parameters are those of ivr.call.Call; after some misses only keys are listened to."""
        update = {"choices": choices, "expects": expects.name, "asked": asked, "chooses_language": chooses_language}
        call = at.call.model_copy(update={**update, "one_key": one_key})
        return self.ask_again(At(call, at.step), lines, misses=misses)

    def ask_again(self, at: At, lines: Sequence[Line], *, misses: int = 0) -> str:
        """Say the lines and listen for what was listened for."""
        after = at.step.next(language=at.language, misses=misses, keys_only=misses >= KEYS_ONLY_FROM)
        call = at.call.model_copy(update={"step": after.number, "lines": tuple(lines), "pending": "", "leaves_message": False})
        self._keep(at.sid, call)
        return self._gathered(call, after, lines)

    def as_it_stands(self, at: At) -> str:
        """For a request that came too late: what was said last, and nothing moves."""
        now = replace(at.step, number=at.call.step, turn=0)
        return self._gathered(at.call, now, at.call.lines or in_language("ask_open", at.language))

    def filler(self, at: At, name: str, turn: int, pending: str) -> str:
        """A word while the bot works on step `turn`; then we look again."""
        after = at.step.next(language=at.language, misses=at.step.misses, keys_only=at.step.keys_only, turn=turn)
        self._keep(at.sid, at.call.model_copy(update={"step": after.number, "pending": pending}))
        return say_then_redirect(
            in_language(name, at.language), language=at.language or "zh", url=self._address("poll", after), settings=self._settings,
            pause=PAUSE_SECONDS, slow=at.call.slow,
        )  # fmt: skip

    def take_message(self, at: At, first: Sequence[Line]) -> str:
        """Say the lines and record what the caller leaves."""
        after = at.step.next(language=at.language, misses=at.step.misses)
        lines = tuple(one_after_the_other((*first, *in_language("voicemail_offered", at.language))))
        self._keep(at.sid, at.call.model_copy(update={"step": after.number, "lines": lines, "leaves_message": True}))
        return record(
            lines, language=at.language or "zh", action=self._address("step", after), settings=self._settings,
            most_seconds=MESSAGE_SECONDS,
        )  # fmt: skip

    def hang_up(self, at: At, lines: Sequence[Line]) -> str:
        """Say the lines and goodbye."""
        said: Sequence[Line] = (*lines, *in_language("goodbye", at.language))
        said = said if at.language else one_after_the_other(said)
        return say_then_hang_up(said, language=at.language or "zh", settings=self._settings, slow=at.call.slow)

    def _gathered(self, call: Call, step: Step, lines: Sequence[Line]) -> str:
        language = call.language or step.language or "zh"
        expects = Expects.SECRET if step.keys_only else Expects[call.expects]  # neither is listened to by voice
        hints = self._hints.of(call.asked, language) if expects.by_voice else ()
        return gather(
            lines, language=language, expects=expects, action=self._address("step", step), settings=self._settings, hints=hints,
            digits=1 if call.one_key and call.expects != Expects.SECRET.name else None, slow=call.slow,
        )  # fmt: skip

    def _address(self, name: str, step: Step) -> str:
        return voice_address(self._settings, self._steps, name, step)

    def _keep(self, sid: str, call: Call) -> None:
        try:
            self._calls.keep(sid, call)
        except StoreDown as error:
            log.warning("call.not_kept", conversation=call.conversation, error=error.code)
