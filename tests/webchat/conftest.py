"""Visitors, tabs and the back door of the running product."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.redteam.door import Visitor
from tests.stack import Stack
from tests.webchat.clients import Backdoor, RasaTab, Tab


@pytest.fixture(scope="session")
def backdoor(stack: Stack) -> Backdoor:
    return Backdoor(stack)


@pytest.fixture
def visitor(stack: Stack) -> Visitor:
    """A stranger with a conversation of their own."""
    return Visitor(stack)


@pytest.fixture
def tab() -> Iterator[Callable[..., Tab]]:
    """tab(visitor, after=0, transports=[...]) is our widget, connected; closed at the end."""
    opened: list[Tab] = []

    def open_one(visitor: Visitor, **more: Any) -> Tab:
        opened.append(Tab(visitor, **more).connect())
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def rasa_tab(stack: Stack) -> Iterator[Callable[..., RasaTab]]:
    """rasa_tab(session, transports) is a widget of Rasa's with its session; closed at the end."""
    opened: list[RasaTab] = []

    def open_one(session: Any = None, transports: list[str] | None = None, *, begun: bool = True) -> RasaTab:
        opened.append(RasaTab(stack, session, transports))
        return opened[-1].begin() if begun else opened[-1]

    yield open_one
    for one in opened:
        one.close()
