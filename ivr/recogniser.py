"""How Twilio is to listen: by which recogniser, in which language, for what, and how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from core.settings import Settings
from ivr.spoken import speakable
from language.say import Language

FIRST_WORD_SECONDS = 5  # of silence until it counts as a miss; Twilio's own default
KEYING_SECONDS = 8  # the same and between two keys where a number is read off a card or a text; others wait 5 to 10
HINTS_MOST = 100  # Twilio takes 500; the names of a catalogue are fewer, and a long list helps none of them
HINT_CHARACTERS = 100  # Twilio's limit
HINTS_CHARACTERS = 4000  # all together, so that a response stays far below 64 kB
TWILIO_CHOOSES = "default"  # the model that fails over to another provider; it needs no attribute

# Each provider has its own code for a language and refuses the others', which fails the whole <Gather>.
GOOGLE = {"zh": "cmn-Hans-CN", "en": "en-US"}
DEEPGRAM = {"zh": "zh-CN", "en": "en-US"}
DEEPGRAM_MODELS = ("deepgram_", "numbers_and_commands")


class Expects(Enum):
    """What the caller is asked for."""

    WORDS = "words"
    NUMBER = "number"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105 - the kind of input, no secret

    @property
    def by_voice(self) -> bool:
        """A PIN or code is keyed: nobody near the caller shall hear it, nor any recogniser."""
        return self is not Expects.SECRET


@dataclass(frozen=True)
class Recogniser:
    """`model` None: Twilio's own choice. `speech_timeout`: whole seconds of silence that end an utterance, never "auto", which
    Twilio refuses together with a model. `timeout`: seconds to wait for the first word or for the next key."""

    language_code: str
    model: str | None
    hints: tuple[str, ...]
    speech_timeout: int
    timeout: int


def recogniser_for(settings: Settings, language: Language, expects: Expects, hints: Sequence[str] = ()) -> Recogniser:
    """The recogniser of this language for this question. `hints`: words likely to be said, such as names of plans."""
    model = settings.speech_model_en if language == "en" else settings.speech_model_zh
    code = settings.speech_language_en if language == "en" else settings.speech_language_zh
    keyed = expects in (Expects.NUMBER, Expects.SECRET)
    return Recogniser(
        language_code=code or (DEEPGRAM if model.startswith(DEEPGRAM_MODELS) else GOOGLE)[language],
        model=None if model == TWILIO_CHOOSES else model,
        hints=_hints(hints, language) if expects.by_voice else (),
        speech_timeout=settings.speech_timeout_number if expects is Expects.NUMBER else settings.speech_timeout,
        timeout=KEYING_SECONDS if keyed else FIRST_WORD_SECONDS,
    )


def _hints(hints: Sequence[str], language: Language) -> tuple[str, ...]:
    """Each once, in order, within Twilio's limits. A comma would make two of one."""
    kept: list[str] = []
    room = HINTS_CHARACTERS
    for hint in hints:
        said = speakable(hint[:HINT_CHARACTERS], language).replace(",", " ").replace("，", " ")[:HINT_CHARACTERS].strip()
        if said and said not in kept and len(kept) < HINTS_MOST and len(said) < room:
            kept.append(said)
            room -= len(said) + 1
    return tuple(kept)
