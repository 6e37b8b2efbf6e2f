"""A phone call: what we keep of one between two webhooks, sealed, and found by its CallSid only, never by the caller's number."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from core.clock import Clock
from core.errors import SealBroken
from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from core.vault import Vault
from customers.conversation import Language
from ivr.spoken import Line

SECONDS = 4 * 3600  # a call lasts no longer with Twilio
ENDED_SECONDS = 7 * 24 * 3600  # what is asked in the name of a call that was hung up is refused for so long
PLACE = "call"


class Call(BaseModel):
    """`step`: the number of the next request. `lines`: what was said last; `choices`: (title, token) of the keys 1, 2, 3 ... on offer.

    `number`: the caller's, E.164, None where withheld: it recognises and says where to call back; it proves nothing.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    conversation: str
    began_at: datetime
    number: str | None = None
    customer_id: str | None = None
    language: Language | None = None
    step: int = 0
    lines: tuple[Line, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    expects: str = "WORDS"
    one_key: bool = False
    chooses_language: bool = False
    """The keys 1 and 2 choose the language now."""
    asked: str | None = None
    """The value that the bot asks for."""
    leaves_message: bool = False
    slow: bool = False
    """The caller asked for it; until the call ends."""
    pending: str = ""
    """The button pressed in the turn whose answer is waited for; a secret never stands here."""


class Calls:
    """Every method may raise StoreDown."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._sealer = sealer
        self._vault = Vault(store, sealer)
        self._clock = clock

    def digest(self, sid: str) -> str:
        """Stands for the CallSid in keys; nobody else can work it out."""
        return self._sealer.digest("call", sid)

    def conversation_of(self, sid: str) -> str:
        return f"tel-{self.digest(sid)}"

    def fresh(self, sid: str, number: str | None, began_at: datetime | None = None) -> Call:
        """A new call, not kept yet."""
        return Call(conversation=self.conversation_of(sid), began_at=began_at or self._clock.now(), number=number)

    def load(self, sid: str) -> Call | None:
        """The call, or None where there was none, or Redis has forgotten it."""
        try:
            plain = self._vault.get(Keys.call(self.digest(sid)), self.conversation_of(sid), PLACE)
        except SealBroken:
            return None
        return Call.model_validate_json(plain) if plain is not None else None

    def keep(self, sid: str, call: Call) -> None:
        self._vault.put(Keys.call(self.digest(sid)), call.conversation, PLACE, call.model_dump_json().encode(), seconds=SECONDS)

    def has_ended(self, sid: str) -> bool:
        with self._store.guard() as client:
            return bool(client.exists(Keys.ended_call(self.digest(sid))))

    def end(self, sid: str) -> None:
        """The caller is gone. The record stays for its time."""
        with self._store.guard() as client:
            client.set(Keys.ended_call(self.digest(sid)), "1", ex=ENDED_SECONDS)
