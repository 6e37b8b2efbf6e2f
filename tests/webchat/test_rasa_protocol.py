"""Rasa's Socket.IO protocol as its widgets speak it: nothing lost and nothing twice, although these widgets keep no count."""

from collections.abc import Callable

import pytest

from core.keys import Keys
from tests.redteam.door import Visitor
from tests.stack import Stack
from tests.webchat.clients import TRANSPORTS, Backdoor, RasaTab, eventually

pytestmark = pytest.mark.stack

RasaTabs = Callable[..., RasaTab]


def conversation_of(tab: RasaTab, backdoor: Backdoor) -> str:
    return backdoor.tokens.read(tab.session).conversation_id


def arrived(backdoor: Backdoor, conversation: str) -> None:
    """Wait until the server knows that everything has arrived."""
    last = backdoor.transcript.last_seq(conversation)

    def cursor() -> bool:
        with backdoor.parts.store.guard() as client:
            return int(client.get(Keys.delivered(conversation)) or 0) == last

    eventually(cursor, "the receipt")


@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
def test_a_widget_speaks_is_answered_and_misses_nothing(rasa_tab: RasaTabs, backdoor: Backdoor, transports: list[str]) -> None:
    tab = rasa_tab(None, transports)
    conversation = conversation_of(tab, backdoor)
    tab.utter("你好", session_id=tab.session, customData={"language": "zh"})
    assert tab.answered(1)[0]
    arrived(backdoor, conversation)
    tab.close()
    backdoor.write(conversation, "bot", text="您不在的时候")
    backdoor.write(conversation, "person", name="小林", text="我是小林\n\n有什么可以帮您")
    back = rasa_tab(tab.session, transports)
    assert back.answered(3) == ["您不在的时候", "我是小林", "有什么可以帮您"]
    assert back.sessions == [tab.session]
    arrived(backdoor, conversation)
    back.close()
    once_more = rasa_tab(tab.session, transports)
    backdoor.write(conversation, "bot", text="最后")
    assert once_more.answered(1) == ["最后"]


def test_what_is_said_to_it_has_rasas_shape_and_our_fields_in_metadata(rasa_tab: RasaTabs, backdoor: Backdoor) -> None:
    tab = rasa_tab()
    conversation = conversation_of(tab, backdoor)
    backdoor.write(conversation, "person", name="小林", text="您好")
    backdoor.write(conversation, "bot", text="选一个", buttons=[{"title": "好", "payload": "b.x"}])
    tab.answered(2)
    text, buttons = tab.said
    assert set(text) == {"text", "metadata"}
    assert {"seq": 1, "part": 1, "kind": "person", "name": "小林"}.items() <= text["metadata"].items()
    assert buttons["quick_replies"] == [{"content_type": "text", "title": "好", "payload": "b.x"}]


def test_words_of_other_devices_and_notes_are_not_repeated_to_it(rasa_tab: RasaTabs, backdoor: Backdoor) -> None:
    tab = rasa_tab()
    conversation = conversation_of(tab, backdoor)
    backdoor.write(conversation, "customer", text="从手机上说的")
    backdoor.write(conversation, "note", what="rating_asked", text="请评分")
    backdoor.write(conversation, "bot", text="好的")
    assert tab.answered(1) == ["好的"]
    arrived(backdoor, conversation)


def test_what_is_said_before_the_session_is_kept(rasa_tab: RasaTabs) -> None:
    tab = rasa_tab(begun=False)
    tab.utter("你好")
    tab.begin()
    assert tab.answered(1)[0]


def test_messages_one_after_the_other_keep_their_order(rasa_tab: RasaTabs, backdoor: Backdoor) -> None:
    tab = rasa_tab()
    words = [f"第{n}句" for n in range(5)]
    for each in words:
        tab.utter(each)
    tab.answered(5)
    conversation = conversation_of(tab, backdoor)

    def heard() -> list[str]:
        return [entry.body["text"] for entry in backdoor.transcript.after(conversation) if entry.kind == "customer"]

    eventually(lambda: len(heard()) >= 5, "five turns")
    assert heard() == words
    told = [shape["metadata"] for shape in tab.said if "seq" in shape["metadata"]]
    assert [one["seq"] for one in told] == sorted(one["seq"] for one in told)


