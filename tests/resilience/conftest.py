"""A product of its own with four gateways, for tests that kill parts of it."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.resilience.web import until
from tests.stack import Stack, running_stack

GATEWAYS = 4


@pytest.fixture(scope="session")
def _rugged() -> Iterator[Stack]:
    with running_stack(GATEWAYS=str(GATEWAYS)) as running:
        yield running


@pytest.fixture
def rugged(_rugged: Stack) -> Iterator[Stack]:
    """Four gateways; whole again before and after each test."""
    _whole(_rugged)
    yield _rugged
    _whole(_rugged)
    _rugged.admin("DELETE", "/admin/faults")


def _whole(stack: Stack) -> None:
    names = ["bot", "actions", "reference_api", "clerk", *(f"gateway:gateway{n}" for n in range(GATEWAYS))]
    until(lambda: all(stack.pid(name) for name in names), "all processes")
    until(lambda: _operator_answers(stack), "the operator")
    stack.wait_ready()


def _operator_answers(stack: Stack) -> bool:
    try:
        return stack.http.get(f"{stack.operator_url}/healthz").is_success
    except httpx2.HTTPError:
        return False
