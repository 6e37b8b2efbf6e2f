"""The chat widget as browsers fetch it: GET /widget.js, GET /widget/<version>/<name>.js; and what it has to know: GET /api/v1/widget.

Everything is read once, at the start. The version is a hash of all modules, so a module under its version never changes and is kept for good;
a page that was opened before an update gets today's modules under its old version, and keeps none of them.
Any page may load the scripts (Cross-Origin-Resource-Policy); who may chat is decided by webchat/origins.py.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request

from core.problems import not_found
from core.settings import Settings
from customers.attachments import VOICE_SECONDS_MOST
from customers.file_types import TYPES

FOLDER = Path(__file__).with_name("widget")
ENTRY = "widget.js"
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"  # kept, and asked about by its ETag
SETTINGS_SECONDS = 300  # how long a browser may use the answer of /api/v1/widget
MEGABYTE = 1024 * 1024
BEHIND = re.compile(r"(?<=[;,{}()\]]) // [^\"'`]*$")  # a comment behind code: no quote after it, so it stands in no string

BRAND = {"zh": "青岚通信", "en": "Qinglan Telecom"}
GREETING = {
    "zh": "您好，我是智能客服，可以帮您查话费、充值、办流量包、查订单。请直接说。",
    "en": "Hello! I can check your balance, top up, add data packs and track orders. Just tell me.",
}
STARTERS = {
    "zh": ["查话费余额", "这个月用了多少流量", "我要充话费", "我的订单到哪了"],
    "en": ["What's my balance", "How much data have I used", "Top up my phone", "Where is my order"],
}


@dataclass(frozen=True)
class Script:
    """One file, plain and gzip-ed, with its ETag."""

    plain: bytes
    packed: bytes
    etag: str

    @classmethod
    def of(cls, source: bytes) -> "Script":
        content = lean(source)
        return cls(content, gzip.compress(content, 9, mtime=0), hashlib.sha256(content).hexdigest()[:32])


class Scripts:
    """All modules by name ("parts/voice.js"), and the entry with their version written into it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.js"))}
        parts = [name.encode() + b"\0" + content + b"\0" for name, content in found.items()]
        self.version = hashlib.sha256(b"".join(parts)).hexdigest()[:16]
        self.entry = Script.of(found.pop(ENTRY).replace(b"{{version}}", self.version.encode()))
        self.modules = {name: Script.of(content) for name, content in found.items()}


def lean(source: bytes) -> bytes:
    """The same lines without indentation and comments; a line keeps its number. What might be text of the program stays."""
    lines, is_comment = [], False
    for line in source.decode().split("\n"):
        bare = line.strip()
        is_comment = is_comment or bare.startswith("/**")
        lines.append("" if is_comment or bare.startswith("//") else BEHIND.sub("", bare))
        is_comment = is_comment and not bare.endswith("*/")
    return "\n".join(lines).encode()


def blueprint(settings: Settings, invitations: tuple[dict[str, Any], ...]) -> Blueprint:
    widget = Blueprint("widget", __name__)
    scripts = Scripts()

    @widget.get("/widget.js")
    def entry() -> Response:
        return _answer(scripts.entry, ASK_AGAIN)

    @widget.get("/widget/<version>/<path:name>")
    def module(version: str, name: str) -> Response:
        script = scripts.modules.get(name)
        if script is None:
            raise not_found()
        return _answer(script, FOR_GOOD if version == scripts.version else ASK_AGAIN)

    @widget.get("/api/v1/widget")
    def told() -> Response:
        upload = {
            "types": [one.mime for one in TYPES],
            "most_bytes": settings.attachment_mb * MEGABYTE,
            "voice_seconds": VOICE_SECONDS_MOST,
        }
        answer = jsonify(
            {"brand": BRAND, "greeting": GREETING, "starters": STARTERS, "invitations": list(invitations), "upload": upload}
        )
        answer.headers["Cache-Control"] = f"public, max-age={SETTINGS_SECONDS}"
        return answer

    return widget


def _answer(script: Script, kept: str) -> Response:
    is_packed = request.accept_encodings["gzip"] > 0
    answer = Response(script.packed if is_packed else script.plain, mimetype="text/javascript")
    answer.headers["Cache-Control"] = kept
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.vary.add("Accept-Encoding")
    if is_packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.set_etag(f"{script.etag}-gz" if is_packed else script.etag)
    answer.make_conditional(request.environ)
    return answer
