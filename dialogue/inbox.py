"""One turn at a time, in order, over any number of gateway processes (docs/decisions.md, D10).

accept   a client message id is taken once; the utterance, sealed, goes to the end of the conversation's inbox
lease    one process works on a conversation; the lease is renewed while it does, and lapses when it dies
commit   one script: only the lease's holder may record the answer, the transcript and the conversation, and take the utterance off the inbox;
         so a process that died half-way left nothing, and the next one does the same utterance again under the same turn id
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from core.clock import Clock, millis
from core.keys import CONVERSATION_SECONDS, Keys
from core.seal import Sealer
from core.store import Store
from core.vault import Vault
from customers.conversation import PLACE, Conversation
from customers.presence import TYPING_MS
from customers.transcript import ENTRIES_KEPT, packed
from dialogue.errors import InboxFull, LeaseLost, OwnerChanged
from dialogue.replies import Reply

LEASE_MS = 4000  # a process that dies delays its conversations by no more than this
WAITING_MOST = 20  # utterances of one conversation that may wait
ANSWER_SECONDS = CONVERSATION_SECONDS  # a repeated message gets its first answer while the conversation lives
SEEN_SECONDS = CONVERSATION_SECONDS
ANYBODYS = b"*"  # the turn is recorded whoever owns the conversation by now

ACCEPT = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[3]) then return -1 end
redis.call('SET', KEYS[1], '1', 'EX', ARGV[2])
redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[5])
redis.call('EXPIRE', KEYS[3], ARGV[2])
return 1
"""
TAKE_LEASE = """
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
local fence = redis.call('INCR', KEYS[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return fence
"""
# A bot that still thinks is still seen to type.
RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if redis.call('HEXISTS', KEYS[2], 'bot') == 1 then redis.call('HSET', KEYS[2], 'bot', ARGV[3]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
# KEYS: lease inbox answer conversation stream seq owner presence
# ARGV: token lease_ms answer answer_s conversation conversation_s last_seq kept bell conversation_id owner entries...
# What nobody owned the bot has read; it no longer types.
COMMIT = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
if ARGV[11] ~= '*' and (redis.call('GET', KEYS[7]) or '') ~= ARGV[11] then return -3 end
if tonumber(redis.call('GET', KEYS[6]) or '0') ~= tonumber(ARGV[7]) then return -2 end
local seq = tonumber(ARGV[7])
for i = 12, #ARGV do
  seq = seq + 1
  redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[8], seq .. '-0', 's', ARGV[i])
