"""Web chat: conversations opened by a page, spoken in with a signed token, read back by sequence number.

POST /api/v1/conversations                      {sign_in?: number, language?: zh|en} -> {id, token, expires_at}
POST /api/v1/conversations/<id>/messages        {id, text}             -> {told, replies}
GET  /api/v1/conversations/<id>/events?after=N                         -> {events: [{seq, at, kind, body}], last}
The token travels in the Authorization header, never in an address.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from core.problems import Problem, not_found, unauthorised
from core.settings import Settings
from customers.conversation import Conversation, Conversations, Language
from customers.demo import DEMO_CUSTOMERS
from customers.errors import TokenInvalid
from customers.tokens import ConversationTokens
from customers.transcript import READ_MOST, Transcript
from dialogue.turn import Told, Turns, Utterance
from webchat.quotas import Quotas
from webchat.reading import ID_MOST, MESSAGE_MOST, optional_text, read_json, text_field
from webchat.sign_in import SignIn

OWNER = "web"


def blueprint(
    settings: Settings,
    turns: Turns,
    conversations: Conversations,
    transcript: Transcript,
    tokens: ConversationTokens,
    sign_in: SignIn,
    quotas: Quotas,
) -> Blueprint:
    web = Blueprint("webchat", __name__, template_folder="templates", static_folder="static", static_url_path="/webchat/static")

    def opened(conversation_id: str) -> Conversation:
        """The conversation this request's token opens. Somebody else's, unknown and forgotten ones look the same."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            claims = tokens.read(token.strip() if scheme.lower() == "bearer" else "")
        except TokenInvalid:
            raise unauthorised() from None
        found = conversations.load(conversation_id) if claims.conversation_id == conversation_id else None
        if found is None:
            raise not_found()
        return found

    @web.before_request
    def same_origin() -> None:
        origin = request.headers.get("Origin")
        allowed = {settings.base_url, request.host_url.rstrip("/"), *filter(None, settings.allowed_origins.split(","))}
        if request.method == "POST" and origin is not None and origin not in allowed:
            raise Problem(403, "foreign_origin", "This page may not use the chat.")

    @web.post("/api/v1/conversations")
    def begin() -> tuple[Response, int]:
        body = read_json(request)
        address = request.remote_addr or "unknown"
        quotas.take("conversation", address)
        number = optional_text(body, "sign_in")
        if number is not None and not settings.is_demo:
            raise Problem(403, "not_in_demo", "Demo sign-ins are switched off.")
        language = _language(body)
        conversation = conversations.mint("web", OWNER, address=address, language=None if number else language)
        if number is not None:
            sign_in.as_demo(conversation, number)
        token = tokens.issue(conversation.id, OWNER, settings.token_hours)
        expires = tokens.read(token).expires_at
        return jsonify({"id": conversation.id, "token": token, "expires_at": expires.isoformat()}), 201

    @web.post("/api/v1/conversations/<conversation_id>/messages")
    def message(conversation_id: str) -> Response:
        conversation = opened(conversation_id)
        body = read_json(request)
        quotas.take("message", conversation_id)
        utterance = Utterance(text_field(body, "id", most=ID_MOST), text_field(body, "text", most=MESSAGE_MOST))
        result = turns.take_turn(conversation, utterance, settings.word_within_seconds)
        if result.told is Told.TOO_MANY:
            raise Problem(429, "too_many", result.replies[0].text, retry_after=2)
        return jsonify({"told": result.told.value, "replies": [reply.to_dict() for reply in result.replies]})

    @web.get("/api/v1/conversations/<conversation_id>/events")
    def events(conversation_id: str) -> Response:
        opened(conversation_id)
        quotas.take("read", conversation_id)
        after = request.args.get("after", "0")
        if not after.isascii() or not after.isdigit() or len(after) > 12:
            raise Problem(400, "bad_field", "'after' is a sequence number.")
        entries = transcript.after(conversation_id, int(after), READ_MOST)
        rows = [{"seq": e.seq, "at": e.at.isoformat(), "kind": e.kind, "id": e.client_id, "body": e.body} for e in entries]
        return jsonify({"events": rows, "last": rows[-1]["seq"] if rows else int(after)})

    @web.get("/shop")
    def shop() -> str:
        return render_template("shop.html", customers=DEMO_CUSTOMERS if settings.is_demo else ())

    return web


def _language(body: dict[str, Any]) -> Language | None:
    """The language a page is shown in, where it tells. Raises Problem."""
    match optional_text(body, "language"):
        case None:
            return None
        case "zh":
            return "zh"
        case "en":
            return "en"
        case _:
            raise Problem(400, "bad_field", "'language' is zh or en.")
