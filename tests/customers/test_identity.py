"""Verified lasts fifteen minutes idle and sixty at most, and stays in its conversation."""

import pytest

from core.errors import SealBroken
from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from customers.identity import Identities
from tests.fakes import SMITH, WANG, ManualClock


@pytest.fixture
def identities(store: Store, sealer: Sealer, clock: ManualClock) -> Identities:
    return Identities(store, sealer, clock)


def test_a_granted_customer_is_known_until_idle(identities: Identities, clock: ManualClock) -> None:
    identities.grant("web-1", WANG, "token")
    found = identities.of("web-1")
    assert found is not None
    assert (found.customer_id, found.number, found.tier, found.method, found.level) == (
        "C-WANG",
        "+8613800138000",
        "gold",
        "token",
        "verified",
    )
    assert identities.of("web-2") is None
    clock.advance(minutes=15)
    assert identities.of("web-1") is None
    assert identities.touch("web-1") is None


def test_words_prolong_but_never_past_the_sixtieth_minute(identities: Identities, clock: ManualClock) -> None:
    identities.grant("web-1", WANG, "service_pin", number="+8613800138001")
    for _ in range(5):
        clock.advance(minutes=11)
        assert identities.touch("web-1") is not None
    clock.advance(minutes=4)
    assert identities.of("web-1") is not None
    clock.advance(minutes=1)
    assert identities.of("web-1") is None


def test_a_revoked_customer_stays_revoked(identities: Identities) -> None:
    identities.grant("web-1", WANG, "token")
    identities.revoke("web-1")
    assert identities.touch("web-1") is None
    assert identities.of("web-1") is None


def test_the_newest_proof_counts(identities: Identities) -> None:
    identities.grant("web-1", WANG, "token")
    identities.grant("web-1", SMITH, "sms_code")
    found = identities.of("web-1")
    assert found is not None
    assert found.customer_id == "C-SMITH"


def test_a_record_copied_into_another_conversation_proves_nothing(identities: Identities, store: Store) -> None:
    identities.grant("web-1", WANG, "token")
    identities.grant("web-2", SMITH, "token")
    with store.guard() as client:
        client.copy(Keys.auth("web-1"), Keys.auth("web-2"), replace=True)
    with pytest.raises(SealBroken):
        identities.of("web-2")