@pytest.mark.parametrize("odd", [None, "", "x", 7, ["a"], {"a": 1}, "c1.e30.AAAA", "a" * 5000])
def test_a_session_that_is_none_of_ours_gets_a_new_one(rasa_tab: RasaTabs, odd: object, backdoor: Backdoor) -> None:
    tab = rasa_tab(odd)
    assert tab.session != odd
    assert backdoor.tokens.read(tab.session).owner == "rasa"


def test_forged_expired_left_and_foreign_sessions_get_a_new_one(rasa_tab: RasaTabs, backdoor: Backdoor, visitor: Visitor) -> None:
    mine = rasa_tab().session
    conversation = backdoor.tokens.read(mine).conversation_id
    backdoor.write(conversation, "bot", text="只给我的话")
    expired = backdoor.tokens.issue(conversation, "rasa", -1.0)
    left = backdoor.tokens.issue(conversation, "rasa", 1.0)
    backdoor.parts.conversations.leave(conversation, backdoor.tokens.read(left).device)
    nobodys = backdoor.tokens.issue("web-nobodys", "rasa", 1.0)
    for wanted in (mine[:-2] + "AA", conversation, expired, left, nobodys, visitor.id, visitor.token):
        tab = rasa_tab(wanted)
        assert tab.session != wanted
        other = conversation_of(tab, backdoor)
        assert other not in (conversation, visitor.id)
        backdoor.write(other, "bot", text="新的")
        assert tab.answered(1) == ["新的"]
        tab.close()


def test_asked_again_it_confirms_the_same_session_and_repeats_nothing(rasa_tab: RasaTabs, backdoor: Backdoor) -> None:
    tab = rasa_tab()
    other = rasa_tab().session
    backdoor.write(conversation_of(tab, backdoor), "bot", text="一次")
    tab.answered(1)
    tab.client.emit("session_request", {"session_id": other})
    tab.client.emit("session_request", None)
    eventually(lambda: len(tab.sessions) == 3)
    assert set(tab.sessions) == {tab.session}
    backdoor.write(conversation_of(tab, backdoor), "bot", text="两次")
    assert tab.answered(2) == ["一次", "两次"]


def test_odd_messages_do_no_harm(rasa_tab: RasaTabs) -> None:
    tab = rasa_tab()
    for odd in (None, [], "x", {"message": None}, {"message": 7}, {"message": "  "}, {"message": {"a": 1}}, {}):
        tab.client.emit("user_uttered", odd)
    tab.utter("你好", metadata="{", customData=[1])
    assert tab.answered(1)[0]


def test_a_session_forgotten_before_a_word_was_said_begins_anew(rasa_tab: RasaTabs, backdoor: Backdoor) -> None:
    tab = rasa_tab()
    first = tab.session
    backdoor.parts.conversations.forget(conversation_of(tab, backdoor))
    tab.utter("你好")
    assert tab.answered(1)[0]
    assert tab.session != first


def test_the_session_outlives_a_killed_gateway(stack: Stack, rasa_tab: RasaTabs, backdoor: Backdoor) -> None:
    tab = rasa_tab()
    conversation = conversation_of(tab, backdoor)
    tab.utter("你好")
    tab.answered(1)
    arrived(backdoor, conversation)
    assert stack.kill("gateway")
    backdoor.write(conversation, "bot", text="停机时说的")
    stack.wait_ready()
    back = rasa_tab(tab.session)
    assert back.answered(1) == ["停机时说的"]
    assert back.sessions == [tab.session]
    back.utter("谢谢")
    assert back.answered(2)[1]
