"""Calls to the running line, from the first ring to the end: by keys, by speech, in silence, and everything sent twice."""

import re
from typing import Any

import pytest

from language.say import money
from tests.phone import SILENCE, WITHHELD, Heard, again, call, keys, ring, words
from tests.stack import Stack

pytestmark = pytest.mark.stack
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
CHINESE_DIGITS = "零幺二三四五六七八九"
TO_A_PERSON = re.compile("回电|您可以留言|call you back|leave a message")


def national(customer: dict[str, Any]) -> str:
    return str(customer["msisdn"]).removeprefix("+86")


def balance(customer: dict[str, Any], language: Any) -> str:
    return money(customer["balanceFen"], language, spoken=True)


def never_heard(heard: Heard, secret: str) -> None:
    """Neither in what is spoken nor in any document."""
    assert secret not in heard.said
    assert not any(secret in exchange.document for exchange in heard.exchanges)


def test_a_balance_by_keys(stack: Stack) -> None:
    customer = stack.fresh_customer()
    heard = call(stack, digits=["1", "1#", f"{customer['pin']}#"], caller=customer["msisdn"])
    assert customer["name"] in heard.turns[0]
    assert balance(customer, "zh") in heard.last
    never_heard(heard, customer["pin"])


def test_a_balance_by_keys_in_english_from_a_withheld_number(stack: Stack) -> None:
    customer = stack.fresh_customer()
    heard = call(stack, digits=["1", f"{national(customer)}#", f"{customer['pin']}#"], language="en")
    assert balance(customer, "en") in heard.last
    never_heard(heard, customer["pin"])


@pytest.mark.parametrize(
    ("language", "wish", "digits", "between"),
    [("zh", "我还剩多少话费", CHINESE_DIGITS, ""), ("en", "what's my balance", DIGITS, " ")],
)
def test_a_balance_by_speech(stack: Stack, language: str, wish: str, digits: Any, between: str) -> None:
    """All but the PIN, which is keyed: nobody is to say it aloud."""
    customer = stack.fresh_customer()
    number = between.join(digits[int(digit)] for digit in national(customer))
    heard = call(stack, script=[words(wish), words(number), keys(f"{customer['pin']}#")], language=language)
    assert balance(customer, language) in heard.last


def test_a_pin_said_aloud_is_not_listened_to(stack: Stack) -> None:
    customer = stack.fresh_customer()
    heard = call(stack, script=[words("我还剩多少话费"), words(national(customer)), words(customer["pin"])])
    assert [event.kind for event in heard.events if event.text == customer["pin"]] == ["ignored"]
    assert balance(customer, "zh") not in heard.said


@pytest.mark.parametrize("language", [None, "zh", "en"])
def test_silence_three_times_ends_with_a_person(stack: Stack, language: str | None) -> None:
    heard = call(stack, script=[SILENCE] * 3, language=language)
    misses = heard.turns[-3:]
    assert len(set(misses)) == 3
    assert TO_A_PERSON.search(heard.last)
    assert not TO_A_PERSON.search("".join(heard.turns[:-1]))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_wrong_keys_three_times_end_with_a_person(stack: Stack, language: str) -> None:
    heard = call(stack, digits=["9", "8", "7"], language=language)
    assert len(set(heard.turns[-3:])) == 3
    assert TO_A_PERSON.search(heard.last)


def test_a_caller_with_a_number_is_called_back_and_told_the_reference(stack: Stack) -> None:
    customer = stack.fresh_customer()
    heard = call(stack, script=[SILENCE] * 3, caller=customer["msisdn"])
    assert "给您回电" in heard.last
    assert "登记编号" in heard.last
    assert heard.over


@pytest.mark.parametrize("answer", [keys("0"), words("转人工"), words("我要人工客服")])
def test_a_person_is_one_step_away(stack: Stack, answer: Any) -> None:
    heard = call(stack, script=[answer])
    assert TO_A_PERSON.search(heard.last)


def test_a_message_is_taken_after_the_tone(stack: Stack) -> None:
    heard = call(stack, script=[keys("0")])
    assert "留言" in heard.last
    heard.phone.speak("我的宽带坏了，请给我回电话")
    heard.phone.press("#")
    assert "留言已经收到" in heard.listens()
    assert heard.over


def test_two_calls_at_once_from_a_withheld_number_share_nothing(stack: Stack) -> None:
    one, other = stack.fresh_customer(), stack.fresh_customer()
    first, second = ring(stack, caller=WITHHELD), ring(stack, caller=WITHHELD, language="en")
    first.does(keys("1"))
    second.does(keys("1"))
    first.does(keys(f"{national(one)}#"))
    first.does(keys(f"{one['pin']}#"))
    assert balance(one, "zh") in first.last
    second.does(keys(f"{national(other)}#"))
    assert "PIN" in second.last
    second.does(keys(f"{other['pin']}#"))
    assert balance(other, "en") in second.last
    assert balance(one, "zh") not in second.said
    assert not re.search("[\u4e00-\u9fff]", "".join(second.turns[1:]))


def test_every_webhook_of_a_top_up_sent_again_gives_the_same_and_moves_nothing(stack: Stack) -> None:
    customer = stack.fresh_customer()
    before = len(stack.ledger(customer["msisdn"]))
    answers = [words("给我充五十块话费"), keys("1#"), keys(f"{customer['pin']}#"), words("支付宝"), words("好的，确认")]
    heard = call(stack, script=answers, caller=customer["msisdn"])
    assert "充值成功" in heard.last
    assert len(stack.ledger(customer["msisdn"])) == before + 1
    for exchange in [*heard.exchanges, *reversed(heard.exchanges)]:
        answer = again(stack, exchange)
        assert (answer.status_code, answer.text) == (200, exchange.document)
    assert len(stack.ledger(customer["msisdn"])) == before + 1
    heard.does(keys("*"))
    assert "充值成功" in heard.last


def test_a_request_that_nobody_signed_is_refused(stack: Stack) -> None:
    heard = ring(stack, language=None)
    (first,) = heard.exchanges
    for headers in ({}, {"X-Twilio-Signature": ""}, {"X-Twilio-Signature": "x" * 28}):
        assert stack.http.post(first.url, data=first.form, headers=headers).status_code == 403
    changed = {**first.form, "From": "+8613800138000"}
    assert stack.http.post(first.url, data=changed, headers=first.headers).status_code == 403


def test_after_hanging_up_the_line_is_told_and_says_nothing_more(stack: Stack) -> None:
    heard = ring(stack)
    step = heard.exchanges[-1]
    heard.phone.hang_up()
    assert heard.exchanges[-1].form["CallStatus"] == "completed"
    assert heard.exchanges[-1].status == 200
    assert "<Say" not in again(stack, step).text
