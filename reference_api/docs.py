"""What the stand-in publishes about itself: an OpenAPI 3.1 file at /openapi.json and a page to read at /docs/api.

Both are made from apidoc/. Hubs are described for the APIs that this server gave one.
"""

import json
import re
from collections.abc import Iterable
from html import escape
from itertools import groupby

from flask import Blueprint, Response, current_app, jsonify

from reference_api.answers import Json
from reference_api.apidoc import (
    CODES,
    OPERATIONS,
    PROVIDER_CODES,
    PROVIDER_STYLE,
    ErrorCode,
    Operation,
    hub_operations,
    schema_of,
)

blueprint = Blueprint("docs", __name__)
ANY = ("schemaViolation", "unauthorized", "quotaExceeded", "internalError", "busy")  # codes that any request can meet
ANY_POST = ("notJson", "badIdempotencyKey", "idempotencyKeyReused")
STATUS = {code.code: code.status for code in CODES}
ERROR = {
    "type": "object",
    "required": ["code", "reason"],
    "properties": {name: {"type": "string"} for name in ("code", "reason", "message", "status", "@type")},
}
PAGE = (("limit", "rows at most, up to 100"), ("offset", "rows to skip"), ("fields", "attributes to send, comma-separated"))
INTRODUCTION = (
    "The stand-in operator of Careline, in the shapes of the TM Forum Open APIs, with one provider-style API beside them."
    " All people and figures are made up. Numbers are E.164 (+86…), money is CNY in yuan with the fen beside it (amountFen),"
    " data MB (1 GB is 1,024 MB), calls minutes. Every POST takes an Idempotency-Key and happens once under it; the stored answer"
    " comes back with Idempotent-Replay: true. After a lost answer, ask by key; never send again under a new one."
)
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
body { color: #1d2733; background: #fff }
h2 { margin-top: 2.5rem; border-bottom: 2px solid #d5dde5 }
h3 { margin: 1.6rem 0 .3rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { background: #f3f6f9; padding: .8rem; overflow: auto; border-radius: 6px }
table { border-collapse: collapse; width: 100% }
td, th { border: 1px solid #d5dde5; padding: .35rem .5rem; text-align: left; vertical-align: top }
.method { color: #0b5cad; font-weight: 700 }
@media (prefers-color-scheme: dark) {
  body { background: #12181f; color: #dfe6ee }
  a { color: #9cc9ff }
  pre { background: #1c2530 }
  td, th, h2 { border-color: #33404d }
  .method { color: #7db8f5 }
}
"""


@blueprint.get("/openapi.json")
def openapi_file() -> Response:
    """The OpenAPI 3.1 file."""
    return jsonify(openapi(operations()))


@blueprint.get("/docs/api")
def page() -> Response:
    """The same to read."""
    response = Response(html(operations()), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


def operations() -> tuple[Operation, ...]:
    """All that this server offers to clients."""
    bases = [rule.rule.removesuffix("/hub") for rule in current_app.url_map.iter_rules() if rule.rule.endswith("/hub")]
    hubs = [operation for base in sorted(bases) for operation in hub_operations(base)]
    return (*OPERATIONS, *hubs, *PROVIDER_STYLE)


def openapi(described: Iterable[Operation]) -> Json:
    """The OpenAPI object."""
    paths: dict[str, Json] = {}
    for operation in described:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Careline stand-in operator", "version": "1", "description": INTRODUCTION},
        "security": [{"key": []}],
        "paths": paths,
        "components": {"schemas": {"Error": ERROR}, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(operation: Operation) -> Json:
    words = re.sub(r"[^A-Za-z0-9]+", " ", operation.path.split("/", 2)[2]).title().replace(" ", "")
    told: Json = {
        "operationId": operation.method.lower() + words,
        "tags": [operation.topic],
        "summary": operation.says,
        "parameters": _parameters(operation),
        "responses": {str(operation.status): _success(operation), **({} if operation.form else _failures(operation))},
    }
    if operation.form:
        told["security"] = []
    if operation.request is not None:
        content = {"schema": operation.request} | ({"example": operation.example} if operation.example is not None else {})
        kind = "application/x-www-form-urlencoded" if operation.form else "application/json"
        told["requestBody"] = {"required": True, "content": {kind: content}}
    return told


def _parameters(operation: Operation) -> list[Json]:
    found: list[Json] = (
        [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}] if "{id}" in operation.path else []
    )
    for name, text in (*operation.query, *(PAGE if operation.is_list else ())):
        kind = "integer" if name in ("limit", "offset") else "string"
        found.append({"name": name, "in": "query", "description": text, "schema": {"type": kind}})
    if operation.method == "POST" and not operation.form:
        found.append({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}})
    return found


def _success(operation: Operation) -> Json:
    if operation.answer is None:
        return {"description": "Done."}
    content = {"schema": schema_of(operation.answer), "example": operation.answer}
    return {"description": operation.says, "content": {"application/json": content}}


def codes_of(operation: Operation) -> tuple[str, ...]:
    """Every code this operation can answer with, its own first."""
    return operation.errors if operation.form else (*operation.errors, *(ANY_POST if operation.method == "POST" else ()), *ANY)


def _failures(operation: Operation) -> Json:
    """The error answers by status, each naming its codes. A thing named in a body and not found is 409, in an address 404."""
    by_status: dict[int, list[str]] = {}
    for code in codes_of(operation):
        by_status.setdefault(STATUS[code], []).append(code)
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {str(status): {"description": ", ".join(codes), "content": content} for status, codes in sorted(by_status.items())}


def html(described: tuple[Operation, ...]) -> str:
    """The readable page."""
    topics = [
        f"<h2>{escape(topic)}</h2>" + "".join(_section(operation) for operation in group)
        for topic, group in groupby(described, key=lambda operation: operation.topic)
    ]
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Operator API</title><style>{STYLE}</style></head><body><h1>Operator API</h1><p>{escape(INTRODUCTION)}</p>"
        "<p>The same for machines: <a href='/openapi.json'>/openapi.json</a> (OpenAPI 3.1). Send"
        " <code>Authorization: Bearer …</code> with every request but to the provider-style API, which signs its parameters.</p>"
        + "".join(topics)
        + "<h2>Errors</h2><p>One body for all: <code>{code, reason, message, status}</code>.</p>"
        + _table(CODES)
        + "<h2>Codes of the provider-style envelope</h2>"
        + _table(PROVIDER_CODES)
        + "</body></html>"
    )


def _section(operation: Operation) -> str:
    parts = [
        f"<h3><span class=method>{operation.method}</span> <code>{escape(operation.path)}</code></h3>",
        f"<p>{escape(operation.says)}</p>",
    ]
    query = (*operation.query, *(PAGE if operation.is_list else ()))
    if query:
        rows = "".join(f"<tr><td><code>{escape(name)}</code></td><td>{escape(text)}</td></tr>" for name, text in query)
        parts.append(f"<table><tr><th>Parameter</th><th>Meaning</th></tr>{rows}</table>")
    if operation.example is not None:
        parts.append(f"<p>Request</p><pre>{_pretty(operation.example)}</pre>")
    answer = f"<pre>{_pretty(operation.answer)}</pre>" if operation.answer is not None else ""
    parts.append(f"<p>Answer {operation.status}</p>{answer}")
    if operation.errors:
        parts.append(
            "<p>Errors: " + ", ".join(f"<a href='#{code}'><code>{code}</code></a>" for code in operation.errors) + "</p>"
        )
    return "".join(parts)


def _table(codes: tuple[ErrorCode, ...]) -> str:
    head = "<tr><th>Code</th><th>Status</th><th>Meaning</th><th>What the bot says</th></tr>"
    rows = "".join(
        f"<tr id='{code.code}'><td><code>{code.code}</code></td><td>{code.status}</td><td>{escape(code.means)}</td>"
        f"<td lang=zh>{escape(code.zh)}<br><span lang=en>{escape(code.en)}</span></td></tr>"
        for code in codes
    )
    return f"<table>{head}{rows}</table>"


def _pretty(value: object) -> str:
    return escape(json.dumps(value, ensure_ascii=False, indent=2))
