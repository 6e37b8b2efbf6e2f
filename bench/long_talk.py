"""What a turn costs late in a long conversation. Baseline: the same words around turn 10."""

from bench.figures import Figure
from bench.product import Product, breathe, seconds

AROUND = 5  # turns measured on each side
LATE = 300
PAUSE_FREE = 0.26  # seconds a turn must take, or the door's quota (4 a second for one conversation) would turn it away


def measure(product: Product) -> list[Figure]:
    talk = product.talk()
    taken: list[float] = []
    for number in range(LATE + AROUND):
        words = "有什么手机卖" if number % 2 else "你是机器人吗"
        taken.append(seconds(lambda words=words: talk.say(words)) * 1000)
        breathe(PAUSE_FREE - taken[-1] / 1000)
    early, late = taken[10 - AROUND : 10 + AROUND], taken[LATE - AROUND : LATE + AROUND]
    return [Figure(f"turn {LATE} of one conversation", "ms", late, "turn 10", early)]
