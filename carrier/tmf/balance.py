"""TMF654 Prepay Balance: what is left on a line, and putting money on it."""

from typing import Literal

from pydantic import Field

from carrier.balances import BalanceCache
from carrier.deadline import Deadline
from carrier.errors import Malformed, NotFound
from carrier.models import Aged, Balance, Bucket, BucketKind, TopUp, TopUpStatus
from carrier.money import yuan_of
from carrier.numbers import asked, told
from carrier.tmf.paths import segment
from carrier.tmf.wire import Id, Moment, Named, Period, Quantity, Ref, Refs, Wire, all_rows, one, some_rows
from carrier.upstream import Reply, Upstream

BASE = "/tmf-api/prepayBalanceManagement/v4"
KINDS: dict[str, BucketKind] = {"monetary": "money", "data": "data", "voice": "voice", "sms": "sms"}


class _Bucket(Named):
    id: Id
    usage_type: Literal["monetary", "data", "voice", "sms"] = Field(alias="usageType")
    remaining: Quantity = Field(alias="remainingValue")
    initial: Quantity | None = Field(default=None, alias="initialValue")
    valid_for: Period = Field(default=Period(), alias="validFor")
    status: str = "active"
    logical_resource: Refs = Field(alias="logicalResource")


class _Impact(Wire):
    after: Quantity | None = Field(default=None, alias="amountAfter")


class _TopUp(Wire):
    id: Id
    status: Literal["pending", "confirmed", "failed"]
    amount: Quantity
    logical_resource: Refs = Field(alias="logicalResource")
    payment_method: Ref = Field(default=Ref(), alias="paymentMethod")
    reason: str | None = None
    confirmed: Moment | None = Field(default=None, alias="confirmationDate")
    impacted: list[_Impact] = Field(default_factory=list, alias="impactedBucket", max_length=20)


class TmfBalances:
    """operator.Balances over TMF654."""

    def __init__(self, upstream: Upstream, cache: BalanceCache) -> None:
        self._upstream = upstream
        self._cache = cache

    def read(self, number: str, *, fresh: bool = False, deadline: Deadline | None = None) -> Aged[Balance]:
        """See operator.Balances."""
        return self._cache.read(asked(number), self._load, deadline, fresh=fresh)

    def top_up(
        self,
        number: str,
        amount_fen: int,
        *,
        method: str,
        payer_id: str,
        channel: str,
        key: str,
        deadline: Deadline | None = None,
    ) -> TopUp:
        """See operator.Balances."""
        line = asked(number)
        payload = {
            "amount": {"amount": yuan_of(amount_fen), "units": "CNY", "amountFen": amount_fen},
            "logicalResource": {"id": line, "value": line, "@type": "MSISDN"},
            "requestor": {"id": payer_id, "role": "customer", "@referredType": "Customer"},
            "paymentMethod": {"id": method},
            "channel": {"id": channel, "name": channel},
        }
        try:
            return self._upstream.post(
                "topupBalance",
                payload,
                lambda reply: _asked_for(_top_up(one(_TopUp, reply)), line, amount_fen),
                about=payer_id,
                key=key,
                deadline=deadline,
            )
        finally:
            self._cache.forget(line)

    def top_up_by_key(self, key: str, *, deadline: Deadline | None = None) -> TopUp | None:
        """See operator.Balances."""
        params = {"idempotencyKey": key}
        rows = some_rows(self._upstream, "topupBalance", _TopUp, _top_up, about="", limit=2, params=params, deadline=deadline)
        if len(rows) > 1:
            raise Malformed("one key, two top-ups")
        return self._seen(rows[0]) if rows else None

    def top_up_by_id(self, top_up_id: str, *, deadline: Deadline | None = None) -> TopUp:
        """See operator.Balances."""

        def read(reply: Reply) -> TopUp:
            found = _top_up(one(_TopUp, reply))
            if found.id != top_up_id:
                raise Malformed("another top-up than the one asked for")
            return found

        return self._seen(self._upstream.get(f"topupBalance/{segment(top_up_id)}", read, about="", deadline=deadline))

    def _load(self, line: str, deadline: Deadline) -> Balance:
        def of_this_line(row: _Bucket) -> Bucket:
            if line not in (told(resource.value) for resource in row.logical_resource if resource.value):
                raise Malformed("a bucket of another number")
            return _bucket(row)

        params = {"logicalResource.value": line}
        rows = all_rows(self._upstream, "bucket", _Bucket, of_this_line, about=line, params=params, deadline=deadline)
        if not rows:
            raise NotFound("notFound", "this number has no buckets")
        return Balance(number=line, buckets=tuple(rows))

    def _seen(self, top_up: TopUp) -> TopUp:
        """One that was pending may have been confirmed since the balance was kept."""
        self._cache.forget(top_up.number)
        return top_up


def _bucket(row: _Bucket) -> Bucket:
    return Bucket(
        kind=KINDS[row.usage_type],
        names=row.names,
        remaining=row.remaining.whole(),
        total=row.initial.whole() if row.initial is not None and row.usage_type != "monetary" else None,
        valid_until=row.valid_for.end,
        status=row.status,
    )


def _top_up(row: _TopUp) -> TopUp:
    numbers = [told(resource.value) for resource in row.logical_resource if resource.value]
    if len(numbers) != 1:
        raise Malformed("a top-up that does not say whose")
    status = TopUpStatus(row.status)
    after = next((impact.after.whole() for impact in row.impacted if impact.after is not None), None)
    return TopUp(
        id=row.id,
        status=status,
        number=numbers[0],
        amount_fen=row.amount.whole(),
        payment_method=row.payment_method.id,
        failure_code=(row.reason or "unknown") if status is TopUpStatus.FAILED else None,
        confirmed_at=row.confirmed,
        balance_after_fen=after,
    )


def _asked_for(top_up: TopUp, number: str, amount_fen: int) -> TopUp:
    if top_up.number != number or top_up.amount_fen != amount_fen:
        raise Malformed("a top-up of another number or amount")
    return top_up
