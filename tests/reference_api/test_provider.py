"""The provider-style API: signatures, an asynchronous recharge, callbacks."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from reference_api.provider_sign import is_signed, signature
from tests.reference_api.given_operator import SECRET, Operator

WAIT_SECONDS = 15.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("provider"))


@pytest.fixture
def operator(folder: Path) -> Iterator[Operator]:
    opened = Operator(folder)
    opened.app.extensions["clerk"].start()
    yield opened
    opened.app.extensions["clerk"].stop()


class Receiver:
    """A merchant's callback address; answers what it is told to, one answer after another, `success` in the end."""

    def __init__(self, answers: list[str]) -> None:
        self.got: list[dict[str, str]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.got.append(dict(parse_qsl(body)))
                self.send_response(200)
                self.end_headers()
                self.wfile.write((answers.pop(0) if answers else "success").encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/notify"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    opened = Receiver(["", "fail"])
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


def until(done: Callable[[], Any]) -> Any:
    """What `done` gives as soon as it gives something true."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if found := done():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def ask(operator: Operator, path: str, **parameters: str) -> Any:
    given = {"appid": "careline", "timestamp": str(int(time.time())), "nonce": f"n{time.monotonic_ns()}", **parameters}
    given.setdefault("sign", signature(given, SECRET))
    return operator.client.post(f"/provider/v1/{path}", data=given).json


def ledger_of(operator: Operator, number: str) -> list[Any]:
    return [row for row in operator.admin("GET", f"/admin/ledger?msisdn=%2B{number[1:]}").json if row["kind"] == "topup"]


def test_the_balance_of_a_number(operator: Operator) -> None:
    customer = operator.take()
    answer = ask(operator, "balance", mobile=customer["msisdn"][3:])
    assert answer["code"] == "0"
    assert answer["data"]["balance"] == customer["balanceFen"]
    assert ask(operator, "balance", mobile="13000000000")["code"] == "2001"
    assert ask(operator, "balance", mobile="+8613800138000")["code"] == "1001"


def test_a_recharge_is_accepted_then_credited_once_and_told_until_heard(operator: Operator, receiver: Receiver) -> None:
    customer = operator.take()
    number, before = customer["msisdn"], len(ledger_of(operator, customer["msisdn"]))
    wanted = {"mobile": number[3:], "amount": "5000", "out_trade_no": "rc-1", "notify_url": receiver.url}
    first = ask(operator, "recharge", **wanted)
    assert (first["code"], first["data"]["status"]) == ("0", "0")
    again = ask(operator, "recharge", **wanted)
    assert again["data"]["order_no"] == first["data"]["order_no"]
    done = until(lambda: (d := ask(operator, "order", out_trade_no="rc-1")["data"])["status"] == "1" and d)
    assert (done["charge_amount"], done["balance_after"]) == (5000, customer["balanceFen"] + 5000)
    assert len(ledger_of(operator, number)) == before + 1
    until(lambda: len(receiver.got) >= 3)
    for told in receiver.got:
        assert is_signed(told, SECRET)
        assert (told["out_trade_no"], told["status"], told["charge_amount"], told["mobile"]) == ("rc-1", "1", "5000", number[3:])


def test_the_same_number_with_other_parameters_is_refused(operator: Operator) -> None:
    number = operator.take()["msisdn"][3:]
    assert ask(operator, "recharge", mobile=number, amount="1000", out_trade_no="rc-2")["code"] == "0"
    assert ask(operator, "recharge", mobile=number, amount="2000", out_trade_no="rc-2")["code"] == "2005"


def test_sent_ten_times_at_once_it_is_credited_once(operator: Operator) -> None:
    customer = operator.take()
    number, before = customer["msisdn"], len(ledger_of(operator, customer["msisdn"]))
    wanted = {"mobile": number[3:], "amount": "1000", "out_trade_no": "rc-10"}
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda turn: ask(operator, "recharge", **wanted, nonce=f"at-once-{turn}"), range(10)))
    assert {answer["code"] for answer in answers} == {"0"}
    assert len({answer["data"]["order_no"] for answer in answers}) == 1
    until(lambda: ask(operator, "order", out_trade_no="rc-10")["data"]["status"] == "1")
    assert len(ledger_of(operator, number)) == before + 1


def test_a_declined_payment_ends_failed_and_credits_nothing(operator: Operator, receiver: Receiver) -> None:
    customer = operator.take()
    operator.admin("POST", "/admin/faults", {"match": "POST recharge", "kind": "sandbox", "outcome": "declined", "count": 1})
    before = len(ledger_of(operator, customer["msisdn"]))
    ask(operator, "recharge", mobile=customer["msisdn"][3:], amount="1000", out_trade_no="rc-3", notify_url=receiver.url)
    ended = until(lambda: (d := ask(operator, "order", out_trade_no="rc-3")["data"])["status"] == "2" and d)
    assert ended["charge_amount"] == 0
    assert len(ledger_of(operator, customer["msisdn"])) == before
    assert until(lambda: receiver.got)[0]["status"] == "2"


def test_a_restart_in_between_loses_nothing(folder: Path) -> None:
    stopped = Operator(folder)  # its clerk never starts: the kill came first
    customer = stopped.take()
    ask(stopped, "recharge", mobile=customer["msisdn"][3:], amount="3000", out_trade_no="rc-4")
    assert ask(stopped, "order", out_trade_no="rc-4")["data"]["status"] == "0"
    started = Operator(folder)
    started.app.extensions["clerk"].start()
    try:
        until(lambda: ask(started, "order", out_trade_no="rc-4")["data"]["status"] == "1")
        assert ask(started, "balance", mobile=customer["msisdn"][3:])["data"]["balance"] == customer["balanceFen"] + 3000
    finally:
        started.app.extensions["clerk"].stop()


def test_a_duplicate_callback_on_demand(operator: Operator) -> None:
    heard = Receiver([])
    customer = operator.take()
    operator.admin("POST", "/admin/faults", {"match": "callback", "kind": "duplicateCallback", "count": 1})
    ask(operator, "recharge", mobile=customer["msisdn"][3:], amount="1000", out_trade_no="rc-5", notify_url=heard.url)
    until(lambda: len(heard.got) == 2)
    assert heard.got[0] == heard.got[1]
    heard.server.shutdown()
    heard.server.server_close()


def test_what_is_not_believed(operator: Operator) -> None:
    number = operator.take()["msisdn"][3:]
    assert ask(operator, "balance", mobile=number, sign="0" * 32)["code"] == "1002"
    assert ask(operator, "balance", mobile=number, sign_type="ROT13")["code"] == "1002"
    assert ask(operator, "balance", mobile=number, appid="other")["code"] == "1003"
    assert ask(operator, "balance", mobile=number, timestamp=str(int(time.time()) - 400))["code"] == "1004"
    assert ask(operator, "balance", mobile=number, nonce="same-nonce-1")["code"] == "0"
    assert ask(operator, "balance", mobile=number, nonce="same-nonce-1")["code"] == "1005"
    assert ask(operator, "balance", mobile=number, sign_type="HMAC-SHA256")["code"] == "0"


def test_what_is_refused(operator: Operator) -> None:
    number = operator.take()["msisdn"][3:]
    for amount, code in (("99", "2002"), ("300001", "2002"), ("1.5", "2002"), ("-100", "2002"), ("", "2002")):
        assert ask(operator, "recharge", mobile=number, amount=amount, out_trade_no=f"bad{amount[:1]}")["code"] == code
    foreign = {"mobile": number, "amount": "1000", "out_trade_no": "rc-6"}
    assert ask(operator, "recharge", **foreign, notify_url="http://203.0.113.5/x")["code"] == "3001"
    assert ask(operator, "order", out_trade_no="rc-6")["code"] == "2006"
    assert ask(operator, "recharge", mobile=number, amount="1000", out_trade_no="x" * 33)["code"] == "1001"
    assert ask(operator, "recharge", mobile="13000000000", amount="1000", out_trade_no="rc-7")["code"] == "2001"
    assert ask(operator, "recharge", mobile=number, amount="300000", out_trade_no="rc-8")["code"] == "0"
    assert ask(operator, "recharge", mobile=number, amount="300000", out_trade_no="rc-9")["code"] == "2003"


def test_the_signature_is_the_trades_own() -> None:
    given = {"b": "2", "a": "1", "empty": "", "sign": "ignored"}
    assert signature(given, "k") == "F8F06AFA2E241A36469B9DAC959B3474"  # md5 of a=1&b=2&key=k
    assert signature(given, "k") == signature({"a": "1", "b": "2"}, "k")
    assert signature({**given, "sign_type": "HMAC-SHA256"}, "k") != signature(given, "k")
