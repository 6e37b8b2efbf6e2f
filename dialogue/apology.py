"""What is said when the bot has no answer: the truth about what was and was not done, from the journal."""

from core.errors import CarelineError
from customers.conversation import Conversation
from customers.journal import Journal
from dialogue.errors import BotDown, DialogueError
from dialogue.replies import Reply, our_words

PERSON = {"zh": "转人工", "en": "Talk to a person"}


class Apology:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def after(self, error: DialogueError, state: Conversation) -> Reply:
        """An operation under way is named with its number; with none, nothing was done and that is said."""
        try:
            under_way = self._journal.open_of(state.id)
        except CarelineError:
            return self._offering_a_person("apology", state)
        if under_way:
            return our_words("unsure_operation", state.language, reference=under_way[-1].key[:8].upper())
        return self._offering_a_person("nothing_done" if isinstance(error, BotDown) else "apology", state)

    @staticmethod
    def _offering_a_person(words: str, state: Conversation) -> Reply:
        reply = our_words(words, state.language)
        title = PERSON["en" if state.language == "en" else "zh"]
        return Reply(reply.text, ({"title": title, "payload": "/human_agent"},))
