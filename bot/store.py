"""Where the bot keeps conversations: a sealed, append-only log in Redis and a bounded window of it in memory.

log   every event, one sealed JSON each (the whole history)
base  a checkpoint {n, events}: slots, open form and the last events as of log[:n]; the working tracker is base + log[n:]
key   the conversation's wrapped key

A turn costs one LLEN and one script however long the talk has been. The script appends only when the log has the length this writer
saw and its fence is not older than the last one, so a turn that lost its lease can never overwrite a newer one.
"""

import json
import os
from collections import OrderedDict
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import redis.asyncio
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from bot import fast_schema  # noqa: F401  (takes the constant schema check out of every action call)
from bot.seal import Seal, close, reveal
from bot.tracker import WindowTracker

WINDOW_EVENTS = 60  # events kept in the working tracker; twice as many trigger a checkpoint
LONG_FORM = 6  # windows after which a form that is still open no longer keeps its whole past
LIVE_TRACKERS = 2000  # trackers kept in memory between turns
KEEP_SECONDS = 24 * 3600  # as long as the gateway keeps the conversation

fence: ContextVar[int] = ContextVar("fence", default=0)

APPEND = """
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return -1 end
if tonumber(redis.call('GET', KEYS[3]) or '0') > tonumber(ARGV[3]) then return -2 end
for i = 5, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
if ARGV[2] ~= '' then redis.call('SET', KEYS[2], ARGV[2]) end
redis.call('SET', KEYS[3], ARGV[3])
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[4]) end
return redis.call('LLEN', KEYS[1])
"""


class StaleWriter(Exception):
    """Another turn of this conversation has been saved since this one was read."""


def _dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=lambda o: o.item() if hasattr(o, "item") else str(o)).encode()


