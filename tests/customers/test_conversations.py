"""Conversations and transcripts: sealed, numbered without gaps, forgotten for good."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import SealBroken
from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from customers.conversation import Awaiting, Conversation, Conversations
from customers.transcript import Transcript
from tests.conftest import AtOnce, RedisServer
from tests.fakes import ManualClock


@pytest.fixture
def conversations(store: Store, sealer: Sealer, clock: ManualClock) -> Conversations:
    return Conversations(store, sealer, clock)


@pytest.fixture
def transcript(store: Store, sealer: Sealer, clock: ManualClock) -> Transcript:
    return Transcript(store, sealer, clock)


def test_a_conversation_comes_back_as_it_was_saved(conversations: Conversations, clock: ManualClock) -> None:
    talk = conversations.mint("web", "web")
    talk.language = "zh"
    talk.number = "+8613800138000"
    talk.awaiting = Awaiting(kind="sms_code", operation="0123456789abcdef", until=clock.now())
    talk.waiting_requests = ("查话费", "充五十")
    conversations.save(talk)
    assert conversations.load(talk.id) == talk
    assert conversations.load("web-unknown") is None


def test_ids_are_long_and_never_the_same(conversations: Conversations) -> None:
    ids = {conversations.mint("web", "web").id for _ in range(50)}
    assert len(ids) == 50
    assert all(len(found.removeprefix("web-")) == 24 for found in ids)


def test_what_waits_is_bounded(clock: ManualClock) -> None:
    talk = Conversation(id="web-1", channel="web", owner="web", created_at=clock.now())
    with pytest.raises(ValidationError):
        talk.waiting_requests = ("1", "2", "3", "4")
    with pytest.raises(ValidationError):
        talk.parked = ("1", "2", "3")


def test_nothing_of_a_conversation_stands_in_redis_in_clear(
    conversations: Conversations, transcript: Transcript, redis_server: RedisServer
) -> None:
    talk = conversations.mint("web", "web")
    talk.number = "+8613800138000"
    conversations.save(talk)
    transcript.append(talk.id, "customer", {"text": "canary-words"})
    dump = redis_server.everything()
    assert talk.id.encode() in dump
    assert b"13800138000" not in dump
    assert b"canary-words" not in dump


def test_a_forgotten_conversation_cannot_be_read_again(
    conversations: Conversations, transcript: Transcript, store: Store
) -> None:
    talk = conversations.mint("web", "web")
    transcript.append(talk.id, "customer", {"text": "one"})
    with store.guard() as client:
        backup = client.dump(Keys.stream(talk.id))
    assert isinstance(backup, bytes)
    conversations.forget(talk.id)
    assert conversations.load(talk.id) is None
    with store.guard() as client:
        client.restore(Keys.stream(talk.id), 0, backup)
    with pytest.raises(SealBroken):
        transcript.after(talk.id)


def test_two_first_messages_begin_one_conversation(conversations: Conversations, at_once: AtOnce) -> None:
    found = at_once(20, lambda _: conversations.load_or_begin("rest-abc", "rest", "acme"))
    assert len({talk.model_dump_json() for talk in found}) == 1


def test_entries_are_numbered_without_gaps_under_many_writers(transcript: Transcript, at_once: AtOnce) -> None:
    written = at_once(40, lambda i: transcript.append("web-1", "customer", {"n": i}).seq)
    assert sorted(written) == list(range(1, 41))
    read = transcript.after("web-1")
    assert [entry.seq for entry in read] == list(range(1, 41))
    assert {entry.body["n"] for entry in read} == set(range(40))
    assert transcript.last_seq("web-1") == 40


def test_reading_goes_on_after_a_number(transcript: Transcript, clock: ManualClock) -> None:
    for i in range(5):
        transcript.append("web-1", "bot", {"n": i}, client_id=f"m{i}")
    [fourth] = transcript.after("web-1", 3, limit=1)
    assert (fourth.seq, fourth.kind, fourth.body, fourth.client_id, fourth.at) == (4, "bot", {"n": 3}, "m3", clock.now())
    assert transcript.after("web-1", 5) == []
    assert transcript.after("web-2") == []
    assert transcript.last_seq("web-2") == 0


def test_a_swapped_entry_is_noticed(transcript: Transcript, store: Store) -> None:
    transcript.append("web-1", "bot", {"text": "one"})
    with store.guard() as client:
        rows: Any = client.xrange(Keys.stream("web-1"))
        client.xadd(Keys.stream("web-1"), rows[0][1], id="2-0")
    with pytest.raises(SealBroken):
        transcript.after("web-1")


def test_an_oversized_entry_is_refused(transcript: Transcript) -> None:
    with pytest.raises(ValueError, match="the most"):
        transcript.append("web-1", "customer", {"text": "x" * 70_000})


def test_a_conversation_is_the_first_customers_for_good(conversations: Conversations, at_once: AtOnce) -> None:
    talk = conversations.mint("web", "web")
    claimed = at_once(8, lambda n: conversations.claim(talk.id, f"C-{n}"))
    assert claimed.count(True) == 1
    first = f"C-{claimed.index(True)}"
    assert conversations.claim(talk.id, first)
    assert not conversations.claim(talk.id, "C-99")


def test_the_language_of_a_profile_gives_way_to_what_was_heard(conversations: Conversations) -> None:
    talk = conversations.mint("web", "web")
    conversations.begin_language(talk.id, "en")
    conversations.begin_language(talk.id, "zh")
    found = conversations.load(talk.id)
    assert found is not None
    assert found.language == "en"
