"""TwiML: legal whatever the words are, and never silent."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies

from core.settings import Settings
from ivr import twiml
from ivr.prompts import LINES, both, line
from ivr.recogniser import Expects
from ivr.spoken import Line, speakable
from language.say import Language
from tests.ivr.hostile import CALM, any_text, languages
from tests.ivr.oracle import grammar, problems, said, tags

SETTINGS = Settings()
ADDRESS = "/voice/step?s=abc-DEF_123.xyz&n=4"
texts = strategies.lists(any_text, max_size=4)
Builder = Callable[[list[Any], Language], str]

BUILDERS: dict[str, tuple[Builder, list[str]]] = {
    f"gather {expects.value}": (
        lambda lines, language, expects=expects: twiml.gather(
            lines, language=language, expects=expects, action=ADDRESS, settings=SETTINGS, hints=lines, digits=1
        ),
        ["Gather", "Redirect"],
    )
    for expects in Expects
} | {
    "gather slowly": (
        lambda lines, language: twiml.gather(
            lines, language=language, expects=Expects.WORDS, action=ADDRESS, settings=SETTINGS, slow=True
        ),
        ["Gather", "Redirect"],
    ),
    "redirect": (
        lambda lines, language: twiml.say_then_redirect(lines, language=language, url=ADDRESS, settings=SETTINGS, pause=2),
        ["Pause", "Redirect"],
    ),
    "hang up": (
        lambda lines, language: twiml.say_then_hang_up(lines, language=language, settings=SETTINGS),
        ["Hangup"],
    ),
    "record": (
        lambda lines, language: twiml.record(lines, language=language, action=ADDRESS, settings=SETTINGS, most_seconds=120),
        ["Record", "Redirect"],
    ),
}


@pytest.mark.parametrize("builder", BUILDERS)
def test_any_words_give_legal_twiml_and_no_verb_of_their_own(builder: str) -> None:
    build, verbs = BUILDERS[builder]

    @CALM
    @given(texts, languages)
    def holds(lines: list[str], language: Language) -> None:
        xml = build(lines, language)
        assert problems(xml) == []
        assert [tag for tag in tags(xml) if not re.fullmatch(r"(?:Gather/)?Say(?:/prosody)?", tag)] == verbs
        assert not any(set("<>&`") & set(words) for words in said(xml))

    holds()


@pytest.mark.parametrize("builder", BUILDERS)
def test_ten_thousand_characters_of_anything_stay_below_64_kilobytes(builder: str) -> None:
    build, _ = BUILDERS[builder]
    for piece in ("话", "𠀀", "&", '"', "a", "😀", "\x00", "<", "长句子。", "a, "):
        assert problems(build([piece * 10_000] * 3, "zh")) == []


@CALM
@given(texts, languages)
def test_ssml_is_never_interpreted(lines: list[str], language: Language) -> None:
    root = ElementTree.fromstring(twiml.say_then_hang_up(lines, language=language, settings=SETTINGS))
    assert [list(one) for one in root.iter("Say") if len(one)] == []


def test_everything_is_said_in_order() -> None:
    story = "".join(f"第{number}句话说完了。" for number in range(300))
    assert "".join(said(twiml.say_then_hang_up([story], language="zh", settings=SETTINGS))) == speakable(story, "zh")


def test_lines_of_one_language_are_one_say_and_of_two_are_two_voices() -> None:
    xml = twiml.gather(
        ["您好", "请讲", *both("choose_language")], language="zh", expects=Expects.CHOICE, action=ADDRESS, settings=SETTINGS
    )
    assert said(xml) == ["您好。请讲。中文服务请按1。", "For English, press 2."]
    voices = [one.get("voice") for one in ElementTree.fromstring(xml).iter("Say")]
    assert voices == [SETTINGS.voice_zh, SETTINGS.voice_en]


def test_a_line_that_cannot_be_spoken_leaves_no_silence() -> None:
    for expects, name in twiml.WORDLESS.items():
        xml = twiml.gather(["😀"], language="zh", expects=expects, action=ADDRESS, settings=SETTINGS)
        assert said(xml) == [LINES[name][0]]
    assert said(twiml.say_then_hang_up([], language="en", settings=SETTINGS)) == [LINES["goodbye"][1]]
    assert said(twiml.record([Line("\x00", "en")], language="en", action=ADDRESS, settings=SETTINGS, most_seconds=1))


def attributes(xml: str, tag: str) -> dict[str, str]:
    found = ElementTree.fromstring(xml).find(f".//{tag}")
    assert found is not None
    return dict(found.attrib)


@pytest.mark.parametrize("expects", [Expects.WORDS, Expects.NUMBER, Expects.CHOICE])
def test_keys_and_speech_are_both_taken_and_silence_is_told(expects: Expects) -> None:
    xml = twiml.gather(["好"], language="zh", expects=expects, action=ADDRESS, settings=SETTINGS, hints=["畅享,59", "<b>"])
    gather = attributes(xml, "Gather")
    assert gather["input"] == "dtmf speech"
    assert gather["actionOnEmptyResult"] == "true"
    assert gather["action"] == ADDRESS
    assert gather["finishOnKey"] == "#"
    assert gather["speechTimeout"] == str(
        SETTINGS.speech_timeout_number if expects is Expects.NUMBER else SETTINGS.speech_timeout
    )
    assert gather["hints"] == "畅享 59"
    assert "speechModel" not in gather
    assert "numDigits" not in gather


def test_a_model_goes_with_whole_seconds_and_its_own_code() -> None:
    settings = Settings(speech_model_zh="deepgram_nova-2")
    gather = attributes(twiml.gather(["好"], language="zh", expects=Expects.WORDS, action=ADDRESS, settings=settings), "Gather")
    assert (gather["speechModel"], gather["language"], gather["speechTimeout"]) == ("deepgram_nova-2", "zh-CN", "1")


def test_a_secret_is_keyed_only() -> None:
    xml = twiml.gather(
        [line("enter_pin", "zh")], language="zh", expects=Expects.SECRET, action=ADDRESS, settings=SETTINGS, hints=["x"], digits=6
    )
    gather = attributes(xml, "Gather")
    assert gather["input"] == "dtmf"
    assert gather["numDigits"] == "6"
    assert not {name for name in gather if "speech" in name.lower() or name in ("hints", "language")}


def test_no_key_ends_the_input_where_none_shall() -> None:
    xml = twiml.gather(["好"], language="zh", expects=Expects.WORDS, action=ADDRESS, settings=SETTINGS, finish_on_key="")
    assert attributes(xml, "Gather")["finishOnKey"] == ""


def test_slowly_is_the_voices_own_slow_pace() -> None:
    xml = twiml.gather(["好的。", "请讲。"], language="zh", expects=Expects.WORDS, action=ADDRESS, settings=SETTINGS, slow=True)
    assert attributes(xml, "prosody") == {"rate": "slow"}
    assert said(xml) == ["好的。 请讲。"]


def test_refusing_and_answering_nothing() -> None:
    assert problems(twiml.reject()) == problems(twiml.empty()) == []
    assert attributes(twiml.reject(busy=True), "Reject") == {"reason": "busy"}
    assert tags(twiml.empty()) == []


@pytest.mark.parametrize("address", ["", "/voice/step?s=话", "/a b", "/a\n", "/" + "a" * 2001])
def test_an_address_that_is_none_is_our_mistake(address: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        twiml.say_then_redirect(["好"], language="zh", url=address, settings=SETTINGS)


def test_numbers_and_keys_out_of_range_are_our_mistake() -> None:
    with pytest.raises(ValueError, match="pause"):
        twiml.say_then_redirect(["好"], language="zh", url=ADDRESS, settings=SETTINGS, pause=-1)
    with pytest.raises(ValueError, match="most_seconds"):
        twiml.record(["好"], language="zh", action=ADDRESS, settings=SETTINGS, most_seconds=0)
    with pytest.raises(ValueError, match="digits"):
        twiml.gather([], language="zh", expects=Expects.CHOICE, action=ADDRESS, settings=SETTINGS, digits=0)
    with pytest.raises(ValueError, match="not keys"):
        twiml.gather([], language="zh", expects=Expects.CHOICE, action=ADDRESS, settings=SETTINGS, finish_on_key="A")


def test_the_oracle_knows_all_of_twilios_elements() -> None:
    tags_known = {tag for element in grammar().values() for tag in element.children}
    assert {"Say", "Gather", "Enqueue", "Dial", "Conference", "Number", "prosody", "Leave", "Task"} <= tags_known
    assert len(grammar()) > 50


@pytest.mark.parametrize(
    "bad",
    [
        "<Response><Gather action='/a'><Dial>1</Dial></Gather></Response>",
        "<Response><Gather action='/a' bargein='true'/></Response>",
        "<Response><Gather/></Response>",
        "<Response><Gather action='/a' speechModel='default' speechTimeout='auto'/></Response>",
        "<Response><Speak>x</Speak></Response>",
        "<Response><Conference>q</Conference></Response>",
        "<Response>words</Response>",
        "<Response><Say></Say></Response>",
        f"<Response><Say>{'长' * 401}</Say></Response>",
        "<Response><Redirect/></Response>",
        "<Say>x</Say>",
        "<Response><Say>a\x0bb</Say></Response>",
        "<Response><Say>\ufffe</Say></Response>",
        "<Response><Say>x</Response>",
        f"<Response>{'<Pause/>' * 9000}</Response>",
    ],
)
def test_the_oracle_objects(bad: str) -> None:
    assert problems(bad)


@pytest.mark.parametrize(
    "good",
    [
        "<Response/>",
        "<Response><Say>您好<break time='1s'/>请讲</Say><Hangup/></Response>",
        "<Response><Enqueue waitUrl='/w' action='/q'>phone</Enqueue></Response>",
        "<Response><Dial><Conference coach='CA1'>T1</Conference></Dial></Response>",
    ],
)
def test_the_oracle_lets_legal_ones_pass(good: str) -> None:
    assert problems(good) == []
