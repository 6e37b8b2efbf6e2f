"""take_turn: the one way from a customer's words to an answer, for every channel.

accept -> (whoever holds the conversation's lease) -> button? secret? neutralise -> the bot -> replies, recorded in one commit.
The caller waits for the recorded answer; when it comes too late for the caller, it is kept and given with the next one.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from core.clock import Clock, millis
from core.errors import CarelineError, StoreDown
from core.logs import get_logger
from core.settings import Settings
from customers.conversation import Conversation
from customers.presence import Presence
from dialogue.answering import Answering, Worked
from dialogue.buttons import is_token, turn_of
from dialogue.errors import ConversationGone, InboxFull, LeaseLost, OwnerChanged
from dialogue.inbox import LEASE_MS, Answer, Inbox, Lease, Waiting
from dialogue.late import Late
from dialogue.replies import Reply, our_words

BUSY_SECONDS = 2.3  # in a crowd everybody gets a word by then, begun or not
CROWD = 20  # turns of one process at the bot at once, from which on it is one
GONE_SECONDS = 4.0  # after the longest wait; by then the caller has its answer or is gone
LOOK_SECONDS = 0.25  # how often a waiter looks for an answer that another process recorded
OWNERS_MOST = 10  # that may change while one turn is recorded
WORKERS_MOST = 400  # conversations of one process that may wait for the bot; beyond it nobody new is let in

log = get_logger(__name__)


class Told(StrEnum):
    """What the caller was given."""

    ANSWER = "answer"
    BUSY = "busy"  # in line; the answer comes later
    MOMENT = "moment"  # being worked on; the answer comes later
    TOO_MANY = "too_many"  # not accepted


@dataclass(frozen=True)
class Utterance:
    """`client_id`: the client's own id of this message; the same id again gets the first answer."""

    client_id: str
    text: str
    arrived: float | None = None
    """When its request came, on the monotonic clock: what the door did before (sign-in) counts as waiting. None: now."""
    attachment: dict[str, Any] | None = None
    """What was sent along, kept already: {id, name, type, size, kind, ...}. There is a text, an attachment, or both."""
    context: dict[str, Any] | None = None
    """What the page around the chat told of itself: customers.page_context."""


@dataclass(frozen=True)
class Result:
    told: Told
    replies: tuple[Reply, ...]


@dataclass(frozen=True)
class _Patience:
    """A caller waits `seconds` from `since` on."""

    since: float
    seconds: float


