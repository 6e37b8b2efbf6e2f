"""How it was: POST /api/v1/conversations/<id>/rating {episode, score: 1..5, comment?} -> 201 {episode, score}.

Once for each episode that was asked about (a note says which) or that goes on; then 409 already_rated.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from core.problems import Problem
from customers.episodes import may_be_rated
from customers.errors import AlreadyRated
from customers.ratings import BEST, COMMENT_MOST, WORST, Ratings
from dialogue.secret_words import without_secrets
from language.neutralise import neutralise
from webchat.access import Access
from webchat.quotas import Quotas
from webchat.reading import read_json


def blueprint(access: Access, ratings: Ratings, quotas: Quotas) -> Blueprint:
    web = Blueprint("ratings", __name__)
    access.guards(web)

    @web.post("/api/v1/conversations/<conversation_id>/rating")
    def rate(conversation_id: str) -> tuple[Response, int]:
        conversation = access.opened(conversation_id, request)
        quotas.take("rating", conversation.id)
        body = read_json(request)
        episode = _whole(body, "episode", 1, 1_000_000)
        score = _whole(body, "score", WORST, BEST)
        comment = _comment(body)
        if not may_be_rated(conversation, episode):
            raise Problem(400, "bad_field", "'episode' is none that was asked about.")
        try:
            ratings.rate(conversation.id, episode, score, comment)
        except AlreadyRated:
            raise Problem(409, "already_rated", "This part of the conversation was rated before.") from None
        return jsonify({"episode": episode, "score": score}), 201

    return web


def _whole(body: dict[str, Any], name: str, least: int, most: int) -> int:
    """Raises Problem."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Problem(400, "bad_field", f"'{name}' is a whole number from {least} to {most}.")
    return value


def _comment(body: dict[str, Any]) -> str | None:
    """What the customer wrote, without secrets in it; None for nothing. Raises Problem."""
    comment = body.get("comment")
    if comment is None:
        return None
    if not isinstance(comment, str) or len(comment) > COMMENT_MOST:
        raise Problem(400, "bad_field", f"'comment' is a string of at most {COMMENT_MOST} characters.")
    return without_secrets(neutralise(comment)) or None
