"""A person in the conversation: the customer's words go to them and not to the bot, and the bot never speaks after they came."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from core.keys import Keys
from core.settings import Settings
from customers.conversation import Awaiting, Conversation
from customers.integrators import Integrators
from customers.transcript import Entry, Transcript
from dialogue.engine import Engine
from dialogue.turn import Told, Turns, Utterance
from handoff.errors import NothingToOwn, NotOwner, OwnedByOther
from handoff.ownership import Agent
from handoff.relay import Relay
from processes.parts import Parts, build
from processes.turns import turns_of
from tests.conftest import PATIENT_MS, AtOnce, RedisServer
from tests.dialogue.talk import Talk
from tests.stack import Stack
from tests.webchat.api import Page

T = TypeVar("T")

LI = Agent("agent-7", "小李")
ZHAO = Agent("agent-8", "小赵")
KEY = "k" * 32
BALANCE = [{"text": "您的余额是 50 元。", "buttons": [{"title": "充值", "payload": "/top_up"}]}]
PHOTO = {"id": "a." + "x" * 22, "name": "账单.jpg", "type": "image/jpeg", "size": 1234, "kind": "image", "width": 4, "height": 3}


@dataclass
class Bot:
    """Stands in for the bot behind its door. `meanwhile` runs while it thinks; `asked` holds the texts it got."""

    messages: list[dict[str, Any]] = field(default_factory=lambda: list(BALANCE))
    intent: str = "query_balance"
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], Any] | None = None

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        if request.url.path.endswith("/parse"):
            return httpx2.Response(200, json={"intent": {"name": self.intent, "confidence": 0.9}})
        self.asked.append(body["text"])
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        answer = {"messages": self.messages, "loop": None, "asked": None, "intent": self.intent, "ranking": [], "broken": False}
        return httpx2.Response(200, json=answer)


@dataclass
class Records:
    """Where SQL work runs. `meanwhile` happens before the next piece of it."""

    meanwhile: Callable[[], Any] | None = None

    def __call__(self, work: Callable[[], T], /) -> T:
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        return work()


@dataclass
class Desk:
    """The real product but for the bot and the wire."""

    parts: Parts
    turns: Turns
    bot: Bot
    records: Records
    talk: Conversation
    said: int = 0

    def say(self, text: str, **more: Any) -> list[str]:
        """What came back at once, one text a message."""
        self.said += 1
        result = self.turns.take_turn(self.talk, Utterance(f"m{self.said}", text, **more))
        assert result.told is Told.ANSWER
        return [reply.text for reply in result.replies]

    def entries(self) -> list[Entry]:
        return Transcript(self.parts.store, self.parts.sealer, self.parts.clock).after(self.talk.id)

    def lines(self) -> list[str]:
        """The transcript in short: kind and text, or what a note says."""
        return [f"{entry.kind}: {entry.body.get('text', entry.body.get('what', ''))}" for entry in self.entries()]

    def state(self) -> dict[str, Any]:
        return self.parts.presence.state(self.talk.id)

    @property
    def now(self) -> Conversation:
        found = self.parts.conversations.load(self.talk.id)
        assert found is not None
        return found


@pytest.fixture
def desk(tmp_path: Path, redis_socket: str) -> Iterator[Desk]:
    seal_key = base64.b64encode(os.urandom(32)).decode()
    redis_url = f"unix://{redis_socket}"
    settings = Settings(
        _env_file=None, seal_key=seal_key, var_dir=tmp_path, redis_url=redis_url, redis_budget_ms=PATIENT_MS, turn_wait_seconds=30
    )
    records, bot = Records(), Bot()
    parts = build(settings, run=records)
    turns = turns_of(parts, Engine(settings, transport=httpx2.MockTransport(bot)))
    yield Desk(parts, turns, bot, records, parts.conversations.mint("web", "web", language="zh"))
    parts.store.close()


def test_a_persons_conversation_is_not_the_bots(desk: Desk) -> None:
    assert desk.say("查话费") == ["您的余额是 50 元。"]
    desk.parts.relay.take_over(desk.talk.id, LI)
    assert desk.say("我想问个事") == []
    assert desk.bot.asked == ["查话费"]
    desk.parts.relay.give_back(desk.talk.id)
    assert desk.say("再查一次话费") == ["您的余额是 50 元。"]
    assert desk.lines() == [
        "customer: 查话费", "bot: 您的余额是 50 元。", "note: person_joined", "customer: 我想问个事", "note: person_left",
        "note: rating_asked", "customer: 再查一次话费", "bot: 您的余额是 50 元。",
    ]  # fmt: skip
    assert {entry.body["name"] for entry in desk.entries() if entry.body.get("what", "").startswith("person_")} == {"小李"}


def test_who_is_there_is_shown(desk: Desk) -> None:
    desk.say("查话费")
    assert desk.state() == {"phase": "bot", "name": None, "position": None, "wait_minutes": None, "typing": None, "read": 2}
    desk.parts.relay.take_over(desk.talk.id, LI)
    desk.parts.relay.typing(desk.talk.id, LI)
    desk.say("在吗")
    assert desk.state() == {
        "phase": "person",
        "name": "小李",
        "position": None,
        "wait_minutes": None,
        "typing": "person",
        "read": 2,
    }
    desk.parts.relay.read(desk.talk.id, LI, 4)
    assert desk.state()["read"] == 4
    desk.parts.relay.say(desk.talk.id, LI, {"text": "在的"}, "p1")
    assert desk.state()["typing"] is None
    desk.parts.relay.give_back(desk.talk.id)
    assert (desk.state()["phase"], desk.state()["name"]) == ("bot", None)


def test_the_bot_is_seen_to_type_while_it_thinks(desk: Desk) -> None:
    seen: list[Any] = []
    desk.bot.meanwhile = lambda: seen.append(desk.state()["typing"])
    desk.say("查话费")
    assert seen == ["bot"]
    assert desk.state()["typing"] is None


def test_a_person_says_one_thing_once(desk: Desk, at_once: AtOnce) -> None:
    desk.parts.relay.take_over(desk.talk.id, LI)
    said = at_once(8, lambda _: desk.parts.relay.say(desk.talk.id, LI, {"text": "您好，我是小李"}, "p1"))
    assert {entry.seq for entry in said} == {2}
    assert [entry.body for entry in desk.entries()[1:]] == [{"text": "您好，我是小李", "name": "小李"}]
    desk.parts.relay.give_back(desk.talk.id)
    again = desk.parts.relay.say(desk.talk.id, LI, {"text": "您好，我是小李"}, "p1")
    assert (again.seq, again.kind, again.body) == (2, "person", {"text": "您好，我是小李", "name": "小李"})


def test_only_the_owner_speaks(desk: Desk) -> None:
    relay = desk.parts.relay
    for act in (
        lambda agent: relay.say(desk.talk.id, agent, {"text": "您好"}, "p1"),
        lambda agent: relay.typing(desk.talk.id, agent),
        lambda agent: relay.read(desk.talk.id, agent, 1),
    ):
        with pytest.raises(NotOwner):
            act(LI)
    relay.take_over(desk.talk.id, LI)
    with pytest.raises(OwnedByOther):
        relay.take_over(desk.talk.id, ZHAO)
    with pytest.raises(NotOwner):
        relay.say(desk.talk.id, ZHAO, {"text": "您好"}, "p1")
    relay.take_over(desk.talk.id, LI)
    assert desk.lines() == ["note: person_joined"]


def test_one_of_many_gets_it(desk: Desk, at_once: AtOnce) -> None:
    def take(number: int) -> bool:
        try:
            desk.parts.relay.take_over(desk.talk.id, Agent(f"agent-{number}", "小李"))
        except OwnedByOther:
            return False
        return True

    assert sum(at_once(8, take)) == 1
    assert desk.lines() == ["note: person_joined"]


def test_nothing_is_given_back_twice_and_nobody_owns_nothing(desk: Desk) -> None:
    desk.parts.relay.give_back(desk.talk.id)
    assert desk.lines() == []
    with pytest.raises(NothingToOwn):
        desk.parts.relay.take_over("web-unknown", LI)
    assert desk.parts.owners.of("web-unknown").agent is None


def test_the_bot_says_nothing_after_a_person_came(desk: Desk) -> None:
    desk.bot.meanwhile = lambda: desk.parts.relay.take_over(desk.talk.id, LI)
    assert desk.say("查话费") == []
    assert desk.lines() == ["note: person_joined", "customer: 查话费"]
    assert desk.turns.take_turn(desk.talk, Utterance("m1", "查话费")).replies == ()
    desk.parts.relay.give_back(desk.talk.id)
    desk.bot.asked.clear()
    desk.say("充值")
    assert desk.bot.asked == ["充值"], "a button nobody saw is not on offer"


def test_what_was_carried_out_is_told_after_a_person_came(desk: Desk) -> None:
    def pay_and_be_taken_over() -> None:
        journal = desk.parts.journal
        journal.intend(KEY, conversation=desk.talk.id, customer_id="C-WANG", operation="top_up", values={}, amount_fen=5000)
        desk.parts.relay.take_over(desk.talk.id, LI)

    desk.bot.messages = [{"text": "充值成功。"}]
    desk.bot.meanwhile = pay_and_be_taken_over
    assert desk.say("确认充值") == ["充值成功。"]
    assert desk.lines() == ["note: person_joined", "customer: 确认充值", "bot: 充值成功。"]


def test_a_customer_whose_person_just_left_is_answered_by_the_bot(desk: Desk) -> None:
    """Given back after the turn began and before it was recorded: while it looks into the journal."""
    desk.parts.relay.take_over(desk.talk.id, LI)
    desk.records.meanwhile = lambda: desk.parts.relay.give_back(desk.talk.id)
    assert desk.say("查话费") == ["您的余额是 50 元。"]
    assert desk.lines() == ["note: person_joined", "note: person_left", "customer: 查话费", "bot: 您的余额是 50 元。"]


@pytest.mark.parametrize("words", ["246810", "我的密码是246810", "验证码 135790 好了吗", "卡号 4111 1111 1111 1111"])
def test_a_secret_typed_to_a_person_is_hidden(desk: Desk, redis_server: RedisServer, words: str) -> None:
    desk.parts.relay.take_over(desk.talk.id, LI)
    desk.say(words)
    [line] = [entry.body["text"] for entry in desk.entries() if entry.kind == "customer"]
    assert "••••" in line
    assert not any(char.isdigit() for char in line)


def test_a_secret_that_was_asked_for_is_not_tried_for_a_person(desk: Desk) -> None:
    talk = desk.now
    talk.awaiting = Awaiting(kind="service_pin", operation="0" * 16, until=desk.parts.clock.now().replace(year=2099))
    desk.parts.conversations.save(talk)
    desk.parts.relay.take_over(desk.talk.id, LI)
    assert desk.say("2468") == []
    assert desk.lines()[-1] == "customer: ••••"


def test_a_button_pressed_while_a_person_is_there_reads_as_its_title(desk: Desk) -> None:
    desk.say("查话费")
    token = desk.entries()[-1].body["buttons"][0]["payload"]
    desk.parts.relay.take_over(desk.talk.id, LI)
    assert desk.say(token) == []
    assert desk.lines()[-1] == "customer: 充值"
    assert desk.bot.asked == ["查话费"]


# attachments and the page


def test_an_attachment_without_words_is_answered_by_us(desk: Desk) -> None:
    [told] = desk.say("", attachment=PHOTO)
    assert "附件" in told
    assert desk.bot.asked == []
    customer, bot = desk.entries()
    assert customer.body == {"attachment": PHOTO}
    assert bot.body["buttons"][0]["title"] == "转人工"
    assert desk.say("", attachment={**PHOTO, "kind": "file"}) != [told], "not twice in the same words"
    desk.say(desk.entries()[-1].body["buttons"][0]["payload"])
    assert desk.bot.asked == ["/human_agent"]


def test_an_attachment_with_words_goes_to_the_bot_as_words(desk: Desk) -> None:
    desk.say("查话费", attachment=PHOTO)
    assert desk.bot.asked == ["查话费"]
    assert desk.entries()[0].body == {"text": "查话费", "attachment": PHOTO}


def test_an_attachment_for_a_person_is_recorded(desk: Desk) -> None:
    desk.parts.relay.take_over(desk.talk.id, LI)
    assert desk.say("", attachment=PHOTO) == []
    assert desk.entries()[-1].body == {"attachment": PHOTO}


def test_the_page_travels_with_the_words_and_stays_known(desk: Desk) -> None:
    desk.say("查话费", context={"page": "/cart", "cart": 2})
    desk.turns.take_turn(desk.talk, Utterance("m1", "查话费", context={"page": "/other"}))
    desk.say("再查一次", context={"page": "/plans", "product": "X"})
    assert [entry.body.get("context") for entry in desk.entries() if entry.kind == "customer"] == [
        {"page": "/cart", "cart": 2},
        {"page": "/plans", "product": "X"},
    ]
    assert desk.now.context == {"page": "/plans", "product": "X", "cart": 2}
    assert desk.bot.asked == ["查话费", "再查一次"]


def test_nothing_of_a_person_stands_in_redis_in_clear(desk: Desk, redis_server: RedisServer) -> None:
    desk.parts.relay.take_over(desk.talk.id, Agent("agent-9", "canary-name"))
    desk.parts.relay.say(desk.talk.id, Agent("agent-9", "canary-name"), {"text": "canary-words"}, "p1")
    desk.say("canary-words", context={"page": "/canary-page"})
    for canary in (b"canary-name", b"canary-words", b"canary-page"):
        assert canary not in redis_server.everything()
    for key in (Keys.owner(desk.talk.id), Keys.presence(desk.talk.id)):
        assert desk.parts.store.client.ttl(key) > 0


# through the doors


@pytest.fixture
def relay(stack: Stack) -> Iterator[Relay]:
    """A desk of the running product."""
    known = {name.lower(): value for name, value in stack.secrets.items() if name.lower() in Settings.model_fields}
    parts = build(Settings(_env_file=None, **{**known, "var_dir": stack.folder, "redis_budget_ms": PATIENT_MS}))
    yield parts.relay
    parts.store.close()


@pytest.mark.stack
def test_a_page_talks_with_the_bot_a_person_and_the_bot_again(stack: Stack, relay: Relay) -> None:
    page = Page(stack, {"language": "zh"})
    assert page.heard("你好")
    relay.take_over(page.id, LI)
    assert page.heard("我的密码是246810") == []
    relay.say(page.id, LI, {"text": "您好，密码请不要发给我。"}, "p1")
    relay.give_back(page.id)
    assert page.heard("谢谢")
    kinds = [(event["kind"], event["body"].get("what") or event["body"].get("name")) for event in page.events()]
    handed = [
        ("note", "person_joined"),
        ("customer", None),
        ("person", "小李"),
        ("note", "person_left"),
        ("note", "rating_asked"),
    ]
    assert [place for place in range(len(kinds)) if kinds[place : place + 5] == handed]
    assert kinds[-1] == ("bot", None)
    assert "246810" not in str(page.events())


@pytest.mark.stack
def test_an_integrator_hears_nothing_from_the_bot_while_a_person_is_there(stack: Stack, relay: Relay) -> None:
    settings = Settings(_env_file=None, token_key=stack.secrets["TOKEN_KEY"], demo_api_key=stack.secrets["DEMO_API_KEY"])
    integrators = Integrators(settings)
    integrator = integrators.by_bearer(f"Bearer {stack.secrets['DEMO_API_KEY']}")
    assert integrator is not None
    talk = Talk(stack)
    talk.say("你好")
    conversation = integrators.namespaced(integrator, talk.sender)
    relay.take_over(conversation, LI)
    answer = talk.post("我想问个事")
    assert (answer.status_code, answer.json()) == (200, [])
    relay.give_back(conversation)
    assert talk.say("谢谢")
