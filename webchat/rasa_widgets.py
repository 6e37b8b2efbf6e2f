"""Rasa's widgets, unchanged: session_request -> session_confirm, user_uttered -> bot_uttered, as Rasa 3.6's own channel speaks.

The session string is a signed token of ours, the same one again for the same session (rasa-webchat drops its history for another).
One we did not sign, or one that is over, gets a new session. A message is spoken in the session of its socket, whatever session it
names. What is said to the customer comes out of the transcript, by a cursor that moves when it has surely arrived (webchat/cursors.py).
"""

from collections import deque
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

import gevent

from core.clock import Clock
from core.errors import SealBroken, StoreDown
from core.logs import get_logger
from core.problems import Problem
from core.settings import Settings
from customers import page_context
from customers.conversation import Conversation, Conversations
from customers.tokens import ConversationTokens, TokenClaims
from customers.transcript import Entry
from dialogue.replies import our_words
from dialogue.turn import Told, Turns, Utterance
from webchat.access import OWNER, Access
from webchat.cursors import Delivered, Receipts
from webchat.live import Live
from webchat.quotas import Quotas
from webchat.rasa_shapes import shapes, word
from webchat.reading import MESSAGE_MOST
from webchat.wires import SOCKETS_MOST, Wire

SESSION_OWNER = "rasa"  # marks the tokens that serve as session strings
SESSION_HOURS = (
    30 * 24.0
)  # a string cannot be renewed without a loss of history; the conversation itself ends much earlier, unless it is used
UNSAID_MOST = 20  # messages of one socket that wait: for the session, or for those before them
NOT_SAVED = (
    "系统暂时繁忙，您的消息没有保存，请稍后再发一次。 / We cannot take your message right now; please send it again shortly."
)

log = get_logger(__name__)


@dataclass(frozen=True)
class RasaDoor:
    """What all Rasa widgets of this process share."""

    access: Access
    conversations: Conversations
    tokens: ConversationTokens
    turns: Turns
    quotas: Quotas
    delivered: Delivered
    live: Live
    clock: Clock
    elements_as: Literal["list", "text"]
    base_url: str
    word_within: float

    @classmethod
    def of(
        cls,
        settings: Settings,
        access: Access,
        conversations: Conversations,
        tokens: ConversationTokens,
        turns: Turns,
        quotas: Quotas,
        delivered: Delivered,
        live: Live,
        clock: Clock,
    ) -> "RasaDoor":
        return cls(
            access, conversations, tokens, turns, quotas, delivered, live, clock,
            settings.legacy_elements, settings.base_url, settings.word_within_seconds,
        )  # fmt: skip


