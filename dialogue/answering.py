"""Inside one turn: what the customer meant to send, what the bot says to it, and what is recorded of both."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from core.clock import Clock, from_millis
from core.errors import RecordsDown
from core.logs import get_logger
from customers import episodes, page_context
from customers.conversation import Awaiting, Conversation, Conversations
from customers.identity import Identities
from customers.journal import Journal
from customers.outcomes import Outcome, Proof
from customers.verification import Verification
from dialogue.apology import Apology, offering_a_person
from dialogue.buttons import Buttons, Choice, is_token
from dialogue.engine import Asked, Engine, Heard
from dialogue.errors import BotDown, BotFailed, ConversationGone, DialogueError
from dialogue.inbox import ANYBODYS, Lease, Line, Waiting
from dialogue.replies import Reply, digest, our_words, sorted_out, varied
from dialogue.requests import split
from dialogue.secret_words import HIDDEN, awaited_secret, besides_secrets, without_secrets
from handoff.ownership import NOBODYS, Owners, Ownership
from language.neutralise import neutralise
from language.script import detect

AWAITED_FOR = timedelta(minutes=5)  # an asked-for PIN or code is taken as one for this long
FLIP_AFTER = 2  # utterances in the other language that outweigh an explicit choice
REQUESTS_A_TURN = 4  # one and the three that may wait
NO_WISH = "/inform"  # a message that only gave something away: what is wanted is asked
PROOF_SLOTS = ("identity", "proof")
COMMAND = re.compile(r"[\u2215\u2044\\]\s*[A-Za-z_]+\s*(?:\{.*\}?)?")  # "/restart", "/inform{...}" as neutralise leaves them
GOODBYE = "goodbye"
NOT_UNDERSTOOD = "nlu_fallback"
STARTS_AFRESH = frozenset({"main_menu", GOODBYE, "human_agent", "suspend_service"})  # what waited from before waits no more

log = get_logger(__name__)


@dataclass
class Worked:
    """What a turn comes to; committed as a whole, if the conversation still has the owner it was worked out for."""

    state: Conversation
    replies: list[Reply] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    owner: bytes = ANYBODYS


@dataclass(frozen=True)
class Spoken:
    """What the bot said, and whether it was the last word of an episode."""

    replies: list[Reply]
    is_farewell: bool = False


@dataclass(frozen=True)
class Meant:
    """What goes to the bot (nothing, for an attachment without words), and what the transcript shows of it."""

    text: str
    shown: str
    trusted: bool = False
    first: str | None = None  # the name of our own words before the bot's


class Answering:
    """Knows a turn from the inside; knows nothing of who waits for it."""

    def __init__(
        self,
        conversations: Conversations,
        identities: Identities,
        verification: Verification,
        buttons: Buttons,
        engine: Engine,
        apology: Apology,
        owners: Owners,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._conversations = conversations
        self._identities = identities
        self._verification = verification
        self._buttons = buttons
        self._engine = engine
        self._apology = apology
        self._owners = owners
        self._journal = journal
        self._clock = clock

    def answer(self, lease: Lease, waiting: Waiting) -> Worked:
        """Answer one utterance. Raises StoreDown, ConversationGone."""
        state = self._conversations.load(lease.conversation)
        if state is None:
            raise ConversationGone(lease.conversation)
        self._identities.touch(state.id)
        owned = self._owners.of(state.id)
        notes = _notes(episodes.heard(state, self._clock.now(), by_person=owned.agent is not None))
        state.context = page_context.merged(state.context, waiting.context)
        if owned.agent is not None:
            return self._told_to_the_person(state, waiting, notes, owned)
        meant = self._meant(state, waiting)
        if not meant.trusted or meant.first == "secret_warning":
            self._hear_language(state, meant.shown)
        first = [our_words(meant.first, state.language)] if meant.first else []
        spoken = self._ask(lease, waiting, state, meant) if meant.text else Spoken([offering_a_person("attachment_kept", state)])
        shown = self._buttons.offer(state.id, varied([*first, *spoken.replies], state.said, state.language))
        state.said = tuple(dict.fromkeys(digest(reply.text) for reply in shown if reply.text))[:20]
        lines = [*notes, _customer_line(waiting, meant.shown), *_bot_lines(shown)]
        if spoken.is_farewell:
            lines += _notes(episodes.ended(state))
        return Worked(state, shown, lines, NOBODYS.mark)

    def after_owner_changed(self, lease: Lease, waiting: Waiting, worked: Worked) -> Worked:
        """A person came or left while the turn was worked on. Raises StoreDown, ConversationGone.

        Who left a person's turn unanswered gets the bot's answer. Where a person came, the bot says nothing after them, with one exception:
        a turn that carried something out is told, because nobody else would tell what became of the customer's money.
        """
        if worked.owner != NOBODYS.mark:
            return self.answer(lease, waiting)
        if self._acted(worked.state, waiting, where_unknown=True):
            return replace(worked, owner=ANYBODYS)
        return self._unsaid(worked)

    def apologise(self, lease: Lease, waiting: Waiting) -> Worked:
        """For an utterance that nothing could be made of: it must not stop those behind it. Raises ConversationGone."""
        state = self._conversations.load(lease.conversation)
        if state is None:
            raise ConversationGone(lease.conversation)
        reply = self._apology.after(BotFailed("crashed"), state, from_millis(waiting.received_ms))
        shown = self._buttons.offer(state.id, [reply])
        return Worked(state, shown, [_customer_line(waiting, "…"), *_bot_lines(shown)])

    # a person has the conversation
    def _told_to_the_person(self, state: Conversation, waiting: Waiting, notes: list[Line], owned: Ownership) -> Worked:
        """Recorded for the person to read; the bot is not asked and says nothing.

        Unless a process died after it had carried something out for these words, and before anybody was told.
        """
        shown = self._masked(state, neutralise(waiting.text))
        self._hear_language(state, shown)
        state.said = ()  # the bot's last words are no longer the last ones
        replies: list[Reply] = []
        if self._acted(state, waiting, where_unknown=False):
            replies = [self._apology.after(BotFailed("taken over"), state, from_millis(waiting.received_ms))]
        return Worked(state, replies, [*notes, _customer_line(waiting, shown), *_bot_lines(replies)], owned.mark)

    def _masked(self, state: Conversation, text: str) -> str:
        """What a person may read of the customer's words. Six digits alone could be a PIN or a code, so they are hidden too."""
        if is_token(text):
            choice = self._buttons.clicked(state.id, text)
            return choice.title if choice else "…"
        if self._awaiting(state) and awaited_secret(text):
            return HIDDEN
        return without_secrets(text, awaited=True)

    def _unsaid(self, worked: Worked) -> Worked:
        """The turn without the bot's part: what the customer said, and nothing on offer or awaited that nobody was told of."""
        heard = 1 + next(place for place, line in enumerate(worked.lines) if line.kind == "customer")
        never_asked = {line.body.get("episode") for line in worked.lines[heard:] if line.kind == "note"}
        state = worked.state
        state.ratings_asked = tuple(episode for episode in state.ratings_asked if episode not in never_asked)
        state.awaiting, state.waiting_requests, state.said = None, (), ()
        self._buttons.offer(state.id, [])
        return Worked(state, [], worked.lines[:heard], ANYBODYS)

    def _acted(self, state: Conversation, waiting: Waiting, *, where_unknown: bool) -> bool:
        """Whether this turn changed something at the operator's, by the journal; `where_unknown` when that cannot be read."""
        since = from_millis(waiting.received_ms)
        try:
            return any(row.changed_at >= since for row in self._journal.lately_of(state.id, since))
        except RecordsDown:
            return where_unknown

    # what was meant
    def _meant(self, state: Conversation, waiting: Waiting) -> Meant:
        text = neutralise(waiting.text)
        if waiting.attachment and not text:
            return Meant("", "", trusted=True)
        if is_token(text):
            return self._clicked(state, self._buttons.clicked(state.id, text))
        awaiting = self._awaiting(state)
        if awaiting and (secret := awaited_secret(text)):
            return self._checked(state, awaiting, secret)
        if choice := self._buttons.typed(state.id, text):
            return Meant(choice.payload, text, trusted=True)
        safe = without_secrets(text, awaited=awaiting is not None)
        if COMMAND.fullmatch(safe):  # typed, so nobody's order to the bot, whatever the word in it would mean
            return Meant("/nlu_fallback", safe, trusted=True)
        if safe != text:
            wish = besides_secrets(safe)
            return Meant(wish or NO_WISH, safe, trusted=not wish, first="secret_warning")
        return Meant(text or "?", text)

    def _awaiting(self, state: Conversation) -> Awaiting | None:
        """The secret that is asked for now."""
        return state.awaiting if state.awaiting and state.awaiting.until > self._clock.now() else None

    @staticmethod
    def _clicked(state: Conversation, choice: Choice | None) -> Meant:
        if choice is None:
            return Meant("/repeat", "…", trusted=True, first="choice_closed")
        return Meant(choice.payload, choice.title, trusted=True)

    def _checked(self, state: Conversation, awaiting: Awaiting, secret: str) -> Meant:
        """The one way of a secret: to customers/verification. The bot hears only what came of it."""
        outcome = self._verification.submit(state.id, awaiting, secret)
        if outcome.is_accepted:
            state.awaiting = None
            return Meant("/verification_done", HIDDEN, trusted=True)
        return Meant(f"/verification_failed{self._reason(awaiting, outcome)}", HIDDEN, trusted=True)

    def _reason(self, awaiting: Awaiting, outcome: Outcome) -> str:
        reason = "spent" if outcome.kind is Proof.LOCKED and awaiting.kind == "sms_code" else outcome.kind.value
        minutes = max(1, round((outcome.until - self._clock.now()).total_seconds() / 60)) if outcome.until else 15
        return f'{{"reason": "{reason}", "left": "{outcome.left or 0}", "minutes": "{minutes}"}}'

    @staticmethod
    def _hear_language(state: Conversation, text: str) -> None:
        heard = detect(text)
        if heard is None or heard == state.language:
            state.other_language_streak = 0
            return
        state.other_language_streak += 1
        if not state.language_chosen or state.other_language_streak >= FLIP_AFTER:
            state.language, state.language_chosen, state.other_language_streak = heard, False, 0

    # what the bot says
    def _ask(self, lease: Lease, waiting: Waiting, state: Conversation, meant: Meant) -> Spoken:
        requests = [meant.text]
        if not meant.trusted:
            requests = list(self._requests(meant.text))
        replies: list[Reply] = []
        is_farewell = False
        for number in range(REQUESTS_A_TURN):
            text = requests.pop(0)
            asked = Asked(
                state.id,
                state.channel,
                text,
                f"{waiting.turn}/{number}",
                lease.fence,
                state.language,
                meant.trusted and number == 0,
            )
            try:
                heard = self._engine.ask(asked)
            except (BotDown, BotFailed) as error:
                log.warning("turn.failed", conversation=state.id, error=error.code, why=str(error))
                state.awaiting, state.intent, state.misses = None, None, state.misses + 1
                return Spoken([*replies, self._apology.after(error, state, from_millis(waiting.received_ms))])
            said, signals = sorted_out(heard.messages)
            self._heed(state, heard, signals)
            replies += said
            is_farewell = heard.intent == GOODBYE
            if heard.intent in STARTS_AFRESH:
                state.waiting_requests = ()
            state.waiting_requests = (*requests, *state.waiting_requests)[:3]
            if heard.loop is not None or not state.waiting_requests:
                break
            requests, state.waiting_requests = list(state.waiting_requests), ()
        return Spoken(replies or [our_words("apology", state.language)], is_farewell)

    def _requests(self, text: str) -> tuple[str, ...]:
        try:
            return split(text, self._engine.parse)
        except DialogueError:
            return (text,)

    def _heed(self, state: Conversation, heard: Heard, signals: dict[str, Any]) -> None:
        """Take what the bot tells of the talk: what was understood, what is asked, which secret is awaited, which language was chosen."""
        state.intent, state.asked = heard.intent, heard.asked
        state.misses = state.misses + 1 if heard.intent == NOT_UNDERSTOOD else 0
        if kind := signals.get("await"):
            state.awaiting = Awaiting(kind=kind, operation=str(signals["operation"]), until=self._clock.now() + AWAITED_FOR)
        elif heard.asked not in PROOF_SLOTS:
            state.awaiting = None
        if language := signals.get("language"):
            state.language, state.language_chosen, state.other_language_streak = language, True, 0


def _customer_line(waiting: Waiting, shown: str) -> Line:
    parts = {"text": shown, "attachment": waiting.attachment, "context": waiting.context}
    return Line("customer", {name: part for name, part in parts.items() if part}, waiting.client_id)


def _bot_lines(replies: list[Reply]) -> list[Line]:
    return [Line("bot", reply.to_dict()) for reply in replies]


def _notes(bodies: list[dict[str, Any]]) -> list[Line]:
    return [Line("note", body) for body in bodies]
