"""The REST door, as Rasa's: POST /webhooks/rest/webhook {sender, message} -> [{recipient_id, text, buttons?, image?}].

With an integrator's bearer key. `sender` names a conversation inside that key and nothing else. `message_id` (or the header Idempotency-Key)
makes a repeated message get its first answer. `metadata.customer_token` signs a customer in; nothing else in metadata is read.
An answer that takes too long is announced ({"custom": {"late": ...}}) and comes, first of all, with the next message.
"""

import time
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, jsonify, request

from core.problems import Problem, unauthorised
from customers.conversation import Conversation, Conversations
from customers.integrators import Integrator, Integrators
from dialogue.turn import Result, Told, Turns, Utterance
from webchat.quotas import Quotas
from webchat.reading import ID_MOST, MESSAGE_MOST, optional_text, read_json, text_field
from webchat.sign_in import SignIn


def blueprint(turns: Turns, conversations: Conversations, integrators: Integrators, sign_in: SignIn, quotas: Quotas) -> Blueprint:
    rest = Blueprint("rest", __name__)

    @rest.post("/webhooks/rest/webhook")
    def webhook() -> Response | tuple[Response, int]:
        arrived = time.monotonic()
        integrator = integrators.by_bearer(request.headers.get("Authorization"))
        if integrator is None:
            raise unauthorised("A bearer key is needed.")
        body = read_json(request)
        sender = text_field(body, "sender", most=ID_MOST)
        message = text_field(body, "message", most=MESSAGE_MOST)
        message_id = optional_text(body, "message_id") or request.headers.get("Idempotency-Key", "")[:ID_MOST] or uuid4().hex
        conversation_id = integrators.namespaced(integrator, sender)
        quotas.take("message", conversation_id)
        conversation = conversations.load_or_begin(conversation_id, "rest", integrator.id)
        _sign_in(sign_in, conversation, integrator, body)
        result = turns.take_turn(conversation, Utterance(message_id, message, arrived))
        if result.told is Told.TOO_MANY:
            raise Problem(429, "too_many", result.replies[0].text, retry_after=2)
        return jsonify(_as_rasa(sender, result))

    @rest.get("/webhooks/rest/")
    def health() -> Response:
        return jsonify({"status": "ok"})

    return rest


def _sign_in(sign_in: SignIn, conversation: Conversation, integrator: Integrator, body: dict[str, Any]) -> None:
    metadata = body.get("metadata")
    token = metadata.get("customer_token") if isinstance(metadata, dict) else None
    if token is None:
        return
    if not isinstance(token, str):
        raise unauthorised("The customer token is not valid.")
    sign_in.by_token(conversation, integrator, token)


def _as_rasa(sender: str, result: Result) -> list[dict[str, Any]]:
    messages = [{"recipient_id": sender, **reply.in_words().to_dict()} for reply in result.replies]
    if result.told is not Told.ANSWER:
        messages[-1]["custom"] = {"late": result.told.value}
    return messages
