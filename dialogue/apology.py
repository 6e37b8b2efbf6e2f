"""What is said when the bot has no answer: the truth about what was and was not done, from the journal."""

from datetime import datetime

from core.errors import CarelineError
from customers.conversation import Conversation
from customers.journal import Journal, JournalRow, JournalState
from dialogue.errors import BotDown, DialogueError
from dialogue.notices import Notices
from dialogue.replies import Reply, our_words

PERSON = {"zh": "转人工", "en": "Talk to a person"}


class Apology:
    def __init__(self, journal: Journal, notices: Notices) -> None:
        self._journal = journal
        self._notices = notices

    def after(self, error: DialogueError, state: Conversation, since: datetime) -> Reply:
        """An operation under way, or ended since the customer spoke, is named with its number. Raises StoreDown."""
        try:
            rows = self._journal.lately_of(state.id, since)
        except CarelineError:
            return offering_a_person("apology", state)
        if under_way := [row for row in rows if not row.state.is_final]:
            self._notices.owe(under_way[-1].key)
            return self._about("unsure_operation", under_way[-1], state)
        if done := [row for row in rows if row.state is JournalState.DONE]:
            return self._about("done_operation", done[-1], state)
        return offering_a_person("nothing_done" if isinstance(error, BotDown) else "apology", state)

    @staticmethod
    def _about(words: str, row: JournalRow, state: Conversation) -> Reply:
        return our_words(words, state.language, reference=row.key[:8].upper())


def offering_a_person(words: str, state: Conversation) -> Reply:
    """Our own words, and a button that asks for a person."""
    reply = our_words(words, state.language)
    title = PERSON["en" if state.language == "en" else "zh"]
    return Reply(reply.text, ({"title": title, "payload": "/human_agent"},))
