"""Background work: utterances that a dead gateway left behind, and operations whose outcome is not known yet.

Each round is bounded; a round that fails is logged and the next one comes. More clerks may run: turns are kept apart by their lease,
operations by the journal's states.
"""

import signal
import threading
from collections.abc import Callable

from actions.carry_out import reference
from actions.outcomes import look_up
from carrier.errors import CarrierError, Refused
from core import logs
from core.errors import CarelineError
from core.settings import load
from customers.conversation import Conversation
from customers.journal import JournalRow, JournalState
from dialogue.inbox import LEASE_MS
from dialogue.notices import Notices
from dialogue.replies import Reply
from dialogue.turn import Turns
from processes.housekeeping import Housekeeping
from processes.parts import Parts, build
from processes.places import ENV_FILE
from processes.turns import turns_of

ROUND_SECONDS = 2.0
NEVER_SEEN_SECONDS = 120.0  # an operation that the operator does not know after this long was never received
TOLD = {
    "done": ("您之前办理的业务（单号 {reference}）已经成功。", "Your earlier request (no. {reference}) has gone through."),
    "refused": (
        "您之前办理的业务（单号 {reference}）没有成功，没有扣款。需要的话请重新办理。",
        "Your earlier request (no. {reference}) did not go through and nothing was charged. You are welcome to try again.",
    ),
}
log = logs.get_logger(__name__)


class Clerk:
    def __init__(self, parts: Parts, turns: Turns) -> None:
        self._parts = parts
        self._turns = turns
        self._notices = Notices(parts.store, parts.sealer, parts.clock)

    def round(self) -> None:
        """One look at everything that may be waiting."""
        for conversation in self._turns.left_behind(older_than_ms=LEASE_MS):
            if not self._turns.pick_up(conversation):
                break
        for row in self._parts.journal.unknown_rows(limit=50):
            self._each(row, self._clear_up)
        for key in self._notices.owed():
            promised = self._parts.journal.by_key(key)
            if promised is None:
                self._notices.settled(key)
            elif promised.state.is_final:
                self._each(promised, self._keep_promise)

    @staticmethod
    def _each(row: JournalRow, work: Callable[[JournalRow], None]) -> None:
        """One operation that cannot be cleared up does not keep the others waiting."""
        try:
            work(row)
        except CarelineError as error:
            log.warning("clerk.row_failed", operation=row.operation, error=error.code)

    def _keep_promise(self, row: JournalRow) -> None:
        """It ended by itself after the customer had been told to wait for word."""
        self._tell(row, row.state)
        self._notices.settled(row.key)

    def _clear_up(self, row: JournalRow) -> None:
        """Ask by key what became of it; never send it again. Told first, so that a clerk who dies in between leaves no silence."""
        journal = self._parts.journal
        if row.state is JournalState.INTENDED:  # never sent
            row = journal.mark_refused(row.key, {"code": "neverSent", "nothing_happened": True})
            self._tell(row, row.state)
            return
        if row.state is JournalState.SENT:
            row = journal.mark_unknown(row.key)
        try:
            found = look_up(self._parts.operator, row.operation, row.key)
        except Refused as refusal:
            self._tell(row, JournalState.REFUSED)
            journal.mark_refused(row.key, {"code": refusal.code})
            return
        except CarrierError as error:
            log.info("clerk.operator_silent", operation=row.operation, error=error.code)
            return
        if found is not None and found.receipt is not None:
            self._tell(row, JournalState.DONE)
            journal.mark_done(row.key, found.receipt)
        elif found is None and (self._parts.clock.now() - row.intended_at).total_seconds() > NEVER_SEEN_SECONDS:
            self._tell(row, JournalState.REFUSED)
            journal.mark_refused(row.key, {"code": "neverReceived", "nothing_happened": True})

    def _tell(self, row: JournalRow, ended: JournalState) -> None:
        """Into the conversation, where it is still open; once for each operation."""
        conversation = self._parts.conversations.load(row.conversation)
        if conversation is None:
            return
        if self._notices.tell(row.conversation, f"outcome-{row.key}", Reply(self._words(row, ended, conversation))):
            log.info("clerk.told", operation=row.operation, state=ended.value)

    @staticmethod
    def _words(row: JournalRow, ended: JournalState, conversation: Conversation) -> str:
        zh, en = TOLD[ended.value]
        return (en if conversation.language == "en" else zh).format(reference=reference(row.key))


def main() -> None:
    settings = load(ENV_FILE)
    logs.set_up(settings.log_level)
    parts = build(settings)
    clerk = Clerk(parts, turns_of(parts))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    housekeeping = Housekeeping(parts.owed_mails, parts.mails, parts.attachments, parts.clock)
    threading.Thread(target=housekeeping.run, args=(stop,), daemon=True).start()
    while not stop.wait(ROUND_SECONDS):
        try:
            clerk.round()
        except CarelineError as error:
            log.warning("clerk.round_failed", error=error.code)
        except Exception as error:
            log.exception("clerk.round_crashed", error=type(error).__name__)


if __name__ == "__main__":
    main()
