"""Token buckets: how often one customer, and all together, may make us ask one operator."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from carrier.errors import TooBusy
from core.clock import Clock

CUSTOMERS_REMEMBERED = 10_000  # the least recently seen is forgotten first, which can only be to their good


@dataclass(frozen=True)
class Allowance:
    """`burst` calls at once, then `per_second` more each second."""

    burst: float
    per_second: float


PER_CUSTOMER = Allowance(burst=120, per_second=10)  # a turn makes at most ~6 calls; this stops loops, not people
PER_API = Allowance(burst=400, per_second=200)  # per process


@dataclass
class _Bucket:
    tokens: float
    at: float


class Limits:
    """One bucket for the API and one for each customer (or number) seen lately."""

    def __init__(self, clock: Clock, per_customer: Allowance = PER_CUSTOMER, per_api: Allowance = PER_API) -> None:
        self._clock = clock
        self._per_customer = per_customer
        self._per_api = per_api
        self._lock = Lock()
        self._api = _Bucket(per_api.burst, clock.monotonic())
        self._customers: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, subject: str) -> None:
        """One call for `subject` (a customer id or a number; "" = nobody's), or TooBusy. A refused call costs nothing."""
        with self._lock:
            now = self._clock.monotonic()
            buckets = [self._filled(self._api, self._per_api, now)]
            if subject:
                buckets.append(self._filled(self._bucket_of(subject, now), self._per_customer, now))
            if any(bucket.tokens < 1 for bucket in buckets):
                raise TooBusy("too many calls in a short time")
            for bucket in buckets:
                bucket.tokens -= 1

    def _bucket_of(self, subject: str, now: float) -> _Bucket:
        bucket = self._customers.setdefault(subject, _Bucket(self._per_customer.burst, now))
        self._customers.move_to_end(subject)
        if len(self._customers) > CUSTOMERS_REMEMBERED:
            self._customers.popitem(last=False)
        return bucket

    @staticmethod
    def _filled(bucket: _Bucket, allowance: Allowance, now: float) -> _Bucket:
        bucket.tokens = min(allowance.burst, bucket.tokens + max(0.0, now - bucket.at) * allowance.per_second)
        bucket.at = now
        return bucket
