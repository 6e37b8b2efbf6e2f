"""What a customer says: POST /api/v1/conversations/<id>/messages {id, text, context?} -> {told, replies}.

`context` is what the page around the chat tells of itself: {page?, title?, product?, order?, cart?} (customers/page_context.py).
While a person has the conversation the replies are empty: what they say comes with the events.
The same id again gets the first answer and counts once; whoever reads the events is told a word after word_within_seconds.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from core.problems import Problem
from core.settings import Settings
from customers import page_context
from dialogue.turn import Told, Turns, Utterance
from webchat.access import Access
from webchat.quotas import Quotas
from webchat.reading import ID_MOST, MESSAGE_MOST, read_json, text_field


def blueprint(settings: Settings, access: Access, turns: Turns, quotas: Quotas) -> Blueprint:
    messages = Blueprint("messages", __name__)
    access.guards(messages)

    @messages.post("/api/v1/conversations/<conversation_id>/messages")
    def say(conversation_id: str) -> Response:
        conversation = access.opened(conversation_id, request)
        body = read_json(request)
        quotas.take("message", conversation_id)
        quotas.take("message_address", request.remote_addr or "unknown")
        client_id, text = text_field(body, "id", most=ID_MOST), text_field(body, "text", most=MESSAGE_MOST)
        utterance = Utterance(client_id, text, context=_context(body))
        result = turns.take_turn(conversation, utterance, settings.word_within_seconds)
        if result.told is Told.TOO_MANY:
            raise Problem(429, "too_many", result.replies[0].text, retry_after=2)
        return jsonify({"told": result.told.value, "replies": [reply.to_dict() for reply in result.replies]})

    return messages


def _context(body: dict[str, Any]) -> dict[str, Any] | None:
    """What the page told of itself; None where it told nothing. Raises Problem."""
    if body.get("context") is None:
        return None
    try:
        return page_context.read(body["context"]) or None
    except ValueError as error:
        raise Problem(400, "bad_field", str(error)) from None
