"""How Twilio is told to listen, and which voice to use."""

from typing import Any, get_args

import pytest
from hypothesis import given, strategies
from pydantic import ValidationError

from core.settings import Settings, SpeechModel
from ivr.recogniser import DEEPGRAM, GOOGLE, HINT_CHARACTERS, HINTS_CHARACTERS, HINTS_MOST, Expects, recogniser_for
from ivr.voices import voice_for
from language.say import Language
from tests.ivr.hostile import CALM, any_text, languages

LANGUAGES: tuple[Language, ...] = get_args(Language)


def given_settings(**values: Any) -> Settings:
    return Settings(**values)


@pytest.mark.parametrize("expects", Expects)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("model", get_args(SpeechModel))
def test_every_recogniser_gets_a_code_of_its_own_provider_and_whole_seconds(
    model: str, language: Language, expects: Expects
) -> None:
    recogniser = recogniser_for(given_settings(speech_model_zh=model, speech_model_en=model), language, expects)
    of_deepgram = "deepgram" in model or model == "numbers_and_commands"
    assert recogniser.language_code == (DEEPGRAM if of_deepgram else GOOGLE)[language]
    assert recogniser.model == (None if model == "default" else model)
    assert isinstance(recogniser.speech_timeout, int)
    assert recogniser.speech_timeout >= 1
    assert recogniser.timeout >= 1


def test_the_settings_of_a_language_are_its_own() -> None:
    settings = given_settings(speech_language_zh="yue-Hant-HK", speech_model_en="phone_call", speech_language_en="en-GB")
    zh, en = (recogniser_for(settings, language, Expects.WORDS) for language in LANGUAGES)
    assert (zh.language_code, zh.model) == ("yue-Hant-HK", None)
    assert (en.language_code, en.model) == ("en-GB", "phone_call")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_may_be_said_with_pauses(language: Language) -> None:
    settings = given_settings()
    number, words = (recogniser_for(settings, language, expects) for expects in (Expects.NUMBER, Expects.WORDS))
    assert number.speech_timeout > words.speech_timeout
    assert number.timeout > words.timeout


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_secret_is_not_listened_for(language: Language) -> None:
    assert not Expects.SECRET.by_voice
    assert recogniser_for(given_settings(), language, Expects.SECRET, hints=["1234"]).hints == ()
    assert all(expects.by_voice for expects in Expects if expects is not Expects.SECRET)


@CALM
@given(strategies.lists(any_text, max_size=30), languages)
def test_hints_stay_within_twilios_limits(hints: list[str], language: Language) -> None:
    kept = recogniser_for(given_settings(), language, Expects.WORDS, hints=hints * 20).hints
    assert len(kept) == len(set(kept)) <= HINTS_MOST
    assert all(hint == hint.strip() and 0 < len(hint) <= HINT_CHARACTERS and "," not in hint for hint in kept)
    assert len(",".join(kept)) <= HINTS_CHARACTERS


def test_hints_are_the_names_of_the_catalogue_in_order() -> None:
    assert recogniser_for(given_settings(), "zh", Expects.WORDS, hints=["畅享59套餐", "10GB 流量包", "畅享59套餐"]).hints == (
        "畅享59套餐",
        "10GB 流量包",
    )


def test_a_recogniser_that_knows_no_chinese_is_refused_at_the_start() -> None:
    with pytest.raises(ValidationError):
        given_settings(speech_model_zh="phone_call")
    with pytest.raises(ValidationError):
        given_settings(speech_timeout="auto")
    with pytest.raises(ValidationError):
        given_settings(voice_zh='Polly."Zhiyu')


@pytest.mark.parametrize(
    ("voice", "language", "code"),
    [
        ("Polly.Zhiyu-Neural", "zh", "cmn-CN"),
        ("Polly.Zhiyu", "zh", "cmn-CN"),
        ("Google.cmn-CN-Wavenet-A", "zh", "cmn-CN"),
        ("Google.cmn-TW-Standard-B", "zh", "cmn-TW"),
        ("Polly.Unheard-Of", "zh", None),
        ("alice", "zh", "zh-CN"),
        ("Polly.Amy-Neural", "en", "en-GB"),
        ("man", "en", "en-US"),
    ],
)
def test_a_voice_is_named_with_its_own_language(voice: str, language: Language, code: str | None) -> None:
    used = voice_for(given_settings(voice_zh=voice, voice_en=voice), language)
    assert (used.name, used.language) == (voice, code)


def test_the_voices_of_a_fresh_start_speak_their_languages() -> None:
    assert voice_for(given_settings(), "zh").language == "cmn-CN"
    assert voice_for(given_settings(), "en").language == "en-US"
