"""The line without Redis, and for whatever else fails: the truth, a call back noted on disk, and a message. It needs the signed step alone."""

from core.clock import Clock
from core.logs import get_logger
from core.settings import Settings
from customers.conversation import Language
from ivr.callbacks import Callbacks
from ivr.caller import number_of
from ivr.errors import NotNoted
from ivr.ladder import in_language, one_after_the_other
from ivr.parameters import Posted
from ivr.prompts import MISSES_MOST
from ivr.spoken import Line
from ivr.step import Step, Steps
from ivr.twiml import record, say_then_hang_up, say_then_redirect

MESSAGE_SECONDS = 120

log = get_logger(__name__)


def voice_address(settings: Settings, steps: Steps, name: str, step: Step) -> str:
    """Our own address for the next request of a call."""
    return f"{settings.base_url}/voice/{name}?s={steps.sign(step)}"


class WithoutStore:
    """Always has an answer."""

    def __init__(self, settings: Settings, steps: Steps, callbacks: Callbacks, clock: Clock) -> None:
        self._settings = settings
        self._steps = steps
        self._callbacks = callbacks
        self._clock = clock

    def answer(self, posted: Posted, step: Step | None, why: str) -> str:
        """TwiML that ends with a call back, a message, or the truth that neither is possible."""
        language = step.language if step else None
        noted = self._noted(posted, language, why)
        if posted.recording:
            lines = in_language("voicemail_thanks" if noted else "system_trouble", language)
            return self._goodbye(lines, language)
        if step is not None and step.misses >= MISSES_MOST:  # asked for a message before, and left none
            return self._goodbye(in_language("callback_noted", language) if noted else (), language)
        called_back = in_language("callback_noted", language) if noted else ()
        before = step or Step(posted.call, 0, began=int(self._clock.now().timestamp()))
        lines = (*in_language("system_trouble", language), *called_back, *in_language("voicemail_offered", language))
        return record(
            one_after_the_other(lines),
            language=language or "zh",
            action=voice_address(self._settings, self._steps, "step", before.next(language=language, misses=MISSES_MOST)),
            settings=self._settings,
            most_seconds=MESSAGE_SECONDS,
        )

    def wait(self, posted: Posted, step: Step | None, path: str) -> str:
        """For a request whose twin is still worked on: the caller is told to wait, and the same is asked again."""
        language = step.language if step else None
        query = f"?s={self._steps.sign(step)}" if step else ""
        url = f"{self._settings.base_url}{path}{query}"
        return say_then_redirect(
            in_language("still_working", language), language=language or "zh", url=url, settings=self._settings, pause=1
        )

    def _goodbye(self, lines: tuple[Line, ...], language: Language | None) -> str:
        said = one_after_the_other((*lines, *in_language("goodbye", language)))
        return say_then_hang_up(said, language=language or "zh", settings=self._settings)

    def _noted(self, posted: Posted, language: Language | None, why: str) -> bool:
        """Whether somebody can be promised to be called: there is a number or a message, and it is on disk."""
        number = number_of(posted)
        if number is None and not posted.recording:
            return False
        try:
            self._callbacks.note(posted.call, number, language, why, posted.recording)
        except NotNoted as error:
            log.error("call.not_noted", error=str(error))
            return False
        return True
