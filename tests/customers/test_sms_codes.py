"""SMS codes: once, five minutes, for one operation; no race and no new code gives another try (OTP-01, 02, 04)."""

import pytest

from core.seal import Sealer
from core.store import Store
from customers.identity import Identities
from customers.operations import identify, operation_hash
from customers.outcomes import Proof, Sending
from customers.verification import Verification
from tests.conftest import AtOnce
from tests.customers.conftest import Desk, MakeDesk
from tests.fakes import SMITH, WANG, FakeProofSource, ManualClock, MemoryTexts

EVALUATED = {Proof.WRONG, Proof.ACCEPTED}


def test_a_right_code_is_accepted_once_and_acted_on_once(desk: Desk) -> None:
    sent = desk.send()
    assert (sent.kind, sent.to) == (Sending.SENT, "138****8000")
    code = desk.texts.last_code()
    assert "更换套餐" in desk.texts.sent[0][1]
    assert not desk.verification.code_accepted("web-1", "00112233aabbccdd")
    assert desk.enter_code(code).is_accepted
    assert desk.enter_code(code).kind is Proof.USED
    assert desk.verification.code_accepted("web-1", "00112233aabbccdd")
    assert desk.verification.consume_code("web-1", "00112233aabbccdd")
    assert not desk.verification.consume_code("web-1", "00112233aabbccdd")
    assert not desk.verification.code_accepted("web-1", "00112233aabbccdd")


def test_the_text_speaks_the_customers_language(desk: Desk) -> None:
    desk.verification.send_code("web-1", SMITH, "0" * 16, "更换{套餐}", "moving to the {0} plan", "en")
    to, words = desk.texts.sent[0]
    assert to == "+8613900139000"
    assert "moving to the (0) plan" in words
    assert len(desk.texts.last_code()) == 6


def test_an_accepted_code_is_good_for_five_minutes(desk: Desk) -> None:
    desk.send()
    desk.enter_code(desk.texts.last_code())
    desk.clock.advance(minutes=5)
    assert not desk.verification.consume_code("web-1", "00112233aabbccdd")


def test_otp_02_a_late_code_is_refused(desk: Desk) -> None:
    desk.send()
    code = desk.texts.last_code()
    desk.clock.advance(minutes=5, seconds=1)
    assert desk.enter_code(code).kind is Proof.EXPIRED
    assert not desk.verification.code_accepted("web-1", "00112233aabbccdd")


def test_otp_02_a_code_opens_neither_another_operation_nor_another_conversation(desk: Desk) -> None:
    fifty = operation_hash("top_up", {"number": "+8613800138000", "amount_fen": 5000})
    hundred = operation_hash("top_up", {"number": "+8613800138000", "amount_fen": 10000})
    desk.send(operation=fifty)
    code = desk.texts.last_code()
    assert desk.enter_code(code, operation=hundred).kind is Proof.EXPIRED
    assert desk.enter_code(code, conversation="web-2", operation=fifty).kind is Proof.EXPIRED
    desk.send(operation=hundred)
    if desk.texts.last_code() != code:  # one in a million
        assert desk.enter_code(code, operation=hundred).kind is Proof.WRONG
    assert desk.enter_code(code, operation=fifty).is_accepted
    assert not desk.verification.code_accepted("web-1", hundred)


def test_otp_02_the_same_right_code_many_times_at_once_is_accepted_once(make_desk: MakeDesk, at_once: AtOnce) -> None:
    desks = [make_desk() for _ in range(4)]
    desks[0].send()
    code = desks[0].texts.last_code()
    kinds = [outcome.kind for outcome in at_once(60, lambda i: desks[i % 4].enter_code(code))]
    assert kinds.count(Proof.ACCEPTED) == 1
    assert set(kinds) <= {Proof.ACCEPTED, Proof.USED, Proof.LOCKED}
    consumed = at_once(30, lambda i: desks[i % 4].verification.consume_code("web-1", "00112233aabbccdd"))
    assert consumed.count(True) == 1


