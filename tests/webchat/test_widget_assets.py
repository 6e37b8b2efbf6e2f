"""What browsers fetch of the widget: how heavy it is, how long it is kept, who may load it."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.problems import Problem
from core.settings import Settings
from webchat.widget import ENTRY, FOLDER, Scripts, blueprint, lean

BUDGET = 20 * 1024  # bytes over the wire before the chat is opened for the first time
RULE = {"id": "long", "seconds": 60, "words": {"zh": "您好", "en": "Hello"}}
# What a page with a conversation from before fetches by itself; all else comes when the launcher is touched, or a part is used.
FIRST = ("main.js", "talk.js")
LATER = {"panel.js", "talk.js", "invitations.js"}
STATIC = re.compile(r"""^(?:import|export)\b[^;]*?from\s+"(\./[^"]+)";|^import\s+"(\./[^"]+)";""", re.M)
DYNAMIC = re.compile(r"""import\(\s*["`]([^"`]+)["`]\s*\)""")


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(blueprint(Settings(), (RULE,)))
    app.register_error_handler(Problem, lambda problem: ({"error": problem.code}, problem.status))
    return app.test_client()


def needed(name: str, known: set[str]) -> set[str]:
    """A module with all it cannot run without."""
    if name in known:
        return known
    known.add(name)
    for pair in STATIC.findall((FOLDER / name).read_text()):
        needed((Path(name).parent / next(filter(None, pair))).as_posix(), known)
    return known


def weight(names: set[str]) -> dict[str, int]:
    scripts = Scripts()
    return {name: len(scripts.modules[name].packed) for name in sorted(names)}


def test_before_the_first_open_it_is_light() -> None:
    names: set[str] = set()
    for name in FIRST:
        needed(name, names)
    assert {"element.js", "feed.js", "socket.js", "outbox.js"} <= names, "the reader of imports sees nothing"
    assert not {"panel.js", "log.js", "draw.js", "composer.js"} & names
    weights = {ENTRY: len(Scripts().entry.packed), **weight(names)}
    assert sum(weights.values()) <= BUDGET, weights


def test_an_invitation_is_within_the_same_budget() -> None:
    names = needed("invitations.js", needed("main.js", set()))
    weights = {ENTRY: len(Scripts().entry.packed), **weight(names)}
    assert sum(weights.values()) <= BUDGET, weights


def test_only_what_is_known_here_is_loaded_by_itself() -> None:
    """A further import() in what loads first would escape the budget above."""
    names = needed("talk.js", needed("main.js", set()))
    found = {asked for name in names for asked in DYNAMIC.findall((FOLDER / name).read_text())}
    assert {name.removeprefix("./") for name in found} == LATER


def test_every_module_that_is_named_is_there() -> None:
    for path in FOLDER.rglob("*.js"):
        text = path.read_text()
        named = {next(filter(None, pair)) for pair in STATIC.findall(text)}
        named |= {name for name in DYNAMIC.findall(text) if "$" not in name}
        for name in named:
            assert (path.parent / name).exists(), f"{path.name} asks for {name}"


def test_the_entry_is_asked_about_and_carries_the_version(client: FlaskClient) -> None:
    answer = client.get("/widget.js")
    assert f"widget/{Scripts().version}/main.js" in answer.text
    assert "{{" not in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.content_type == "text/javascript; charset=utf-8"
    again = client.get("/widget.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_module_is_kept_for_good_under_its_version_only(client: FlaskClient) -> None:
    version = Scripts().version
    kept = client.get(f"/widget/{version}/main.js")
    assert "immutable" in kept.headers["Cache-Control"]
    old = client.get("/widget/0123456789abcdef/main.js")
    assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-cache")
    assert old.data == kept.data


def test_any_page_may_load_it(client: FlaskClient) -> None:
    for address in ("/widget.js", f"/widget/{Scripts().version}/parts/voice.js"):
        answer = client.get(address)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_it_is_packed_for_those_who_take_it(client: FlaskClient) -> None:
    address = f"/widget/{Scripts().version}/talk.js"
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert gzip.decompress(packed.data) == plain.data
    refused = client.get(address, headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.data == plain.data


@pytest.mark.parametrize(
    "name", ["widget.js", "../widget.py", "..%2f..%2fcore/settings.py", "parts/../../rest.py", "nothing.js", "parts/", ""]
)
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/widget/{Scripts().version}/{name}").status_code == 404


def test_the_version_is_another_when_any_module_is(tmp_path: Path) -> None:
    for name in ("widget.js", "main.js"):
        (tmp_path / name).write_text(f"// {name}\nimport('{{{{version}}}}');\n")
    before = Scripts(tmp_path)
    (tmp_path / "main.js").write_text("export {};\n")
    after = Scripts(tmp_path)
    assert before.version != after.version
    assert before.entry.etag != after.entry.etag


def test_what_is_left_out_on_the_wire_is_comments_and_indentation_only() -> None:
    source = b"// a file\n/** One. */\nexport function one() {\n  // why\n  return `a //b`; // c\n}\n\n/**\n * Two\n */\nexport const two = '; // 2';\n"
    assert lean(source) == b"\n\nexport function one() {\n\nreturn `a //b`;\n}\n\n\n\n\nexport const two = '; // 2';\n"
    for path in FOLDER.rglob("*.js"):
        assert lean(path.read_bytes()).count(b"\n") == path.read_bytes().count(b"\n")


def test_what_the_widget_has_to_know(client: FlaskClient) -> None:
    answer = client.get("/api/v1/widget")
    told = answer.get_json()
    assert told["invitations"] == [RULE]
    assert "max-age" in answer.headers["Cache-Control"]
    for words in (told["brand"], told["greeting"], told["starters"]):
        assert words["zh"]
        assert words["en"]
    assert {"image/jpeg", "application/pdf", "audio/webm"} <= set(told["upload"]["types"])
    assert told["upload"]["most_bytes"] > 0
    assert told["upload"]["voice_seconds"] > 0


def test_both_languages_have_the_same_words() -> None:
    for name in ("words.js", "panel_words.js"):
        text = (FOLDER / name).read_text()
        zh, en = (text[text.index(f"  {language}: {{") :] for language in ("zh", "en"))
        keys = [re.findall(r"(?:^|[{,])\s*(\w+): \"", one) for one in (zh[: len(zh) - len(en)], en)]
        assert keys[0]
        assert sorted(keys[0]) == sorted(keys[1])


def test_the_hash_is_of_the_names_too(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder, name in zip(folders, ("one.js", "two.js"), strict=True):
        folder.mkdir()
        (folder / "widget.js").write_text("{{version}}")
        (folder / name).write_text("export {};")
    versions = {Scripts(folder).version for folder in folders}
    assert len(versions) == 2
    assert hashlib.sha256(b"").hexdigest()[:16] not in versions
