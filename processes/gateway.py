"""The gateway: everything a stranger can reach, one Flask app. GATEWAY_PARTS names the parts this process serves (all by default).

gunicorn --worker-class processes.worker.Worker --workers 1 'processes.gateway:create_app()'
"""

import os
from collections.abc import Callable
from typing import TypeVar
from uuid import uuid4

import gevent
from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from core import logs
from core.errors import CarelineError, SettingsError, StoreDown
from core.outbox import FileMails, FileTexts
from core.problems import Problem
from core.settings import Settings, load
from customers.bell import Bell
from customers.integrators import Integrators
from customers.tokens import ConversationTokens
from customers.transcript import Transcript
from dialogue.engine import Engine
from ivr.simulator import routes as simulator
from portal import health
from portal import routes as portal
from processes.guards import file_body, guarded, is_ours, our_names
from processes.handshake import Handshake
from processes.metrics import measured
from processes.parts import build
from processes.phone import phone_line
from processes.places import ENV_FILE
from processes.turns import turns_of
from webchat import (
    attachments,
    conversations,
    demo,
    events,
    messages,
    offerings,
    ratings,
    rest,
    shop,
    sockets,
    transcripts,
    widget,
)
from webchat.access import Access
from webchat.cursors import Delivered
from webchat.invitations import load_invitations
from webchat.live import Live
from webchat.origins import Origins, shared
from webchat.quotas import Quotas
from webchat.rasa_widgets import RasaDoor
from webchat.sign_in import SignIn
from webchat.sockets import Sockets

BODY_MOST = 64 * 1024  # bytes of any request; nothing here needs more
T = TypeVar("T")
log = logs.get_logger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}


def in_thread_pool(work: Callable[[], T], /) -> T:
    """SQL waits for a file lock, which would freeze every greenlet: it runs in a real thread (docs/decisions.md, D7).

    An error is carried over and raised here: gevent would print it with its traceback past our log's formatter, which masks.
    """
    done: list[T] = []
    error = gevent.get_hub().threadpool.apply(_error_of, (work, done))
    if error is not None:
        raise error
    return done[0]


def _error_of(work: Callable[[], T], done: list[T]) -> Exception | None:
    try:
        done.append(work())
    except Exception as error:
        return error
    return None


def create_app(settings: Settings | None = None) -> Flask:
    """Settings, parts, blueprints, errors; nothing is opened before the first request."""
    settings = settings or load(ENV_FILE)
    logs.set_up(settings.log_level)
    parts = build(settings, run=in_thread_pool)
    engine = Engine(settings)
    turns = turns_of(parts, engine)
    app = Flask("careline", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=BODY_MOST)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    quotas = Quotas(parts.store, parts.sealer, parts.clock)
    integrators = Integrators(settings, parts.clock)
    sign_in = SignIn(parts.operator, parts.identities, parts.conversations, integrators)
    transcript = Transcript(parts.store, parts.sealer, parts.clock)
    tokens = ConversationTokens(settings.token_key, parts.clock)
    origins = Origins(settings)
    access = Access(origins, parts.conversations, tokens)
    live = Live(parts.store, parts.conversations, transcript, parts.presence, Bell(parts.store, parts.clock), parts.clock)
    app.extensions["live"] = live  # processes/worker.py closes it
    delivered = Delivered(parts.store)
    rasa = RasaDoor.of(settings, access, parts.conversations, tokens, turns, quotas, delivered, live, parts.clock)
    available = {
        "health": lambda: health.blueprint(settings, parts.store, engine, parts.operator),
        "rest": lambda: rest.blueprint(turns, parts.conversations, integrators, sign_in, quotas),
        "conversations": lambda: conversations.blueprint(
            settings, access, parts.conversations, parts.identities, tokens, sign_in, quotas, parts.clock
        ),
        "messages": lambda: messages.blueprint(settings, access, turns, quotas),
        "ratings": lambda: ratings.blueprint(access, parts.ratings, quotas),
        "attachments": lambda: attachments.blueprint(settings, access, parts.attachments, turns, quotas, file_body),
        "transcripts": lambda: transcripts.blueprint(access, transcript, parts.owed_mails, quotas, parts.clock),
        "events": lambda: events.blueprint(access, transcript, parts.presence, quotas, live, parts.clock),
        "sockets": lambda: sockets.blueprint(Sockets(access, quotas, parts.presence, live, rasa)),
        "voice": lambda: phone_line(parts, turns, transcript),
        "phone": lambda: simulator.blueprint(settings),
        "shop": lambda: shop.blueprint(settings),
        "widget": lambda: widget.blueprint(settings, load_invitations(settings)),
        "demo": lambda: demo.blueprint(settings, quotas, parts.clock),
        "offerings": lambda: offerings.blueprint(parts.operator),
        "portal": lambda: portal.blueprint(
            settings, FileTexts(settings.outbox_path, parts.clock), FileMails(settings.mail_outbox_path, parts.clock)
        ),
    }
    wanted = [name.strip() for name in os.environ.get("GATEWAY_PARTS", "").split(",") if name.strip()] or list(available)
    unknown = sorted(set(wanted) - set(available))
    if unknown:
        raise SettingsError([f"GATEWAY_PARTS names {', '.join(unknown)}; there are: {', '.join(available)}."])
    for name in {"health", *wanted}:
        app.register_blueprint(available[name]())
    _answer_errors(app)
    shared(app, origins)
    ours = our_names(settings)
    app.wsgi_app = Handshake(app.wsgi_app, lambda address: is_ours(address, ours), origins, quotas, live, HEADERS)  # type: ignore[method-assign]
    guarded(app, settings, reads_itself={attachments.UPLOAD})
    measured(app, live)
    return app


def _answer_errors(app: Flask) -> None:
    """One JSON shape for every error: {error, message, request_id}."""

    @app.before_request
    def name_request() -> None:
        g.request_id = uuid4().hex[:16]

    @app.after_request
    def harden(answer: Response) -> Response:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        answer.headers["X-Request-Id"] = g.get("request_id", "")
        return answer

    @app.errorhandler(Problem)
    def problem(error: Problem) -> tuple[Response, int]:
        return _shaped(error.status, error.code, error.message, error.retry_after)

    @app.errorhandler(StoreDown)
    def store_down(error: StoreDown) -> tuple[Response, int]:
        log.warning("request.store_down", path=request.path, error=error.code)
        words = "系统暂时繁忙，您的消息没有保存，请稍后再发一次。 / We cannot take your message right now; please send it again shortly."
        return _shaped(503, "store_down", words, 3)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> tuple[Response, int]:
        names = {404: "not_found", 405: "method_not_allowed", 413: "too_long", 429: "too_many"}
        return _shaped(error.code or 500, names.get(error.code or 500, "bad_request"), error.description or error.name)

    @app.errorhandler(Exception)
    def crashed(error: Exception) -> tuple[Response, int]:
        code = error.code if isinstance(error, CarelineError) else type(error).__name__
        log.exception("request.crashed", path=request.path, error=code)
        return _shaped(500, "internal", "Something went wrong on our side.")


def _shaped(status: int, code: str, message: str, retry_after: int | None = None) -> tuple[Response, int]:
    answer = jsonify({"error": code, "message": message, "request_id": g.get("request_id", "")})
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer, status
