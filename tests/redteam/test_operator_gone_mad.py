"""API-05: an operator that hangs, fails, lies or sends somewhere else. Never another customer's balance, and always a polite word."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from carrier.breaker import FAILURES_TO_OPEN
from carrier.connect import CarrierSettings, connect
from carrier.errors import CarrierError, CircuitOpen, Malformed, Unavailable
from carrier.operator import Operator
from tests.dialogue.talk import Talk
from tests.stack import Stack

ASKED, OTHER = "+8613800138001", "+8613900139009"
OTHERS_FEN = 987_654
RECOVERED_SECONDS = 60.0
MONEY = re.compile(r"[¥￥]\s?-?\d|\d+\.\d\d")


def bucket(number: str, fen: Any, **more: Any) -> dict[str, Any]:
    value = {"amount": fen / 100 if isinstance(fen, int) else fen, "units": "CNY", "amountFen": fen}
    resource = [{"id": number, "value": number, "@type": "MSISDN"}]
    return {
        "id": "b1",
        "name": "money",
        "usageType": "monetary",
        "remainingValue": value,
        "logicalResource": resource,
        "status": "active",
        **more,
    }


class Mad(ThreadingHTTPServer):
    """A real server that answers every request as `behave` does; remembers what it was asked."""

    daemon_threads = True

    def __init__(self, behave: Callable[["MadHandler"], None]) -> None:
        super().__init__(("127.0.0.1", 0), MadHandler)
        self.behave = behave
        self.asked: list[str] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class MadHandler(BaseHTTPRequestHandler):
    server: Mad

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.behave(self)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def operator_that(behave: Callable[[MadHandler], None]) -> Iterator[tuple[Mad, Operator]]:
    server = Mad(behave)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    operator = connect(CarrierSettings(balance_url=server.url, order_url=server.url, api_key="x" * 32))
    try:
        yield server, operator
    finally:
        operator.close()
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def rows(*found: Any) -> bytes:
    return json.dumps(list(found)).encode()


def drip(handler: MadHandler) -> None:
    """A right answer, one byte at a time."""
    body = rows(bucket(ASKED, 8650))
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    for byte in body:
        if handler.server.over.wait(0.2):
            return
        try:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
        except OSError:
            return


def ten_megabytes(handler: MadHandler) -> None:
    try:
        handler.answer(rows(bucket(ASKED, 8650, padding="x" * 10_000_000)))
    except OSError:
        return  # hung up on, as it should be


def hang(handler: MadHandler) -> None:
    handler.server.over.wait(30)


MAD: dict[str, Callable[[MadHandler], None]] = {
    "hangs": hang,
    "drips": drip,
    "fails": lambda h: h.answer(b'{"code":"boom","reason":"Traceback"}', 500),
    "says nothing": lambda h: h.answer(b""),
    "no JSON": lambda h: h.answer(b"<html>login</html>"),
    "half a JSON": lambda h: h.answer(rows(bucket(ASKED, 8650))[:-9]),
    "an object": lambda h: h.answer(b'{"balance": 8650}'),
    "nested deep": lambda h: h.answer(b"[" * 100_000 + b"]" * 100_000),
    "another number": lambda h: h.answer(rows(bucket(OTHER, OTHERS_FEN))),
    "another number among ours": lambda h: h.answer(rows(bucket(ASKED, 8650), bucket(OTHER, OTHERS_FEN))),
    "no number": lambda h: h.answer(rows({**bucket(ASKED, OTHERS_FEN), "logicalResource": []})),
    "NaN": lambda h: h.answer(rows(bucket(ASKED, float("nan")))),
    "infinity": lambda h: h.answer(rows(bucket(ASKED, 8650)).replace(b"8650", b"1e999")),
    "words for money": lambda h: h.answer(rows(bucket(ASKED, "a lot"))),
    "two amounts": lambda h: h.answer(rows(bucket(ASKED, 8650)).replace(b'"amountFen": 8650', b'"amountFen": 987654')),
    "other money": lambda h: h.answer(rows(bucket(ASKED, 8650)).replace(b"CNY", b"USD")),
    "10 MB": ten_megabytes,
    "a redirect to another": lambda h: h.answer(
        b"", 302, Location=f"/tmf-api/prepayBalanceManagement/v4/bucket?logicalResource.value={OTHER}"
    ),
    "a redirect inside": lambda h: h.answer(b"", 307, Location="http://169.254.169.254/latest/meta-data/"),
    "gzip": lambda h: h.answer(b"\x1f\x8b" + b"\x00" * 50, Content_Encoding="gzip"),
    "a cookie and a 401": lambda h: h.answer(b"{}", 401, Set_Cookie="customer=other"),
}


@pytest.mark.parametrize("how", MAD)
def test_api_05_no_balance_is_better_than_a_wrong_one(how: str) -> None:
    with operator_that(MAD[how]) as (server, operator):
        with pytest.raises(CarrierError):
            operator.balance.read(ASKED)
        assert server.asked, "it was asked"
        assert not [path for path in server.asked if OTHER[1:] in path or "169.254" in path], "no redirect is followed"


def test_api_05_arrears_are_told_as_they_are() -> None:
    with operator_that(lambda h: h.answer(rows(bucket(ASKED, -1234)))) as (_, operator):
        assert operator.balance.read(ASKED).value.money_fen == -1234


def test_api_05_a_cookie_of_one_customer_is_not_shown_for_the_next() -> None:
    cookies: list[str | None] = []

    def behave(handler: MadHandler) -> None:
        cookies.append(handler.headers.get("Cookie"))
        number = ASKED if "138001" in handler.path else OTHER
        handler.answer(rows(bucket(number, 100)), Set_Cookie="customer=first; Path=/")

    with operator_that(behave) as (_, operator):
        operator.balance.read(ASKED)
        operator.balance.read(OTHER)
    assert cookies == [None, None]


def test_api_05_after_five_failures_nobody_asks() -> None:
    with operator_that(MAD["fails"]) as (server, operator):
        seen: list[CarrierError] = []
        for line in range(20):
            with pytest.raises(Unavailable) as error:
                operator.balance.read(f"+86138001380{line:02d}")
            seen.append(error.value)
        assert isinstance(seen[-1], CircuitOpen)
        assert len(server.asked) <= FAILURES_TO_OPEN + 2  # the attempts of the call that opened it may end


def test_api_05_lies_open_no_door_either() -> None:
    with operator_that(MAD["another number"]) as (_, operator):
        for _ in range(3):
            with pytest.raises((Malformed, Unavailable)):
                operator.balance.read(ASKED)


FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "wrongNumber"},
    {"kind": "malformed"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 429},
    {"kind": "hang", "seconds": 10},
)


@pytest.fixture(scope="module")
def well_again(stack: Stack) -> Iterator[None]:
    """Afterwards the product trusts its operator again: its breaker may have opened, which is no other test's business."""
    yield
    deadline = time.monotonic() + RECOVERED_SECONDS
    while time.monotonic() < deadline:
        if MONEY.search(Talk(stack, stack.fresh_customer(language="zh")).say("我的话费余额还有多少")):
            return
        time.sleep(0.5)  # asks again until the deadline
    raise AssertionError("the operator is not trusted again")


@pytest.mark.stack
@pytest.mark.usefixtures("well_again")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['kind']}{fault.get('status', '')}")
def test_api_05_the_customer_hears_a_polite_word_and_no_number(fault: dict[str, Any], stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    talk = Talk(stack, customer)
    talk.say("你好")
    standing = {"match": "GET bucket", "msisdn": customer["msisdn"], "count": 3, **fault}
    stack.admin("POST", "/admin/faults", standing)
    try:
        heard = talk.say("我的话费余额还有多少")
    finally:
        stack.admin("DELETE", "/admin/faults")
    assert not MONEY.search(heard), heard
    assert re.search("抱歉|不好意思|稍后|暂时|转人工", heard), heard
    assert not re.search(r"[A-Za-z]+Error|\b5\d\d\b|null|None", heard)
