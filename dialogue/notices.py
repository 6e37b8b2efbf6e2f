"""What a conversation is told outside its turns: how an operation ended whose outcome was not known when it was spoken of.

A notice has a name; however often it is told, it is recorded once: in the transcript, and with the next answer (dialogue/late.py).
"""

from typing import Any

from core.clock import Clock, millis
from core.errors import StoreDown
from core.keys import CONVERSATION_SECONDS, Keys
from core.seal import Sealer
from core.store import Store
from core.vault import Vault
from customers.transcript import ENTRIES_KEPT, packed
from dialogue.inbox import ANSWER_SECONDS, Answer
from dialogue.replies import Reply

TRIES = 20  # a turn may be recorded meanwhile
OWED_READ = 100  # owed outcomes looked at in one go
# KEYS: answer stream seq late; ARGV: answer answer_s last_seq entry kept conversation_s due name bell conversation
_TELL = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if redis.call('GET', KEYS[3]) ~= ARGV[3] and (redis.call('GET', KEYS[3]) or ARGV[3] ~= '0') then return -2 end
local seq = tonumber(ARGV[3]) + 1
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], seq .. '-0', 's', ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[6])
redis.call('SET', KEYS[3], seq, 'EX', ARGV[6])
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('ZADD', KEYS[4], ARGV[7], ARGV[8])
redis.call('EXPIRE', KEYS[4], ARGV[6])
redis.call('PUBLISH', ARGV[9], ARGV[10])
return seq
"""


class Notices:
    """Every method may raise StoreDown."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._vault = Vault(store, sealer)
        self._clock = clock
        self._tell = store.script("notices.tell", _TELL)

    def owe(self, key: str) -> None:
        """The customer was promised to hear how the operation under this key ended."""
        with self._store.guard() as client:
            client.zadd(Keys.owed_outcomes(), {key: millis(self._clock.now())}, nx=True)

    def owed(self) -> list[str]:
        """Keys of operations whose end somebody waits to hear, oldest first."""
        with self._store.guard() as client:
            found: Any = client.zrange(Keys.owed_outcomes(), 0, OWED_READ - 1)
        return [bytes(key).decode() for key in found]

    def settled(self, key: str) -> None:
        """Nothing is owed about this operation any more."""
        with self._store.guard() as client:
            client.zrem(Keys.owed_outcomes(), key)

    def tell(self, conversation: str, name: str, reply: Reply) -> bool:
        """Record a notice; False when one of this name was told before."""
        at = self._clock.now()
        keys = [Keys.answer(conversation, name), Keys.stream(conversation), Keys.seq(conversation), Keys.late(conversation)]
        plain = packed(at, "bot", reply.to_dict())
        for _ in range(TRIES):
            with self._store.guard() as client:
                found: Any = client.get(Keys.seq(conversation))
            last = int(found or 0)
            answer = self._vault.seal(conversation, f"answer|{name}", Answer((reply,), last + 1).dump())
            entry = self._vault.seal(conversation, last + 1, plain)
            fixed: list[bytes | str | int] = [
                answer,
                ANSWER_SECONDS,
                last,
                entry,
                ENTRIES_KEPT,
                CONVERSATION_SECONDS,
                millis(at),
                name,
            ]
            told = int(self._tell(keys, [*fixed, Keys.bell(), conversation]))
            if told >= 0:
                return told > 0
        raise StoreDown("others wrote first too often", code="notice_crowded_out")
