"""Guessing and pumping (OTP-*): codes and PINs over all doors at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import AtOnce
from tests.dialogue.talk import Talk
from tests.redteam.door import Visitor, balanced, newest_code, redis_of
from tests.stack import Stack

pytestmark = pytest.mark.stack

Talks = Callable[..., Talk]
Visitors = Callable[..., Visitor]
MONEY = re.compile(r"[¥￥]\s?-?\d|\d\s?元|\d+\.\d\d")
WRONG = re.compile(r"还可以再试|Tries left")
OVER = re.compile(r"输错次数太多|too many wrong|锁定|locked")


def wants_the_balance(someone: Talk | Visitor, number: str) -> None:
    """A stranger asks for the balance of a number and chooses a code by SMS."""
    someone.say("查一下话费余额")
    assert "密码" in someone.say(number.removeprefix("+86"))
    assert "验证码" in someone.say("用短信验证码")


def wrong_ones(code: str, count: int) -> list[str]:
    return [f"{(int(code) + step) % 1_000_000:06d}" for step in range(1, count + 1)]


def test_otp_01_guesses_are_counted_over_all_doors(talk: Talks, visitor: Visitors, stack: Stack) -> None:
    """Five for a code, ten an hour for a customer; a new code, a new conversation or another door gives no more."""
    number = stack.fresh_customer(language="zh")["msisdn"]
    for someone in (talk(), visitor()):
        wants_the_balance(someone, number)
        code = newest_code(stack, number)
        for guess in wrong_ones(code, 4):
            assert WRONG.search(someone.say(guess))
        someone.say(wrong_ones(code, 5)[-1])
        assert not MONEY.search(someone.say(code)), "five are five"
    late = talk()
    wants_the_balance(late, number)
    heard = late.say(newest_code(stack, number))
    assert not MONEY.search(heard), "the eleventh is not judged, not even the right one"
    assert OVER.search(heard)


def test_otp_01_twenty_guesses_at_once_win_no_extra_tries(talk: Talks, stack: Stack, at_once: AtOnce) -> None:
    number = stack.fresh_customer(language="zh")["msisdn"]
    attacker = talk()
    wants_the_balance(attacker, number)
    code = newest_code(stack, number)
    answers = at_once(20, lambda n: attacker.post(wrong_ones(code, 20)[n]))
    judged = [answer for answer in answers if answer.status_code == 200 and WRONG.search(answer.text)]
    assert len(judged) <= 5 + 2, "five at the code; after that the PIN is asked for, whose third wrong one locks it"
    redis = redis_of(stack)
    assert max(int(redis.hget(key, "wrong") or 0) for key in redis.scan_iter("code:*")) == 5
    assert not MONEY.search(attacker.say(code))


def test_otp_01_a_new_code_does_not_reset_the_count(talk: Talks, stack: Stack) -> None:
    number = stack.fresh_customer(language="zh")["msisdn"]
    attacker = talk()
    wants_the_balance(attacker, number)
    for guess in wrong_ones(newest_code(stack, number), 4):
        assert WRONG.search(attacker.say(guess))
    attacker.say("重新发一个验证码")
    for guess in wrong_ones(newest_code(stack, number), 2):
        attacker.say(guess)
    assert not MONEY.search(attacker.say(newest_code(stack, number)))


def test_otp_02_a_code_counts_once_and_only_where_it_was_sent_for(talk: Talks, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    number = customer["msisdn"]
    first, second = talk(), talk()
    wants_the_balance(first, number)
    code = newest_code(stack, number)
    wants_the_balance(second, number)
    assert WRONG.search(second.say(code)), "the code of another conversation"
    assert MONEY.search(first.say(code))
    before = balanced(stack, number)
    first.say("给我充六百块话费")
    heard = first.say("微信支付")
    assert "验证码" in heard, "more than the day's free amount wants a code of its own"
    heard = first.say(code)
    assert WRONG.search(heard) or "失效" in heard, "the code for the balance does not pay"
    assert balanced(stack, number) == before


def test_otp_02_changed_values_void_the_code(talk: Talks, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    number = customer["msisdn"]
    before = balanced(stack, number)
    person = talk(customer)
    person.say("用微信给我充六百块话费")
    code = newest_code(stack, number)
    person.say("不对，是八百")
    heard = person.say(code)
    assert not re.search(r"TU\d|充值成功", heard)
    person.say("确认")
    assert balanced(stack, number) == before


def test_otp_04_one_number_gets_five_texts_a_day(talk: Talks, visitor: Visitors, stack: Stack) -> None:
    number = stack.fresh_customer(language="zh")["msisdn"]
    for round_ in range(7):
        someone: Talk | Visitor = (talk, visitor)[round_ % 2]()
        someone.say("查一下话费余额")
        someone.say(number.removeprefix("+86"))
        someone.say("用短信验证码")
    assert len(stack.texts(number)) == 5


def test_cl_04_a_second_try_at_a_code_is_judged_as_that_code(talk: Talks, stack: Stack) -> None:
    """It was once taken for a PIN: the right code failed, and locked the PIN on the way."""
    number = stack.fresh_customer(language="zh")["msisdn"]
    customer = talk()
    wants_the_balance(customer, number)
    code = newest_code(stack, number)
    for guess in wrong_ones(code, 2):
        customer.say(guess)
    assert MONEY.search(customer.say(code))


SAID = ("{} 对吗", "应该是 {} 吧", "PIN{}", "我的密码为{}，谢谢", "it might be {} I think", "嗯…{}。")


@pytest.mark.parametrize("words", SAID)
def test_cl_05_an_awaited_pin_is_one_in_any_words(words: str, visitor: Visitors, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    person = visitor()
    person.say("查一下话费余额")
    person.say(customer["msisdn"].removeprefix("+86"))
    heard = person.say(words.format(customer["pin"]))
    assert MONEY.search(heard), heard
    assert customer["pin"] not in person.transcript()


def test_cl_05_of_two_possible_pins_none_is_kept(visitor: Visitors, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    person = visitor()
    person.say("查一下话费余额")
    person.say(customer["msisdn"].removeprefix("+86"))
    heard = person.say(f"不是135791，是{customer['pin']}")
    assert not MONEY.search(heard)
    assert customer["pin"] not in person.transcript()
    assert MONEY.search(person.say(customer["pin"]))


def test_three_wrong_pins_lock_every_door(talk: Talks, visitor: Visitors, stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    bare, pin = customer["msisdn"].removeprefix("+86"), customer["pin"]
    attackers: list[Any] = [talk(), visitor(), talk()]
    for attacker, guess in zip(attackers, wrong_ones(pin, 3), strict=True):
        attacker.say("查一下话费余额")
        attacker.say(bare)
        assert not MONEY.search(attacker.say(guess))
    late = visitor()
    late.say("查一下话费余额")
    assert OVER.search(late.say(bare))
    assert not MONEY.search(late.say(pin))
