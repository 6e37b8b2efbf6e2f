"""The REST door: a turn's latency with 1, 10 and 40 conversations at once; the baseline is the bot alone, asked for the same words."""

from uuid import uuid4

import httpx2

from bench.figures import Figure
from bench.product import Product, at_once, seconds
from tests.stack import Stack

WORDS = "有什么手机卖"
TURNS = 40  # measured at each width


def measure(product: Product) -> list[Figure]:
    stack = product.stack
    alone = [seconds(lambda: ask_bot(stack)) * 1000 for _ in range(TURNS)]
    figures = []
    for width in (1, 10, 40):
        talks = [product.talk() for _ in range(width)]
        for talk in talks:
            talk.say("你好")
        taken = [s * 1000 for _ in range(TURNS // width) for s in at_once([lambda t=talk: t.say(WORDS) for talk in talks])]
        figures.append(
            Figure(f"turn through the door, {width} conversations", "ms", taken, "the bot alone, 1 conversation", alone)
        )
    return figures


def ask_bot(stack: Stack) -> None:
    body = {
        "conversation": uuid4().hex,
        "channel": "rest",
        "text": WORDS,
        "trusted": False,
        "id": uuid4().hex,
        "fence": 1,
        "language": "zh",
    }
    address = f"http://127.0.0.1:{stack.ports['BOT_PORT']}/webhooks/careline/turn"
    answer = stack.http.post(address, json=body, headers={"X-Careline-Secret": stack.secrets["ACTION_SECRET"]})
    if not answer.is_success or not answer.json()["messages"]:
        raise httpx2.HTTPError(f"the bot answered {answer.status_code}")