end
redis.call('SET', KEYS[6], seq, 'EX', ARGV[6])
redis.call('EXPIRE', KEYS[5], ARGV[6])
redis.call('SET', KEYS[4], ARGV[5], 'EX', ARGV[6])
redis.call('SET', KEYS[3], ARGV[3], 'EX', ARGV[4])
redis.call('LPOP', KEYS[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[8], 'bot')
if redis.call('EXPIRE', KEYS[7], ARGV[6]) == 0 then redis.call('HSET', KEYS[8], 'read', seq) end
redis.call('EXPIRE', KEYS[8], ARGV[6])
redis.call('PUBLISH', ARGV[9], ARGV[10])
return seq
"""
# Released only while nothing waits: an utterance that came in between finds its worker still here.
RELEASE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
if redis.call('LLEN', KEYS[2]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 0 end
redis.call('DEL', KEYS[1])
return 1
"""

# Only if nobody was accepted since the worker looked: its mark would be a newer one.
FORGET_PENDING = """
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1])) == tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
"""


@dataclass(frozen=True)
class Waiting:
    """An utterance in the inbox. `turn` names it for good; `received_ms`: when it came; `attachment`, `context`: as in Utterance."""

    turn: str
    client_id: str
    text: str
    received_ms: int
    attachment: dict[str, Any] | None = None
    context: dict[str, Any] | None = None

    def dump(self) -> bytes:
        return json.dumps(self.__dict__, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Answer:
    """The recorded outcome of a turn."""

    replies: tuple[Reply, ...]
    seq: int

    def dump(self) -> bytes:
        return json.dumps({"r": [reply.to_dict() for reply in self.replies], "s": self.seq}, ensure_ascii=False).encode()

    @classmethod
    def read(cls, plain: bytes) -> "Answer":
        raw = json.loads(plain)
        return cls(tuple(Reply.from_dict(reply) for reply in raw["r"]), raw["s"])


@dataclass(frozen=True)
class Lease:
    conversation: str
    token: str
    fence: int


@dataclass(frozen=True)
class Line:
    """One transcript entry to be recorded with a commit."""

    kind: str
    body: dict[str, Any]
    client_id: str | None = None


class Inbox:
    """Every method may raise StoreDown."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._vault = Vault(store, sealer)
        self._clock = clock
        self._accept = store.script("inbox.accept", ACCEPT)
        self._take = store.script("inbox.take_lease", TAKE_LEASE)
        self._renew = store.script("inbox.renew", RENEW)
        self._commit = store.script("inbox.commit", COMMIT)
        self._release = store.script("inbox.release", RELEASE)
        self._forget_pending = store.script("inbox.forget_pending", FORGET_PENDING)

    def accept(self, conversation: str, waiting: Waiting, caller_gone_ms: int) -> bool:
        """True when it is new, False when this client id was accepted before. Raises InboxFull: then nothing was kept.

        From `caller_gone_ms` on, an answer that was not handed over by its caller goes with the next one (dialogue/late.py).
        """
        sealed = self._vault.seal(conversation, f"inbox|{waiting.turn}", waiting.dump())
        item = waiting.turn.encode() + b"|" + sealed
        keys = [Keys.seen(conversation, waiting.turn), Keys.inbox(conversation), Keys.late(conversation)]
        answer = int(self._accept(keys, [item, SEEN_SECONDS, WAITING_MOST, caller_gone_ms, waiting.turn]))
        if answer < 0:
            raise InboxFull(f"{WAITING_MOST} utterances wait already")
        with self._store.guard() as client:  # for the clerk, should this process die now
            client.zadd(Keys.pending_inboxes(), {conversation: self._mark()})
        return answer == 1

    def lease(self, conversation: str) -> Lease | None:
        """The right to work on this conversation, or None while another process has it."""
        token = uuid4().hex
        keys = [Keys.lease(conversation), Keys.fence(conversation)]
        fence = int(self._take(keys, [token, LEASE_MS, CONVERSATION_SECONDS]))
        return Lease(conversation, token, fence) if fence else None

    def renew(self, lease: Lease) -> bool:
        typing_until = millis(self._clock.now()) + TYPING_MS
        keys = [Keys.lease(lease.conversation), Keys.presence(lease.conversation)]
        return bool(self._renew(keys, [lease.token, LEASE_MS, typing_until]))

    def first(self, conversation: str) -> Waiting | None:
        """The utterance whose turn it is."""
        with self._store.guard() as client:
            item: Any = client.lindex(Keys.inbox(conversation), 0)
        if item is None:
            return None
        turn, _, sealed = bytes(item).partition(b"|")
        return Waiting(**json.loads(self._vault.open(conversation, f"inbox|{turn.decode()}", sealed)))

    def commit(
        self,
        lease: Lease,
        waiting: Waiting,
        replies: list[Reply],
        state: Conversation,
        lines: list[Line],
        owner: bytes = ANYBODYS,
    ) -> Answer:
        """Record the turn and take it off the inbox, all or nothing. Raises LeaseLost.

        `owner`: the mark of who owned the conversation when the turn began (handoff.ownership); raises OwnerChanged when it is another.
        """
        conversation = lease.conversation
        keys = [
            Keys.lease(conversation), Keys.inbox(conversation), Keys.answer(conversation, waiting.turn),
            Keys.conversation(conversation), Keys.stream(conversation), Keys.seq(conversation), Keys.owner(conversation),
            Keys.presence(conversation),
        ]  # fmt: skip
        at = self._clock.now()
        plains = [packed(at, line.kind, line.body, line.client_id) for line in lines]
        sealed_state = self._vault.seal(conversation, PLACE, state.model_dump_json().encode())
        for _ in range(10):  # somebody may append a note to the transcript meanwhile
            seq = self._last_seq(conversation)
            answer = Answer(tuple(replies), seq + len(lines))
            sealed_answer = self._vault.seal(conversation, f"answer|{waiting.turn}", answer.dump())
            entries = [self._vault.seal(conversation, seq + 1 + i, plain) for i, plain in enumerate(plains)]
            fixed: list[bytes | str | int | float] = [
                lease.token,
                LEASE_MS,
                sealed_answer,
                ANSWER_SECONDS,
                sealed_state,
                CONVERSATION_SECONDS,
                seq,
                ENTRIES_KEPT,
                Keys.bell(),
                conversation,
                owner,
            ]
            outcome = int(self._commit(keys, [*fixed, *entries]))
            if outcome >= 0:
                return answer
            if outcome == -3:
                raise OwnerChanged(conversation)
            if outcome == -1:
                break
        raise LeaseLost(conversation)

    def release(self, lease: Lease) -> bool:
        """True when the lease is given up; False when something waits and the holder must go on. Raises LeaseLost."""
        with self._store.guard() as client:
            mark: Any = client.zscore(Keys.pending_inboxes(), lease.conversation)
        answer = int(self._release([Keys.lease(lease.conversation), Keys.inbox(lease.conversation)], [lease.token, LEASE_MS]))
        if answer < 0:
            raise LeaseLost(lease.conversation)
        if answer and mark is not None:
            self._forget_pending([Keys.pending_inboxes()], [lease.conversation, repr(mark)])
        return bool(answer)

    def answer(self, conversation: str, turn: str) -> Answer | None:
        plain = self._vault.get(Keys.answer(conversation, turn), conversation, f"answer|{turn}")
        return Answer.read(plain) if plain is not None else None

    def pending(self, older_than_ms: int, limit: int = 100) -> list[str]:
        """Conversations whose utterances have waited long: their worker may have died."""
        latest = millis(self._clock.now()) - older_than_ms
        with self._store.guard() as client:
            found: Any = client.zrangebyscore(Keys.pending_inboxes(), 0, latest, start=0, num=limit)
        return [bytes(name).decode() for name in found]

    def forget(self, conversation: str) -> None:
        """Drop what waits for a conversation that is no more."""
        with self._store.guard() as client:
            client.delete(Keys.inbox(conversation))
            client.zrem(Keys.pending_inboxes(), conversation)

    def _mark(self) -> float:
        """Now, in ms, and a fraction that makes it nobody else's."""
        return millis(self._clock.now()) + secrets.randbelow(4096) / 4096

    def _last_seq(self, conversation: str) -> int:
        with self._store.guard() as client:
            found: Any = client.get(Keys.seq(conversation))
        return int(found or 0)
