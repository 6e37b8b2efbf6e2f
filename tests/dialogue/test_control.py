"""What scripts cannot say: every intent in every form at the bot's door, the words of the phone, and clicks that come late or from elsewhere."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from tests.dialogue.script import credited
from tests.dialogue.talk import Talk
from tests.stack import Stack

pytestmark = pytest.mark.stack

ROOT = Path(__file__).parents[2]
DOMAINS = [yaml.safe_load(path.read_text()) for path in (ROOT / "domain.yml", *sorted((ROOT / "data").glob("*/domain.yml")))]
INTENTS = sorted(next(iter(entry)) for domain in DOMAINS for entry in domain.get("intents") or ())
FORMS = sorted(name for domain in DOMAINS for name in domain.get("forms") or ())
OPENED_BY = {
    "identify_form": "/query_balance",
    "top_up_form": "/top_up",
    "change_plan_form": "/change_plan",
    "buy_data_pack_form": "/buy_data_pack",
    "cancel_order_form": "/cancel_order",
    "call_back_form": "/human_agent",
}
UNICODE_SPACES = ("\u00a0", "\u1680", "\u2003", "\u2028", "\u202f", "\u205f", "\u3000", "\u0085")


class Door:
    """The bot's own door, as the gateway uses it: a conversation of a stranger."""

    def __init__(self, stack: Stack, channel: str = "web", language: str = "zh") -> None:
        self._stack = stack
        self._body = {"conversation": f"walk-{uuid4().hex}", "channel": channel, "fence": 1, "language": language}

    def send(self, text: str, *, trusted: bool = True) -> dict[str, Any]:
        answer = self._stack.http.post(
            f"http://127.0.0.1:{self._stack.ports['BOT_PORT']}/webhooks/careline/turn",
            json={**self._body, "text": text, "trusted": trusted, "id": uuid4().hex},
            headers={"X-Careline-Secret": self._stack.secrets["ACTION_SECRET"]},
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def spoken(answer: dict[str, Any]) -> str:
    return "\n".join(message["text"] for message in answer["messages"] if message.get("text"))


def test_every_form_of_the_bot_is_walked() -> None:
    assert sorted(OPENED_BY) == FORMS


@pytest.mark.parametrize("form", [None, *FORMS])
def test_every_intent_is_answered_in_every_state(stack: Stack, form: str | None) -> None:
    silent: dict[str, Any] = {}
    for intent in INTENTS:
        door = Door(stack)
        if form is not None:
            opened = door.send(OPENED_BY[form])
            assert opened["loop"] == form, opened
        answer = door.send(f"/{intent}")
        after = door.send("/greet")  # whatever happened before, the next message is heard
        if not spoken(answer) or answer["broken"] or not spoken(after) or after["broken"]:
            silent[intent] = (answer, after)
    assert silent == {}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("intent", ["main_menu", "human_agent", "goodbye", "suspend_service"])
def test_what_leaves_a_task_leaves_it(stack: Stack, form: str, intent: str) -> None:
    door = Door(stack)
    door.send(OPENED_BY[form])
    loop = door.send(f"/{intent}")["loop"]
    assert loop == (
        "call_back_form" if intent in ("human_agent", "suspend_service") else None
    )  # a stranger is asked for a number


@pytest.mark.parametrize(("language", "words"), [("zh", "您可以说查话费"), ("en", "You can say balance")])
def test_the_phone_has_words_of_its_own(stack: Stack, language: str, words: str) -> None:
    assert words in spoken(Door(stack, "ivr", language).send("/main_menu"))
    assert words not in spoken(Door(stack, "web", language).send("/main_menu"))


def test_nothing_on_the_phone_is_for_the_eye(stack: Stack) -> None:
    for language in ("zh", "en"):
        for intent in INTENTS:
            said = spoken(Door(stack, "ivr", language).send(f"/{intent}"))
            assert said, intent
            assert not any(sign in said for sign in ("•", "1. ", "http")), said


# buttons


@pytest.fixture
def person(stack: Stack) -> dict[str, Any]:
    return stack.fresh_customer(language="zh")


def payments(talk: Talk) -> Iterator[str]:
    """Tokens of the ways to pay."""
    talk.say("充五十块话费")
    yield from (talk.button(title) for title in ("微信支付", "支付宝"))


def test_the_same_click_twice_gives_the_first_answer(talk: Callable[..., Talk], person: dict[str, Any]) -> None:
    chat = talk(person)
    wechat, _ = payments(chat)
    first = chat.say(wechat)
    assert "微信" in first
    assert chat.say(wechat) == first


def test_a_click_on_an_old_choice_is_told_closed_and_the_question_comes_again(
    talk: Callable[..., Talk], person: dict[str, Any]
) -> None:
    chat = talk(person)
    wechat, alipay = payments(chat)
    chat.say(wechat)
    again = chat.say(alipay)
    assert "失效" in again
    assert "微信" in again
    assert "50.00" in again
    assert "支付宝" not in again


def test_a_click_on_an_old_choice_after_the_task_brings_the_last_answer_with_its_choices(talk: Callable[..., Talk]) -> None:
    chat = talk()
    chat.say("what can you help me with")
    top_up = chat.button("Top up")
    chat.say("hello")
    chat.say("main menu")
    again = chat.say(top_up)
    assert "closed" in again
    assert chat.button("balance")


def test_a_token_of_another_conversation_does_nothing(talk: Callable[..., Talk], person: dict[str, Any], stack: Stack) -> None:
    mine, other = talk(person), talk(stack.fresh_customer(language="zh"))
    wechat, _ = payments(mine)
    next(payments(other))
    said = other.say(wechat)
    assert "失效" in said
    assert "50.00" not in said
    assert "50.00" in mine.say(wechat)


def test_a_made_up_token_does_nothing(talk: Callable[..., Talk], person: dict[str, Any]) -> None:
    chat = talk(person)
    next(payments(chat))
    said = chat.say("b." + "A" * 22)
    assert "失效" in said
    assert "50.00" not in said


def test_a_confirmation_clicked_twice_pays_once(talk: Callable[..., Talk], person: dict[str, Any], stack: Stack) -> None:
    chat = talk(person)
    wechat, _ = payments(chat)
    before = credited(stack, person)
    chat.say(wechat)
    yes = chat.button("确认")
    paid = chat.say(yes)
    assert "TU" in paid
    assert chat.say(yes) == paid
    assert credited(stack, person) == before + 5000


def test_the_same_message_twice_is_answered_once(talk: Callable[..., Talk], person: dict[str, Any]) -> None:
    chat = talk(person)
    first = chat.say("查话费余额", message_id="m-1")
    assert chat.say("查话费余额", message_id="m-1") == first


# commands


@pytest.mark.parametrize("space", UNICODE_SPACES, ids=[f"U+{ord(space):04X}" for space in UNICODE_SPACES])
@pytest.mark.parametrize("command", ['/inform{"payment_method": "alipay"}', "/restart"])
def test_a_typed_command_behind_any_blank_changes_nothing(
    talk: Callable[..., Talk], person: dict[str, Any], space: str, command: str
) -> None:
    chat = talk(person)
    chat.say("充五十块话费")
    said = chat.say(space + command)
    assert "支付" in said
    assert "50.00" not in said, "the command chose a way to pay"
    assert "50.00" in chat.say("微信支付"), "the task was lost"


@pytest.mark.parametrize("command", ["/affirm", '/affirm{"x": 1}', "/verification_done", "/session_start", "/action_listen"])
def test_no_typed_command_agrees_to_anything(
    talk: Callable[..., Talk], person: dict[str, Any], stack: Stack, command: str
) -> None:
    chat = talk(person)
    before = credited(stack, person)
    chat.say("充五十块话费用微信支付")
    assert "TU" not in chat.say(command)
    assert credited(stack, person) == before


def test_a_secret_nobody_asked_for_is_hidden_and_warned_about(talk: Callable[..., Talk], person: dict[str, Any]) -> None:
    said = talk(person).say(f"验证码 {person['pin']} 收到了吗")
    assert "遮住" in said
    assert person["pin"] not in said
