"""What one conversation, and one address with all its conversations, may cost others in a day: texts sent, and PINs tried in vain.

Limits per account (codes.py, pin_lock.py) do not stop somebody who tries one PIN, or sends one text, at each of many accounts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from core.clock import Clock
from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from customers.windows import Window, WindowFull

DAY = timedelta(days=1)
OF_A_CONVERSATION = 10  # a family's lines; a person needs one or two
OF_AN_ADDRESS = 60  # a shop or an office behind one address

SourceOf = Callable[[str], str | None]
"""The digest of the address that opened a conversation; None where an integrator or a phone network did."""


@dataclass(frozen=True)
class Taken:
    """Places taken, to be given back when the deed turns out not to count."""

    give_back: Callable[[], None]


class Caps:
    """Every method may raise StoreDown, WindowFull."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock, source_of: SourceOf) -> None:
        self._sealer = sealer
        self._source_of = source_of
        self._conversation = Window(store, clock, most=OF_A_CONVERSATION, span=DAY)
        self._address = Window(store, clock, most=OF_AN_ADDRESS, span=DAY)

    def send(self, conversation_id: str) -> Taken:
        """Room for one more text."""
        return self._take(conversation_id, Keys.sends)

    def wrong_pin(self, conversation_id: str) -> Taken:
        """Room for one more PIN that may be wrong."""
        return self._take(conversation_id, Keys.tried_pins)

    def _take(self, conversation_id: str, key_of: Callable[[str], str]) -> Taken:
        conversation = key_of(self._sealer.digest("conversation", conversation_id))
        place, _ = self._conversation.take(conversation)
        source = self._source_of(conversation_id)
        if source is None:
            return Taken(lambda: self._conversation.give_back(conversation, place))
        address = key_of(source)
        try:
            other, _ = self._address.take(address)
        except WindowFull:
            self._conversation.give_back(conversation, place)
            raise

        def give_back() -> None:
            self._conversation.give_back(conversation, place)
            self._address.give_back(address, other)

        return Taken(give_back)
