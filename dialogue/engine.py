"""Asks the bot: one turn, or what a sentence means. The bot's door is bot/door.py."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from core.settings import Settings
from dialogue.errors import BotDown, BotFailed

CONNECT_SECONDS = 0.5  # loopback: a bot that is up takes the connection at once
PARSE_SECONDS = 1.0
CONNECTIONS = 128
ANSWER_SECONDS = 20.0  # as long as the bot itself works on a turn; its caller may have been told to wait long before

BROKE_INSIDE = "bot_broke_inside"


@dataclass(frozen=True)
class Asked:
    """One turn for the bot. `id` names the turn for good: the bot runs it once, however often it is asked."""

    conversation: str
    channel: str
    text: str
    id: str
    fence: int
    language: str | None = None
    trusted: bool = False  # the text is a button's or our own command and may begin with a slash


@dataclass(frozen=True)
class Heard:
    """What the bot answered. `loop`: the open form; `asked`: the slot it asks for; `ranking`: likeliest intents."""

    messages: list[dict[str, Any]]
    loop: str | None = None
    asked: str | None = None
    intent: str | None = None
    ranking: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Meaning:
    intent: str
    confidence: float


class Engine:
    """Speaks to one bot over loopback HTTP. `transport` is for tests."""

    def __init__(self, settings: Settings, *, transport: httpx2.BaseTransport | None = None) -> None:
        self._client = httpx2.Client(
            base_url=f"{settings.bot_url}/webhooks/careline",
            headers={"X-Careline-Secret": settings.action_secret},
            timeout=httpx2.Timeout(max(ANSWER_SECONDS, settings.turn_wait_seconds), connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=32),
            transport=transport,
        )

    def ask(self, asked: Asked) -> Heard:
        """Raises BotDown when the bot never saw it, BotFailed for every answer that cannot be told.

        An error inside the bot (its Redis was away, an older turn was still at work) is asked once more: the bot runs an id once.
        """
        try:
            answer = self._post("/turn", asked.__dict__)
        except BotFailed as error:
            if error.code != BROKE_INSIDE:
                raise
            answer = self._post("/turn", asked.__dict__)
        if answer.get("broken") or not answer.get("messages"):
            raise BotFailed("broken turn" if answer.get("broken") else "empty answer")
        return Heard(answer["messages"], answer["loop"], answer["asked"], answer["intent"], answer["ranking"])

    def parse(self, text: str) -> Meaning:
        answer = self._post("/parse", {"text": text}, timeout=PARSE_SECONDS)
        intent = answer.get("intent") or {}
        return Meaning(str(intent.get("name") or ""), float(intent.get("confidence") or 0.0))

    def _post(self, path: str, body: dict[str, Any], timeout: float | None = None) -> dict[str, Any]:
        try:
            answer = self._client.post(path, json=body, timeout=timeout or self._client.timeout)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise BotDown(type(error).__name__) from error
        except httpx2.HTTPError as error:
            raise BotFailed(type(error).__name__) from error
        if answer.status_code != 200:
            raise BotFailed(f"HTTP {answer.status_code}", code=BROKE_INSIDE if answer.status_code == 500 else None)
        try:
            found: dict[str, Any] = answer.json()
        except ValueError as error:
            raise BotFailed("not JSON") from error
        return found

    def close(self) -> None:
        self._client.close()
