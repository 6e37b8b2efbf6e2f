"""A second shape of operator, as top-up providers write it: signed form POSTs, an envelope, a recharge that takes its time.

Speaks the same interface as tmf/balance.py. The recharge is known by a number made from our key, so it is asked for again
without being made again. A code or status nobody told us about is neither success nor failure: it stays pending or unknown.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Literal, NoReturn, TypeVar
from urllib.parse import urlencode

from pydantic import Field

from carrier.balances import BalanceCache
from carrier.deadline import Deadline
from carrier.errors import (
    BusinessRefusal,
    CarrierError,
    KeyReused,
    Malformed,
    NotAllowed,
    NotFound,
    Refused,
)
from carrier.http import Asked
from carrier.keys import trade_number
from carrier.models import Aged, Balance, Bucket, BucketKind, Names, TopUp, TopUpStatus
from carrier.numbers import asked, told
from carrier.provider_sign import SignType, is_signed, signature
from carrier.tmf.wire import Wire
from carrier.upstream import Reply, Upstream
from core.clock import Clock

BASE = "/provider/v1"
APP_ID = "careline"
POLL_SECONDS = 0.15  # between two looks at a recharge on its way
WORTH_A_LOOK_SECONDS = 0.3  # with less left we say "pending" and the journal's keeper asks later

Counted = Field(ge=0, le=10**13)
T = TypeVar("T")

REFUSALS: dict[str, tuple[type[Refused], str]] = {
    "1001": (Refused, "badParameter"),
    "1002": (NotAllowed, "badSign"),
    "1003": (NotAllowed, "unknownApp"),
    "1004": (NotAllowed, "staleTimestamp"),
    "1005": (NotAllowed, "repeatedNonce"),
    "2001": (NotFound, "notFound"),
    "2002": (BusinessRefusal, "amountOutOfRange"),
    "2003": (BusinessRefusal, "dailyLimitReached"),
    "2004": (BusinessRefusal, "refused"),
    "2005": (KeyReused, "idempotencyKeyReused"),
    "2006": (NotFound, "notFound"),
    "3001": (Refused, "notifyNotAllowed"),
}
STATUSES = {"0": TopUpStatus.PENDING, "1": TopUpStatus.CONFIRMED, "2": TopUpStatus.FAILED}
NAMES: dict[BucketKind, Names] = {
    "money": Names(zh="话费余额", en="Balance"),
    "data": Names(zh="流量", en="Data"),
    "voice": Names(zh="通话", en="Calls"),
    "sms": Names(zh="短信", en="Messages"),
}


class _Envelope(Wire):
    code: str = Field(pattern=r"^[0-9]{1,6}$")
    data: Any = None


class _Balance(Wire):
    mobile: str
    status: str
    balance: int = Field(ge=-(10**13), le=10**13)
    data_left: int | None = Field(default=None, ge=0)
    data_total: int | None = Field(default=None, ge=0)
    voice_left: int | None = Field(default=None, ge=0)
    voice_total: int | None = Field(default=None, ge=0)
    sms_left: int | None = Field(default=None, ge=0)
    sms_total: int | None = Field(default=None, ge=0)


class _Order(Wire):
    out_trade_no: str
    order_no: str
    mobile: str
    amount: int = Field(gt=0, le=10**13)
    status: str
    charge_amount: int = 0
    reason: str = ""
    balance_after: int | None = None


class ProviderBalances:
    """operator.Balances over the provider's balance and recharge API."""

    def __init__(
        self,
        upstream: Upstream,
        cache: BalanceCache,
        *,
        secret: str,
        clock: Clock,
        callback_url: str | None = None,
        sign_type: SignType = "HMAC-SHA256",
    ) -> None:
        self._upstream = upstream
        self._cache = cache
        self._secret = secret
        self._clock = clock
        self._callback_url = callback_url
        self._sign_type = sign_type

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
        """See operator.Balances. Waits for the end of the recharge as long as the deadline allows, else PENDING."""
        line = asked(number)
        until = deadline or self._upstream.budget()
        parameters = {"mobile": _mobile(line), "amount": str(amount_fen), "pay_type": method, "out_trade_no": trade_number(key)}
        if self._callback_url:
            parameters["notify_url"] = self._callback_url

        def read(data: Any) -> TopUp:
            return _same(_top_up(_Order.model_validate(data), method), line, amount_fen, trade_number(key))

        try:
            accepted = self._ask("recharge", parameters, read, about=payer_id, key=key, deadline=until)
            return self._follow(accepted, key, until)
        finally:
            self._cache.forget(line)

    def top_up_by_key(self, key: str, *, deadline: Deadline | None = None) -> TopUp | None:
        """See operator.Balances."""
        try:
            return self.top_up_by_id(trade_number(key), deadline=deadline)
        except NotFound:
            return None

    def top_up_by_id(self, top_up_id: str, *, deadline: Deadline | None = None) -> TopUp:
        """See operator.Balances. A recharge's id is our number for it, the only one the provider can be asked by."""

        def read(data: Any) -> TopUp:
            found = _top_up(_Order.model_validate(data), "")
            if found.id != top_up_id:
                raise Malformed("another recharge than the one asked for")
            return found

        found = self._ask("order", {"out_trade_no": top_up_id}, read, about="", key="", deadline=deadline)
        self._cache.forget(found.number)
        return found

    def read_callback(self, parameters: Mapping[str, str]) -> TopUp:
        """The recharge a callback tells of. Malformed unless signed with our secret and about us; ask top_up_by_id anyway."""
        if not is_signed(parameters, self._secret, self._sign_type) or parameters.get("appid") != APP_ID:
            raise Malformed("a callback that is not signed by the provider")
        try:
            return _top_up(_Order.model_validate(dict(parameters)), "")
        except ValueError as error:
            raise Malformed("a callback that makes no sense") from error

    def _load(self, line: str, deadline: Deadline) -> Balance:
        def read(data: Any) -> Balance:
            row = _Balance.model_validate(data)
            if told(row.mobile) != line:
                raise Malformed("the balance of another number")
            return _balance(row, line)

        return self._ask("balance", {"mobile": _mobile(line)}, read, about=line, key="", deadline=deadline)

    def _follow(self, top_up: TopUp, key: str, deadline: Deadline) -> TopUp:
        """Looks again until the recharge has ended or the time is up. It was accepted: from here on nothing is an error."""
        while top_up.status is TopUpStatus.PENDING and deadline.left() > WORTH_A_LOOK_SECONDS:
            self._clock.sleep(POLL_SECONDS)
            try:
                seen = self.top_up_by_key(key, deadline=deadline)
            except CarrierError:
                return top_up
            if seen is None or (seen.number, seen.amount_fen) != (top_up.number, top_up.amount_fen):
                return top_up
            top_up = seen.model_copy(update={"payment_method": top_up.payment_method})
        return top_up

    def _ask(
        self,
        operation: str,
        parameters: Mapping[str, str],
        read: Callable[[Any], T],
        *,
        about: str,
        key: str,
        deadline: Deadline | None,
    ) -> T:
        def opened(reply: Reply) -> T:
            envelope = _Envelope.model_validate(reply.json)
            if envelope.code != "0":
                _refuse(envelope.code)
            return read(envelope.data)

        return self._upstream.send(
            lambda: self._signed(operation, parameters),
            f"POST {operation}",
            opened,
            about=about,
            key=key,
            writing=bool(key),
            deadline=deadline,
        )

    def _signed(self, operation: str, parameters: Mapping[str, str]) -> Asked:
        """The request with a fresh time and nonce: one that is sent again is not a replay."""
        given = {
            **parameters,
            "appid": APP_ID,
            "timestamp": str(int(self._clock.now().timestamp())),
            "nonce": secrets.token_hex(12),
            "sign_type": self._sign_type,
        }
        given["sign"] = signature(given, self._secret, self._sign_type)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return Asked("POST", f"/{operation}", {}, headers, urlencode(given).encode())


