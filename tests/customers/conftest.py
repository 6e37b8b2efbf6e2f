"""What the tests of proofs share."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from core.seal import Sealer
from core.store import Store
from customers.conversation import Awaiting, AwaitingKind
from customers.identity import Identities
from customers.outcomes import Outcome, SendOutcome
from customers.verification import Verification
from tests.fakes import WANG, FakeProofSource, ManualClock, MemoryTexts

OPERATION = "00112233aabbccdd"


@dataclass
class Desk:
    """A verification with everything behind it, and short words for what customers do."""

    verification: Verification
    identities: Identities
    operator: FakeProofSource
    texts: MemoryTexts
    clock: ManualClock

    def awaiting(self, kind: AwaitingKind, operation: str = OPERATION) -> Awaiting:
        return Awaiting(kind=kind, operation=operation, until=self.clock.now().replace(year=2099))

    def send(self, conversation: str = "web-1", operation: str = OPERATION, *, again: bool = False) -> SendOutcome:
        return self.verification.send_code(conversation, WANG, operation, "更换套餐", "changing your plan", "zh", again=again)

    def enter_code(self, digits: str, conversation: str = "web-1", operation: str = OPERATION) -> Outcome:
        return self.verification.submit(conversation, self.awaiting("sms_code", operation), digits)

    def ask_pin(self, number: str = "+8613800138000", conversation: str = "web-1") -> Outcome:
        return self.verification.begin_pin(conversation, number, OPERATION)

    def enter_pin(self, digits: str, conversation: str = "web-1") -> Outcome:
        return self.verification.submit(conversation, self.awaiting("service_pin"), digits)

    def wrong_code(self) -> str:
        """Six digits that are not the newest code."""
        return f"{(int(self.texts.last_code()) + 1) % 1_000_000:06d}"


MakeDesk = Callable[[], Desk]


@pytest.fixture
def make_desk(store: Store, sealer: Sealer, clock: ManualClock) -> MakeDesk:
    """Several desks share Redis and the clock, as several processes do."""
    operator, texts = FakeProofSource(), MemoryTexts()

    def make() -> Desk:
        identities = Identities(store, sealer, clock)
        made = Verification(store, sealer, clock, operator, texts, "pepper of the tests", identities)
        return Desk(made, identities, operator, texts, clock)

    return make


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk()
