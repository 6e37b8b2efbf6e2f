"""Many customers at once: everybody is answered, or told that they are in line and answered then. Nobody is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.resilience.web import WebTalk, answers_to, until
from tests.stack import Stack


def prove(stack: Stack, customers: int) -> None:
    with ThreadPoolExecutor(20) as few:
        talks = list(few.map(lambda _: WebTalk(stack), range(customers)))
    with ThreadPoolExecutor(customers) as crowd:
        firsts = list(crowd.map(lambda talk: talk.send("m-1", "有什么手机卖"), talks))
    assert {first["told"] for first in firsts} <= {"answer", "busy", "moment"}
    assert all(first["replies"] for first in firsts)
    for talk in talks:
        found = until(lambda talk=talk: answers_to(talk.events(), "m-1") and talk.events(), "the answer")
        assert [entry.id for entry in found if entry.kind == "customer"] == ["m-1"]
    late = [talk for talk, first in zip(talks, firsts, strict=True) if first["told"] != "answer"]
    for talk in late[:3]:
        expected = [entry.text for entry in answers_to(talk.events(), "m-1")]
        following = talk.send("m-2", "谢谢")
        assert following["told"] == "answer"
        assert [reply["text"] for reply in following["replies"]][: len(expected)] == expected


def test_forty_customers_at_once_are_all_answered(stack: Stack) -> None:
    prove(stack, 40)


@pytest.mark.soak
def test_two_hundred_customers_at_once_are_answered_or_told_and_answered_then(stack: Stack) -> None:
    prove(stack, 200)
