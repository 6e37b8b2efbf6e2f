"""Bot, action server or operator killed in the middle of a top-up: the customer hears the truth, the money is right, word comes later."""

import sqlite3
import threading
from contextlib import closing
from typing import Any

import pytest

from tests.dialogue.talk import Talk
from tests.resilience.web import insist, until
from tests.stack import Stack

HELD_SECONDS = 1.0  # the operator holds the top-up open this long: less than a call's budget
SUCCESS = ("充值成功", "已经成功")
FAILURE = ("失败", "没有成功", "没有办理")


def top_ups(stack: Stack, customer: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in stack.ledger(customer["msisdn"]) if row["kind"] == "topup"]


def agreed(stack: Stack) -> tuple[Talk, dict[str, Any]]:
    """A talk in which only the yes is missing."""
    customer = stack.fresh_customer(language="zh")
    talk = Talk(stack, customer)
    until(
        lambda: "元" in said(talk, "我还剩多少话费"), "an operator that is asked again"
    )  # the test before may have opened the breaker
    until(lambda: "支付" in said(talk, "给我充五十块话费"), "the question for the method")
    assert "确认" in said(talk, "微信")
    return talk, customer


def said(talk: Talk, text: str, message_id: str | None = None) -> str:
    """The answer, however often one has to ask for it."""
    answer = insist(lambda: talk.post(text, message_id=message_id)).json()
    return "\n".join(message.get("text", "") for message in answer)


def under_way(stack: Stack) -> bool:
    """An operation is written down as sent, and has not ended."""
    with closing(sqlite3.connect(f"file:{stack.folder}/careline.sqlite3?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute("SELECT count(*) FROM journal WHERE state = 'sent'").fetchone()[0] > 0


def yes_while(stack: Stack, talk: Talk, victim: str, *, committed: bool) -> str:
    """Say yes and kill `victim` while the operator works on it; what the customer hears to that very message."""
    until(lambda: not under_way(stack), "the end of what others left", 120)
    held = {"match": "POST topupBalance", "kind": "delay", "seconds": HELD_SECONDS, "count": 1, "after": committed}
    stack.admin("POST", "/admin/faults", held)
    heard: list[str] = []
    speaking = threading.Thread(target=lambda: heard.append(said(talk, "好的", "yes")))
    speaking.start()
    until(lambda: under_way(stack), "the top-up under way", 30)
    stack.kill(victim)
    speaking.join(90)
    assert heard, "silence"
    return heard[0]


def prove(stack: Stack, victim: str, *, committed: bool) -> None:
    talk, customer = agreed(stack)
    before = len(top_ups(stack, customer))
    answers = [yes_while(stack, talk, victim, committed=committed)]
    assert not any(word in answers[0] for word in FAILURE), answers

    def told() -> bool:
        answers.append(said(talk, "你好"))
        return any(word in "\n".join(answers) for word in SUCCESS)

    until(told, "word of the outcome", 120)
    assert len(top_ups(stack, customer)) == before + 1, answers
    assert stack.admin("GET", "/admin/books")["balanced"]
    said(talk, "好的")  # a second yes to what is done changes nothing
    assert len(top_ups(stack, customer)) == before + 1
    assert sum(answer.count(word) for answer in answers for word in SUCCESS) == 1, answers


@pytest.mark.parametrize("victim", ["actions", "reference_api", "bot"])
def test_a_top_up_survives_a_kill(rugged: Stack, victim: str) -> None:
    prove(rugged, victim, committed=True)


@pytest.mark.soak
@pytest.mark.parametrize("victim", ["actions", "bot"])
def test_a_top_up_survives_a_kill_before_its_commit(rugged: Stack, victim: str) -> None:
    prove(rugged, victim, committed=False)


@pytest.mark.soak
def test_a_top_up_that_the_operator_never_took_is_told_as_such(rugged: Stack) -> None:
    talk, customer = agreed(rugged)
    before = len(top_ups(rugged, customer))
    answers = [yes_while(rugged, talk, "reference_api", committed=False)]

    def told() -> bool:
        answers.append(said(talk, "你好"))
        return "没有成功，没有扣款" in "\n".join(answers)

    until(told, "word of the outcome", 240)
    assert len(top_ups(rugged, customer)) == before, answers
