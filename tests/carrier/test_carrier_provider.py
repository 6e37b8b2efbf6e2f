"""The provider's shape: signatures, codes nobody told us about, and recharges that end otherwise than asked."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest

from carrier.balances import BalanceCache
from carrier.connect import CarrierSettings, connect
from carrier.errors import Malformed, NotAllowed, NotFound, OutcomeUnknown
from carrier.http import Wire
from carrier.keys import trade_number
from carrier.limits import Limits
from carrier.models import TopUp, TopUpStatus
from carrier.operator import Operator
from carrier.provider import ProviderBalances
from carrier.provider_sign import is_signed, signature
from carrier.shared import InMemoryCache
from carrier.upstream import Upstream
from core.errors import SettingsError
from tests.carrier.given import CUSTOMER, NUMBER, told
from tests.fakes import ManualClock

SECRET = "s" * 24
Handler = Callable[[httpx2.Request], httpx2.Response]


def provider(handler: Handler) -> Operator:
    settings = CarrierSettings(
        balance_url="http://127.0.0.1:1",
        order_url="http://127.0.0.1:1",
        api_key="bearer-key",
        balance_style="provider",
        provider_secret=SECRET,
    )
    return connect(settings, clock=ManualClock(), transport=httpx2.MockTransport(handler))


def said(data: Any, code: str = "0") -> httpx2.Response:
    return told({"code": code, "msg": "", "data": data})


def recharge(**changes: Any) -> dict[str, Any]:
    return {
        "out_trade_no": trade_number("K1"),
        "order_no": "PR1",
        "mobile": NUMBER[3:],
        "amount": 5000,
        "status": "1",
        "charge_amount": 5000,
        "balance_after": 13650,
        **changes,
    }


def put_on(operator: Operator) -> TopUp:
    return operator.balance.top_up(NUMBER, 5000, method="alipay", payer_id=CUSTOMER, channel="web", key="K1")


def form(request: httpx2.Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


def test_signs_as_the_trade_does() -> None:
    parameters = {"b": "2", "a": "1", "empty": "", "sign": "ignored"}
    # of the text a=1&b=2&key=secret, by md5sum and by openssl dgst -sha256 -hmac secret
    assert signature(parameters, "secret", "MD5") == "9F565CCD686CFA5DC3B06B3A89E4E3AD"
    assert signature(parameters, "secret", "HMAC-SHA256") == "3C1BCC36E976DED8AABBE1901A67B59016DFFCAFF3370EC35396FD4D664440A4"


def test_every_sending_is_signed_anew_and_carries_no_bearer_key() -> None:
    requests: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return told({}, 503) if len(requests) == 1 else said(recharge())

    assert put_on(provider(handler)).status is TopUpStatus.CONFIRMED
    first, second = form(requests[0]), form(requests[1])
    assert first["nonce"] != second["nonce"]
    assert first["out_trade_no"] == second["out_trade_no"] == trade_number("K1")
    assert all(is_signed(parameters, SECRET, "HMAC-SHA256") for parameters in (first, second))
    assert first["amount"] == "5000"
    assert all("authorization" not in request.headers for request in requests)
    assert not any(SECRET in request.content.decode() for request in requests)


def test_the_number_of_a_recharge_comes_from_the_key_and_can_be_read_aloud() -> None:
    assert trade_number("K1") == trade_number("K1") != trade_number("K2")
    assert len(trade_number("K1")) <= 32
    assert not set(trade_number("K1")[2:]) & set("01ILOU")


@pytest.mark.parametrize("answer", [said(None, "9876"), said(None, "OK"), told({"statusCode": 1}), told([])])
def test_a_code_nobody_told_us_about_is_neither_success_nor_failure(answer: httpx2.Response) -> None:
    with pytest.raises(OutcomeUnknown):
        put_on(provider(lambda request: answer))
    with pytest.raises(Malformed):
        provider(lambda request: answer).balance.read(NUMBER)


def test_a_status_nobody_told_us_about_stays_pending() -> None:
    assert put_on(provider(lambda request: said(recharge(status="7")))).status is TopUpStatus.PENDING


def test_a_partial_recharge_is_not_called_done() -> None:
    with pytest.raises(OutcomeUnknown):
        put_on(provider(lambda request: said(recharge(charge_amount=3000))))


@pytest.mark.parametrize(
    "data", [recharge(mobile="13900139000"), recharge(amount=500, charge_amount=500), recharge(out_trade_no="TU2"), None, {}]
)
def test_an_answer_about_another_recharge_is_not_believed(data: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        put_on(provider(lambda request: said(data)))


def test_an_accepted_recharge_is_looked_at_until_it_ends() -> None:
    looks: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        looks.append(request.url.path.rsplit("/", 1)[-1])
        return said(recharge(status="1" if len(looks) > 3 else "0", charge_amount=5000))

    done = put_on(provider(handler))
    assert (done.status, done.payment_method, done.balance_after_fen) == (TopUpStatus.CONFIRMED, "alipay", 13650)
    assert looks == ["recharge", "order", "order", "order"]


def test_an_accepted_recharge_is_pending_even_when_it_cannot_be_looked_at() -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        return said(recharge(status="0")) if request.url.path.endswith("recharge") else told({}, 500)

    assert put_on(provider(handler)).status is TopUpStatus.PENDING


def test_a_recharge_it_knows_nothing_of_was_not_made() -> None:
    assert provider(lambda request: said(None, "2006")).balance.top_up_by_key("K1") is None


def test_the_balance_of_another_number_is_not_told_and_nobodys_number_is_not_found() -> None:
    with pytest.raises(Malformed):
        provider(lambda request: said({"mobile": "13900139000", "status": "1", "balance": 8650})).balance.read(NUMBER)
    with pytest.raises(NotFound):
        provider(lambda request: said(None, "2001")).balance.read(NUMBER)
    with pytest.raises(NotFound):
        provider(lambda request: said(None)).balance.read("+4479460000")


def test_a_wrong_signature_is_our_own_fault_and_says_so() -> None:
    with pytest.raises(NotAllowed, match="badSign"):
        provider(lambda request: said(None, "1002")).balance.read(NUMBER)


def test_a_provider_without_a_secret_is_refused_at_the_start() -> None:
    settings = {
        "balance_url": "http://127.0.0.1:1",
        "order_url": "http://127.0.0.1:1",
        "api_key": "k",
        "balance_style": "provider",
    }
    with pytest.raises(SettingsError, match="PROVIDER_SECRET"):
        connect(CarrierSettings.model_validate(settings))


def test_a_callback_is_believed_only_with_our_signature() -> None:
    clock = ManualClock()
    api = Upstream("balance", Wire("http://127.0.0.1:1"), "", clock=clock, limits=Limits(clock), audit=lambda record: None)
    balances = ProviderBalances(api, BalanceCache(InMemoryCache(clock), clock), secret=SECRET, clock=clock)
    parameters = {name: str(value) for name, value in recharge().items()} | {"appid": "careline", "sign_type": "HMAC-SHA256"}
    signed = {**parameters, "sign": signature(parameters, SECRET, "HMAC-SHA256")}
    assert balances.read_callback(signed).status is TopUpStatus.CONFIRMED
    weaker = {**parameters, "sign_type": "MD5"}
    for forged in (
        parameters,
        {**signed, "amount": "1"},
        {**signed, "sign": "é"},
        {**weaker, "sign": signature(weaker, SECRET, "MD5")},
    ):
        with pytest.raises(Malformed):
            balances.read_callback(forged)
