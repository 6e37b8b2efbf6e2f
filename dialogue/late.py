"""Answers whose caller had left (told to wait, hung up, or lost with its gateway): handed over with the next answer, once.

Every accepted turn is owed until it is handed over. While its caller may still be waiting, only that caller gets it; from then on
the next answer of the conversation takes it along. What went together is kept, so that a repeated message gets the same again.
"""

from typing import Any

from core.clock import Clock, millis
from core.keys import CONVERSATION_SECONDS, Keys
from core.store import Store
from dialogue.inbox import Answer, Inbox
from dialogue.replies import Reply

OWED_MOST = 20  # answers handed over at once; more come with the one after
# KEYS: late given; ARGV: turn seconds ready... What is taken off is taken by one caller only.
_HAND_OVER = """
if redis.call('EXISTS', KEYS[2]) == 0 then
  for i = 3, #ARGV do
    if redis.call('ZREM', KEYS[1], ARGV[i]) == 1 then redis.call('RPUSH', KEYS[2], ARGV[i]) end
  end
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('RPUSH', KEYS[2], ARGV[1])
  redis.call('EXPIRE', KEYS[2], ARGV[2])
end
return redis.call('LRANGE', KEYS[2], 0, -1)
"""


class Late:
    """Every method may raise StoreDown."""

    def __init__(self, store: Store, inbox: Inbox, clock: Clock) -> None:
        self._store = store
        self._inbox = inbox
        self._clock = clock
        self._hand_over = store.script("late.hand_over", _HAND_OVER)

    def leave(self, conversation: str, turn: str) -> None:
        """The caller of this turn leaves without its answer."""
        with self._store.guard() as client:
            client.zadd(Keys.late(conversation), {turn: millis(self._clock.now())})
            client.expire(Keys.late(conversation), CONVERSATION_SECONDS)

    def hand_over(self, conversation: str, turn: str) -> list[Reply]:
        """Answers that go before the one of `turn`, oldest first; what is not ready stays owed."""
        ready = sorted(self._ready(conversation, turn), key=lambda found: found[1].seq)
        keys = [Keys.late(conversation), Keys.given(conversation, turn)]
        given: list[Any] = self._hand_over(keys, [turn, CONVERSATION_SECONDS, *(name for name, _ in ready)])
        answers = dict(ready)
        replies: list[Reply] = []
        for name in (bytes(item).decode() for item in given):
            answer = (answers.get(name) or self._inbox.answer(conversation, name)) if name != turn else None
            replies += answer.replies if answer is not None else ()
        return replies

    def _ready(self, conversation: str, but: str) -> list[tuple[str, Answer]]:
        with self._store.guard() as client:
            owed: Any = client.zrangebyscore(Keys.late(conversation), 0, millis(self._clock.now()), start=0, num=OWED_MOST + 1)
        found = [
            (name, self._inbox.answer(conversation, name)) for name in (bytes(item).decode() for item in owed) if name != but
        ]
        return [(name, answer) for name, answer in found if answer is not None]
