"""OPS-02: what a customer confided is found nowhere in clear: not in Redis, its file, the database, or any log, on good days and on bad ones."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.dialogue.talk import Talk, bearer
from tests.redteam.door import Visitor, newest_code, raw, redis_of
from tests.stack import Stack

pytestmark = pytest.mark.stack

ID_CARD, BANK_CARD, MAIL = "11010519491231002X", "6222021001112223331", "canary.li.lei@mail.example"
SYNC_SECONDS = 20.0
# The operator's own records are the operator's; the outbox stands for the SMS provider; .env and the generated settings hold our secrets, not customers'.
NOT_OURS = ("outbox", "reference")


@dataclass
class Canaries:
    """What one customer confided."""

    number: str
    pin: str
    code: str
    marker: str

    def needles(self) -> dict[str, re.Pattern[bytes]]:
        """Short ones only where they stand alone: a time in milliseconds or a digest may hold any six digits."""
        plain = {
            "number": self.number.removeprefix("+86"),
            "spaced number": f"{self.number[3:6]} {self.number[6:10]} {self.number[10:]}",
            "pin": self.pin,
            "code": self.code,
            "id card": ID_CARD,
            "bank card": BANK_CARD,
            "spaced bank card": "6222 0210 0111 2223 331",
            "mail": MAIL,
            "words": self.marker,
        }
        return {name: alone(value) if len(value) < 9 else re.compile(re.escape(value.encode())) for name, value in plain.items()}


def alone(value: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![0-9A-Za-z])" + re.escape(value.encode()) + rb"(?![0-9A-Za-z])")


@pytest.fixture(scope="module")
def confided(stack: Stack) -> Canaries:
    """A customer who tells us everything, at every door, also where it goes wrong."""
    customer = stack.fresh_customer(language="zh")
    number, pin, marker = customer["msisdn"], customer["pin"], f"canary{uuid4().hex}"
    bare = number.removeprefix("+86")
    talk, web = Talk(stack), Visitor(stack)
    for someone in (talk, web):
        someone.say(f"你好 {marker}，我的身份证 {ID_CARD}，邮箱 {MAIL}，银行卡 {BANK_CARD}")
        someone.say(f"卡号 6222 0210 0111 2223 331，电话 {bare[:3]} {bare[3:7]} {bare[7:]}")
        someone.say("查一下话费余额")
        someone.say(bare)
        someone.say("用短信验证码")
        someone.say(newest_code(stack, number))
    code = newest_code(stack, number)
    third = Talk(stack)
    third.say("查一下话费余额")
    third.say(f"我的号码是{bare}")
    third.say(f"密码是{pin}")
    third.say("用微信给我充五十块话费")
    third.say("确认")
    third.say("转人工")
    go_wrong(stack, number, pin, code, marker)
    return Canaries(number, pin, code, marker)


def go_wrong(stack: Stack, number: str, pin: str, code: str, marker: str) -> None:
    """The same again where nothing is answered as it should be."""
    secret = f"{number} {number[3:]} {pin} {code} {ID_CARD} {BANK_CARD} {MAIL} {marker}"
    rest = f"{stack.url}/webhooks/rest/webhook"
    stack.http.post(rest, content=f'{{"sender": "{secret}", "message": '.encode(), headers=bearer(stack))
    stack.http.post(rest, json={"sender": secret, "message": [secret]}, headers=bearer(stack))
    stack.http.post(
        rest, json={"sender": secret[:100], "message": secret, "metadata": {"customer_token": secret}}, headers=bearer(stack)
    )
    stack.http.post(rest, json={}, headers={"Authorization": f"Bearer {number[1:]}.{pin}"})
    stack.http.get(f"{stack.url}/{number[3:]}/{MAIL}?number={number[3:]}&code={code}")
    stack.http.post(f"{stack.url}/api/v1/conversations", json={"sign_in": number})
    broken = (
        f"GET /{secret} HTTP/1.1",
        f"G\x00T /{secret} HTTP/9.9",
        f"GET / HTTP/1.1\r\n{number[1:]} {secret}: x",
        f"GET / HTTP/1.1\r\nContent-Length: {secret}",
    )
    for line in broken:
        raw(stack, f"{line}\r\nHost: 127.0.0.1\r\n\r\n".encode())
    with_bot_wrong(stack, secret)
    for kind in ("malformed", "wrongNumber", "status"):
        fault = {"match": "/tmf-api/prepayBalance", "kind": kind, "msisdn": number, "count": 1, "status": 500}
        stack.admin("POST", "/admin/faults", fault)
        talk = Talk(stack, {"id": customer_of(stack, number)})
        talk.say("我的话费余额还有多少")
        stack.admin("DELETE", "/admin/faults")


def customer_of(stack: Stack, number: str) -> str:
    return number  # an integrator may name its customer by number


def with_bot_wrong(stack: Stack, secret: str) -> None:
    """Turns that the bot cannot do, at its own door and at the action server's."""
    headers = {"X-Careline-Secret": stack.secrets["ACTION_SECRET"]}
    bot, actions = (f"http://127.0.0.1:{stack.ports[port]}" for port in ("BOT_PORT", "ACTIONS_PORT"))
    for body in ({"text": secret}, {"conversation": {"x": secret}, "text": secret, "id": "1", "channel": "web"}):
        stack.http.post(f"{bot}/webhooks/careline/turn", json=body, headers=headers)
    stack.http.post(f"{bot}/webhooks/careline/parse", json={"text": [secret]}, headers=headers)
    stack.http.post(f"{bot}/webhooks/careline/turn", content=json.dumps({"text": secret})[:-3].encode(), headers=headers)
    broken = {
        "next_action": "action_nobody",
        "sender_id": secret,
        "tracker": {"sender_id": secret, "slots": {"caller_number": secret}},
    }
    stack.http.post(f"{actions}/webhook", json=broken, headers=headers)
    stack.http.post(f"{actions}/webhook", content=f'{{"a": "{secret}"'.encode(), headers=headers)


