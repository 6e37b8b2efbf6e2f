"""What a customer says: POST /api/v1/conversations/<id>/messages {id, text} -> {told, replies}.

The same id again gets the first answer and counts once; whoever reads the events is told a word after word_within_seconds.
"""

from flask import Blueprint, Response, jsonify, request

from core.problems import Problem
from core.settings import Settings
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
        utterance = Utterance(text_field(body, "id", most=ID_MOST), text_field(body, "text", most=MESSAGE_MOST))
        result = turns.take_turn(conversation, utterance, settings.word_within_seconds)
        if result.told is Told.TOO_MANY:
            raise Problem(429, "too_many", result.replies[0].text, retry_after=2)
        return jsonify({"told": result.told.value, "replies": [reply.to_dict() for reply in result.replies]})

    return messages
