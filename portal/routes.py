"""`/`: what this is, where to go, and in demo mode the sign-ins and the outbox. `/docs/api`: on to the operator stand-in's documentation."""

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from core.outbox import FileTexts
from core.settings import Settings

TEXTS_SHOWN = 20
DEMO_CUSTOMERS = (
    ("13800138000", "246810", "中文 · 金卡 · gold · ¥86.50"),
    ("13900139000", "135790", "English"),
    ("13700137000", "112233", "中文 · ¥3.20 · 宽带停机"),
)


def blueprint(settings: Settings, outbox: FileTexts) -> Blueprint:
    portal = Blueprint("portal", __name__, template_folder="templates", static_folder="static", static_url_path="/portal/static")

    @portal.get("/")
    def front() -> Response:
        texts = outbox.tail(TEXTS_SHOWN) if settings.is_demo else []
        return Response(
            render_template("portal.html", demo=settings.is_demo, customers=DEMO_CUSTOMERS, texts=texts), mimetype="text/html"
        )

    @portal.get("/docs/api")
    def api() -> AnyResponse:
        return redirect(f"{settings.order_url}/docs/api")

    return portal
