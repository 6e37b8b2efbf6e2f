"""Money and identity where a script does not reach: clicks repeated, two conversations at once, an operator that is down, time that passes."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from redis import Redis

from carrier.breaker import OPEN_SECONDS
from core.keys import Keys
from core.settings import load
from customers.integrators import Integrators
from processes.places import redis_socket
from tests.dialogue.script import another, credited
from tests.dialogue.talk import Talk, bearer
from tests.stack import Stack

pytestmark = pytest.mark.stack

Begin = Callable[..., Talk]
READS = ("我还剩多少话费", "上个月账单多少钱", "我现在用的什么套餐")  # each from another of the operator's systems


@pytest.fixture
def well_again(stack: Stack) -> Iterator[None]:
    """Afterwards the operator answers again, and so do we: no other test meets an open breaker."""
    yield
    stack.admin("DELETE", "/admin/faults")
    probe = Talk(stack, stack.fresh_customer(language="zh"))
    deadline = time.monotonic() + OPEN_SECONDS * 4
    while not all(is_answered(probe, words) for words in READS):
        assert time.monotonic() < deadline, "the operator is back, and we are not"
        time.sleep(0.5)  # asks again until the deadline


def is_answered(probe: Talk, words: str) -> bool:
    answer = probe.post(words)
    return answer.status_code == 200 and any("元" in message.get("text", "") for message in answer.json())


def test_clicks_yes_twice_and_is_credited_once(stack: Stack, talk: Begin) -> None:
    customer = stack.fresh_customer(language="zh")
    before = credited(stack, customer)
    begun = talk(customer)
    begun.say("用微信充五十块话费")
    yes = begun.button("确认")
    first, second = begun.say(yes), begun.say(yes)
    assert "成功" in first
    assert second == first
    assert credited(stack, customer) - before == 5000


def test_sends_the_same_yes_twice_at_once_and_is_credited_once(stack: Stack, talk: Begin) -> None:
    customer = stack.fresh_customer(language="en")
    before = credited(stack, customer)
    begun = talk(customer)
    begun.say("top up 30 yuan with alipay")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: begun.post("yes", message_id="one-yes").json(), range(4)))
    assert all(answer == answers[0] for answer in answers), answers
    assert credited(stack, customer) - before == 3000


def test_pays_in_two_conversations_at_once_and_the_second_needs_a_code(stack: Stack, talk: Begin) -> None:
    """Each is below the ¥500 that go without a code; both together are not."""
    customer = stack.fresh_customer(language="en")
    before = credited(stack, customer)
    both = [talk(customer), talk(customer)]
    for begun in both:
        assert "400.00" in begun.say("top up 400 yuan with wechat pay")
    with ThreadPoolExecutor(2) as pool:
        heard = list(pool.map(lambda begun: begun.say("yes"), both))
    paid = [words for words in heard if "has been added" in words]
    asked = [words for words in heard if "six-digit code" in words]
    assert len(paid) == len(asked) == 1, heard
    assert credited(stack, customer) - before == 40_000


def test_is_locked_out_in_every_conversation(stack: Stack, talk: Begin) -> None:
    customer = stack.fresh_customer(language="zh")
    first, second = talk(), talk()
    for begun in (first, second):
        begun.say("我还剩多少话费")
        begun.say(customer["msisdn"][3:])
    for _ in range(3):
        heard = first.say(another(customer["pin"]))
    assert "锁定" in heard
    heard = second.say(customer["pin"])
    assert "锁定" in heard
    assert "余额为" not in heard


def test_types_the_code_of_another_conversation_and_is_not_let_in(stack: Stack, talk: Begin) -> None:
    customer = stack.fresh_customer(language="en")
    first, second = talk(), talk()
    codes = []
    for begun in (first, second):
        begun.say("what's my balance")
        begun.say(customer["msisdn"][3:])
        begun.click("SMS code")
        codes.append(begun.code(customer["msisdn"]))
    if codes[0] != codes[1]:
        assert "¥" not in second.say(codes[0])
    assert "¥" in second.say(codes[1])


def test_says_the_number_and_pin_with_the_code_of_a_top_up_hidden_from_the_answer(stack: Stack, talk: Begin) -> None:
    """A secret that nobody asked for is hidden, and said so."""
    customer = stack.fresh_customer(language="zh")
    heard = talk(customer).say(f"我的服务密码是{customer['pin']}，帮我查话费")
    assert customer["pin"] not in heard
    assert "遮住" in heard


def test_comes_back_after_the_verification_has_lapsed_and_is_asked_again(stack: Stack, talk: Begin) -> None:
    customer = stack.fresh_customer(language="zh")
    begun = talk()
    begun.say("我还剩多少话费")
    begun.say(customer["msisdn"][3:])
    assert "余额为" in begun.say(customer["pin"])
    lapse(stack, begun)
    heard = begun.say("我现在用的什么套餐")
    assert "月费" not in heard
    assert "服务密码" in heard or "手机号" in heard
    if "手机号" in heard:
        heard = begun.say(customer["msisdn"][3:])
    assert "月费" in begun.say(customer["pin"])


def test_verification_lapses_before_the_yes_and_nothing_is_paid(stack: Stack, talk: Begin) -> None:
    customer = stack.fresh_customer(language="en")
    before = credited(stack, customer)
    begun = talk()
    begun.say("top up 50 yuan with alipay")
    begun.say(customer["msisdn"][3:])
    assert "50.00" in begun.say(customer["pin"])
    lapse(stack, begun)
    heard = begun.say("yes")
    assert "has been added" not in heard
    assert "PIN" in heard
    assert credited(stack, customer) == before
    heard = begun.say(customer["pin"])
    assert "50.00" in heard
    assert "has been added" in begun.say("yes")
    assert credited(stack, customer) - before == 5000


@pytest.mark.usefixtures("well_again")
@pytest.mark.parametrize(
    ("language", "asks", "person", "money"),
    [
        ("zh", ("我还剩多少话费", "上个月账单多少钱", "换个套餐"), "转人工", r"元"),
        ("en", ("what's my balance", "what plan am I on"), "person", "¥"),
    ],
)
def test_operator_is_down_and_a_signed_in_customer_hears_the_truth(
    stack: Stack, talk: Begin, language: str, asks: tuple[str, ...], person: str, money: str
) -> None:
    customer = stack.fresh_customer(language=language)
    begun = talk(customer)
    begun.say("你好" if language == "zh" else "hello")
    stack.admin("POST", "/admin/faults", {"match": "/tmf-api", "kind": "status", "status": 503})
    stack.admin("POST", "/admin/faults", {"match": "/", "kind": "status", "status": 503})
    for words in asks:
        heard = begun.say(words)
        assert person in heard, heard
        assert money not in heard, heard


def lapse(stack: Stack, begun: Talk) -> None:
    """What fifteen minutes without a word do: the verification is gone."""
    integrators = Integrators(load(stack.folder / ".env"))
    integrator = integrators.by_bearer(bearer(stack)["Authorization"])
    assert integrator is not None
    client: Any = Redis(unix_socket_path=str(redis_socket(stack.folder)))
    assert client.delete(Keys.auth(integrators.namespaced(integrator, begun.sender))) == 1
    client.close()
