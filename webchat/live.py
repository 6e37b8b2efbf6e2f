"""Who listens to which conversation in this process, and how news reaches them.

A ring only says "look": one of a few readers then reads the transcript after the lowest cursor, once for all listeners of that
conversation, and hands each what it lacks. A sweep every few seconds finds what a lost ring would have told: one script for all.
"""

from typing import Any, Protocol

import gevent
from gevent.event import Event
from gevent.queue import Queue

from core.clock import Clock
from core.errors import SealBroken, StoreDown
from core.keys import Keys
from core.logs import get_logger
from core.problems import Problem
from core.store import Store
from customers.bell import Bell
from customers.conversation import Conversations
from customers.presence import Presence
from customers.tokens import TokenClaims
from customers.transcript import READ_MOST, Entry, Transcript

READERS = 16  # conversations read at once; the others wait in line
SWEEP_SECONDS = 3.0
SWEEP_MOST = 40  # conversations asked for at once: less than a millisecond, so that no news waits for the sweep
SWEEP_BREATH_SECONDS = 0.01

# KEYS: seq and left of each conversation. Returns the last number and whether any device has left.
_COMPARE = """
local found = {}
for i = 1, #KEYS, 2 do
  found[i] = tonumber(redis.call('GET', KEYS[i]) or '0')
  found[i + 1] = redis.call('EXISTS', KEYS[i + 1])
end
return found
"""

log = get_logger(__name__)


class Listener(Protocol):
    """One page, or one waiting request. None of its methods may wait."""

    cursor: int
    """The last sequence number it was handed; moved by Live."""
    claims: TokenClaims
    """Of the token it came with; it ends with that token, and when that device leaves."""
    most: int
    """How many of its kind one conversation may have in this process."""

    @property
    def is_full(self) -> bool:
        """It has not sent off what it was handed; it is asked again with the next sweep."""
        ...

    def hand(self, entries: list[Entry]) -> None:
        """New entries, in order, each once."""
        ...

    def tell(self, state: dict[str, Any]) -> None:
        """What customers.presence shows now; it may be the same as before."""
        ...

    def end(self) -> None:
        """No more will come: the token is over, the device has left, or this process stops."""
        ...


class _Room:
    """The listeners of one conversation. `due`: look once more; `busy`: somebody is looking; `unsure`: the sweep shall look, whatever it finds."""

    def __init__(self, conversation: str) -> None:
        self.conversation = conversation
        self.listeners: list[Listener] = []
        self.due = False
        self.busy = False
        self.unsure = False


class Live:
    def __init__(
        self,
        store: Store,
        conversations: Conversations,
        transcript: Transcript,
        presence: Presence,
        bell: Bell,
        clock: Clock,
    ) -> None:
        self._compare_all = store.script("live.compare", _COMPARE)
        self._conversations = conversations
        self._transcript = transcript
        self._presence = presence
        self._bell = bell
        self._clock = clock
        self._rooms: dict[str, _Room] = {}
        self._due: Queue[_Room] = Queue()
        self._doubt = Event()
        self._started = False
        self.is_closing = False
        self.delivered = 0
        """Entries handed to listeners since the start."""

    def join(self, conversation_id: str, listener: Listener) -> None:
        """Hand `listener` everything after its cursor from now on. Raises Problem 429 when there are too many, 503 when we stop."""
        if self.is_closing:
            raise Problem(503, "stopping", "This process is stopping; please connect again.", retry_after=1)
        self._start()
        room = self._rooms.setdefault(conversation_id, _Room(conversation_id))
        if sum(type(other) is type(listener) for other in room.listeners) >= listener.most:
            raise Problem(429, "too_many", "Too many connections of one conversation.", retry_after=5)
        room.listeners.append(listener)
        self.look(conversation_id)

    def leave(self, conversation_id: str, listener: Listener) -> None:
        """Also for one that never joined or has left already."""
        room = self._rooms.get(conversation_id)
        if room is not None and listener in room.listeners:
            room.listeners.remove(listener)
            if not room.listeners:
                del self._rooms[conversation_id]

    def look(self, conversation_id: str) -> None:
        """There may be news. Rings that come while somebody is looking are folded into one more look."""
        room = self._rooms.get(conversation_id)
        if room is None or room.due:
            return
        room.due = True
        if not room.busy:
            self._due.put(room)

    def close(self) -> None:
        """This process stops: everybody is sent away and may connect to another one."""
        self.is_closing = True
        for room in list(self._rooms.values()):
            for listener in list(room.listeners):
                listener.end()

    @property
    def listening(self) -> int:
        return sum(len(room.listeners) for room in self._rooms.values())

    # news
    def _start(self) -> None:
        if not self._started:
            self._started = True
            gevent.spawn(self._bell.listen, self.look, self._doubt.set)
            gevent.spawn(self._sweep)
            for _ in range(READERS):
                gevent.spawn(self._read)

    def _read(self) -> None:
        while True:
            room = self._due.get()
            room.due, room.busy = False, True
            try:
                self._serve(room)
            except StoreDown:
                room.unsure = True
            except SealBroken:
                log.info("live.erased", conversation=room.conversation)
            except Exception as error:  # a reader serves everybody; it may not die of one
                log.exception("live.crashed", conversation=room.conversation, error=type(error).__name__)
            finally:
                room.busy = False
                if room.due:
                    self._due.put(room)

    def _serve(self, room: _Room) -> None:
        ready = [listener for listener in room.listeners if not listener.is_full]
        if not ready:
            return
        entries = self._transcript.after(room.conversation, min(listener.cursor for listener in ready))
        for listener in ready:
            self._hand(room, listener, [entry for entry in entries if entry.seq > listener.cursor])
        if len(entries) >= READ_MOST:
            room.due = True
            return
        state = self._presence.state(room.conversation)
        room.unsure = state["typing"] is not None  # that lapses without a ring
        for listener in ready:
            if listener in room.listeners:
                listener.tell(state)

    def _hand(self, room: _Room, listener: Listener, lacking: list[Entry]) -> None:
        if lacking and listener in room.listeners:  # it may have gone while we were reading
            listener.cursor = lacking[-1].seq
            listener.hand(lacking)
            self.delivered += len(lacking)

    # what no ring tells
    def _sweep(self) -> None:
        while True:
            doubted = self._doubt.wait(SWEEP_SECONDS)
            self._doubt.clear()
            rooms = list(self._rooms.values())
            for first in range(0, len(rooms), SWEEP_MOST):
                try:
                    self._compare(rooms[first : first + SWEEP_MOST], doubted)
                except StoreDown:
                    break
                except Exception as error:  # the sweep is everybody's safety net
                    log.exception("live.sweep_crashed", error=type(error).__name__)
                gevent.sleep(SWEEP_BREATH_SECONDS)

    def _compare(self, rooms: list[_Room], doubted: bool) -> None:
        names = [key for room in rooms for key in (Keys.seq(room.conversation), Keys.left(room.conversation))]
        found: list[int] = self._compare_all(names, [])
        for room, seq, left in zip(rooms, found[::2], found[1::2], strict=True):
            for listener in list(room.listeners):
                if self._is_over(listener.claims, bool(left)):
                    listener.end()
            lowest = min((listener.cursor for listener in room.listeners), default=0)
            if doubted or room.unsure or seq > lowest:
                self.look(room.conversation)

    def _is_over(self, claims: TokenClaims, somebody_left: bool) -> bool:
        if claims.expires_at <= self._clock.now():
            return True
        return somebody_left and self._conversations.has_left(claims.conversation_id, claims.device)
