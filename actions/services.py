"""What every action may use; processes/actions.py builds it once and hands it down."""

from dataclasses import dataclass

from carrier.operator import Operator
from core.clock import Clock
from customers.identity import Identities
from customers.journal import Journal
from customers.promises import Promises
from customers.verification import Verification


@dataclass(frozen=True)
class Services:
    """The operator's systems, and what we know and promised."""

    operator: Operator
    identities: Identities
    verification: Verification
    journal: Journal
    promises: Promises
    clock: Clock
