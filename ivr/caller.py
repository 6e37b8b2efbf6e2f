"""Who calls: recognised by the number, which greets by name and picks the language. It verifies nothing: a number can be made up."""

from dataclasses import dataclass

from carrier.errors import CarrierError
from carrier.models import Customer
from carrier.operator import Customers
from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from customers.conversation import Language
from ivr.parameters import Posted
from language import phones

REMEMBERED_SECONDS = 180 * 24 * 3600
FORGED = "TN-Validation-Failed"  # the networks say that this number is not the caller's


@dataclass(frozen=True)
class Caller:
    """`number`: E.164, None where withheld, foreign to us or forged. `customer`: whose line it is, None for a stranger."""

    number: str | None = None
    customer: Customer | None = None
    language: Language | None = None


class Callers:
    """Every method may raise StoreDown."""

    def __init__(self, store: Store, sealer: Sealer, customers: Customers) -> None:
        self._store = store
        self._sealer = sealer
        self._customers = customers

    def recognise(self, posted: Posted) -> Caller:
        """Whom the number points to. An operator that does not answer makes everybody a stranger."""
        number = number_of(posted)
        if number is None or posted.stir.startswith(FORGED):
            return Caller()
        try:
            customer = self._customers.by_number(number)
        except CarrierError:  # nobody's number, or nobody to ask
            return Caller(number)
        return Caller(number, customer, self._remembered(customer.id) or customer.language)

    def remember_language(self, customer_id: str, language: Language) -> None:
        """The next call begins in it."""
        with self._store.guard() as client:
            client.set(self._key(customer_id), language, ex=REMEMBERED_SECONDS)

    def _remembered(self, customer_id: str) -> Language | None:
        with self._store.guard() as client:
            found = client.get(self._key(customer_id))
        return {b"zh": "zh", b"en": "en"}.get(found) if isinstance(found, bytes) else None  # type: ignore[return-value]

    def _key(self, customer_id: str) -> str:
        return Keys.spoken_language(self._sealer.digest("customer", customer_id))


def number_of(posted: Posted) -> str | None:
    """The caller's number, E.164, as far as it is one we could call back; None where it was withheld."""
    found = phones.find(posted.caller)
    value = found[0].value if len(found) == 1 and found[0].certain else None
    return value if isinstance(value, str) else None
