"""Which voice speaks which language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.settings import Settings
from language.say import Language

# Twilio refuses a <Say> whose language is not its voice's. Google's voices carry theirs in the name; of Amazon's these are known.
AMAZON = {
    "Polly.Zhiyu": "cmn-CN",
    "Polly.Hiujin": "yue-CN",
    "Polly.Joanna": "en-US",
    "Polly.Matthew": "en-US",
    "Polly.Salli": "en-US",
    "Polly.Amy": "en-GB",
    "Polly.Brian": "en-GB",
}
OLD = {"zh": "zh-CN", "en": "en-US"}  # for "man", "woman" and "alice", which speak many
_GOOGLE = re.compile(r"Google\.([a-z]{2,3}-[A-Z]{2})-")


@dataclass(frozen=True)
class Voice:
    """`language` None: left to the voice, which has only one."""

    name: str
    language: str | None


def voice_for(settings: Settings, language: Language) -> Voice:
    """The voice of this language, and the language code to say along with it."""
    name = settings.voice_en if language == "en" else settings.voice_zh
    if google := _GOOGLE.match(name):
        return Voice(name, google[1])
    if name.startswith("Polly."):
        return Voice(name, AMAZON.get(re.sub(r"-(?:Neural|Generative)$", "", name)))
    return Voice(name, OLD[language] if "." not in name else None)
