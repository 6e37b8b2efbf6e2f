"""One running product for all dialogue tests."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.dialogue.talk import Talk
from tests.stack import Stack


@pytest.fixture
def talk(stack: Stack) -> Callable[..., Talk]:
    """talk() is a stranger; talk(customer) is that customer, signed in."""

    def begin(customer: dict[str, Any] | None = None) -> Talk:
        return Talk(stack, customer)

    return begin
