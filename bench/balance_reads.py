"""1,000 balance reads over 50 numbers at the carrier client, on a cold cache. Baseline: the same reads past the cache."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
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
        cold, calls = _rounds(server, numbers, fresh=False)
        past, past_calls = _rounds(server, numbers, fresh=True)
    note = f"{max(calls)} calls upstream at most, {min(past_calls)} past the cache"
    return [Figure(f"{READS} balance reads over {NUMBERS} numbers, cold cache", "s", cold, "past the cache", past, note)]


def _rounds(server: Server, numbers: list[str], *, fresh: bool) -> tuple[list[float], list[int]]:
    taken, calls = [], []
    for _ in range(ROUNDS):
        operator = server.operator()
        server.admin("DELETE", "counts")

        def read(place: int, balance=operator.balance) -> None:  # type: ignore[no-untyped-def]
            try:
                balance.balance(numbers[place % NUMBERS], fresh=fresh)
            except CarrierError:
                return  # past the cache the client's own limits turn many away: that is what they are for

        with ThreadPoolExecutor(AT_ONCE) as pool:
            taken.append(seconds(lambda: list(pool.map(read, range(READS)))))
        calls.append(sum(count for name, count in server.admin("GET", "counts").items() if "bucket" in name.lower()))
    return taken, calls
