"""200 customers at once: how soon each has its answer or is told that it is in line. Baseline: 40 at once in the same run."""

from collections import Counter

from bench.door import WORDS
from bench.figures import Figure
from bench.product import Product, at_once


def measure(product: Product) -> list[Figure]:
    forty, _ = crowd(product, 40)
    taken, told = crowd(product, 200)
    note = ", ".join(f"{count} {word}" for word, count in told.most_common())
    return [Figure("first word with 200 customers at once", "s", taken, "40 customers at once", forty, note)]


def crowd(product: Product, customers: int) -> tuple[list[float], Counter[str]]:
    """Seconds until each heard something, and what they were told."""
    talks = [product.talk() for _ in range(customers)]
    told: Counter[str] = Counter()

    def say(number: int) -> None:
        answer = talks[number].post(WORDS)
        custom = answer.json()[-1].get("custom", {}) if answer.is_success else {}
        told[custom.get("late", "answered") if answer.is_success else str(answer.status_code)] += 1

    return at_once([lambda n=number: say(n) for number in range(customers)]), told
