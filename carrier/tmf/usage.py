"""TMF677 Usage Consumption: what a line used in a month."""

from typing import Any

from pydantic import Field, TypeAdapter

from carrier.cache import Cache
from carrier.deadline import Deadline
from carrier.errors import Malformed
from carrier.keys import new_key
from carrier.models import Aged, BucketKind, Usage, UsageLine
from carrier.numbers import asked, told
from carrier.shared import SharedCache
from carrier.tmf.wire import Named, Quantity, Refs, Wire, one
from carrier.upstream import Reply, Upstream
from core.clock import BUSINESS_ZONE, Clock

BASE = "/tmf-api/usageConsumption/v4"
FRESH_SECONDS = 10.0
USAGE: TypeAdapter[Usage] = TypeAdapter(Usage)
KINDS: dict[str, BucketKind] = {"data": "data", "voice": "voice", "sms": "sms", "roaming": "data"}


class _Counter(Wire):
    kind: str = Field(default="", alias="counterType")
    value: Quantity


class _Bucket(Named):
    usage_type: str = Field(alias="usageType")
    counters: list[_Counter] = Field(default_factory=list, alias="bucketCounter", max_length=10)
    remaining: Quantity | None = Field(default=None, alias="remainingValue")


class _Consumption(Wire):
    buckets: list[_Bucket] = Field(default_factory=list, alias="bucketRefOrValue", max_length=100)
    logical_resource: Refs = Field(default_factory=list, alias="logicalResource")


class _Answer(Named):
    consumption: list[_Consumption] = Field(alias="usageConsumption", max_length=20)


class TmfUsages:
    """operator.Usages over TMF677. The standard's question is a POST that changes nothing, each under a new key."""

    def __init__(self, upstream: Upstream, *, shared: SharedCache, clock: Clock) -> None:
        self._upstream = upstream
        self._clock = clock
        self._cache = Cache("usage", USAGE, shared=shared, clock=clock, fresh_seconds=FRESH_SECONDS)

    def read(self, number: str, month: str | None = None, *, deadline: Deadline | None = None) -> Aged[Usage]:
        """See operator.Usages."""
        line = asked(number)
        wanted = month or self._clock.now().astimezone(BUSINESS_ZONE).strftime("%Y-%m")
        until = deadline or self._upstream.budget()
        return self._cache.read(f"{line}|{wanted}", lambda: self._load(line, wanted, until), until)

    def _load(self, line: str, month: str, deadline: Deadline) -> Usage:
        payload: dict[str, Any] = {
            "searchCriteria": {"logicalResource": [{"id": line, "value": line, "@referredType": "MSISDN"}]},
            "characteristic": [{"name": "msisdn", "value": line}, {"name": "month", "value": month}],
        }

        def read(reply: Reply) -> Usage:
            entries = one(_Answer, reply).consumption
            for entry in entries:
                if line not in (told(resource.value) for resource in entry.logical_resource if resource.value):
                    raise Malformed("the use of another number")
            lines = tuple(_line(bucket) for entry in entries for bucket in entry.buckets if bucket.usage_type in KINDS)
            return Usage(number=line, month=month, lines=lines)

        # A question dressed as a POST: sent as a read, so that a lost answer is "not available", not "outcome unknown".
        return self._upstream.ask("queryUsageConsumption", payload, read, about=line, key=new_key(), deadline=deadline)


def _line(bucket: _Bucket) -> UsageLine:
    counted = {counter.kind: counter.value.whole() for counter in bucket.counters}
    return UsageLine(
        kind=KINDS[bucket.usage_type],
        used=counted["used"] if "used" in counted else _missing(),
        included=counted.get("included"),
        left=bucket.remaining.whole() if bucket.remaining is not None else counted.get("left"),
        names=bucket.names,
    )


def _missing() -> int:
    raise ValueError("a bucket that does not say what was used")
