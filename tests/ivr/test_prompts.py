"""Our own lines: in pairs, short enough for the ear, and no two misses answered alike."""

import re
from string import Formatter
from typing import get_args

import pytest
from hypothesis import given

from ivr.prompts import KEYS_ONLY_FROM, LINES, MISSES_MOST, NO_INPUT, NO_MATCH, both, line
from ivr.spoken import speakable
from language.say import Language
from tests.ivr.hostile import CALM, any_text

CHARACTERS_MOST, WORDS_MOST = 36, 20  # eight seconds
LANGUAGES: tuple[Language, ...] = get_args(Language)
NAME = {"zh": "欧阳女士", "en": "Ms Montgomery"}
REFERENCE = "C 7 K 3 F 9 Q 2"


def spoken(name: str, language: Language) -> str:
    return line(name, language, name=NAME[language], reference=REFERENCE)


@pytest.mark.parametrize("name", LINES)
def test_a_line_takes_eight_seconds_at_most(name: str) -> None:
    assert len(re.findall(r"\w", spoken(name, "zh"))) <= CHARACTERS_MOST
    assert len(re.findall(r"[\w'’-]+", spoken(name, "en"))) <= WORDS_MOST


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LINES)
def test_a_line_is_spoken_as_it_is_written(name: str, language: Language) -> None:
    assert speakable(spoken(name, language), language) == spoken(name, language)


@pytest.mark.parametrize("name", LINES)
def test_the_two_languages_say_the_same_in_their_own_way(name: str) -> None:
    zh, en = LINES[name]
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert not re.search(r"[\u4e00-\u9fff]", en)
    assert "你" not in zh
    assert values_of(zh) == values_of(en)
    if name != "choose_language":  # each of whose halves is for those who speak it
        assert sorted(re.findall(r"\d", zh)) == sorted(re.findall(r"\d", en))


def values_of(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def test_each_miss_is_answered_in_another_way() -> None:
    for ladder in (NO_INPUT, NO_MATCH):
        for language in LANGUAGES:
            assert len({line(ladder.prompt(misses), language) for misses in range(1, MISSES_MOST + 1)}) == MISSES_MOST
        assert "可以说" in line(ladder.first, "zh")
        assert "按键" in line(ladder.prompt(KEYS_ONLY_FROM), "zh")
        assert "人工" in line(ladder.third, "zh")
        assert ladder.prompt(MISSES_MOST + 5) == ladder.third


def test_the_menu_has_five_entries_and_a_person() -> None:
    assert re.findall(r"\d", line("help_keys", "zh")) == list("123450")


def test_both_languages_one_after_the_other() -> None:
    zh, en = both("choose_language")
    assert (zh.language, en.language) == ("zh", "en")
    assert "1" in zh.text
    assert "2" in en.text


@CALM
@given(any_text)
def test_a_name_cannot_make_a_line_long_or_break_it(name: str) -> None:
    for language in LANGUAGES:
        words = line("welcome_known", language, name=name)
        assert len(words) <= len(LINES["welcome_known"][language == "en"]) + 24
        assert not set(words) & set("<>&\n\x00")


def test_a_reference_is_never_cut() -> None:
    reference = " ".join("C7K3F9Q2C7K3F9Q2")
    assert reference in line("callback_reference", "zh", reference=reference)


def test_a_missing_value_or_line_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        line("welcome_known", "zh")
    with pytest.raises(KeyError):
        line("no_such_line", "en")
