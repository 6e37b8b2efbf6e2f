"""The training data keeps its promises: enough examples of every intent in both languages, each written once, in one tongue."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

DATA = Path(__file__).parents[2] / "data"
LANGUAGES = ("zh", "en")
CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")

# Each topic and its intents. The names are fixed: tests from outside use them.
INTENTS = {
    "balance": ("query_balance", "query_usage"),
    "bill": ("query_bill", "explain_bill"),
    "plan": ("query_plan", "change_plan", "recommend_plan"),
    "top_up": ("top_up",),
    "data_pack": ("buy_data_pack",),
    "broadband": ("apply_broadband",),
    "shop": ("browse_products", "place_order"),
    "orders": ("track_order", "change_order", "cancel_order", "request_refund"),
    "account": ("reset_service_password", "suspend_service", "restore_service", "set_reminder"),
    "fault": ("report_fault",),
    "service": ("file_complaint", "ask_knowledge"),
    "handoff": ("human_agent", "request_callback", "rate_service"),
    "dialogue": (
        "inform", "correct", "affirm", "deny", "cancel_task", "go_back", "repeat", "slow_down", "main_menu",
        "switch_language", "resend_code", "nlu_fallback",
    ),
    "smalltalk": ("greet", "goodbye", "thank", "help", "bot_challenge", "chitchat"),
    "out_of_scope": ("out_of_scope",),
    "identity": ("use_sms_code",),
}  # fmt: skip
LEAST = 20
LEAST_OF = {"human_agent": 60, "ask_knowledge": 60, "out_of_scope": 60}
ALL_INTENTS = [(topic, intent) for topic, intents in INTENTS.items() for intent in intents]


class Example(NamedTuple):
    """One line of training data: what a customer may say, and where it is written."""

    intent: str
    language: str
    file: Path
    text: str


def nlu_files() -> list[Path]:
    return sorted(DATA.glob("*/nlu.*.yml"))


def read(file: Path) -> Iterator[Example]:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for entry in content["nlu"]:
        for line in entry["examples"].splitlines():
            assert line.startswith("- "), f"{file}: {line!r} is not a list item"
            yield Example(entry["intent"], file.name.split(".")[1], file, line[2:])


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return [example for file in nlu_files() for example in read(file)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("topic", "intent"), ALL_INTENTS)
def test_every_intent_has_enough_examples(examples: list[Example], topic: str, intent: str, language: str) -> None:
    file = DATA / topic / f"nlu.{language}.yml"
    found = [example for example in examples if example.file == file and example.intent == intent]
    assert len(found) >= LEAST_OF.get(intent, LEAST), f"{intent}: {len(found)} examples in {file}"


def test_no_intent_is_unknown_or_written_under_another_topic(examples: list[Example]) -> None:
    written = {(example.file.parent.name, example.intent) for example in examples}
    assert written == set(ALL_INTENTS)


def test_no_example_is_written_twice(examples: list[Example]) -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        places[example.text.lower().strip()].append(f"{example.intent} in {example.file.relative_to(DATA)}")
    assert {text: where for text, where in places.items() if len(where) > 1} == {}


def test_no_example_serves_two_intents_by_punctuation_alone(examples: list[Example]) -> None:
    """A pause or a question mark is lost in speech: words that differ by it alone are the same words."""
    intents: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        intents[re.sub(r"[\W_]+", "", example.text.lower())].add(example.intent)
    assert {text: sorted(found) for text, found in intents.items() if len(found) > 1} == {}


def test_chinese_files_are_chinese_and_english_files_hold_none(examples: list[Example]) -> None:
    english = [example for example in examples if example.language == "en"]
    assert [example for example in english if CJK.search(example.text)] == []
    total = Counter(example.file for example in examples if example.language == "zh")
    chinese = Counter(example.file for example in examples if example.language == "zh" and CJK.search(example.text))
    assert [file for file in total if chinese[file] < 0.9 * total[file]] == []


@pytest.mark.parametrize("file", nlu_files(), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_file_is_tidy(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").split("\n")
    assert lines[0] == 'version: "3.1"'
    assert lines[-1] == ""
    assert lines[-2] != "", "more than one newline at the end"
    assert [line for line in lines if line != line.rstrip() or "\t" in line] == [], "trailing blanks or tabs"


def test_examples_are_plain_words(examples: list[Example]) -> None:
    """Entities are found by rules, so no annotation; a leading slash would be read by Rasa as a command."""
    marked = [example for example in examples if re.search(r"[\[\]{}]", example.text) or example.text.startswith("/")]
    assert marked == []
    assert [example for example in examples if not example.text.strip() or example.text != example.text.strip()] == []