def files_of(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.relative_to(folder).parts[0] not in NOT_OURS:
            yield path


def synced(stack: Stack) -> None:
    """What Redis was told is in its file, which is written behind by up to a second; then also rewritten from its memory."""
    redis = redis_of(stack)
    redis.bgrewriteaof()
    deadline = time.monotonic() + SYNC_SECONDS
    while time.monotonic() < deadline:
        info: dict[str, Any] = redis.info("persistence")
        if not info["aof_rewrite_in_progress"] and not info.get("aof_rewrite_scheduled"):
            return
        time.sleep(0.1)  # asks again until the deadline
    raise AssertionError("Redis did not rewrite its file")


def found_in(stack: Stack, canaries: Canaries) -> dict[str, list[str]]:
    needles = canaries.needles()
    found: dict[str, list[str]] = {}
    for path in files_of(stack.folder):
        content = path.read_bytes()
        for name, needle in needles.items():
            if needle.search(content):
                found.setdefault(str(path.relative_to(stack.folder)), []).append(name)
    return found


def test_ops_02_nothing_confided_stands_in_clear_in_any_file(stack: Stack, confided: Canaries) -> None:
    assert found_in(stack, confided) == {}  # as appended, command by command
    synced(stack)
    assert found_in(stack, confided) == {}  # as a whole


def test_ops_02_the_search_would_have_found_it(stack: Stack, confided: Canaries) -> None:
    """The files that are looked at are the ones that are written."""
    names = {path.relative_to(stack.folder).parts[0] for path in files_of(stack.folder)}
    assert {"logs", "redis"} <= names
    assert any(path.name.startswith("careline.sqlite3") for path in files_of(stack.folder))
    assert confided.number.encode() in (stack.folder / "outbox" / "sms.jsonl").read_bytes()
    assert any(b"operator.called" in path.read_bytes() for path in files_of(stack.folder) if path.parent.name == "logs")


def test_ops_02_no_log_line_is_a_traceback_with_locals(stack: Stack, confided: Canaries) -> None:
    for path in (stack.folder / "logs").iterdir():
        assert b"locals" not in path.read_bytes().lower(), path.name


def test_ops_02_files_are_for_nobody_else(stack: Stack) -> None:
    """Sealed or not: no other user of the machine reads what the product keeps, or the secrets it runs with."""
    for path in files_of(stack.folder):
        reachable = all(
            parent.stat().st_mode & 0o011 for parent in [path.parent, *path.parent.parents] if parent.is_relative_to(stack.folder)
        )
        assert not (reachable and path.stat().st_mode & 0o044), f"{path.relative_to(stack.folder)} can be read by others"
