"""A bot that takes its time: the customer is told to wait, and the answer comes with the next message, once, in order."""

from collections.abc import Iterator

import pytest

from tests.dialogue.talk import Talk
from tests.resilience.web import until
from tests.stack import Stack, running_stack

SLOW = {"match": "GET bucket", "kind": "delay", "seconds": 1.0}
WAIT_SECONDS = "0.4"  # shorter than the operator takes, so that every slow turn is late


@pytest.fixture(scope="module")
def hasty() -> Iterator[Stack]:
    """A product whose customers are told to wait after 0.4 s."""
    with running_stack(TURN_WAIT_SECONDS=WAIT_SECONDS) as running:
        yield running


def texts(answer: list[dict[str, object]]) -> list[str]:
    return [str(message.get("text", "")) for message in answer]


def test_a_late_answer_comes_with_the_next_message_once(hasty: Stack) -> None:
    talk = Talk(hasty, hasty.fresh_customer(language="zh"))
    until(lambda: "late" not in str(talk.post("你好").json()[-1]), "a bot that is awake")
    hasty.admin("POST", "/admin/faults", {**SLOW, "count": 1})
    first = talk.post("我还剩多少话费", message_id="m-1").json()
    assert first[-1]["custom"] == {"late": "moment"}, first
    balance = until(lambda: _in_time(talk, "我还剩多少话费", "m-1"), "the late answer under its own id")
    assert any("元" in text for text in balance)


def test_order_is_kept_behind_a_late_answer(hasty: Stack) -> None:
    talk = Talk(hasty, hasty.fresh_customer(language="zh"))
    until(lambda: "late" not in str(talk.post("你好").json()[-1]), "a bot that is awake")
    hasty.admin("POST", "/admin/faults", {**SLOW, "count": 1})
    first = talk.post("我还剩多少话费", message_id="m-1").json()
    assert first[-1]["custom"] == {"late": "moment"}, first
    second = until(lambda: _in_time(talk, "你是机器人吗", "m-2"), "an answer to the next message")
    assert "元" in second[0], second
    assert len(second) >= 2
    assert _in_time(talk, "你是机器人吗", "m-2") == second, "a repeated message gets its first answer"
    third = until(lambda: _in_time(talk, "谢谢", "m-3"), "an answer to a third message")
    assert not any("元" in text for text in third), third


def _in_time(talk: Talk, text: str, message_id: str) -> list[str] | None:
    """The answer, or None when we are told to wait once more."""
    answer = talk.post(text, message_id=message_id).json()
    return None if "late" in answer[-1].get("custom", {}) else texts(answer)
