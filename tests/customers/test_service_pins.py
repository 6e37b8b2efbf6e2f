"""Service PINs: three wrong in a row lock them everywhere for fifteen minutes; a right SMS code lifts the lock."""

import io
import logging

from core import logs
from customers.outcomes import Proof
from tests.conftest import AtOnce, RedisServer
from tests.customers.conftest import Desk, MakeDesk
from tests.fakes import ManualClock


def test_a_right_pin_verifies_the_holder(desk: Desk) -> None:
    assert desk.ask_pin("13800138001").kind is Proof.ASKED
    assert desk.enter_pin("246810").is_accepted
    found = desk.identities.of("web-1")
    assert found is not None
    assert (found.customer_id, found.number, found.method) == ("C-WANG", "+8613800138001", "service_pin")
    assert desk.enter_pin("246810").kind is Proof.EXPIRED


def test_three_wrong_pins_lock_in_every_channel_for_fifteen_minutes(make_desk: MakeDesk, clock: ManualClock) -> None:
    web, phone = make_desk(), make_desk()
    web.ask_pin()
    phone.ask_pin("13800138001", "ivr-2")
    assert [web.enter_pin("000000").left, phone.enter_pin("000000", "ivr-2").left] == [2, 1]
    third = web.enter_pin("000000")
    assert third.kind is Proof.LOCKED
    assert third.until is not None
    assert (third.until - clock.now()).total_seconds() == 900
    asked = web.operator.pins.asked
    assert phone.enter_pin("246810", "ivr-2").kind is Proof.LOCKED
    assert phone.ask_pin(conversation="rest-3").kind is Proof.LOCKED
    assert web.operator.pins.asked == asked
    assert phone.identities.of("ivr-2") is None
    clock.advance(minutes=15)
    assert phone.enter_pin("000000", "ivr-2").left == 2
    assert phone.enter_pin("246810", "ivr-2").is_accepted


def test_a_right_pin_ends_the_row_of_wrong_ones(desk: Desk) -> None:
    for _ in range(3):
        desk.ask_pin()
        assert desk.enter_pin("000000").left == 2
        assert desk.enter_pin("246810").is_accepted


def test_a_right_sms_code_lifts_the_lock(desk: Desk) -> None:
    desk.ask_pin()
    for _ in range(3):
        desk.enter_pin("000000")
    assert desk.ask_pin().kind is Proof.LOCKED
    desk.send("ivr-2")
    assert desk.enter_code(desk.texts.last_code(), "ivr-2").is_accepted
    assert desk.ask_pin().kind is Proof.ASKED
    assert desk.enter_pin("246810").is_accepted


def test_a_wrong_sms_code_lifts_nothing(desk: Desk) -> None:
    desk.ask_pin()
    for _ in range(3):
        desk.enter_pin("000000")
    desk.send()
    desk.enter_code(desk.wrong_code())
    assert desk.ask_pin().kind is Proof.LOCKED


def test_two_hundred_wrong_pins_at_once_ask_the_operator_three_times(make_desk: MakeDesk, at_once: AtOnce) -> None:
    desks = [make_desk() for _ in range(4)]
    talks = ["web-1", "rest-2", "ivr-3", "web-4"]
    for desk, talk in zip(desks, talks, strict=True):
        desk.ask_pin(conversation=talk)
    kinds = [outcome.kind for outcome in at_once(200, lambda i: desks[i % 4].enter_pin("999999", talks[i % 4]))]
    assert desks[0].operator.pins.asked == 3
    assert kinds.count(Proof.WRONG) == 2
    assert kinds.count(Proof.LOCKED) == 198


def test_a_try_nobody_could_judge_does_not_count(desk: Desk) -> None:
    desk.ask_pin()
    desk.operator.pins.down = True
    assert [desk.enter_pin("246810").kind for _ in range(5)] == [Proof.BUSY] * 5
    desk.operator.pins.down = False
    assert desk.enter_pin("000000").left == 2
    assert desk.enter_pin("246810").is_accepted


def test_a_strangers_number_is_asked_for_and_refused_like_any_other(desk: Desk) -> None:
    assert desk.ask_pin("13811112222").kind is Proof.ASKED
    assert [desk.enter_pin("246810").kind for _ in range(3)] == [Proof.WRONG, Proof.WRONG, Proof.LOCKED]
    assert desk.identities.of("web-1") is None


def test_a_pin_nobody_asked_for_is_not_looked_at(desk: Desk) -> None:
    assert desk.enter_pin("246810").kind is Proof.EXPIRED
    assert desk.operator.pins.asked == 0
    desk.ask_pin()
    late = desk.awaiting("service_pin").model_copy(update={"until": desk.clock.now()})
    assert desk.verification.submit("web-1", late, "246810").kind is Proof.EXPIRED


def test_no_pin_no_code_and_no_number_stays_in_redis_or_logs(desk: Desk, redis_server: RedisServer) -> None:
    written = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    logs.set_up("debug", stream=written)
    try:
        desk.ask_pin()
        desk.enter_pin("864213")
        desk.enter_pin("246810")
        desk.send()
        wrong, right = desk.wrong_code(), desk.texts.last_code()
        desk.enter_code(wrong)
        desk.enter_code(right)
        logs.get_logger("tests").info("a line", number="13800138000")
    finally:
        root.handlers[:], root.level = before
    dump = redis_server.everything()
    assert b"web-1" in dump
    for secret in ("864213", "246810", wrong, right):
        # Digests and times are long runs of hex or digits; a secret is one that stands alone.
        assert not _stands_alone(secret, dump.decode("latin-1")), secret
        assert secret not in written.getvalue()
    assert b"13800138000" not in dump
    assert "a line" in written.getvalue()
    assert "13800138000" not in written.getvalue()


def _stands_alone(secret: str, text: str) -> bool:
    start = text.find(secret)
    while start >= 0:
        around = text[start - 1 : start] + text[start + len(secret) : start + len(secret) + 1]
        if not any(character in "0123456789abcdef" for character in around):
            return True
        start = text.find(secret, start + 1)
    return False
