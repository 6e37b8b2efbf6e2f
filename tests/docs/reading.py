"""Reads the documentation and the code for the tests that hold them together."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PRODUCT = (
    "processes",
    "webchat",
    "portal",
    "actions",
    "dialogue",
    "handoff",
    "customers",
    "carrier",
    "core",
    "language",
    "bot",
    "reference_api",
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of the same rank."""
    rank = heading.split(" ")[0]
    found = re.search(rf"^{re.escape(heading)}$(.*?)(?=^{rank} |\Z)", text, re.M | re.S)
    assert found, f"no heading {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Cells of all table rows but the headings."""
    lines = [line.strip() for line in text.splitlines()]
    tables = [line for line in lines if line.startswith("|") and not re.fullmatch(r"[|\-: ]+", line)]
    heads = {lines[i - 1] for i, line in enumerate(lines) if line.startswith("|") and re.fullmatch(r"[|\-: ]+", line)}
    return [re.split(r"\s*\|\s*", line.removeprefix("|").removesuffix("|").strip()) for line in tables if line not in heads]


def bare(cell: str) -> str:
    """A cell without its backticks."""
    return cell.strip("` |")


def sources(*folders: str) -> list[Path]:
    """Python files of these folders, without environments."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if ".venv" not in path.parts]


def nodes(*folders: str) -> Iterator[tuple[Path, ast.AST]]:
    for path in sources(*folders):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path, node
