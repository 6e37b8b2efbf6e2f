"""Words that want to be TwiML (TEL-07), through everything that builds TwiML."""

import pytest

from core.settings import Settings
from ivr import twiml
from ivr.prompts import line
from ivr.recogniser import Expects
from ivr.spoken import choices_spoken
from language.say import Language
from tests.ivr.oracle import problems, said, tags

SETTINGS = Settings()
SPLIT_MOST = 3000  # the least of the voices' limits, in bytes
ATTACKS = (
    "</Say><Dial>+19005551234</Dial><Say>",
    "</Say></Gather><Dial><Number>+19005551234</Number></Dial><Gather><Say>",
    "<break time='99s'/>等一下",
    "&lt;break time='99s'/&gt;",
    "&amp;lt;Dial&amp;gt;+19005551234&amp;lt;/Dial&amp;gt;",
    "<say-as interpret-as='digits'>1</say-as><audio src='http://127.0.0.1/'/>",
    "<![CDATA[</Say><Dial>+19005551234</Dial>]]>",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;",
    "＜/Say＞＜Dial＞+19005551234",
    "\x00\x0b\ud800\ufffe<Dial>",
    '" voice="x" loop="0"><Dial>1</Dial>',
    "充" * 4097,
    "word " * 4097,
    "<" * 4097,
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: ascii(attack[:30]))
def test_tel_07_words_never_become_verbs(attack: str, language: Language) -> None:
    spoken = [attack, line("welcome_known", language, name=attack), choices_spoken([attack] * 3, language)]
    listening = twiml.gather(
        spoken, language=language, expects=Expects.WORDS, action="/voice/step", settings=SETTINGS, hints=[attack]
    )
    leaving = twiml.say_then_hang_up(spoken, language=language, settings=SETTINGS)
    assert problems(listening) == problems(leaving) == []
    assert set(tags(listening)) == {"Gather", "Gather/Say", "Redirect"}
    assert set(tags(leaving)) == {"Say", "Hangup"}
    for words in said(listening) + said(leaving):
        assert not set("<>&") & set(words)
        assert len(words.encode()) <= SPLIT_MOST
