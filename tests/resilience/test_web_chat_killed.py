"""Open pages, customers who write and a colleague who answers, while gateways and Redis are killed: 0 lost, 0 doubled, order kept, both ways."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from core.errors import CarelineError
from handoff.ownership import Agent
from tests.inside import Inside
from tests.resilience.page_of import Page
from tests.resilience.web import WebTalk, insist, until
from tests.stack import Stack, running_stack

CUSTOMERS = 50
WITH_A_PERSON = 25  # of them talk with a colleague, the others with the bot
COLLEAGUE = Agent("a-1", "小林")
TRIES = 600
WORDS = ("你好", "我还剩多少话费", "谢谢")


@pytest.fixture(scope="module")
def alone() -> Iterator[Stack]:
    """One gateway, so that whoever is thrown out finds nobody until it is back."""
    with running_stack() as running:
        yield running


class Customer:
    """One customer: writes, and has a page open that hears."""

    def __init__(self, stack: Stack, number: int, inside: Inside) -> None:
        self.number = number
        self.talk = WebTalk(stack)
        self.page = Page(stack.url.removeprefix("http://"), self.talk.token)
        self.sent: list[str] = []
        self.told: list[str] = []
        self.has_person = number < WITH_A_PERSON
        self._relay = inside.parts.relay
        if self.has_person:
            self._relay.take_over(self.talk.id, COLLEAGUE)

    def write(self, messages: int) -> None:
        for turn in range(messages):
            self.sent.append(f"c{self.number}-{turn}")
            self.talk.send(self.sent[-1], WORDS[turn % len(WORDS)])

    def answer(self, messages: int) -> None:
        """What the colleague says meanwhile, each under one id until it is written."""
        for turn in range(messages if self.has_person else 0):
            self.told.append(f"p{self.number}-{turn}")
            self._say(self.told[-1])

    def _say(self, name: str) -> None:
        for _ in range(TRIES):
            try:
                self._relay.say(self.talk.id, COLLEAGUE, {"text": name}, name)
                return
            except CarelineError:
                threading.Event().wait(0.1)  # Redis may be away; asked again, TRIES times at most
        raise AssertionError(f"{name} was not taken")

    def check(self) -> None:
        """The page heard the record, each entry once and in its order, and the record has everything once."""
        record = until(self._complete, f"everything of customer {self.number}")
        heard = until(lambda: self.page.events if len(self.page.events) >= record[-1].seq else None, "the page to hear it all")
        assert [event["seq"] for event in heard] == list(range(1, record[-1].seq + 1))
        assert [(e["kind"], e["id"]) for e in heard] == [(e.kind, e.id) for e in record]
        assert [e["id"] for e in heard if e["kind"] == "customer"] == self.sent
        assert [e["id"] for e in heard if e["kind"] == "person"] == self.told
        assert any(e["kind"] == "bot" for e in heard) is not self.has_person

    def _complete(self) -> list[Any] | None:
        found = self.talk.events()
        ids = {entry.id for entry in found}
        answered = self.has_person or (found and found[-1].kind == "bot")
        return found if answered and ids >= {*self.sent, *self.told} else None


@contextmanager
def customers(stack: Stack, number: int) -> Iterator[list[Customer]]:
    inside = Inside(stack)
    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(lambda n: Customer(stack, n, inside), range(number)))
    try:
        yield made
    finally:
        with ThreadPoolExecutor(len(made)) as pool:
            list(pool.map(lambda customer: customer.page.close(), made))
        inside.parts.store.close()


def prove(stack: Stack, messages: int, program: str, kills: int) -> None:
    with customers(stack, CUSTOMERS) as everybody, ThreadPoolExecutor(2 * CUSTOMERS) as pool:
        work = [pool.submit(customer.write, messages) for customer in everybody]
        work += [pool.submit(customer.answer, messages) for customer in everybody]
        for killed in range(kills):
            until(lambda before=killed: all(c.page.connected > before for c in everybody), "all pages to be let in")
            assert stack.kill(program)
            insist(lambda: stack.http.get(f"{stack.url}/readyz"))
        for each in work:
            each.result()
        list(pool.map(lambda customer: customer.check(), everybody))
        print(f"{len(everybody)} customers, {sum(c.page.connected for c in everybody)} times let in")


def test_nothing_is_lost_or_doubled_while_the_gateway_is_killed_three_times(alone: Stack) -> None:
    prove(alone, messages=6, program="gateway", kills=3)


def test_nothing_is_lost_or_doubled_while_redis_is_killed(alone: Stack) -> None:
    prove(alone, messages=4, program="redis", kills=1)


@pytest.mark.soak
def test_nothing_is_lost_or_doubled_while_the_gateway_is_killed_twenty_times(alone: Stack) -> None:
    prove(alone, messages=40, program="gateway", kills=20)
