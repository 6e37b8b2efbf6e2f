"""Answers that came after their caller had been told to wait: given with the next one, once."""

from typing import Any

from core.keys import CONVERSATION_SECONDS, Keys
from core.store import Store
from dialogue.inbox import Inbox
from dialogue.replies import Reply

OWED_MOST = 20
# What is owed and answered is taken off in one step, so that two callers at once cannot both get it.
_TAKE = """
local owed = redis.call('LRANGE', KEYS[1], 0, -1)
redis.call('DEL', KEYS[1])
return owed
"""


class Late:
    def __init__(self, store: Store, inbox: Inbox) -> None:
        self._store = store
        self._inbox = inbox
        self._take = store.script("late.take", _TAKE)

    def owe(self, conversation: str, turn: str) -> None:
        """The caller of this turn leaves without its answer."""
        with self._store.guard() as client:
            client.rpush(Keys.late(conversation), turn)
            client.ltrim(Keys.late(conversation), -OWED_MOST, -1)
            client.expire(Keys.late(conversation), CONVERSATION_SECONDS)

    def collect(self, conversation: str, *, but: str) -> list[Reply]:
        """Answers owed and ready by now, oldest first, without the one of turn `but`; what is not ready stays owed."""
        owed: list[Any] = self._take([Keys.late(conversation)], [])
        replies: list[Reply] = []
        for turn in dict.fromkeys(bytes(item).decode() for item in owed):
            answer = self._inbox.answer(conversation, turn) if turn != but else None
            if answer is not None:
                replies += answer.replies
            elif turn != but:
                self.owe(conversation, turn)
        return replies
