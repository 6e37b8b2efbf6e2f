"""Whole calls on the running product, webhook by webhook: both languages, keys and words, silence, wrong keys, a person, the end."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from customers.transcript import Transcript
from tests.inside import Inside
from tests.ivr.line import STRANGER, Line, key_for
from tests.stack import Stack

pytestmark = pytest.mark.stack
WITHHELD = "+266696687"
GIBBERISH = {
    "zh": ("呜哩哇啦咕噜", "哔哔啵啵嘟嘟", "嘎嘎叽叽"),
    "en": ("blorp zing wuffle", "grumble snazzle fip", "zzz qqq xxx vvv"),
}


@pytest.fixture
def line(stack: Stack) -> Callable[..., Line]:
    """line() is a stranger's telephone; line(number) somebody's."""
    return lambda caller=STRANGER: Line(stack, caller)


@pytest.fixture(scope="module")
def inside(stack: Stack) -> Inside:
    return Inside(stack)


def verified(call: Line, customer: dict[str, Any]) -> str:
    """Give number and PIN by keys; what is said then."""
    call.keys("1")
    assert call.listens == "dtmf", call.twiml
    return call.keys(customer["pin"])


def transcript(inside: Inside, conversation: str) -> str:
    parts = inside.parts
    entries = Transcript(parts.store, parts.sealer, parts.clock).after(conversation)
    return json.dumps([entry.body for entry in entries], ensure_ascii=False)


def conversation_of(inside: Inside, call: Line) -> str:
    return f"tel-{inside.parts.sealer.digest('call', call.sid)}"


def test_a_balance_by_keys_alone(stack: Stack, line: Callable[..., Line]) -> None:
    customer = stack.fresh_customer(language="zh")
    call = line(customer["msisdn"])
    assert customer["name"] in call.ring()
    menu = call.keys("1")
    call.keys(key_for(menu, "查话费"))
    said = verified(call, customer)
    assert "余额" in said
    assert "块" in said or "元" in said


def test_a_balance_by_words_alone_but_for_the_pin(stack: Stack, line: Callable[..., Line]) -> None:
    customer = stack.fresh_customer(language="en")
    call = line(customer["msisdn"])
    call.ring()
    call.speak("what's my balance")
    number = " ".join(customer["msisdn"][-11:])
    call.speak(number)
    assert call.listens == "dtmf"
    assert "yuan" in call.keys(customer["pin"])


def test_the_language_is_chosen_by_key_and_remembered_for_the_customer(stack: Stack, line: Callable[..., Line]) -> None:
    customer = stack.fresh_customer(language="zh")
    call = line(customer["msisdn"])
    assert "您好" in call.ring()
    assert call.keys("2").startswith("Press 1")
    again = line(customer["msisdn"])
    assert again.ring().startswith("Hello")


def test_the_language_is_heard_in_the_first_words(line: Callable[..., Line]) -> None:
    call = line()
    greeting = call.ring()
    assert "您好" in greeting
    assert "Hello" in greeting
    call.speak("how much data do I have left")
    assert re.search("[a-z]{4}", call.said)
    assert not re.search("[\u4e00-\u9fff]", call.said)
    gather = call.root.find("Gather")
    assert gather is not None
    assert gather.attrib["language"] == "en-US"


def test_a_secret_is_keyed_and_stands_nowhere(stack: Stack, line: Callable[..., Line], inside: Inside) -> None:
    customer = stack.fresh_customer(language="zh")
    call = line(customer["msisdn"])
    call.ring()
    call.speak("查话费余额")
    call.keys("1")
    assert call.listens == "dtmf"
    assert "speech" not in call.twiml
    call.keys(customer["pin"])
    for url, _, twiml in call.answers:
        assert customer["pin"] not in url
        assert customer["pin"] not in twiml
    entries = transcript(inside, conversation_of(inside, call))
    assert "••••" in entries
    assert customer["pin"] not in entries
    for log in stack.folder.glob("logs/*.log"):
        assert customer["pin"] not in re.sub(r"\d{7,}|\d\.\d+|[0-9a-f-]{12,}", "", log.read_text(errors="replace")), log.name


def test_a_spoken_pin_is_not_listened_to(stack: Stack, line: Callable[..., Line]) -> None:
    customer = stack.fresh_customer(language="zh")
    call = line(customer["msisdn"])
    call.ring()
    call.speak("查话费余额")
    call.keys("1")
    said = call.speak(" ".join(customer["pin"]))
    assert "按键" in said
    assert call.listens == "dtmf"
    assert "余额" in call.keys(customer["pin"])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("wrong", ["silence", "wrong key", "gibberish"])
def test_three_times_nothing_understood_ends_with_a_person_each_prompt_different(
    line: Callable[..., Line], wrong: str, language: str
) -> None:
    call = line()
    call.ring()
    prompts = [call.keys("1" if language == "zh" else "2")]
    for words in GIBBERISH[language]:
        if wrong == "silence":
            prompts.append(call.silence())
        else:
            prompts.append(call.keys("8") if wrong == "wrong key" else call.speak(words))
    assert len(set(prompts)) == 4
    assert call.verbs == ["Say", "Hangup"]
    assert ("编号" if language == "zh" else "reference") in call.said


def test_the_third_try_listens_to_keys_only(line: Callable[..., Line]) -> None:
    call = line()
    call.ring()
    call.keys("1")
    call.silence()
    assert call.listens == "dtmf speech"
    call.silence()
    assert call.listens == "dtmf"


def test_what_is_understood_ends_the_row_of_misses(line: Callable[..., Line]) -> None:
    call = line()
    call.ring()
    call.keys("1")
    for _ in range(3):
        call.silence()
        call.speak("查一下话费余额")
        assert call.listens
    assert "Hangup" not in call.verbs


@pytest.mark.parametrize("wish", ["0", "人工", "agent"])
@pytest.mark.parametrize("where", ["greeting", "menu", "question"])
def test_a_person_is_one_turn_away_from_anywhere(line: Callable[..., Line], inside: Inside, wish: str, where: str) -> None:
    call = line()
    call.ring()
    if where != "greeting":
        call.keys("1")
    if where == "question":
        call.speak("查话费余额")
    said = call.keys(wish) if wish == "0" else call.speak(wish)
    made = inside.parts.promises.list(conversation=conversation_of(inside, call))
    assert [one.number for one in made] == [STRANGER]
    assert " ".join(made[0].reference) in said
    assert call.listens  # and the caller may go on
    call.keys("0")
    assert len(inside.parts.promises.list(conversation=conversation_of(inside, call))) == 1


def test_who_hides_the_number_leaves_a_message(line: Callable[..., Line], inside: Inside) -> None:
    call = line(WITHHELD)
    call.ring()
    call.keys("0")
    assert "Record" in call.verbs
    recording = f"RE{'5' * 32}"
    call.ask(call.action, RecordingSid=recording, RecordingUrl="https://api.twilio.com/x", RecordingDuration="7", Digits="hangup")
    assert set(call.verbs) == {"Say", "Hangup"}
    made = inside.parts.promises.list(conversation=conversation_of(inside, call))
    assert [one.context["recording"] for one in made] == [recording]


def test_who_leaves_no_message_is_told_goodbye(line: Callable[..., Line]) -> None:
    call = line(WITHHELD)
    call.ring()
    call.keys("0")
    call.silence()
    assert set(call.verbs) == {"Say", "Hangup"}


def test_repeat_says_the_same_again(line: Callable[..., Line]) -> None:
    call = line()
    call.ring()
    menu = call.keys("1")
    assert call.keys("*") == menu
    assert call.keys("*") == menu


def test_steering_words_go_to_the_bot(line: Callable[..., Line]) -> None:
    call = line()
    call.ring()
    call.keys("2")
    assert "balance" in call.speak("main menu")
    call.speak("speak more slowly please")
    assert "slow" in call.twiml


def test_goodbye_ends_the_call(line: Callable[..., Line]) -> None:
    call = line()
    call.ring()
    call.keys("1")
    call.speak("好的没有别的了，再见")
    assert call.verbs[-1] == "Hangup"


def test_hanging_up_ends_what_was_proved(stack: Stack, line: Callable[..., Line], inside: Inside) -> None:
    customer = stack.fresh_customer(language="zh")
    call = line(customer["msisdn"])
    call.ring()
    call.speak("查话费余额")
    verified(call, customer)
    conversation = conversation_of(inside, call)
    assert inside.parts.identities.of(conversation) is not None
    call.hang_up()
    assert inside.parts.identities.of(conversation) is None


def test_two_calls_at_once_from_one_number_share_nothing(stack: Stack, line: Callable[..., Line]) -> None:
    customer = stack.fresh_customer(language="zh")
    one, other = line(customer["msisdn"]), line(customer["msisdn"])
    for call in (one, other):
        call.ring()
        call.speak("查话费余额")
    assert "余额" in verified(one, customer)
    other.keys("1")
    assert other.listens == "dtmf"  # still asked for the PIN


def test_the_fallback_takes_a_message(line: Callable[..., Line]) -> None:
    call = line()
    call.ring()
    call.ask("/voice/fallback", ErrorCode="11200", ErrorUrl="https://care.example/voice/step?s=x")
    assert call.verbs[-2:] == ["Record", "Redirect"]


def test_after_an_answer_the_first_keys_work_again(stack: Stack, line: Callable[..., Line]) -> None:
    """Who has only keys goes from one task to the next; silence says which they are."""
    customer = stack.fresh_customer(language="zh")
    call = line(customer["msisdn"])
    call.ring()
    call.keys("1")
    call.keys("1")
    assert "余额" in verified(call, customer)
    assert "充值请按3" in call.silence()
    assert "多少" in call.keys("3")
    assert "充五十" not in call.said


def test_a_wish_for_a_person_leaves_the_question_where_it_stood(stack: Stack, line: Callable[..., Line]) -> None:
    """The PIN is still awaited, so nobody may be listened to: it would be said aloud."""
    customer = stack.fresh_customer(language="zh")
    call = line(customer["msisdn"])
    call.ring()
    call.speak("查话费余额")
    call.keys("1")
    assert "编号" in call.keys("0")
    assert call.listens == "dtmf"
    assert "余额" in call.keys(customer["pin"])


def test_names_of_plans_are_expected_where_one_is_asked_for(stack: Stack, line: Callable[..., Line]) -> None:
    customer = stack.fresh_customer(language="zh")
    call = line(customer["msisdn"])
    call.ring()
    call.speak("我想换个套餐")
    verified(call, customer)
    gather = call.root.find("Gather")
    assert gather is not None
    assert "套餐" in gather.attrib.get("hints", "")
