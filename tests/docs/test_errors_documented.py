"""docs/errors.md names every error there is: the tree, the doors' codes, the operator's codes, and words that exist."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
import yaml

from actions.tasks import TOLD
from carrier.errors import Refused
from carrier.provider import REFUSALS
from core.errors import CarelineError
from core.problems import Problem
from dialogue.replies import WORDS
from reference_api.apidoc.refusals import CODES, PROVIDER_CODES
from tests.docs.reading import ROOT, bare, nodes, rows, section, text_of

OURS = ("core", "carrier", "customers", "handoff", "dialogue", "webchat", "ivr", "portal", "actions", "processes")
TEXT = text_of("docs/errors.md")
DOORS = {bare(row[0]): row for row in rows(section(TEXT, "## At the doors"))}
TREE = [row for row in rows(section(TEXT, "## The tree"))]
CLASSES = {bare(row[0]): row for row in TREE if len(row) == 4}
SENTENCES = {bare(row[0]) for row in TREE if len(row) == 2}
OPERATOR = {bare(row[0]): row for row in rows(section(TEXT, "## The operator's codes"))}
PROVIDER = {bare(row[0]): row for row in rows(section(TEXT, "## The provider's codes"))}


def every_error() -> dict[str, type[CarelineError]]:
    """The whole tree, after everything that may grow a branch was imported."""
    for package in OURS:
        home = importlib.import_module(package)
        for module in pkgutil.walk_packages(home.__path__, f"{package}."):
            importlib.import_module(module.name)
    found: list[type[CarelineError]] = [CarelineError]
    for kind in found:
        found += [child for child in kind.__subclasses__() if child not in found and child.__module__.split(".")[0] in OURS]
    return {kind.__name__: kind for kind in found}


ERRORS = every_error()


def test_every_error_is_documented_and_every_documented_error_exists() -> None:
    assert set(CLASSES) == set(ERRORS)


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_an_error_stands_in_the_tree_with_its_code(name: str) -> None:
    kind = ERRORS[name]
    code = "its own" if kind is Problem else "the operator's" if issubclass(kind, Refused) else f"`{kind.code}`"
    assert CLASSES[name][1] == code
    assert re.search(rf"(^|── ){name}\b", section(TEXT, "## The tree").split("```")[1], re.M)


def test_codes_given_to_a_single_error_are_documented() -> None:
    given = {
        keyword.value.value
        for _, node in nodes(*OURS)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func) in ERRORS
        for keyword in node.exc.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }
    assert {code for code in given if f"`{code}`" not in TEXT} == set()


def answered() -> Iterator[tuple[str, int | None]]:
    """(code, status) of every answer a door may give in its error shape; the status is None where it is worked out."""
    for path, node in nodes("core", "webchat", "ivr", "portal", "processes"):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Problem", "_shaped"):
            status = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
            for part in ast.walk(node.args[1]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value, status if isinstance(status, int) else None
        if path.name == "gateway.py" and isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, int) and isinstance(value, ast.Constant):
                    yield str(value.value), key.value


def test_every_code_of_the_doors_is_documented_with_its_status() -> None:
    told = {(code, status) for code, status in answered() if status is not None}
    assert {code for code, _ in answered()} == set(DOORS)
    assert {(code, status) for code, status in told if DOORS[code][1] not in (str(status), "4xx")} == set()


def test_our_own_sentences_are_documented() -> None:
    assert set(WORDS) == SENTENCES


def test_the_operators_codes_are_documented_with_their_status_and_meaning() -> None:
    assert set(OPERATOR) == {known.code for known in CODES}
    for known in CODES:
        assert OPERATOR[known.code][1:3] == [str(known.status), known.means]


def test_a_refusal_with_words_of_its_own_is_told_with_them() -> None:
    """Every word is named in the table; most are named after their code, balanceShort is what paymentDeclined means for a pack."""
    named = {name for row in OPERATOR.values() for name in re.findall(r"`utter_refused_(\w+)`", row[3])}
    assert named == set(TOLD)


def test_the_providers_codes_are_documented_with_what_becomes_of_them() -> None:
    assert {code: row[1] for code, row in PROVIDER.items()} == {known.code: known.means for known in PROVIDER_CODES}
    assert set(REFUSALS) <= set(PROVIDER)
    for code, (kind, word) in REFUSALS.items():
        assert PROVIDER[code][2].rstrip(" |") == f"`{kind.__name__}` `{word}`"


def test_words_named_here_are_words_of_the_bot() -> None:
    files = sorted((ROOT / "data").glob("*/responses.yml"))
    spoken = {name for file in files for name in yaml.safe_load(file.read_text(encoding="utf-8"))["responses"]}
    assert set(re.findall(r"`(utter_[A-Za-z_]+[A-Za-z])`", TEXT)) <= spoken
