"""Four gateways, every message sent twice, gateways killed while they work: nothing lost, nothing doubled, nothing out of order."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise

import pytest

from tests.resilience.conftest import GATEWAYS
from tests.resilience.web import Entry, WebTalk, until
from tests.stack import Stack

WORDS = ("你好", "我还剩多少话费", "你是机器人吗", "what can you do", "谢谢")


@contextmanager
def killing(stack: Stack, seed: int, pause: tuple[float, float]) -> Iterator[list[int]]:
    """kill -9 of a gateway chosen at random, again and again; the process ids that were killed."""
    chance = random.Random(seed)
    over = threading.Event()
    killed: list[int] = []

    def work() -> None:
        while not over.wait(chance.uniform(*pause)):
            if pid := stack.kill(f"gateway:gateway{chance.randrange(GATEWAYS)}"):
                killed.append(pid)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def talk_through(stack: Stack, name: str, messages: int) -> tuple[WebTalk, list[str]]:
    """Send every message twice at once, the next as soon as both are acknowledged; the ids in the order sent."""
    talk = WebTalk(stack)
    ids = [f"{name}-{number:04}" for number in range(messages)]
    with ThreadPoolExecutor(2) as pool:
        for number, message_id in enumerate(ids):
            text = WORDS[number % len(WORDS)]
            list(pool.map(lambda _, i=message_id, t=text: talk.send(i, t), range(2)))
    return talk, ids


def check(talk: WebTalk, ids: list[str]) -> None:
    def entries() -> list[Entry] | None:
        found = talk.events()
        return found if len({e.id for e in found if e.kind == "customer"}) >= len(ids) else None

    found = until(entries, "all messages in the transcript")
    assert [entry.seq for entry in found] == list(range(1, len(found) + 1))
    assert [entry.id for entry in found if entry.kind == "customer"] == ids
    for entry, after in pairwise(found):
        assert entry.kind != "customer" or after.kind == "bot", f"{entry.id} was not answered"
    assert found[-1].kind == "bot"


def prove(stack: Stack, talks: int, messages: int, pause: tuple[float, float]) -> None:
    began = time.monotonic()
    with killing(stack, seed=7, pause=pause) as killed, ThreadPoolExecutor(talks) as pool:
        done = list(pool.map(lambda number: talk_through(stack, f"t{number}", messages), range(talks)))
    for talk, ids in done:
        check(talk, ids)
    assert killed, "no gateway was killed"
    print(f"{talks * messages} messages, {len(killed)} gateways killed, {time.monotonic() - began:.0f} s")


def test_nothing_is_lost_doubled_or_disordered_while_gateways_die(rugged: Stack) -> None:
    prove(rugged, talks=3, messages=8, pause=(0.5, 1.5))


@pytest.mark.soak
def test_nothing_is_lost_in_a_long_run(rugged: Stack) -> None:
    prove(rugged, talks=8, messages=150, pause=(2.0, 8.0))
