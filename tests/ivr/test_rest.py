"""Our calls to Twilio, against a server on loopback that checks the form and keeps what it was sent."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from twilio.rest import Client

from core.clock import SystemClock
from core.outbox import FileTexts, TextNotSent
from core.settings import Settings
from ivr.rest import BoundedHttp, NotAnswered, NotTwilio
from ivr.texts import TwilioTexts, texts_of
from tests.fakes import ManualClock

SID, TOKEN, NUMBER = "AC" + "0" * 32, "twilio-token-of-a-test-012345", "+864001234567"
CREATED = json.dumps({"sid": "SM" + "0" * 32, "status": "queued"})


class Twilio:
    """`answers`: (status, headers, body), the last one for ever; None hangs up without an answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], dict[str, list[str]]]] = []
        self.answers: list[tuple[int, dict[str, str], str] | None] = [(201, {}, CREATED)]
        twilio = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(
                    self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True, strict_parsing=True
                )
                twilio.asked.append((self.command, self.path, dict(self.headers), form))
                answer = twilio.answers.pop(0) if len(twilio.answers) > 1 else twilio.answers[0]
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body.encode()))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def client(self) -> Client:
        return Client(SID, TOKEN, http_client=BoundedHttp(ManualClock(), {"api.twilio.com": self.base}))

    def texts(self, sender: str = NUMBER) -> TwilioTexts:
        return TwilioTexts(self.client(), sender)


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    listening = Twilio()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()


def test_a_text_is_the_form_that_twilio_takes(twilio: Twilio) -> None:
    twilio.texts().send("+8613800138000", "您的验证码是 123456 & 有效 5 分钟")
    ((method, path, headers, form),) = twilio.asked
    assert (method, path) == ("POST", f"/2010-04-01/Accounts/{SID}/Messages.json")
    assert form == {"To": ["+8613800138000"], "From": [NUMBER], "Body": ["您的验证码是 123456 & 有效 5 分钟"]}
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode() == f"{SID}:{TOKEN}"


def test_a_messaging_service_chooses_the_number_itself(twilio: Twilio) -> None:
    service = "MG" + "1" * 32
    twilio.texts(service).send("+8613800138000", "hello")
    assert twilio.asked[0][3] == {"To": ["+8613800138000"], "MessagingServiceSid": [service], "Body": ["hello"]}


@pytest.mark.parametrize("to", ["13800138000", "+86138x", "", "whatsapp:+8613800138000", "+8613800138000\n"])
def test_what_is_no_number_is_not_sent(twilio: Twilio, to: str) -> None:
    with pytest.raises(TextNotSent):
        twilio.texts().send(to, "hello")
    assert twilio.asked == []


def test_too_fast_is_tried_again(twilio: Twilio) -> None:
    twilio.answers = [(429, {"Retry-After": "1"}, "{}"), (429, {}, "{}"), (201, {}, CREATED)]
    twilio.texts().send("+8613800138000", "hello")
    assert len(twilio.asked) == 3


def test_too_fast_for_longer_than_we_wait_is_an_error(twilio: Twilio) -> None:
    twilio.answers = [(429, {"Retry-After": "60"}, "{}")]
    with pytest.raises(TextNotSent, match="429"):
        twilio.texts().send("+8613800138000", "hello")
    assert len(twilio.asked) == 1


@pytest.mark.parametrize("answer", [(500, {}, "{}"), (503, {"Retry-After": "1"}, "{}"), None, (400, {}, '{"code": 21211}')])
def test_nothing_else_is_ever_sent_twice(twilio: Twilio, answer: Any) -> None:
    twilio.answers = [answer]
    with pytest.raises(TextNotSent) as caught:
        twilio.texts().send("+8613800138000", "your code is 123456")
    assert len(twilio.asked) == 1
    assert "138" not in str(caught.value)
    assert "123456" not in str(caught.value)


def test_a_redirect_is_not_followed(twilio: Twilio) -> None:
    twilio.answers = [(302, {"Location": "https://elsewhere.example/"}, "")]
    with pytest.raises(TextNotSent):
        twilio.texts().send("+8613800138000", "hello")
    assert len(twilio.asked) == 1


def test_only_twilio_is_spoken_to(twilio: Twilio) -> None:
    real = BoundedHttp(ManualClock())
    for address in ("https://elsewhere.example/x", "http://api.twilio.com/x", "https://api.twilio.com.elsewhere.example/x"):
        with pytest.raises(NotTwilio):
            real.request("POST", address)
    with pytest.raises(NotTwilio):
        twilio.client().verify.v2.services("VA" + "0" * 32).verifications.create(to="+8613800138000", channel="sms")


def test_an_answer_that_does_not_come_is_given_up() -> None:
    gone = BoundedHttp(ManualClock(), {"api.twilio.com": "http://127.0.0.1:9"})
    with pytest.raises(NotAnswered):
        gone.request("POST", "https://api.twilio.com/x", data={"a": "b"})


def test_texts_go_through_twilio_where_an_account_is_set(tmp_path: Path) -> None:
    with_account: dict[str, Any] = {"twilio_account_sid": SID, "twilio_auth_token": TOKEN, "twilio_from": NUMBER}
    assert isinstance(texts_of(Settings(**with_account), SystemClock()), TwilioTexts)
    assert isinstance(texts_of(Settings(var_dir=tmp_path), SystemClock()), FileTexts)
