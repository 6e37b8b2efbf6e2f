"""The operator hangs: every turn is answered, nobody is told an invented number, and all is well when it comes back."""

from concurrent.futures import ThreadPoolExecutor

from carrier.breaker import OPEN_SECONDS
from tests.dialogue.talk import Talk
from tests.resilience.test_killed_in_a_top_up import said
from tests.resilience.web import until
from tests.stack import Stack

HANGS = {"match": "/tmf-api", "kind": "hang", "seconds": 30}
ASKED = ("我还剩多少话费", "流量还剩多少", "上个月账单多少钱", "我现在用的什么套餐", "我的订单到哪了")


def test_every_turn_is_answered_while_the_operator_hangs(rugged: Stack) -> None:
    customers = [rugged.fresh_customer(language="zh") for _ in range(len(ASKED))]
    talks = [Talk(rugged, customer) for customer in customers]
    assert all(said(talk, "你好") for talk in talks)
    rugged.admin("POST", "/admin/faults", HANGS)
    try:
        with ThreadPoolExecutor(len(talks)) as pool:
            heard = list(pool.map(said, talks, ASKED))
        again = [said(talk, words) for talk, words in zip(talks, ASKED, strict=True)]
    finally:
        rugged.admin("DELETE", "/admin/faults")
    for answer in (*heard, *again):
        assert answer.strip()
        assert "元" not in answer, answer
    until(lambda: "元" in said(talks[0], ASKED[0]), "a balance again", OPEN_SECONDS * 4)