class Turns:
    """Takes turns. One instance a process; `answering` does the work inside a turn."""

    def __init__(
        self, inbox: Inbox, answering: Answering, late: Late, presence: Presence, clock: Clock, settings: Settings
    ) -> None:
        self._inbox = inbox
        self._answering = answering
        self._late = late
        self._presence = presence
        self._clock = clock
        self._wait_seconds = settings.turn_wait_seconds
        self._in_flight = threading.BoundedSemaphore(max(1, settings.turns_in_flight // settings.gateways))
        self._in_line = 0  # turns of this process that wait for one of those
        self._workers = threading.BoundedSemaphore(WORKERS_MOST)
        self._bells: dict[str, threading.Event] = {}
        self._begun: set[str] = set()

    def take_turn(self, conversation: Conversation, utterance: Utterance, word_within: float | None = None) -> Result:
        """The answer to this utterance, after any that was owed from before. Raises StoreDown.

        `word_within`: seconds after which a caller that reads the transcript anyway is told "one moment"; None waits for the answer.
        """
        arrived = self._clock.monotonic() if utterance.arrived is None else utterance.arrived
        waiting = self._waiting(conversation, utterance)
        bell = self._bells.setdefault(waiting.turn, threading.Event())
        try:
            gone_ms = waiting.received_ms + round((max(self._wait_seconds, BUSY_SECONDS) + GONE_SECONDS) * 1000)
            self._inbox.accept(conversation.id, waiting, gone_ms)
            return self._answer_or_word(conversation, waiting, bell, _Patience(arrived, word_within or self._wait_seconds))
        except InboxFull:
            return Result(Told.TOO_MANY, (our_words("too_many", conversation.language),))
        finally:
            self._bells.pop(waiting.turn, None)

    def drain(self, conversation_id: str) -> None:
        """Work off a conversation's inbox while the lease can be had; also called by the clerk for what a dead process left."""
        lease = self._inbox.lease(conversation_id)
        if lease is None:
            return
        with self._renewed(lease):
            while True:
                while (waiting := self._inbox.first(conversation_id)) is not None:
                    self._one(lease, waiting)
                if self._inbox.release(lease):
                    return

    def pick_up(self, conversation_id: str) -> bool:
        """Begin to work a conversation's inbox off, beside the caller; False when this process has enough to do."""
        if not self._workers.acquire(blocking=False):
            return False
        threading.Thread(target=self._drain_quietly, args=(conversation_id,), daemon=True).start()
        return True

    def left_behind(self, older_than_ms: int) -> list[str]:
        """Conversations with an utterance that has waited longer than a lease lasts."""
        return self._inbox.pending(older_than_ms)

    # the caller's side
    def _waiting(self, conversation: Conversation, utterance: Utterance) -> Waiting:
        text = utterance.text
        named = (
            turn_of(conversation.id, text)
            if is_token(text)
            else uuid5(NAMESPACE_URL, f"{conversation.id}|{utterance.client_id}").hex
        )
        received_ms = millis(self._clock.now())
        return Waiting(named, utterance.client_id, text, received_ms, utterance.attachment, utterance.context)

    def _answer_or_word(self, conversation: Conversation, waiting: Waiting, bell: threading.Event, patience: _Patience) -> Result:
        """It is accepted: whatever fails from here on, the answer comes, now or with the next one."""
        try:
            self.pick_up(conversation.id)
            return self._await(conversation, waiting, bell, patience)
        except StoreDown as error:
            log.warning("turn.kept_waiting", conversation=conversation.id, error=error.code)
            return self._word(Told.BUSY, conversation)

    @property
    def _is_crowded(self) -> bool:
        return self._in_line > 0 or len(self._begun) >= CROWD

    @staticmethod
    def _word(told: Told, conversation: Conversation) -> Result:
        return Result(told, (our_words(told.value, conversation.language),))

    def _await(self, conversation: Conversation, waiting: Waiting, bell: threading.Event, patience: _Patience) -> Result:
        looked_for_work = self._clock.monotonic()
        while True:
            answer = self._inbox.answer(conversation.id, waiting.turn)
            if answer is not None:
                return Result(Told.ANSWER, (*self._late.hand_over(conversation.id, waiting.turn), *answer.replies))
            waited = self._clock.monotonic() - patience.since
            begun = waiting.turn in self._begun
            if waited >= (patience.seconds if begun and not self._is_crowded else min(patience.seconds, BUSY_SECONDS)):
                self._late.leave(conversation.id, waiting.turn)
                return self._word(Told.MOMENT if begun else Told.BUSY, conversation)
            if self._clock.monotonic() - looked_for_work > LEASE_MS / 4000:  # its worker may have died with the lease
                looked_for_work = self._clock.monotonic()
                self.pick_up(conversation.id)
            bell.wait(LOOK_SECONDS)

    # the worker's side
    def _drain_quietly(self, conversation_id: str) -> None:
        try:
            self.drain(conversation_id)
        except LeaseLost:
            log.info("turn.lease_lost", conversation=conversation_id)
        except ConversationGone:
            self._inbox.forget(conversation_id)
        except CarelineError as error:
            log.warning("turn.stopped", conversation=conversation_id, error=error.code)
        except Exception as error:  # a thread's last chance to be heard; the utterance stays in the inbox
            log.exception("turn.crashed", conversation=conversation_id, error=type(error).__name__)
        finally:
            self._workers.release()

    def _one(self, lease: Lease, waiting: Waiting) -> Answer:
        with self._slot():
            self._begun.add(waiting.turn)
            try:
                self._presence.bot_types(lease.conversation)
                return self._recorded(lease, waiting, self._worked(lease, waiting))
            finally:
                self._begun.discard(waiting.turn)
                if (bell := self._bells.get(waiting.turn)) is not None:
                    bell.set()

    def _recorded(self, lease: Lease, waiting: Waiting, worked: Worked) -> Answer:
        """Commit what the turn came to, or what is left of it when a person came or left meanwhile."""
        for _ in range(OWNERS_MOST):
            try:
                return self._inbox.commit(lease, waiting, worked.replies, worked.state, worked.lines, worked.owner)
            except OwnerChanged:
                worked = self._answering.after_owner_changed(lease, waiting, worked)
        raise LeaseLost(lease.conversation)  # the clerk has it worked on once more

    @contextmanager
    def _slot(self) -> Iterator[None]:
        """One of the turns in flight, after those who came before."""
        self._in_line += 1
        try:
            self._in_flight.acquire()
        finally:
            self._in_line -= 1
        try:
            yield
        finally:
            self._in_flight.release()

    def _worked(self, lease: Lease, waiting: Waiting) -> Worked:
        try:
            return self._answering.answer(lease, waiting)
        except (StoreDown, ConversationGone):
            raise
        except Exception as error:
            log.exception("turn.crashed", conversation=lease.conversation, error=type(error).__name__)
            return self._answering.apologise(lease, waiting)

    @contextmanager
    def _renewed(self, lease: Lease) -> Iterator[None]:
        done = threading.Event()

        def renew() -> None:
            while not done.wait(LEASE_MS / 4000):
                try:
                    if not self._inbox.renew(lease):
                        return
                except CarelineError:
                    continue  # Redis may come back before the lease lapses

        keeper = threading.Thread(target=renew, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
