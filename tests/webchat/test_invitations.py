"""The operator's invitation rules: the packaged ones load, and a file that would misbehave refuses the start in one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import SettingsError
from core.settings import Settings
from webchat.invitations import RULES_MOST, load_invitations

WORDS = {"zh": "需要帮忙吗？", "en": "Can we help?"}


def rule(**more: Any) -> dict[str, Any]:
    return {"id": "one", "seconds": 5, "words": WORDS} | more


def settings_with(folder: Path, content: Any) -> Settings:
    path = folder / "rules.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return Settings(invitations=str(path), _env_file=None)  # type: ignore[call-arg]


def refusal(folder: Path, content: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        load_invitations(settings_with(folder, content))
    (sentence,) = refused.value.problems
    assert sentence.startswith("INVITATIONS cannot be used, rules.json: ")
    return sentence


def test_the_packaged_rules_are_taken_when_no_file_is_named() -> None:
    rules = load_invitations(Settings(invitations="", _env_file=None))  # type: ignore[call-arg]
    assert [one["id"] for one in rules] == ["trouble", "cart", "looking_around"]
    assert all(one["words"]["zh"] and one["words"]["en"] for one in rules)


def test_the_operators_file_takes_their_place(tmp_path: Path) -> None:
    wanted = [rule(id="plans", page="/plans/*", cart=2), rule(id="trouble", errors=3)]
    assert load_invitations(settings_with(tmp_path, wanted)) == (
        {"id": "plans", "page": "/plans/*", "seconds": 5, "cart": 2, "words": WORDS},
        {"id": "trouble", "seconds": 5, "errors": 3, "words": WORDS},
    )


def test_no_rules_is_a_choice(tmp_path: Path) -> None:
    assert load_invitations(settings_with(tmp_path, [])) == ()


def test_as_many_rules_as_allowed_load_and_one_more_does_not(tmp_path: Path) -> None:
    rules = [rule(id=f"r{number}") for number in range(RULES_MOST + 1)]
    assert len(load_invitations(settings_with(tmp_path, rules[:RULES_MOST]))) == RULES_MOST
    assert "at most 20" in refusal(tmp_path, rules)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (rule(second=5), "rule 2, second"),
        (rule(words={"zh": "您好"}), "rule 2, words.en"),
        (rule(words={"zh": "  ", "en": "Hello"}), "rule 2, words.zh"),
        (rule(words=WORDS | {"fr": "Bonjour"}), "rule 2, words.fr"),
        (rule(words={"zh": "好" * 201, "en": "Hello"}), "rule 2, words.zh"),
        (rule(id="Not An Id"), "rule 2, id"),
        (rule(seconds=0), "rule 2, seconds"),
        (rule(seconds="5"), "rule 2, seconds"),
        (rule(seconds=True), "rule 2, seconds"),
        (rule(cart=-1), "rule 2, cart"),
        (rule(errors=100), "rule 2, errors"),
        ({"id": "one", "words": WORDS}, "rule 2, a rule needs one of"),
        ("not a rule", "rule 2"),
    ],
)
def test_a_broken_rule_is_named_with_its_place(tmp_path: Path, broken: Any, told: str) -> None:
    assert told in refusal(tmp_path, [rule(id="good"), broken])


@pytest.mark.parametrize(
    "glob", ["", "plans", "/a b", "/plans?x=1", "/plans#top", "/[a-z]*", "/{a,b}", "/a\\b", "*" * 5, "/" + "a" * 200]
)
def test_a_bad_page_is_refused(tmp_path: Path, glob: str) -> None:
    assert "rule 1, page" in refusal(tmp_path, [rule(page=glob)])


@pytest.mark.parametrize("glob", ["/", "*", "/shop", "/shop/*/details", "/套餐/*", "*/basket"])
def test_a_path_with_stars_is_a_page(tmp_path: Path, glob: str) -> None:
    assert load_invitations(settings_with(tmp_path, [rule(page=glob)]))[0]["page"] == glob


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "two rules are called one" in refusal(tmp_path, [rule(), rule(cart=1)])


@pytest.mark.parametrize("content", ["", "[", '{"id": "one"}', "[" * 60_000, " " * 64_001])
def test_what_is_not_a_list_of_rules_is_refused(tmp_path: Path, content: str) -> None:
    refusal(tmp_path, content)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_bytes(b"\xff\xfe[]")
    with pytest.raises(SettingsError):
        load_invitations(Settings(invitations=str(path), _env_file=None))  # type: ignore[call-arg]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"INVITATIONS cannot be used, none\.json"):
        load_invitations(Settings(invitations=str(tmp_path / "none.json"), _env_file=None))  # type: ignore[call-arg]