def _refuse(code: str) -> NoReturn:
    """A known code is a refusal; an unknown one says nothing, so the answer is one we cannot trust."""
    if code not in REFUSALS:
        raise Malformed("an unknown code")
    kind, word = REFUSALS[code]
    refusal = kind(word, f"provider code {code}")
    refusal.speaks_about_the_write = code.startswith("2")
    raise refusal


def _mobile(line: str) -> str:
    """The eleven digits the provider wants. NotFound for a number that is not of the mainland."""
    if not line.startswith("+86"):
        raise NotFound("notFound", "the provider serves mainland numbers only")
    return line.removeprefix("+86")


def _balance(row: _Balance, line: str) -> Balance:
    status: Literal["active", "suspended"] = "active" if row.status == "1" else "suspended"
    # The money of a suspended line is still the customer's.
    buckets = [Bucket(kind="money", names=NAMES["money"], remaining=row.balance)]
    pots: tuple[tuple[BucketKind, int | None, int | None], ...] = (
        ("data", row.data_left, row.data_total),
        ("voice", row.voice_left, row.voice_total),
        ("sms", row.sms_left, row.sms_total),
    )
    buckets += [
        Bucket(kind=kind, names=NAMES[kind], remaining=left, total=total, status=status)
        for kind, left, total in pots
        if left is not None and (left or total)
    ]
    return Balance(number=line, buckets=tuple(buckets))


def _top_up(row: _Order, method: str) -> TopUp:
    status = STATUSES.get(row.status, TopUpStatus.PENDING)
    if status is TopUpStatus.CONFIRMED and row.charge_amount != row.amount:
        raise Malformed("credited another amount than was asked for")
    return TopUp(
        id=row.out_trade_no,
        status=status,
        number=told(row.mobile),
        amount_fen=row.amount,
        payment_method=method,
        failure_code=(row.reason or "unknown") if status is TopUpStatus.FAILED else None,
        balance_after_fen=row.balance_after if status is TopUpStatus.CONFIRMED else None,
    )


def _same(top_up: TopUp, number: str, amount_fen: int, trade_no: str) -> TopUp:
    if (top_up.number, top_up.amount_fen, top_up.id) != (number, amount_fen, trade_no):
        raise Malformed("a recharge of another number or amount")
    return top_up
