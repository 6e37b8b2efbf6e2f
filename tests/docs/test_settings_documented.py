"""docs/settings.md names every setting there is, as it is, and none that is not."""

import ast
import re

import pytest

from core.settings import Settings
from reference_api import settings as reference
from tests.docs.reading import ROOT, bare, nodes, rows, section, text_of

TEXT = text_of("docs/settings.md")
OWN = {bare(row[0]): row for row in rows(section(TEXT, "## Careline's own"))}
ENVIRONMENT = {bare(row[0]): row for row in rows(section(TEXT, "## Environment only"))}
STAND_IN = {bare(row[0]): row for row in rows(section(TEXT, "## The stand-in operator's"))}
NOT_OURS = {"PATH"}


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    assert set(OWN) == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_a_setting_is_documented_as_it_is(name: str) -> None:
    field = Settings.model_fields[name]
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    _, default, unit, meaning = OWN[name.upper()]
    assert default == {"": "empty", None: "unset"}.get(field.default, f"`{field.default}`")
    assert unit == (str(extra["unit"]).replace("|", " or ") or "–")
    assert meaning.rstrip(" |") == field.description


def test_the_settings_said_to_be_unread_are_the_unread_ones() -> None:
    said = re.search(r"Not read by anything yet: (.*?)\. ", TEXT)
    named = set(re.findall(r"`([A-Z_]+)`", said[1])) if said else set()
    read = {node.attr for path, node in nodes("processes", "webchat", "ivr", "portal", "customers", "dialogue", "core")
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self", "settings", "self._settings", "parts.settings")
            and (path.name != "settings_checks.py")}  # fmt: skip
    checked_only = {"twilio_auth_token", "public_base_url"}
    assert named == {name.upper() for name in Settings.model_fields if name not in read | checked_only}


def read_from_environment() -> set[str]:
    """Names that code or tests ask of os.environ."""
    found = set()
    for _, node in nodes("processes", "bot", "tests", "webchat", "portal", "core", "actions", "dialogue", "customers", "carrier"):
        asked: ast.expr | None = None
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.environ.get":
            asked = node.args[0]
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and ast.unparse(node.value) == "os.environ":
            asked = node.slice
        if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
            found.add(asked.value)
    return found - NOT_OURS


def test_what_is_read_from_the_environment_is_documented() -> None:
    handed_down = set(re.findall(r"`([A-Z_]+)`", TEXT.split("Handed down", 1)[1].split("##", 1)[0]))
    own = {name.upper() for name in Settings.model_fields}
    assert read_from_environment() - own - handed_down == set(ENVIRONMENT)


def test_the_parts_of_the_gateway_are_documented() -> None:
    parts = {
        key.value
        for path, node in nodes("processes")
        if path.name == "gateway.py" and isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "available"
        for key in getattr(node.value, "keys", ())
    }
    assert set(re.findall(r"`([a-z]+)`", ENVIRONMENT["GATEWAY_PARTS"][2])) == parts


def test_what_rasa_reads_from_the_environment_is_handed_down() -> None:
    handed_down = set(re.findall(r"`([A-Z_]+)`", TEXT.split("Handed down", 1)[1].split("##", 1)[0]))
    assert set(re.findall(r"\$\{([A-Z_]+)\}", re.sub(r"#.*", "", text_of("endpoints.yml")))) <= handed_down


def test_the_stand_ins_settings_are_documented() -> None:
    tree = ast.parse((ROOT / "reference_api" / "settings.py").read_text(encoding="utf-8"))
    named = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert set(STAND_IN) == {name for name in named if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", name)}


def test_the_stand_ins_defaults_are_documented() -> None:
    keys = {name: "x" * reference.SHORTEST_KEY for name in ("OPERATOR_API_KEY", "REFERENCE_ADMIN_KEY", "PROVIDER_SECRET")}
    made = reference.from_environment(keys)
    told = {name: bare(row[1]) for name, row in STAND_IN.items()}
    assert told["REFERENCE_PORT"] == str(made.port)
    assert told["REFERENCE_QUOTA_PER_MINUTE"] == str(made.quota_per_minute)
    assert float(told["REFERENCE_SLOW_SECONDS"]) == made.slow_seconds
    assert told["VAR_DIR"] == str(made.folder.parent)
