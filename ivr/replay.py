"""The same request once more gets the same TwiML and does nothing twice. Known by its step, and by the token Twilio gives its retries."""

import secrets
from collections.abc import Callable

from core.clock import Clock
from core.errors import SealBroken, StoreDown
from core.keys import Keys
from core.logs import get_logger
from core.seal import Sealer
from core.store import Store
from core.vault import Vault

KEPT_SECONDS = 4 * 3600  # as long as a call may last
AT_WORK_MS = 10_000  # somebody who died over a step holds it up no longer than this
WAIT_SECONDS = 3.0  # for who is at work on the same step
LOOK_SECONDS = 0.1

log = get_logger(__name__)

_LET_GO = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


class Replays:
    """Redis down means no replay can be known: StoreDown goes up to the line without Redis (ivr/without_store.py)."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._sealer = sealer
        self._vault = Vault(store, sealer)
        self._clock = clock
        self._let_go = store.script("call_step.let_go", _LET_GO)

    def once(self, call: str, conversation: str, number: int, token: str | None, work: Callable[[], str]) -> str | None:
        """The TwiML of step `number`: the stored one, or what `work` makes. None when somebody else is at it for too long.

        `call`: the digest of its CallSid; `token`: Twilio's idempotency token. Raises StoreDown, and what `work` raises.
        """
        names = [f"step-{number}", *([f"token-{self._sealer.digest('idempotency token', token)}"] if token else ())]
        mine = secrets.token_hex(8)
        until = self._clock.monotonic() + WAIT_SECONDS
        while (stored := self._stored(call, conversation, names)) is None:
            if self._take(call, names[0], mine):
                break
            if self._clock.monotonic() >= until:
                return None
            self._clock.sleep(LOOK_SECONDS)
        if stored is not None:
            log.info("call.asked_again", conversation=conversation, step=number)
            return stored
        try:
            # Who was at it may have ended between our look and our taking it.
            twiml = self._stored(call, conversation, names) or work()
            self._keep(call, conversation, names, twiml)
            return twiml
        finally:
            self._done(call, names[0], mine)

    def _stored(self, call: str, conversation: str, names: list[str]) -> str | None:
        for name in names:
            try:
                plain = self._vault.get(Keys.said_to_call(call, name), conversation, f"twiml|{name}")
            except SealBroken:
                continue
            if plain is not None:
                return plain.decode()
        return None

    def _keep(self, call: str, conversation: str, names: list[str], twiml: str) -> None:
        """What was worked out is said, kept or not: the turn behind it is recorded under its own id (dialogue/inbox.py)."""
        try:
            for name in names:
                place = f"twiml|{name}"
                self._vault.put(Keys.said_to_call(call, name), conversation, place, twiml.encode(), seconds=KEPT_SECONDS)
        except StoreDown as error:
            log.warning("call.twiml_not_kept", error=error.code)

    def _take(self, call: str, name: str, mine: str) -> bool:
        with self._store.guard() as client:
            return bool(client.set(Keys.call_step(call, name), mine, nx=True, px=AT_WORK_MS))

    def _done(self, call: str, name: str, mine: str) -> None:
        try:
            self._let_go([Keys.call_step(call, name)], [mine])
        except StoreDown:
            return  # it lapses by itself