class SealedRedisStore(TrackerStore):
    """endpoints.yml: `tracker_store: {type: bot.store.SealedRedisStore, url: ${BOT_REDIS_URL}}`."""

    def __init__(self, domain: Any = None, host: str | None = None, event_broker: Any = None, url: str = "", **_: Any) -> None:
        self._redis = redis.asyncio.Redis.from_url(host or url, socket_timeout=2.0, socket_connect_timeout=1.0)
        self._append_script = self._redis.register_script(APPEND)
        self._seal = Seal(os.environ["BOT_SEAL_KEY"])
        self._live: OrderedDict[str, WindowTracker] = OrderedDict()
        self._keys: OrderedDict[str, AESGCM] = OrderedDict()
        super().__init__(domain, event_broker)

    # what Rasa calls
    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        tracker = self._live.pop(sender_id, None)  # put back by save(): a turn that fails leaves nothing half-done behind
        if tracker is not None and await self._redis.llen(_log(sender_id)) == tracker.log_length:
            return tracker
        base, events, length = await self._load(sender_id)
        tracker = self._empty(sender_id)
        tracker.update_with_events(deserialise_events(base + events), self.domain)
        tracker.log_length, tracker.synced = length, len(tracker.events)
        return tracker

    async def exists(self, conversation_id: str) -> bool:
        return bool(await self._redis.exists(_log(conversation_id)))

    async def keys(self) -> Iterable[str]:
        return [key.decode() async for key in self._redis.scan_iter("rt:*:log")]

    async def save(self, tracker: DialogueStateTracker) -> None:
        if not isinstance(tracker, WindowTracker):
            raise TypeError("only trackers of this store are saved")
        new = list(tracker.events)[tracker.synced :]
        length = tracker.log_length + len(new)
        keep, base = self._checkpoint(tracker, length)
        await self._append(tracker, new, base)
        keep.log_length, keep.synced = length, len(keep.events)
        self._live[tracker.sender_id] = keep
        while len(self._live) > LIVE_TRACKERS:
            self._live.popitem(last=False)

    # Redis
    async def _key(self, sender_id: str) -> AESGCM:
        if sender_id not in self._keys:
            await self._redis.set(_wrapped(sender_id), self._seal.new_key(), nx=True, ex=KEEP_SECONDS)
            self._keys[sender_id] = self._seal.open_key(await self._redis.get(_wrapped(sender_id)))
            if len(self._keys) > LIVE_TRACKERS:
                self._keys.popitem(last=False)
        return self._keys[sender_id]

    async def _load(self, sender_id: str) -> tuple[list[dict], list[dict], int]:
        self._keys.pop(sender_id, None)
        key = await self._key(sender_id)
        sealed_base = await self._redis.get(_base(sender_id))
        base = json.loads(reveal(key, f"{sender_id}|base", sealed_base)) if sealed_base else {"n": 0, "events": []}
        log = await self._redis.lrange(_log(sender_id), base["n"], -1)
        events = [json.loads(reveal(key, f"{sender_id}|{base['n'] + i}", item)) for i, item in enumerate(log)]
        return base["events"], events, base["n"] + len(log)

    async def _append(self, tracker: WindowTracker, new: list[Event], base: dict | None) -> None:
        sender_id, start = tracker.sender_id, tracker.log_length
        key = await self._key(sender_id)
        sealed = [close(key, f"{sender_id}|{start + i}", _dumps(event.as_dict())) for i, event in enumerate(new)]
        sealed_base = close(key, f"{sender_id}|base", _dumps(base)) if base else b""
        keys = [_log(sender_id), _base(sender_id), _fence(sender_id), _wrapped(sender_id)]
        answer = await self._append_script(keys=keys, args=[start, sealed_base, fence.get(), KEEP_SECONDS, *sealed])
        if answer < 0:
            raise StaleWriter("log grew" if answer == -1 else "older fence")

    # the window
    def _empty(self, sender_id: str) -> WindowTracker:
        return WindowTracker(sender_id, self.domain.slots, max_event_history=None)

    def _checkpoint(self, tracker: WindowTracker, length: int) -> tuple[WindowTracker, dict | None]:
        events = list(tracker.events)
        cut = _cut(events) if len(events) > 2 * WINDOW_EVENTS else None
        if cut is None:
            return tracker, None
        before = self._empty(tracker.sender_id)
        before.update_with_events(events[:cut], self.domain)
        window = _carried(before, events[cut].timestamp) + events[cut:]
        new = self._empty(tracker.sender_id)
        new.update_with_events(window, self.domain)
        new.model_id, new.assistant_id, new.followup_action = tracker.model_id, tracker.assistant_id, tracker.followup_action
        return new, {"n": length, "events": [event.as_dict() for event in new.events]}


def _carried(tracker: DialogueStateTracker, timestamp: float) -> list[Event]:
    """What Rasa itself logs when a session carries its slots over."""
    at = timestamp - 1e-6
    events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at), SessionStarted(timestamp=at)]
    events += [SlotSet(s.name, s.value, timestamp=at) for s in tracker.slots.values() if s.value != s.initial_value]
    if tracker.active_loop_name:
        events.append(ActiveLoop(tracker.active_loop_name, timestamp=at))
    return events


def _cut(events: list[Event]) -> int | None:
    """The last place, at least a window from the end, where the bot listened outside every form and a customer spoke next.

    In a form that never ends, the place may be inside it: the open form is carried, forms it had interrupted are not.
    """
    outside_only = len(events) <= LONG_FORM * WINDOW_EVENTS
    loop, best = None, None
    for i, event in enumerate(events[: len(events) - WINDOW_EVENTS]):
        if isinstance(event, ActiveLoop):
            loop = event.name
        listened = isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME
        if (loop is None or not outside_only) and listened and isinstance(events[i + 1], UserUttered):
            best = i
    return best


def _log(sender_id: str) -> str:
    return f"rt:{{{sender_id}}}:log"


def _base(sender_id: str) -> str:
    return f"rt:{{{sender_id}}}:base"


def _fence(sender_id: str) -> str:
    return f"rt:{{{sender_id}}}:fence"


def _wrapped(sender_id: str) -> str:
    return f"rt:{{{sender_id}}}:key"
