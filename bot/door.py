"""The bot's only door: a connector on loopback, guarded by the secret that guards the action server too.

POST /webhooks/careline/turn  {conversation, channel, text, trusted, id, fence, language} -> {messages, loop, asked, intent, ranking, broken}
POST /webhooks/careline/parse {text} -> Rasa's parse result

A turn is run once per `id`: the tracker remembers the ids of its messages, so a gateway that died and asks again gets the first answer,
read back from the tracker. The turn itself is shielded: a caller that hangs up never cancels it between a payment and its record.
"""

import asyncio
import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import log
from bot.store import fence

logger = logging.getLogger(__name__)
RANKING = 5  # intents reported back with their confidence


class NamedOutput(CollectingOutputChannel):
    """An output channel that carries the customer's channel as its name, so that `channel: ivr` lines are chosen on the phone."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def name(self) -> str:  # type: ignore[override]  # Rasa reads it from the instance
        return self._name


class Door(InputChannel):
    def __init__(self) -> None:
        log.mask_everything()
        self._secret = os.environ["ACTION_SECRET"]

    @classmethod
    def name(cls) -> str:
        return "careline"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        door = Blueprint("careline_door")

        @door.on_request
        async def guard(request: Request) -> HTTPResponse | None:
            given = request.headers.get("X-Careline-Secret", "")
            return None if hmac.compare_digest(given.encode(), self._secret.encode()) else response.text("", 401)

        @door.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            try:
                return response.json(await asyncio.shield(asyncio.ensure_future(take_turn(request.app, request.json))))
            except Exception as error:  # the gateway must see every failure as one; the customer's words stay out of the log
                logger.error("turn failed: %s", type(error).__name__, exc_info=not isinstance(error, RecursionError))
                return response.json({"error": type(error).__name__}, 500)

        @door.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            return response.json(await request.app.ctx.agent.parse_message(_safe(request.json["text"], False)))

        return door


async def take_turn(app: Sanic, asked: dict[str, Any]) -> dict[str, Any]:
    """Run one message through the bot, or answer again what it answered to this `id` before."""
    agent = app.ctx.agent
    store = _open_store(agent)
    conversation = asked["conversation"]
    fence.set(int(asked.get("fence", 0)))
    async with agent.lock_store.lock(conversation):
        tracker = await store.retrieve(conversation)
        if _place_of(tracker, asked["id"]) is None:
            tracker = await _with_language(agent, tracker, asked.get("language"))
            await store.save(tracker)
            await agent.processor.handle_message(_message(asked))
            tracker = await store.retrieve(conversation)
        broken = tracker.latest_action_name != ACTION_LISTEN_NAME
        if broken:  # an action limit or a failed action: without a listen at its end no rule would ever match again
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME), agent.domain)
        await store.save(tracker)
    return _answer(tracker, asked["id"], broken)


async def _with_language(agent: Any, tracker: DialogueStateTracker, language: str | None) -> DialogueStateTracker:
    """The tracker with the language the gateway heard; a new conversation begins its session first, or no rule would match."""
    if not tracker.events:
        await agent.tracker_store.save(tracker)
        tracker = await agent.processor.fetch_tracker_and_update_session(tracker.sender_id)
    if language and tracker.get_slot("language") != language:
        tracker.update(SlotSet("language", language), agent.domain)
    return tracker


def _message(asked: dict[str, Any]) -> UserMessage:
    text = _safe(asked["text"], bool(asked.get("trusted")))
    channel = asked["channel"]
    return UserMessage(text, NamedOutput(channel), asked["conversation"], input_channel=channel, message_id=asked["id"])


def _safe(text: str, trusted: bool) -> str:
    """Rasa runs a leading slash as a command, after this same strip(): only a button's or the gateway's own words may have one."""
    stripped = text.strip()
    return "\u2215" + stripped[1:] if stripped.startswith("/") and not trusted else text


def _open_store(agent: Any) -> Any:
    """The real store. Rasa wraps it in one that hides every error and goes on with an empty conversation in memory."""
    if isinstance(agent.tracker_store, FailSafeTrackerStore):
        agent.tracker_store = agent.processor.tracker_store = agent.tracker_store._tracker_store
    return agent.tracker_store


def _place_of(tracker: DialogueStateTracker, turn_id: str) -> int | None:
    """Where the customer's message with this id stands among the events, or None: then the turn has not been run."""
    for place, event in enumerate(tracker.events):
        if isinstance(event, UserUttered) and event.message_id == turn_id:
            return place
    return None


def _answer(tracker: DialogueStateTracker, turn_id: str, broken: bool) -> dict[str, Any]:
    parsed = tracker.latest_message
    ranking = (parsed.parse_data.get("intent_ranking") or []) if parsed else []
    return {
        "messages": _said_in(tracker, turn_id),
        "loop": tracker.active_loop_name,
        "asked": tracker.get_slot(REQUESTED_SLOT) if tracker.active_loop_name else None,
        "intent": parsed.intent.get("name") if parsed else None,
        "ranking": [{"name": r["name"], "confidence": r["confidence"]} for r in ranking[:RANKING]],
        "broken": broken,
    }


def _said_in(tracker: DialogueStateTracker, turn_id: str) -> list[dict[str, Any]]:
    """What the bot said between this message and the next one."""
    place = _place_of(tracker, turn_id)
    said: list[dict[str, Any]] = []
    for event in list(tracker.events)[0 if place is None else place + 1 :]:
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            parts = {key: value for key, value in event.data.items() if value}
            said.append({**({"text": event.text} if event.text else {}), **parts})
    return said