def test_otp_01_two_hundred_wrong_codes_at_once_are_five_tries(make_desk: MakeDesk, at_once: AtOnce) -> None:
    desks = [make_desk() for _ in range(4)]
    desks[0].send()
    right, wrong = desks[0].texts.last_code(), desks[0].wrong_code()
    kinds = [outcome.kind for outcome in at_once(200, lambda i: desks[i % 4].enter_code(wrong))]
    assert kinds.count(Proof.WRONG) <= 5
    assert set(kinds) <= {Proof.WRONG, Proof.LOCKED}
    refused = desks[1].enter_code(right)
    assert refused.kind is Proof.LOCKED
    assert refused.until is not None


def test_otp_01_ten_an_hour_over_all_conversations_and_channels(make_desk: MakeDesk, at_once: AtOnce, clock: ManualClock) -> None:
    desks = [make_desk() for _ in range(4)]
    talks = ["web-1", "rest-2", "ivr-3", "web-4"]
    wrong = []
    for desk, talk in zip(desks, talks, strict=True):
        desk.send(talk)
        wrong.append(desk.wrong_code())
    outcomes = at_once(200, lambda i: desks[i % 4].enter_code(wrong[i % 4], talks[i % 4]))
    assert sum(outcome.kind in EVALUATED for outcome in outcomes) <= 10
    right = desks[3].texts.last_code()
    locked = desks[3].enter_code(right, talks[3])
    assert locked.kind is Proof.LOCKED
    assert locked.until is not None
    assert locked.until > clock.now()


def test_otp_01_attempt_eleven_waits_for_the_hour(desk: Desk) -> None:
    for talk in ("web-1", "ivr-2"):
        desk.send(talk)
        lefts = [desk.enter_code(desk.wrong_code(), talk).left for _ in range(5)]
        assert lefts == [4, 3, 2, 1, 0]
    desk.send("web-3")
    right = desk.texts.last_code()
    assert desk.enter_code(right, "web-3").kind is Proof.LOCKED
    desk.clock.advance(hours=1)
    desk.send("web-3", again=True)
    assert desk.enter_code(desk.texts.last_code(), "web-3").is_accepted


def test_otp_01_a_new_code_does_not_reset_the_count(desk: Desk) -> None:
    desk.send()
    for _ in range(4):
        desk.enter_code(desk.wrong_code())
    assert desk.send(again=True).kind is Sending.SENT
    assert desk.enter_code(desk.wrong_code()).left == 0
    assert desk.enter_code(desk.texts.last_code()).kind is Proof.LOCKED
    limited = desk.send(again=True)
    assert limited.kind is Sending.LIMITED
    assert limited.until is not None


def test_the_last_try_left_still_takes_the_right_code(desk: Desk) -> None:
    desk.send()
    for _ in range(4):
        desk.enter_code(desk.wrong_code())
    assert desk.enter_code(desk.texts.last_code()).is_accepted


def test_otp_04_sends_to_one_number_are_capped_over_conversations(desk: Desk) -> None:
    kinds = [desk.send(f"web-{i}").kind for i in range(8)]
    assert kinds == [Sending.SENT] * 5 + [Sending.LIMITED] * 3
    assert len(desk.texts.sent) == 5
    desk.clock.advance(hours=24)
    assert desk.send("web-9").kind is Sending.SENT


def test_otp_04_many_numbers_out_of_one_conversation_are_capped(desk: Desk) -> None:
    crowd = [WANG.model_copy(update={"id": f"C-{i}", "numbers": (f"+86138001390{i:02d}",)}) for i in range(50)]
    for _ in range(4):
        for i, person in enumerate(crowd):
            desk.verification.send_code("web-1", person, f"{i:016x}", "核实身份", "proving who you are", "zh", again=True)
    assert len(desk.texts.sent) == 10


