"""What the bot says keeps its promises: both languages, for eye and ear, every value given, every name known."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from rasa_sdk import Action

import actions
from actions.forms import TaskForm
from actions.tasks import TOLD

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
ENGLISH = [{"type": "slot", "name": "language", "value": "en"}]
PLACEHOLDER = re.compile(r"(?<!\{)\{([a-z_]+)\}(?!\})")
CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
NAME = re.compile(r"utter_[a-zA-Z_]*[a-zA-Z]")
FOR_THE_EYE = re.compile(r"[•\n]|https?:|www\.")
ONE_TONGUE = {
    f"utter_language_{tongue}{place}" for tongue in ("zh", "en") for place in ("", "_in_task")
}  # said in the language asked for, whichever was spoken before


def read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


FILES = sorted(DATA.glob("*/responses.yml"))
# From the text, as a YAML reader keeps only the last of two equal keys.
WRITTEN = [name for file in FILES for name in re.findall(r"^  (\w+):$", file.read_text(encoding="utf-8"), re.M)]
RESPONSES: dict[str, list[dict[str, Any]]] = {name: entry for file in FILES for name, entry in read(file)["responses"].items()}
DOMAINS = [read(file) for file in [ROOT / "domain.yml", *sorted(DATA.glob("*/domain.yml"))]]
FORMS: dict[str, list[str]] = {
    name: form["required_slots"] for domain in DOMAINS for name, form in (domain.get("forms") or {}).items()
}
RULES = [rule for file in sorted(DATA.glob("*/rules.yml")) for rule in read(file)["rules"]]


def names(section: str) -> list[str]:
    """Names listed under `section` of all domain files, as often as they are listed."""
    listed = [entry for domain in DOMAINS for entry in domain.get(section) or []]
    return [next(iter(entry)) if isinstance(entry, dict) else str(entry) for entry in listed]


def variants(name: str, *, spoken: bool, english: bool) -> list[dict[str, Any]]:
    return [v for v in RESPONSES[name] if (v.get("channel") == "ivr") is spoken and (v.get("condition") == ENGLISH) is english]


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def needed(name: str) -> set[str]:
    return {value for variant in RESPONSES[name] for value in placeholders(variant["text"])}


# what the actions say, read from their source


class Said(NamedTuple):
    """One `say(...)`: the responses it may mean and the values it gives."""

    where: str
    responses: frozenset[str]
    values: frozenset[str]


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for file in sorted((ROOT / "actions").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield file.name, node


FUNCTIONS = list(functions())


def strings(node: ast.AST) -> set[str]:
    """Response names that stand as constants below `node`; `utter_refused_{code}` means each refusal with words of its own."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            if part.value == "utter_refused_":
                found |= {f"utter_refused_{code}" for code in (*TOLD, "codeExpired")}
            elif NAME.fullmatch(part.value):
                found.add(part.value)
    return found


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


def meant(node: ast.expr, function: ast.FunctionDef) -> set[str]:
    """Responses that `say` may mean by this: a constant, a choice, a variable, a parameter, or what a function returns."""
    if isinstance(node, ast.Name):
        parameters = [argument.arg for argument in function.args.args]
        if node.id in parameters:
            place = parameters.index(node.id) - (parameters[0] == "self")
            calls = [c for _, f in FUNCTIONS for c in ast.walk(f) if isinstance(c, ast.Call) and called(c) == function.name]
            return {name for call in calls if len(call.args) > place for name in strings(call.args[place])}
        assigned = [
            part for part in ast.walk(function) if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == node.id
        ]
        return {name for assignment in assigned for name in strings(assignment.value)}
    if isinstance(node, ast.Call):
        bodies = [function for _, function in FUNCTIONS if function.name == called(node)]
        return {name for body in bodies for part in ast.walk(body) if isinstance(part, ast.Return) for name in strings(part)}
    return strings(node)


def all_said() -> list[Said]:
    said = []
    for file, function in FUNCTIONS:
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and called(node) == "say" and node.args:
                values = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
                said.append(Said(f"{file}:{node.lineno}", frozenset(meant(node.args[0], function)), values - {"buttons"}))
    return said


SAID = all_said()


# what the actions are


def concrete(base: type[Any]) -> list[type[Any]]:
    for module in pkgutil.iter_modules(actions.__path__):
        importlib.import_module(f"actions.{module.name}")
    below = [base]
    for known in below:
        below += [child for child in known.__subclasses__() if child not in below]
    return [kind for kind in below if not inspect.isabstract(kind) and kind.__module__.startswith("actions.")]


# responses


