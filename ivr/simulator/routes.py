"""A telephone in the browser, in demo mode only: it rings our own webhooks as Twilio would.

GET  /phone                                   the page
POST /phone/calls {caller}                    dial; caller: E.164, or "" for a withheld number -> 201 state
GET  /phone/calls/<id>?events=N&webhooks=M    what came after the N-th event and the M-th webhook -> state
POST /phone/calls/<id>/input {keys | words | hang_up}  -> state
state: {id, status, over, listens: [dtmf, speech], events: [{kind, text, language, voice}], webhooks: [{path, form, status, document}]}
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx2
from flask import Blueprint, Response, jsonify, render_template, request

from core.clock import Clock, SystemClock
from core.problems import Problem, not_found
from core.settings import Settings
from customers.demo import DEMO_CUSTOMERS
from ivr.signature import auth_token_of
from ivr.simulator.engine import KEYS, WITHHELD, Phone
from ivr.simulator.line import Exchange, Line, Transport, over_http
from ivr.simulator.open_calls import OpenCall, OpenCalls

CALLER = re.compile(r"\+[1-9]\d{6,14}")
KEYS_MOST = 32
WORDS_MOST = 500  # characters of one utterance


def blueprint(settings: Settings, clock: Clock | None = None, transport: Transport | None = None) -> Blueprint:
    phone = Blueprint("phone", __name__, template_folder="templates", static_folder="static", static_url_path="/phone/static")
    clock = clock or SystemClock()
    calls = OpenCalls(clock)
    client = httpx2.Client(trust_env=False)
    reached = transport or over_http(client, settings.base_url, f"http://127.0.0.1:{settings.port}")

    @phone.before_request
    def demo_only() -> None:
        if not settings.is_demo:
            raise not_found()

    @phone.get("/phone")
    def page() -> str:
        return render_template("phone.html", customers=DEMO_CUSTOMERS)

    @phone.post("/phone/calls")
    def dial() -> tuple[Response, int]:
        caller = _text(_body(), "caller", most=20)
        if caller and not CALLER.fullmatch(caller):
            raise Problem(400, "bad_field", "'caller' must be a number such as +8613800138000, or empty.")
        line = Line(settings.base_url, auth_token_of(settings), reached)
        call = calls.add(Phone(line, clock, caller=caller or WITHHELD))
        calls.does(call, Phone.call)
        return _state(call), 201

    @phone.get("/phone/calls/<call_id>")
    def look(call_id: str) -> Response:
        call = calls.get(call_id)
        calls.does(call, Phone.tick)
        return _state(call)

    @phone.post("/phone/calls/<call_id>/input")
    def given(call_id: str) -> Response:
        call, body = calls.get(call_id), _body()
        keys, words = _text(body, "keys", most=KEYS_MOST), _text(body, "words", most=WORDS_MOST).strip()
        if set(keys) - KEYS:
            raise Problem(400, "bad_field", "'keys' may hold 0 to 9, * and #.")
        if keys:
            calls.does(call, lambda phone: phone.press(keys))
        elif words:
            calls.does(call, lambda phone: phone.speak(words))
        elif body.get("hang_up") is True:
            calls.does(call, Phone.hang_up)
        else:
            raise Problem(400, "bad_field", "One of 'keys', 'words' and 'hang_up' must be given.")
        return _state(call)

    return phone


def _body() -> dict[str, Any]:
    """Only as JSON: a page of somebody else's cannot send that unasked. Raises Problem."""
    if request.mimetype != "application/json":
        raise Problem(400, "bad_json", "The body must be labelled application/json.")
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise Problem(400, "bad_json", "The body is not a valid JSON object.") from None
    if not isinstance(body, dict):
        raise Problem(400, "bad_json", "The body is not a JSON object.")
    return body


def _text(body: dict[str, Any], name: str, *, most: int) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        raise Problem(400, "bad_field", f"'{name}' must be a string.")
    if len(value) > most:
        raise Problem(413, "too_long", f"'{name}' is longer than {most} characters.")
    return value


def _state(call: OpenCall) -> Response:
    phone = call.phone
    events = phone.events[_counted("events") :]
    webhooks = phone.line.exchanges[_counted("webhooks") :]
    answer = jsonify(
        id=call.id,
        status=phone.status,
        over=phone.over,
        listens=sorted(phone.wait.listens) if phone.wait else [],
        events=[event._asdict() for event in events],
        webhooks=[_shown(webhook) for webhook in webhooks],
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _counted(name: str) -> int:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0


def _shown(webhook: Exchange) -> dict[str, Any]:
    return {
        "path": urlsplit(webhook.url).path,
        "form": webhook.form,
        "status": webhook.status,
        "document": _indented(webhook.document),
    }


def _indented(document: str) -> str:
    if "<!DOCTYPE" in document:
        return document
    try:
        root = ElementTree.fromstring(document)  # noqa: S314  our own server's, and without entities
    except ElementTree.ParseError:
        return document
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")
