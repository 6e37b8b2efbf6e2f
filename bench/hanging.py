"""Turns while the operator hangs: each is answered from what is known, or with words. Baseline: the same turns of a healthy operator."""

from bench.figures import Figure
from bench.product import Product, at_once, seconds

ASKED = ("我还剩多少话费", "流量还剩多少", "上个月账单多少钱", "我现在用的什么套餐", "我的订单到哪了")
HANGS = {"match": "/tmf-api", "kind": "hang", "seconds": 60}
ROUNDS = 3


def measure(product: Product) -> list[Figure]:
    stack = product.stack
    talks = [product.talk() for _ in ASKED]
    for talk in talks:
        talk.say("你好")
    works = [lambda t=talk, w=words: t.say(w) for talk, words in zip(talks, ASKED, strict=True)]
    healthy = [seconds(work) for work in works]
    stack.admin("POST", "/admin/faults", HANGS)
    try:
        alone = [seconds(work) for work in works]
        together = [value for _ in range(ROUNDS) for value in at_once(works)]
    finally:
        stack.admin("DELETE", "/admin/faults")
    name = "turn while the operator hangs"
    return [
        Figure(f"{name}, one after another", "s", alone, "healthy operator", healthy),
        Figure(f"{name}, five at once", "s", together, "healthy operator", healthy),
    ]
