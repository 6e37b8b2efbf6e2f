"""Redis stands still, or dies: words or the answer, what was acknowledged is kept, nothing is doubled."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx2
import pytest

from tests.resilience.web import WebTalk, answers_to, until
from tests.stack import Stack

PAUSE_SECONDS = 3.0
TALKS, MESSAGES = 4, 15


@contextmanager
def meanwhile(trouble: Callable[[], None], after: float) -> Iterator[None]:
    thread = threading.Timer(after, trouble)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def pause(stack: Stack) -> None:
    pid = stack.pid("redis")
    os.kill(pid, signal.SIGSTOP)
    resume = threading.Timer(PAUSE_SECONDS, os.kill, (pid, signal.SIGCONT))
    resume.start()
    resume.join()


def kill(stack: Stack) -> None:
    stack.kill("redis")


@pytest.mark.parametrize("trouble", [pause, kill])
def test_what_was_acknowledged_is_answered_once(rugged: Stack, trouble: Callable[[Stack], None]) -> None:
    talks = [WebTalk(rugged) for _ in range(TALKS)]
    statuses: set[int] = set()

    def through(talk: WebTalk) -> list[str]:
        """Every message once; the ids of those that were acknowledged."""
        taken = []
        for number in range(MESSAGES):
            try:
                answer = talk.post(f"m-{number}", "你好")
            except httpx2.HTTPError:
                continue  # not acknowledged
            statuses.add(answer.status_code)
            assert answer.json(), "silence"
            if answer.status_code == 200:
                taken.append(f"m-{number}")
        return taken

    with meanwhile(lambda: trouble(rugged), after=0.3), ThreadPoolExecutor(TALKS) as pool:
        taken = list(pool.map(through, talks))
    assert statuses <= {200, 503}
    for talk, acknowledged in zip(talks, taken, strict=True):
        talk.send("last", "谢谢")
        talk.answered("last")
        for message_id in acknowledged:
            until(lambda talk=talk, m=message_id: answers_to(talk.events(), m), f"an answer to {message_id}")
        asked = [entry.id for entry in talk.events() if entry.kind == "customer"]
        assert len(asked) == len(set(asked)), asked
        assert [one for one in asked if one in acknowledged] == acknowledged
