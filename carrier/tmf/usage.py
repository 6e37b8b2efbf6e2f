"""TMF677 Usage Consumption: what a line used in a month."""

from pydantic import Field, TypeAdapter

from carrier.cache import Cache
from carrier.deadline import Deadline
from carrier.errors import Malformed, NotFound
from carrier.models import Aged, BucketKind, Usage, UsageLine
from carrier.numbers import asked, told
from carrier.shared import SharedCache
from carrier.tmf.bills import MONTH
from carrier.tmf.wire import Named, Quantity, Refs, Wire, some_rows
from carrier.upstream import Upstream
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
    counters: list[_Counter] = Field(alias="bucketCounter", max_length=10)
    initial: Quantity | None = Field(default=None, alias="initialValue")
    remaining: Quantity | None = Field(default=None, alias="remainingValue")


class _Consumption(Wire):
    name: str
    buckets: list[_Bucket] = Field(default_factory=list, alias="bucketRefOrValue", max_length=100)
    logical_resource: Refs = Field(alias="logicalResource")


class _Answer(Wire):
    consumption: list[_Consumption] = Field(alias="usageConsumption", max_length=20)


class TmfUsages:
    """operator.Usages over TMF677, asked as a query: nothing is stored at the operator's for a question."""

    def __init__(self, upstream: Upstream, *, shared: SharedCache, clock: Clock) -> None:
        self._upstream = upstream
        self._clock = clock
        self._cache = Cache("usage", USAGE, shared=shared, clock=clock, fresh_seconds=FRESH_SECONDS)

    def read(self, number: str, month: str | None = None, *, deadline: Deadline | None = None) -> Aged[Usage]:
        """See operator.Usages."""
        line = asked(number)
        wanted = month or self._clock.now().astimezone(BUSINESS_ZONE).strftime("%Y-%m")
        if not MONTH.fullmatch(wanted):
            raise NotFound("notFound", "not a month")
        until = deadline or self._upstream.budget()
        return self._cache.read(f"{line}|{wanted}", lambda: self._load(line, wanted, until), until)

    def _load(self, line: str, month: str, deadline: Deadline) -> Usage:
        def asked_for(row: _Answer) -> Usage:
            lines: list[UsageLine] = []
            for entry in row.consumption:
                if [told(resource.value) for resource in entry.logical_resource] != [line] or entry.name != month:
                    raise Malformed("the use of another number or month")
                lines += [_line(bucket) for bucket in entry.buckets if bucket.usage_type in KINDS]
            return Usage(number=line, month=month, lines=tuple(lines))

        params = {"msisdn": line, "month": month}
        rows = some_rows(
            self._upstream, "queryUsageConsumption", _Answer, asked_for, about=line, limit=1, params=params, deadline=deadline
        )
        if not rows:
            raise NotFound("notFound", "no use is recorded for this number")
        return rows[0]


def _line(bucket: _Bucket) -> UsageLine:
    used = [counter.value.whole() for counter in bucket.counters if counter.kind == "used"]
    if len(used) != 1:
        raise ValueError("a bucket that does not say what was used")
    return UsageLine(
        kind=KINDS[bucket.usage_type],
        used=used[0],
        included=bucket.initial.whole() if bucket.initial is not None else None,
        left=bucket.remaining.whole() if bucket.remaining is not None else None,
        names=bucket.names,
    )
