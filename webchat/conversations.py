"""Conversations of web pages: begun, renewed, signed in, left.

POST   /api/v1/conversations                {language?: zh|en, customer_token?, sign_in?: a demo customer's number} -> {id, token, expires_at}
POST   /api/v1/conversations/<id>/token     -> {token, expires_at}
POST   /api/v1/conversations/<id>/identity  {customer_token} -> {name, token?, expires_at?}: the token from now on, where the guest's ends
DELETE /api/v1/conversations/<id>           the device forgets it: its tokens are refused from now on
A customer whom a host page signs in goes on in the conversation that another device began.
The token travels in the Authorization header, never in an address. It is renewed while its page is open, but none holds for longer than
LONGEST after the conversation began: a stolen one is worth no more than that, and nothing once its device has left.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from core.clock import Clock
from core.problems import Problem, unauthorised
from core.settings import Settings
from customers.conversation import Conversation, Conversations, Language
from customers.identity import Identities
from customers.tokens import ConversationTokens
from webchat.access import OWNER, Access, bearer
from webchat.quotas import Quotas
from webchat.reading import TOKEN_MOST, optional_text, read_json, text_field
from webchat.sign_in import SignIn

LONGEST = timedelta(days=30)  # of one conversation, however often its token is renewed
SHORTEST = timedelta(hours=1)  # a token for less is not worth giving out


def blueprint(
    settings: Settings,
    access: Access,
    conversations: Conversations,
    identities: Identities,
    tokens: ConversationTokens,
    sign_in: SignIn,
    quotas: Quotas,
    clock: Clock,
) -> Blueprint:
    web = Blueprint("conversations", __name__)
    access.guards(web)

    def token_for(conversation: Conversation, device: str | None = None) -> dict[str, str]:
        hours = min(settings.token_hours, left_of(conversation).total_seconds() / 3600)
        token = tokens.issue(conversation.id, OWNER, hours, device)
        return {"token": token, "expires_at": tokens.read(token).expires_at.isoformat()}

    def left_of(conversation: Conversation) -> timedelta:
        return conversation.created_at + LONGEST - clock.now()

    @web.post("/api/v1/conversations")
    def begin() -> tuple[Response, int]:
        body = read_json(request)
        address = request.remote_addr or "unknown"
        quotas.take("conversation", address)
        number = optional_text(body, "sign_in")
        customer_token = optional_text(body, "customer_token", most=TOKEN_MOST)
        if number is not None and not settings.is_demo:
            raise Problem(403, "not_in_demo", "Demo sign-ins are switched off.")
        customer = sign_in.customer_of(customer_token) if customer_token is not None else None
        conversation = conversations.latest_of(customer.id) if customer else None  # begun on another device, perhaps
        if conversation is None or left_of(conversation) < SHORTEST:
            known = number is not None or customer is not None
            conversation = conversations.mint("web", OWNER, address=address, language=None if known else _language(body))
        if number is not None:
            sign_in.as_demo(conversation, number)
        elif customer is not None:
            sign_in.from_page(conversation, customer)
        return jsonify({"id": conversation.id, **token_for(conversation)}), 201

    @web.post("/api/v1/conversations/<conversation_id>/token")
    def renew(conversation_id: str) -> Response:
        conversation = access.opened(conversation_id, request)
        quotas.take("token", conversation.id)
        if left_of(conversation) < SHORTEST:
            raise unauthorised("This conversation is over; begin a new one.")
        return jsonify(token_for(conversation, access.claims(bearer(request)).device))

    @web.post("/api/v1/conversations/<conversation_id>/identity")
    def identify(conversation_id: str) -> Response:
        conversation = access.opened(conversation_id, request)
        quotas.take("token", conversation.id)
        customer = sign_in.customer_of(text_field(read_json(request), "customer_token", most=TOKEN_MOST))
        was_signed_in = sign_in.is_signed_in(conversation, customer)
        sign_in.from_page(conversation, customer)
        if was_signed_in:
            return jsonify({"name": customer.name})
        # Whoever knows the guest's token, on a shared computer perhaps, is not to read on as the customer.
        fresh = token_for(conversation)
        conversations.leave(conversation.id, access.claims(bearer(request)).device, round(settings.token_hours * 3600))
        return jsonify({"name": customer.name, **fresh})

    @web.delete("/api/v1/conversations/<conversation_id>")
    def leave(conversation_id: str) -> tuple[str, int]:
        conversation = access.opened(conversation_id, request)
        identities.revoke(conversation.id)
        conversations.leave(conversation.id, access.claims(bearer(request)).device, round(settings.token_hours * 3600))
        return "", 204

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
