"""Replies as TwiML. Pure: lines and addresses in, XML out, at most 64 kB whatever the lines hold.

No answer ends in silence: behind every verb that can fall through stands a <Redirect>, and lines that cannot be spoken are
replaced by one of ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from twilio.twiml.voice_response import Gather, VoiceResponse

from core.settings import Settings
from ivr.prompts import line
from ivr.recogniser import Expects, recogniser_for
from ivr.spoken import Line, pieces, speakable
from ivr.voices import voice_for
from language.say import Language

SAYS_MOST = 12  # <Say>s of one response: 4,800 characters, a quarter of an hour; more is an accident, and 64 kB is Twilio's end
ADDRESS_MOST = 2000  # characters of one of our own addresses
RECORDING_MOST_SECONDS = 600
RECORDING_SILENCE_SECONDS = 5  # ends a recording
SLOW = "slow"  # the voice's own slow pace, about three quarters

# What is asked when the lines turn out to hold nothing to say.
WORDLESS = {
    Expects.WORDS: "ask_open",
    Expects.NUMBER: "enter_number",
    Expects.CHOICE: "say_again",
    Expects.SECRET: "keys_only",
}
_ADDRESS = re.compile(r"[!-~]+")
_KEYS = re.compile(r"[0-9*#]{0,12}")

Lines = Sequence[str | Line]


def gather(
    lines: Lines,
    *,
    language: Language,
    expects: Expects,
    action: str,
    settings: Settings,
    hints: Sequence[str] = (),
    digits: int | None = None,
    finish_on_key: str = "#",
    slow: bool = False,
) -> str:
    """Say the lines and listen; keys always, speech unless a secret is asked for. What comes, silence too, is posted to `action`.

    `digits`: how many keys make the answer, at once. `finish_on_key`: keys that end it, "" for none. `slow`: said slowly.
    ValueError for an address or keys that Twilio would not take.
    """
    recogniser = recogniser_for(settings, language, expects, hints)
    attributes: dict[str, Any] = {
        "input": "dtmf speech" if expects.by_voice else "dtmf",
        "action": _address(action),
        "method": "POST",
        "action_on_empty_result": True,
        "timeout": recogniser.timeout,
        "finish_on_key": _keys(finish_on_key),
        "num_digits": _count(digits),
    }
    if expects.by_voice:
        attributes |= {
            "language": recogniser.language_code,
            "speech_model": recogniser.model,
            "speech_timeout": recogniser.speech_timeout,
            "hints": ",".join(recogniser.hints) or None,
            "profanity_filter": False,  # stars tell nobody that a caller is angry
        }
    response = VoiceResponse()
    listening = response.gather(**attributes)
    _say(listening, lines, language, settings, slow, instead=WORDLESS[expects])
    response.redirect(_address(action), method="POST")
    return _xml(response)


def say_then_redirect(
    lines: Lines, *, language: Language, url: str, settings: Settings, pause: int = 0, slow: bool = False
) -> str:
    """Say the lines, be silent for `pause` seconds (0..10), and go on at `url`. Without lines it goes on at once."""
    response = VoiceResponse()
    _say(response, lines, language, settings, slow)
    if pause:
        response.pause(length=_within(pause, 1, 10, "pause"))
    response.redirect(_address(url), method="POST")
    return _xml(response)


def say_then_hang_up(lines: Lines, *, language: Language, settings: Settings, slow: bool = False) -> str:
    """Say the lines and end the call; goodbye when there are none, for nobody is hung up on in silence."""
    response = VoiceResponse()
    _say(response, lines, language, settings, slow, instead="goodbye")
    response.hangup()
    return _xml(response)


def record(lines: Lines, *, language: Language, action: str, settings: Settings, most_seconds: int) -> str:
    """Say the lines, then a tone, and record up to `most_seconds` (1..600); "#" or silence ends it. Posted to `action`, also when
    nothing was said."""
    response = VoiceResponse()
    _say(response, lines, language, settings, slow=False, instead="voicemail_offered")
    response.record(
        action=_address(action),
        method="POST",
        max_length=_within(most_seconds, 1, RECORDING_MOST_SECONDS, "most_seconds"),
        timeout=RECORDING_SILENCE_SECONDS,
        finish_on_key="#",
        play_beep=True,
        trim="trim-silence",
    )
    response.redirect(_address(action), method="POST")
    return _xml(response)


def reject(*, busy: bool = False) -> str:
    """Do not take the call at all."""
    response = VoiceResponse()
    response.reject(reason="busy" if busy else "rejected")
    return _xml(response)


def empty() -> str:
    """Nothing to do; as an answer to a call's own request it ends the call, so only for callbacks."""
    return _xml(VoiceResponse())


def _say(
    where: VoiceResponse | Gather, lines: Lines, language: Language, settings: Settings, slow: bool, instead: str | None = None
) -> None:
    """The lines as <Say>s; `instead` names our own line for when nothing of them can be spoken."""
    said = _spoken(lines, language)
    if not said and instead:
        said = [Line(line(instead, language), language)]
    for one in said[:SAYS_MOST]:
        voice = voice_for(settings, one.language)
        if slow:
            where.say(voice=voice.name, language=voice.language).prosody(one.text, rate=SLOW)
        else:
            where.say(one.text, voice=voice.name, language=voice.language)


def _spoken(lines: Lines, language: Language) -> list[Line]:
    """Everything to be said, in pieces that fit into a <Say>; lines of one language are joined, for a <Say> each makes gaps."""
    joined: list[Line] = []
    for given in lines:
        own = given.language if isinstance(given, Line) else language
        text = speakable(given.text if isinstance(given, Line) else given, own)
        if joined and joined[-1].language == own and text:
            joined[-1] = Line(f"{joined[-1].text}{_between(joined[-1].text, own)}{text}", own)
        elif text:
            joined.append(Line(text, own))
    return [Line(piece, one.language) for one in joined for piece in pieces(one.text)]


def _between(before: str, language: Language) -> str:
    """What stands between two lines: an end of the first, if it has none."""
    if before[-1] in "。！？!?；;，：,:.":
        return " "
    return "。" if language == "zh" else ". "


def _address(url: str) -> str:
    """One of our own addresses as it stands; a mistake of ours is to be seen in a test and not as a caller's error tone."""
    if len(url) > ADDRESS_MOST or not _ADDRESS.fullmatch(url):
        raise ValueError(f"not an address for TwiML: {url[:80]!r}")
    return url


def _keys(keys: str) -> str:
    if not _KEYS.fullmatch(keys):
        raise ValueError(f"not keys of a telephone: {keys!r}")
    return keys


def _count(digits: int | None) -> int | None:
    return None if digits is None else _within(digits, 1, 32, "digits")


def _within(number: int, least: int, most: int, name: str) -> int:
    if not least <= number <= most:
        raise ValueError(f"{name} must be {least} to {most}, not {number}")
    return number


def _xml(response: VoiceResponse) -> str:
    return str(response.to_xml())