def test_a_response_is_written_once() -> None:
    assert [name for name, times in Counter(WRITTEN).items() if times > 1] == []
    assert set(WRITTEN) == set(RESPONSES)


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_response_is_there_in_both_languages_for_eye_and_ear(name: str) -> None:
    counts = [len(variants(name, spoken=spoken, english=english)) for spoken in (False, True) for english in (False, True)]
    assert all(counts), "of: chat zh, chat en, voice zh, voice en"
    odd = [v for v in RESPONSES[name] if v.get("channel", "ivr") != "ivr" or v.get("condition", ENGLISH) != ENGLISH]
    assert odd == []


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_variants_of_a_response_carry_the_same_values_and_choices(name: str) -> None:
    written = {frozenset(placeholders(v["text"])) for v in RESPONSES[name] if v.get("channel") != "ivr"}
    assert len(written) == 1, written
    for variant in RESPONSES[name]:
        assert placeholders(variant["text"]) <= next(iter(written)), variant["text"]
    assert len({tuple(button["payload"] for button in v.get("buttons", ())) for v in RESPONSES[name]}) == 1


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_each_language_is_spoken_in_its_own_words(name: str) -> None:
    for spoken in (False, True):
        chinese = variants(name, spoken=spoken, english=False)
        english = variants(name, spoken=spoken, english=True)
        if name in ONE_TONGUE:
            chinese = english = [*chinese, *english]
            wanted = "_zh" in name
            assert all(bool(CJK.search(v["text"])) is wanted for v in chinese)
            continue
        assert [v["text"] for v in chinese if not CJK.search(v["text"])] == []
        assert [v["text"] for v in english if CJK.search(v["text"])] == []
        assert [b for v in english for b in v.get("buttons", ()) if CJK.search(b["title"])] == []


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_words_for_the_ear_hold_no_lists_or_addresses(name: str) -> None:
    assert [v["text"] for v in RESPONSES[name] if v.get("channel") == "ivr" and FOR_THE_EYE.search(v["text"])] == []


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_choice_leads_to_an_intent(name: str) -> None:
    payloads = [button["payload"] for variant in RESPONSES[name] for button in variant.get("buttons", ())]
    intents = set(names("intents"))
    # A payload with values has its braces doubled, else Rasa takes them for a placeholder.
    assert [p for p in payloads if not (m := re.fullmatch(r"/([a-z_]+)(\{\{[^{}]+\}\})?", p)) or m.group(1) not in intents] == []


# what is said


def test_everything_the_actions_say_is_known_to_this_test() -> None:
    assert [said.where for said in SAID if not said.responses] == []
    mentioned = {n for file in (ROOT / "actions").glob("*.py") for n in strings(ast.parse(file.read_text(encoding="utf-8")))}
    mentioned.discard("utter_action")  # Rasa's own key in what it keeps of a response
    assert mentioned - {name for said in SAID for name in said.responses} == set()


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.where)
def test_what_an_action_says_exists_and_is_given_its_values(said: Said) -> None:
    assert sorted(said.responses - set(RESPONSES)) == []
    assert {name: missing for name in said.responses if (missing := needed(name) - said.values)} == {}


def test_every_response_is_said_by_someone() -> None:
    by_actions = {name for said in SAID for name in said.responses}
    by_rules = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    slots = {slot for required in FORMS.values() for slot in required}
    by_forms = {f"utter_ask_{slot}" for slot in slots if f"action_ask_{slot}" not in names("actions")}
    assert set(RESPONSES) - by_actions - by_rules - by_forms == set()
    assert (by_forms | {name for name in by_rules if name.startswith("utter_")}) - set(RESPONSES) == set()
    assert {name: needed(name) for name in (by_forms | by_rules) & set(RESPONSES) if needed(name)} == {}


# actions, intents, forms


def test_the_domain_lists_the_actions_there_are() -> None:
    classes = [kind().name() for kind in concrete(Action)]
    assert [name for name, times in Counter(classes).items() if times > 1] == []
    assert sorted(names("actions")) == sorted(classes)


@pytest.mark.parametrize("section", ["intents", "slots", "forms", "actions", "entities"])
def test_a_name_stands_in_one_domain_file(section: str) -> None:
    assert [name for name, times in Counter(names(section)).items() if times > 1] == []


def test_every_intent_has_exactly_one_rule() -> None:
    begun_by = Counter(step["intent"] for rule in RULES for step in rule["steps"] if "intent" in step)
    assert begun_by == Counter(names("intents"))


def test_intents_leave_entities_out_of_the_states() -> None:
    listed = [entry for domain in DOMAINS for entry in domain.get("intents") or []]
    assert [entry for entry in listed if not (isinstance(entry, dict) and list(entry.values()) == [{"use_entities": []}])] == []


def test_rules_lead_to_actions_that_exist() -> None:
    known = {*names("actions"), *names("forms"), *RESPONSES}
    assert {step["action"] for rule in RULES for step in rule["steps"] if "action" in step} - known == set()


def test_forms_ask_in_the_order_of_their_classes() -> None:
    classes = [kind() for kind in concrete(TaskForm)]
    assert {f"{form.task}_form": list(form.required) for form in classes} == FORMS


def test_every_form_is_begun_and_ended_by_a_rule() -> None:
    begun = {step["active_loop"] for rule in RULES for step in rule["steps"] if step.get("active_loop")}
    ended = {rule["condition"][0]["active_loop"]: rule["steps"][-1]["action"] for rule in RULES if "condition" in rule}
    assert ended == {form: f"action_{form.removesuffix('_form')}" for form in names("forms")}
    assert set(names("forms")) - begun == {"identify_form"}, "identify_form is begun by the questions that need it"