class RasaWidget:
    """A webchat.wires.Guest and, once it has its session, a webchat.live.Listener."""

    most = SOCKETS_MOST

    def __init__(self, door: RasaDoor, wire: Wire, address: str) -> None:
        self._door = door
        self._wire = wire
        self._address = address
        self._session: str | None = None
        self._unsaid: deque[Utterance] = deque()
        self._speaking = False
        self._receipts = Receipts(wire.engine_socket, self._arrived)
        self.cursor = 0
        self.claims: TokenClaims

    @property
    def is_settled(self) -> bool:
        return self._session is not None

    def heard(self, event: str, body: Any) -> None:
        told = body if isinstance(body, dict) else {}
        if event == "session_request":
            self._begin(told.get("session_id"))
        elif event == "user_uttered":
            self._uttered(told)

    def gone(self) -> None:
        if self._session is not None:
            self._door.live.leave(self.claims.conversation_id, self)

    # its session
    def _begin(self, wanted: Any) -> None:
        if self._session is not None:
            self._wire.emit("session_confirm", self._session)
            return
        session = wanted if self._is_known(wanted) else self._fresh()
        self.claims = self._door.tokens.read(session)
        self.cursor = self._door.delivered.upto(self.claims.conversation_id)
        self._session = session
        self._wire.emit("session_confirm", session)
        self._door.live.join(self.claims.conversation_id, self)  # what follows comes after the confirmation
        self._speak()

    def _is_known(self, wanted: Any) -> bool:
        if not isinstance(wanted, str):
            return False
        try:
            self._door.access.by_token(wanted)
            return self._door.access.claims(wanted).owner == SESSION_OWNER
        except Problem:
            return False

    def _fresh(self) -> str:
        self._door.quotas.take("conversation", self._address)
        conversation = self._door.conversations.mint("web", OWNER, address=self._address)
        return self._door.tokens.issue(conversation.id, SESSION_OWNER, SESSION_HOURS)

    # what the customer says
    def _uttered(self, told: dict[str, Any]) -> None:
        text = told.get("message")
        if not isinstance(text, str) or not text.strip() or len(text.encode(errors="surrogatepass")) > MESSAGE_MOST:
            return
        if len(self._unsaid) >= UNSAID_MOST:
            self._say_word("too_many", our_words("too_many", None).text)
            return
        clean = text.encode(errors="replace").decode()
        self._unsaid.append(Utterance(uuid4().hex, clean, self._door.clock.monotonic(), context=_context(told)))
        self._speak()

    def _speak(self) -> None:
        """Beside the caller, in order; while there is no session what was said is kept."""
        if self._session is not None and not self._speaking and self._unsaid:
            self._speaking = True
            gevent.spawn(self._speak_all)

    def _speak_all(self) -> None:
        try:
            while self._unsaid:
                self._take_turn(self._unsaid.popleft())
        finally:
            self._speaking = False

    def _take_turn(self, utterance: Utterance) -> None:
        try:
            conversation = self._conversation()
            self._door.quotas.take("message", conversation.id)
            result = self._door.turns.take_turn(conversation, utterance, self._door.word_within)
        except Problem as problem:
            self._say_word(problem.code, our_words("too_many", None).text)
        except (StoreDown, SealBroken) as error:
            log.warning("rasa_widget.not_saved", error=error.code)
            self._say_word("store_down", NOT_SAVED)
        except Exception as error:  # the messages behind it shall still be said
            log.exception("rasa_widget.crashed", error=type(error).__name__)
            self._say_word("internal", our_words("apology", None).text)
        else:
            if result.told is not Told.ANSWER:
                for reply in result.replies:
                    self._say_word(result.told.value, reply.text)

    def _conversation(self) -> Conversation:
        """The conversation of its session; a new session where it was forgotten meanwhile, before a word was said."""
        found = self._door.conversations.load(self.claims.conversation_id)
        if found is not None:
            return found
        self._door.live.leave(self.claims.conversation_id, self)
        self._session = None
        self._begin(None)
        return self._conversation()

    # what is said to the customer
    @property
    def is_full(self) -> bool:
        return self._wire.is_full

    def hand(self, entries: list[Entry]) -> None:
        for entry in entries:
            for shape in shapes(entry, self._door.elements_as, self._door.base_url):
                self._wire.emit("bot_uttered", shape)
        self._receipts.ask(entries[-1].seq)

    def tell(self, state: dict[str, Any]) -> None:
        """These widgets have no place for it."""

    def end(self) -> None:
        self._wire.hang_up()

    def _say_word(self, told: str, text: str) -> None:
        self._wire.emit("bot_uttered", word(text, told))

    def _arrived(self, seq: int) -> None:
        if self._session is None or seq == 0:
            return
        try:
            self._door.delivered.advance(self.claims.conversation_id, seq)
        except StoreDown:  # it is said again after the next connection; better twice than never
            log.info("rasa_widget.receipt_lost")


def _context(told: dict[str, Any]) -> dict[str, Any] | None:
    """What the page tells of itself, in the field of rasa-webchat or of Rasa; anything else in there is somebody else's."""
    raw = told.get("customData") or told.get("metadata")
    known = {name: raw[name] for name in (*page_context.TEXTS, "cart") if name in raw} if isinstance(raw, dict) else {}
    try:
        return page_context.read(known) or None
    except ValueError:
        return None
