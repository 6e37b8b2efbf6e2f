"""The kept balances, whichever style of API they came from."""

from collections.abc import Callable

from pydantic import TypeAdapter

from carrier.cache import Cache
from carrier.deadline import DEFAULT_BUDGET_SECONDS, Deadline
from carrier.models import Aged, Balance
from carrier.shared import SharedCache
from core.clock import Clock

FRESH_SECONDS = 5.0  # people ask again at once after a top-up; that is what invalidation is for
BALANCE: TypeAdapter[Balance] = TypeAdapter(Balance)
Loader = Callable[[str, Deadline], Balance]


class BalanceCache:
    """The kept balances, shared by both styles of API: a write by either makes everybody ask again."""

    def __init__(self, shared: SharedCache, clock: Clock) -> None:
        self.clock = clock
        self._cache = Cache("balance", BALANCE, shared=shared, clock=clock, fresh_seconds=FRESH_SECONDS)

    def read(self, number: str, load: Loader, deadline: Deadline | None, *, fresh: bool) -> Aged[Balance]:
        """The balance of an E.164 number, kept or brought by load(deadline)."""
        until = deadline or Deadline.after(self.clock, DEFAULT_BUDGET_SECONDS)
        return self._cache.read(number, lambda: load(number, until), until, fresh=fresh)

    def forget(self, number: str) -> None:
        """Something changed on this number, or may have."""
        self._cache.invalidate(number)
