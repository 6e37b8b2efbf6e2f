"""From the command to /readyz: a second start on the same data. Baseline: the first start in the same run."""

from bench.figures import Figure
from bench.product import Product, seconds
from tests.stack import start_again, starting_stack, stop

STARTS = 3


def measure(product: Product) -> list[Figure]:
    """With a product of its own; the model is trained before."""
    with starting_stack() as stack:
        first = seconds(stack.wait_ready)
        again = []
        for _ in range(STARTS):
            stop(stack)
            began = [start_again(stack)]
            stack = began[0]
            again.append(seconds(stack.wait_ready))
        stop(stack)
    return [Figure("second start to /readyz", "s", again, "first start", [first])]
