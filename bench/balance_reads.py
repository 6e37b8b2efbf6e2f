"""1,000 balance reads over 50 numbers at the carrier client, on a cold cache. Baseline: the same reads past the cache."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figure
from bench.product import Product, seconds
from carrier.errors import CarrierError
from tests.carrier.operator_server import Server, running

READS, NUMBERS, AT_ONCE = 1000, 50, 50
ROUNDS = 3


def measure(product: Product) -> list[Figure]:
    """Needs the stand-in operator only."""
    with tempfile.TemporaryDirectory(prefix="careline-bench-") as folder, running(Path(folder)) as server:
        numbers = [server.take()["msisdn"] for _ in range(NUMBERS)]
        cold = [_round(server, numbers, fresh=False) for _ in range(ROUNDS)]
        past = [_round(server, numbers, fresh=True) for _ in range(ROUNDS)]
    note = f"calls upstream: {max(r.calls for r in cold)} at most, past the cache {min(r.calls for r in past)}; "
    note += f"answered: {min(r.answered for r in cold)} at least, past the cache {max(r.answered for r in past)}"
    name = f"{READS} balance reads over {NUMBERS} numbers, cold cache"
    return [Figure(name, "s", [r.seconds for r in cold], "past the cache", [r.seconds for r in past], note)]


@dataclass(frozen=True)
class _Round:
    seconds: float
    calls: int
    answered: int


def _round(server: Server, numbers: list[str], *, fresh: bool) -> _Round:
    balances = server.operator().balance  # cold cache, closed breaker
    server.admin("DELETE", "counts")

    def read(place: int) -> bool:
        try:
            balances.read(numbers[place % NUMBERS], fresh=fresh)
        except CarrierError:
            return False  # past the cache the client's own limits turn some away: that is what they are for
        return True

    answers: list[bool] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        taken = seconds(lambda: answers.extend(pool.map(read, range(READS))))
    calls = sum(count for name, count in server.admin("GET", "counts").items() if "bucket" in name.lower())
    return _Round(taken, calls, sum(answers))
