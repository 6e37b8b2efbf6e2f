"""Who owns a conversation: an agent who has taken it over, or nobody, and then the bot answers.

A record of its own and not a field of the conversation, which a turn that began before would overwrite.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from core.vault import Vault

PLACE = "owner"


@dataclass(frozen=True)
class Agent:
    """A person at the desk. `name` is what customers see."""

    id: str
    name: str


@dataclass(frozen=True)
class Ownership:
    """`mark` stands for this very ownership: the record's bytes, empty for nobody's. A later one, even the same agent's, has another."""

    mark: bytes
    agent: Agent | None


NOBODYS = Ownership(b"", None)


class Owners:
    """Every method may raise StoreDown; reading may raise SealBroken."""

    def __init__(self, store: Store, sealer: Sealer) -> None:
        self._store = store
        self._vault = Vault(store, sealer)

    def of(self, conversation_id: str) -> Ownership:
        """Who owns it now."""
        with self._store.guard() as client:
            mark = client.get(Keys.owner(conversation_id))
            wrapped = client.get(Keys.dek(conversation_id)) if mark else None
        return self.read(conversation_id, mark, wrapped)

    def read(self, conversation_id: str, mark: object, wrapped: object) -> Ownership:
        """For a caller who read the record (`Keys.owner`) and the conversation's key together with something else."""
        if not isinstance(mark, bytes):
            return NOBODYS
        [plain] = self._vault.open_under(wrapped, conversation_id, [(PLACE, mark)])
        return Ownership(mark, Agent(**json.loads(plain)))

    def sealed(self, conversation_id: str, agent: Agent) -> bytes:
        """The record of an agent who takes it over."""
        return self._vault.seal(conversation_id, PLACE, json.dumps(asdict(agent), ensure_ascii=False).encode())
