"""README and docs: commands, folders, links and examples that exist and work; no path of anybody's machine."""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from core.clock import SystemClock
from core.settings import Settings
from customers.demo import DEMO_CUSTOMERS
from customers.integrators import Integrator, Integrators
from tests.docs.reading import DOCS, ROOT, rows, section, text_of

README = text_of("README.md")
KEY = "a-key-of-an-integrator-0123456789"


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_commands_are_commands_of_the_makefile(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.M))
    code = "\n".join(re.findall(r"`[^`]+`|```.*?```", path.read_text(encoding="utf-8"), re.S))
    assert set(re.findall(r"\bmake ([a-z]+)", code)) <= targets


def test_a_command_named_here_has_what_it_runs() -> None:
    for module in re.findall(r"-m (processes\.\w+|bench)", text_of("Makefile")):
        place = ROOT / module.replace(".", "/")
        word = re.search(rf"^([a-z]+):(?:\n\t.*)*?{re.escape(module)}", text_of("Makefile"), re.M)
        if word and f"make {word[1]}" in README:
            assert place.with_suffix(".py").exists() or place.is_dir(), f"README names make {word[1]}"


def test_the_map_names_folders_that_exist_and_none_is_missing() -> None:
    named = {name for row in rows(section(README, "## Map")) for name in re.findall(r"`([a-z_]+)/`", row[0])}
    there = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"docs", "data"}
    assert named - {path.name for path in ROOT.iterdir() if path.is_dir()} == set()
    assert there - named == set()


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if not re.match(r"https?:", target):
            assert (path.parent / unquote(target.split("#")[0])).exists(), target


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_files_named_in_the_text_exist(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    for name in re.findall(r"`((?:[a-z_]+/)+[\w.]+\.(?:py|yml|md))`", text):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_no_path_of_a_machine(path: Path) -> None:
    assert re.findall(r"(?<![\w.:/])/(?:root|home|work|tmp|Users|mnt|opt)\b", path.read_text(encoding="utf-8")) == []


def test_the_demo_customers_are_listed_with_their_pins() -> None:
    listed = {row[0]: row[1] for row in rows(README) if re.fullmatch(r"1\d{10}", row[0])}
    assert listed == {customer.number.removeprefix("+86"): customer.pin for customer in DEMO_CUSTOMERS}


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", section(README, "## Sign a customer in"), re.S)
    assert found
    return found[1]


def signed_in(token: str) -> str:
    settings = Settings(_env_file=None, token_key="t" * 32)  # type: ignore[call-arg]
    return Integrators(settings, SystemClock()).read_customer_token(Integrator("i", KEY), token)


def test_the_python_example_signs_a_customer_in() -> None:
    space: dict[str, object] = {}
    exec(compile(example("python"), "README.md", "exec"), space)
    make = space["customer_token"]
    assert callable(make)
    assert signed_in(make(KEY, "+8613800138000")) == "+8613800138000"


def test_the_node_example_signs_a_customer_in() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    program = f'{example("js")}\nprocess.stdout.write(customerToken("{KEY}", "+8613800138000"));'
    said = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True, timeout=60).stdout
    assert signed_in(said) == "+8613800138000"
