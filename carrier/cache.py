"""Answers kept for a few seconds, asked for once even by a thousand callers, and never older than a write.

A value is stored under the generation it was asked for in. A write sets a new generation before anybody is told of it, so a
read that was in flight during the write stores its value where nobody looks any more. This needs nothing from the shared
store but get, set, delete and a lock, and works across processes.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable
from threading import Event, Lock
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from carrier.deadline import Deadline
from carrier.errors import CarrierError, TimedOut, Unavailable
from carrier.models import Aged
from carrier.shared import SharedCache
from core.clock import Clock
from core.errors import CarelineError

KEEP_LIMIT_SECONDS = 10.0  # design: nothing is told from a cache older than this
GENERATION_SECONDS = 60.0  # must outlive every value and every read in flight
LOCK_SECONDS = 2.0  # longer than a call's budget; a process that dies holding it delays others no longer than this
LOOK_AGAIN_SECONDS = 0.02  # how often we look whether another process has brought the value
WORTH_ASKING_SECONDS = 0.1
WAIT_FOR_OTHERS_SECONDS = 0.6  # half the budget; then we ask ourselves

T = TypeVar("T")
R = TypeVar("R")
log = logging.getLogger(__name__)


class _Flight(Generic[T]):
    """One read on its way, and those who wait for it."""

    def __init__(self) -> None:
        self.landed = Event()
        self.value: Aged[T] | None = None
        self.error: CarrierError | None = None


class Cache(Generic[T]):
    """One kind of value. `fresh_seconds`: served without asking; `keep_seconds`: served, with its age, when asking fails."""

    def __init__(
        self,
        name: str,
        kind: TypeAdapter[T],
        *,
        shared: SharedCache,
        clock: Clock,
        fresh_seconds: float,
        keep_seconds: float = KEEP_LIMIT_SECONDS,
    ) -> None:
        self._name = name
        self._kind = kind
        self._shared = shared
        self._clock = clock
        self._keep = min(keep_seconds, KEEP_LIMIT_SECONDS)
        self._fresh = min(fresh_seconds, self._keep)
        self._lock = Lock()
        self._flights: dict[tuple[str, str], _Flight[T]] = {}

    def read(
        self, subject: str, load: Callable[[], T], deadline: Deadline, *, fresh: bool = False, scope: str | None = None
    ) -> Aged[T]:
        """The value for `subject`: kept, or brought by `load` (once for all who ask meanwhile). fresh=True always loads.

        `scope` is what `invalidate` is called with when it covers many subjects; by default the subject itself.
        """
        generation = self._generation(scope or subject)
        if fresh:
            return self._load(subject, generation, load)
        kept = self._fresh_kept(subject, generation)
        if kept is not None:
            return kept
        try:
            return self._fly(subject, generation, load, deadline)
        except Unavailable:
            kept = self._kept(subject, self._generation(scope or subject))
            if kept is None:
                raise
            return kept

    def invalidate(self, scope: str) -> None:
        """Call it after every write (whatever came of it): nothing read before now is served again."""
        self._quietly(lambda: self._shared.set(self._key("gen", scope), secrets.token_bytes(9), GENERATION_SECONDS))

    def _fly(self, subject: str, generation: str, load: Callable[[], T], deadline: Deadline, *, again: bool = True) -> Aged[T]:
        """Joins the read on its way for this generation, or makes it."""
        with self._lock:
            flight = self._flights.get((subject, generation))
            leading = flight is None
            if flight is None:
                flight = self._flights[(subject, generation)] = _Flight()
        if leading:
            return self._lead(flight, subject, generation, load, deadline)
        if not flight.landed.wait(deadline.left()):
            raise TimedOut("waited for another caller's read in vain")
        if flight.value is not None:
            return flight.value
        if isinstance(flight.error, TimedOut) and again and deadline.left() > WORTH_ASKING_SECONDS:
            # The leader had less time than we have; one of those who waited tries for all.
            return self._fly(subject, generation, load, deadline, again=False)
        raise flight.error or Unavailable("the read we waited for was broken off")

    def _lead(self, flight: _Flight[T], subject: str, generation: str, load: Callable[[], T], deadline: Deadline) -> Aged[T]:
        try:
            flight.value = self._load_once_among_processes(subject, generation, load, deadline)
            return flight.value
        except CarrierError as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                self._flights.pop((subject, generation), None)
            flight.landed.set()

    def _load_once_among_processes(self, subject: str, generation: str, load: Callable[[], T], deadline: Deadline) -> Aged[T]:
        token = self._wait_for_turn(subject, generation, deadline)
        try:
            # Whoever asked before us has brought it by now, or gave up.
            kept = self._fresh_kept(subject, generation)
            return kept if kept is not None else self._load(subject, generation, load)
        finally:
            if token is not None:
                held = token
                self._quietly(lambda: self._shared.unlock(self._key("lock", subject, generation), held))

    def _wait_for_turn(self, subject: str, generation: str, deadline: Deadline) -> str | None:
        """Our token once no other process asks. None: somebody brought the value, takes too long, or the store is down."""
        until = self._clock.monotonic() + min(WAIT_FOR_OTHERS_SECONDS, deadline.left() / 2)
        while True:
            try:
                token = self._shared.lock(self._key("lock", subject, generation), LOCK_SECONDS)
            except CarelineError as error:
                log.warning("carrier cache goes without its store: %s", error.code)
                return None
            if token is not None or self._clock.monotonic() >= until or self._fresh_kept(subject, generation) is not None:
                return token
            self._clock.sleep(LOOK_AGAIN_SECONDS)

    def _load(self, subject: str, generation: str, load: Callable[[], T]) -> Aged[T]:
        read_at = self._clock.now().timestamp()  # before the question: the value is at least as new as this
        value = load()
        stored = f"{read_at!r}\n".encode() + self._kind.dump_json(value)
        self._quietly(lambda: self._shared.set(self._key("val", subject, generation), stored, self._keep))
        return Aged(value, 0.0)

    def _fresh_kept(self, subject: str, generation: str) -> Aged[T] | None:
        kept = self._kept(subject, generation)
        return kept if kept is not None and kept.age_seconds <= self._fresh else None

    def _kept(self, subject: str, generation: str) -> Aged[T] | None:
        raw = self._quietly(lambda: self._shared.get(self._key("val", subject, generation)))
        if raw is None:
            return None
        try:
            head, _, body = raw.partition(b"\n")
            age = max(0.0, self._clock.now().timestamp() - float(head))
            return Aged(self._kind.validate_json(body), age) if age <= self._keep else None
        except ValueError:
            return None  # written by another version of us

    def _generation(self, scope: str) -> str:
        return (self._quietly(lambda: self._shared.get(self._key("gen", scope))) or b"").hex()

    def _key(self, part: str, subject: str, generation: str = "") -> str:
        """No number stands in a key: keys are seen in logs and by whoever looks at the store."""
        return f"{self._name}:{part}:{hashlib.sha256(f'{subject}|{generation}'.encode()).hexdigest()[:32]}"

    def _quietly(self, ask: Callable[[], R]) -> R | None:
        """A store that is down makes us slower, never wrong: we ask the operator instead."""
        try:
            return ask()
        except CarelineError as error:
            log.warning("carrier cache goes without its store: %s", error.code)
            return None