def test_sends_at_once_are_one_text(desk: Desk, at_once: AtOnce) -> None:
    kinds = [sent.kind for sent in at_once(30, lambda _: desk.send())]
    assert kinds.count(Sending.SENT) == 1
    assert len(desk.texts.sent) == 1
    assert desk.enter_code(desk.texts.last_code()).is_accepted


def test_a_code_that_is_still_good_is_not_sent_twice(desk: Desk) -> None:
    desk.send()
    assert desk.send().kind is Sending.ALREADY_SENT
    assert len(desk.texts.sent) == 1
    first = desk.texts.last_code()
    assert desk.send(again=True).kind is Sending.SENT
    if desk.texts.last_code() != first:
        assert desk.enter_code(first).kind is Proof.WRONG
    assert desk.enter_code(desk.texts.last_code()).is_accepted


def test_a_text_that_does_not_leave_is_told_and_costs_no_send(desk: Desk) -> None:
    desk.texts.broken = True
    assert [desk.send().kind for _ in range(6)] == [Sending.BUSY] * 6
    desk.texts.broken = False
    assert desk.send().kind is Sending.SENT


def test_a_code_identifies_who_holds_the_number(desk: Desk) -> None:
    operation = identify("13800138000")
    sent = desk.verification.send_code("web-1", "13800138000", operation, "核实身份", "proving who you are", "zh")
    assert sent.is_awaited
    assert desk.identities.of("web-1") is None
    assert desk.enter_code(desk.texts.last_code(), operation=identify("+8613800138000")).is_accepted
    found = desk.identities.of("web-1")
    assert found is not None
    assert (found.customer_id, found.method) == ("C-WANG", "sms_code")


def test_a_code_for_an_operation_identifies_nobody(desk: Desk) -> None:
    desk.send()
    assert desk.enter_code(desk.texts.last_code()).is_accepted
    assert desk.identities.of("web-1") is None


def test_strangers_and_foreign_numbers_get_no_text(desk: Desk) -> None:
    unknown = desk.verification.send_code("web-1", "13811112222", identify("13811112222"), "核实身份", "x", "zh")
    assert unknown.kind is Sending.UNKNOWN_NUMBER
    with pytest.raises(ValueError, match="a number of the customer"):
        desk.verification.send_code("web-1", WANG, "0" * 16, "停机", "x", "zh", to="+8613900139000")
    assert desk.texts.sent == []
    contact = desk.verification.send_code("web-1", WANG, "0" * 16, "停机", "x", "zh", to="+8613600136000")
    assert contact.kind is Sending.SENT
    assert desk.texts.sent[0][0] == "+8613600136000"


def test_without_operator_or_redis_nobody_is_let_through(desk: Desk, sealer: Sealer, clock: ManualClock) -> None:
    desk.operator.customers.down = True
    assert desk.verification.send_code("web-1", "13800138000", "0" * 16, "x", "x", "zh").kind is Sending.BUSY
    nowhere = Store("nobody.sock", clock=clock)
    identities = Identities(nowhere, sealer, clock)
    alone = Verification(nowhere, sealer, clock, FakeProofSource(), MemoryTexts(), "pepper", identities)
    assert alone.send_code("web-1", WANG, "0" * 16, "x", "x", "zh").kind is Sending.BUSY
    assert alone.submit("web-1", desk.awaiting("sms_code"), "123456").kind is Proof.BUSY
    assert alone.submit("web-1", desk.awaiting("service_pin"), "246810").kind is Proof.BUSY
    assert alone.begin_pin("web-1", "13800138000", "0" * 16).kind is Proof.BUSY


def test_operation_hashes_do_not_care_for_order_but_for_every_value() -> None:
    one = operation_hash("change_plan", {"plan": "P59", "number": "+8613800138000"})
    assert one == operation_hash("change_plan", {"number": "+8613800138000", "plan": "P59"})
    assert len(one) == 16
    assert one != operation_hash("change_plan", {"plan": "P99", "number": "+8613800138000"})
    assert one != operation_hash("add_pack", {"plan": "P59", "number": "+8613800138000"})
