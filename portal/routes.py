"""`/`: what this is, what runs, where to go, and in demo mode the sign-ins and the outbox. `/docs/api`: on to the operator's documentation.

GET /api/v1/outbox -> {texts: [{at, to, text}]}, texts and mails, newest first, in demo mode only.
"""

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from core.outbox import FileMails, FileTexts
from core.problems import not_found
from core.settings import Settings
from customers.demo import DEMO_CUSTOMERS
from portal.words import WORDS, language_of

TEXTS_SHOWN = 20
MAIL_SHOWN = 600  # characters; a transcript may be long
PLACES = (("api", "/docs/api"), ("health", "/readyz"), ("metrics", "/metrics"))


def blueprint(settings: Settings, outbox: FileTexts, mails: FileMails) -> Blueprint:
    portal = Blueprint("portal", __name__, template_folder="templates", static_folder="static", static_url_path="/portal/static")

    @portal.get("/")
    def front() -> Response:
        language = language_of(request.args.get("lang"), request.accept_languages)
        customers = DEMO_CUSTOMERS if settings.is_demo else ()
        places = (
            ("shop", f"/shop?lang={language}"),
            *((("phone", f"/phone?lang={language}"),) if settings.is_demo else ()),
            *PLACES,
        )
        page = Response(
            render_template("portal.html", lang=language, words=WORDS[language], customers=customers, places=places),
            mimetype="text/html",
        )
        page.headers["Vary"] = "Accept-Language"
        return page

    @portal.get("/api/v1/outbox")
    def texts() -> Response:
        if not settings.is_demo:
            raise not_found()
        answer = jsonify({"texts": _newest(outbox, mails)})
        answer.headers["Cache-Control"] = "no-store"  # codes are in it
        return answer

    @portal.get("/docs/api")
    def api() -> AnyResponse:
        return redirect(f"{settings.order_url}/docs/api")

    return portal


def _newest(outbox: FileTexts, mails: FileMails) -> list[dict[str, str]]:
    sent = [{"at": mail["at"], "to": mail["to"], "text": _shown(mail)} for mail in mails.tail(TEXTS_SHOWN)]
    return sorted([*outbox.tail(TEXTS_SHOWN), *sent], key=lambda one: one["at"], reverse=True)[:TEXTS_SHOWN]


def _shown(mail: dict[str, str]) -> str:
    words = f"{mail['subject']}\n{mail['text']}"
    return words if len(words) <= MAIL_SHOWN else words[:MAIL_SHOWN] + "…"
