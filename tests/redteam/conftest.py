"""One running product for all attacks; each attacker and each victim is new."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.dialogue.talk import Talk
from tests.redteam.door import Visitor
from tests.stack import Stack


@pytest.fixture
def talk(stack: Stack) -> Callable[..., Talk]:
    """talk() is a stranger at the REST door; talk(customer) is that customer, signed in."""

    def begin(customer: dict[str, Any] | None = None) -> Talk:
        return Talk(stack, customer)

    return begin


@pytest.fixture
def visitor(stack: Stack) -> Callable[..., Visitor]:
    """visitor() is a stranger in the web chat; visitor("+8613800138000") is a demo customer, signed in."""

    def begin(sign_in: str | None = None) -> Visitor:
        return Visitor(stack, sign_in)

    return begin
