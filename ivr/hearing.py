"""What a caller's keys or words mean where the call stands. Keys come first; a secret comes by keys only."""

import re
from dataclasses import dataclass
from enum import Enum

from customers.conversation import Language
from ivr.call import Call
from ivr.parameters import Posted
from ivr.recogniser import Expects
from language.fold import fold

PERSON_KEY, REPEAT_KEY, END_KEY = "0", "*", "#"
LANGUAGE_KEYS: dict[str, Language] = {"1": "zh", "2": "en"}
# Said alone, these are the key 0. Longer wishes for a person the bot understands.
PERSON_ALONE = "人工 转人工 人工服务 人工客服 我要人工 我要转人工 转人工服务 找人工 客服 真人 接线员 agent human representative operator person"
PERSON_WORDS = frozenset(PERSON_ALONE.split()) | {
    "a person", "an agent", "a human", "real person", "human agent", "customer service", "talk to an agent", "talk to a person"
}  # fmt: skip
POLITELY = re.compile(r"^(?:嗯|啊|呃|请|麻烦|please|um|uh)+[\s,，]*|[\s,，]*(?:吧|谢谢|please|thanks)$")
HUNG_UP = "hangup"


class Meaning(Enum):
    NOTHING = "nothing"  # silence, or a key that only ends
    PERSON = "person"
    REPEAT = "repeat"
    LANGUAGE = "language"
    WRONG_KEY = "wrong_key"
    WORDS = "words"  # for the bot: what was said, keyed, or the token of the button picked
    RECORDED = "recorded"  # a message was left


@dataclass(frozen=True)
class Heard:
    meaning: Meaning
    text: str = ""
    language: Language | None = None


def heard(posted: Posted, call: Call) -> Heard:
    """What to make of one answer of the caller's."""
    if posted.recording:
        return Heard(Meaning.RECORDED)
    if digits := posted.digits.strip(END_KEY).removesuffix(HUNG_UP):
        return _keyed(digits, call)
    words = posted.speech.strip()
    if not words or call.expects == Expects.SECRET.name:  # nobody is to say a PIN aloud
        return Heard(Meaning.NOTHING)
    bare = POLITELY.sub("", fold(words).strip(" 。.!！?？,，"))
    return Heard(Meaning.PERSON) if bare in PERSON_WORDS else Heard(Meaning.WORDS, words)


def _keyed(digits: str, call: Call) -> Heard:
    if digits == PERSON_KEY:
        return Heard(Meaning.PERSON)
    if digits == REPEAT_KEY:
        return Heard(Meaning.REPEAT)
    if call.chooses_language and digits in LANGUAGE_KEYS:
        return Heard(Meaning.LANGUAGE, language=LANGUAGE_KEYS[digits])
    if digits.isdecimal() and len(digits) == 1 and 1 <= int(digits) <= len(call.choices):
        return Heard(Meaning.WORDS, call.choices[int(digits) - 1][1])
    is_value = digits.isdecimal() and (call.asked is not None or call.expects == Expects.SECRET.name or len(digits) > 2)
    return Heard(Meaning.WORDS, digits) if is_value else Heard(Meaning.WRONG_KEY)
