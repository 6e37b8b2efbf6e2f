"""Who is verified in a conversation, how, and until when. This record is the authority; slots and caller numbers are not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from carrier.models import Customer
from core.clock import Clock
from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from core.vault import Vault

Method = Literal["token", "service_pin", "sms_code"]

IDLE = timedelta(minutes=15)  # verified lasts this long without a word
LONGEST = timedelta(minutes=60)  # and this long at most
RECORD_SECONDS = int(LONGEST.total_seconds()) + 60
PLACE = "auth"

# A record that was revoked in between stays revoked.
_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


class Identity(BaseModel):
    """A verified customer. `number` is the line they proved to hold or the first of theirs, E.164."""

    model_config = ConfigDict(frozen=True)

    customer_id: str
    number: str
    name: str
    tier: str
    method: Method
    level: Literal["verified"] = "verified"
    since: datetime
    until: datetime


class Identities:
    """Grants, reads, prolongs and revokes. Every method may raise StoreDown; reading may raise SealBroken."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._vault = Vault(store, sealer)
        self._clock = clock
        self._renew = store.script("identity.renew", _RENEW)

    def of(self, conversation_id: str) -> Identity | None:
        """Who is verified here now; None when nobody is, or no longer."""
        plain = self._vault.get(Keys.auth(conversation_id), conversation_id, PLACE)
        return self._alive(plain)

    def grant(self, conversation_id: str, customer: Customer, method: Method, *, number: str | None = None) -> Identity:
        """The customer has proved who they are; begins the 15 and the 60 minutes anew."""
        now = self._clock.now()
        identity = Identity(
            customer_id=customer.id,
            number=number or (customer.numbers[0] if customer.numbers else ""),
            name=customer.name,
            tier=customer.tier,
            method=method,
            since=now,
            until=now + IDLE,
        )
        self._vault.put(
            Keys.auth(conversation_id), conversation_id, PLACE, identity.model_dump_json().encode(), seconds=RECORD_SECONDS
        )
        return identity

    def touch(self, conversation_id: str) -> Identity | None:
        """The customer said something: 15 more minutes, but never past the 60th."""
        with self._store.guard() as client:
            sealed = client.get(Keys.auth(conversation_id))
        if not isinstance(sealed, bytes):
            return None
        identity = self._alive(self._vault.open(conversation_id, PLACE, sealed))
        if identity is None:
            return None
        renewed = identity.model_copy(update={"until": min(self._clock.now() + IDLE, identity.since + LONGEST)})
        fresh = self._vault.seal(conversation_id, PLACE, renewed.model_dump_json().encode())
        kept = self._renew([Keys.auth(conversation_id)], [sealed, fresh, RECORD_SECONDS])
        # Somebody else changed the record meanwhile: what stands there now is the truth.
        return renewed if kept else self.of(conversation_id)

    def revoke(self, conversation_id: str) -> None:
        """Signed out, or hung up."""
        with self._store.guard() as client:
            client.delete(Keys.auth(conversation_id))

    def _alive(self, plain: bytes | None) -> Identity | None:
        if plain is None:
            return None
        identity = Identity.model_validate_json(plain)
        return identity if self._clock.now() < identity.until else None
