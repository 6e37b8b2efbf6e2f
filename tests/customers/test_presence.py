"""What both sides see of each other: it changes with a ring, lapses by itself, and never runs ahead of what was said."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from customers.presence import TYPING_MS, Presence, Shown
from customers.transcript import Transcript
from tests.conftest import RedisServer
from tests.fakes import ManualClock

TALK = "web-1"
NOTHING = {"phase": "bot", "name": None, "position": None, "wait_minutes": None, "typing": None, "read": 0}


@pytest.fixture
def presence(store: Store, sealer: Sealer, clock: ManualClock) -> Presence:
    return Presence(store, sealer, clock)


@pytest.fixture
def transcript(store: Store, sealer: Sealer, clock: ManualClock) -> Transcript:
    return Transcript(store, sealer, clock)


@pytest.fixture
def rings(store: Store) -> Iterator[Callable[[], int]]:
    """rings() is how often the bell rang since it was asked last."""
    line = store.client.pubsub(ignore_subscribe_messages=True)
    line.subscribe(Keys.bell())
    line.get_message(timeout=10)  # the subscription itself

    def heard() -> int:
        store.client.publish(Keys.bell(), "end")  # one line keeps its order, so what came before has arrived
        count = 0
        while (message := line.get_message(timeout=10)) is None or message["data"] != b"end":
            assert message is not None, "the bell is dead"
            assert message["data"] == TALK.encode()
            count += 1
        return count

    yield heard
    line.close()


def test_a_conversation_nobody_touched_is_the_bots(presence: Presence) -> None:
    assert presence.state(TALK) == NOTHING
    assert presence.customer(TALK) == {"typing": False, "seen": 0}


def test_the_line_then_a_person_then_the_bot(presence: Presence, redis_server: RedisServer) -> None:
    presence.show(TALK, Shown("waiting", position=3, wait_minutes=4))
    assert presence.state(TALK) == {**NOTHING, "phase": "waiting", "position": 3, "wait_minutes": 4}
    presence.show(TALK, Shown("person", "canary-name"))
    assert presence.state(TALK) == {**NOTHING, "phase": "person", "name": "canary-name"}
    assert b"canary-name" not in redis_server.everything()
    presence.show(TALK, Shown("bot"))
    assert presence.state(TALK) == NOTHING


@pytest.mark.parametrize("who", ["bot", "person"])
def test_a_typing_mark_lapses_by_itself(presence: Presence, clock: ManualClock, who: Any) -> None:
    presence.typing(TALK, who)
    clock.advance(TYPING_MS / 1000 - 0.1)
    assert presence.state(TALK)["typing"] == who
    clock.advance(0.2)
    assert presence.state(TALK)["typing"] is None


def test_a_typing_mark_is_renewed_and_taken_away(presence: Presence, clock: ManualClock) -> None:
    presence.typing(TALK, "person")
    clock.advance(4)
    presence.typing(TALK, "person")
    clock.advance(4)
    assert presence.state(TALK)["typing"] == "person"
    presence.typing(TALK, "person", on=False)
    assert presence.state(TALK)["typing"] is None


def test_a_customer_who_types_is_no_news_to_the_customer(presence: Presence) -> None:
    presence.typing(TALK, "customer")
    assert presence.state(TALK) == NOTHING
    assert presence.customer(TALK)["typing"] is True


def test_read_and_seen_go_forward_only_and_never_past_the_last_entry(presence: Presence, transcript: Transcript) -> None:
    for words in ("one", "two", "three"):
        transcript.append(TALK, "customer", {"text": words})
    presence.read(TALK, 2)
    presence.read(TALK, 1)
    assert presence.state(TALK)["read"] == 2
    presence.seen(TALK, 99)
    assert presence.customer(TALK)["seen"] == 3
    presence.seen(TALK, -5)
    assert presence.customer(TALK)["seen"] == 3


def test_every_change_rings_and_nothing_else_does(presence: Presence, transcript: Transcript, rings: Callable[[], int]) -> None:
    transcript.append(TALK, "customer", {"text": "one"})
    assert rings() == 1
    presence.show(TALK, Shown("waiting", position=1, wait_minutes=2))
    presence.typing(TALK, "person")
    presence.typing(TALK, "person", on=False)
    presence.read(TALK, 1)
    presence.seen(TALK, 1)
    assert rings() == 5
    presence.typing(TALK, "person", on=False)
    presence.read(TALK, 1)
    presence.seen(TALK, 0)
    presence.state(TALK)
    assert rings() == 0


def test_the_bots_typing_does_no_harm_without_redis(sealer: Sealer, clock: ManualClock) -> None:
    nowhere = Store("unix:///nonexistent/redis.sock", clock=clock)
    Presence(nowhere, sealer, clock).bot_types(TALK)
    assert nowhere.is_down


def test_it_is_forgotten_in_time(presence: Presence, transcript: Transcript, store: Store) -> None:
    transcript.append(TALK, "customer", {"text": "one"})
    for change in (
        lambda: presence.typing(TALK, "bot"),
        lambda: presence.read(TALK, 1),
        lambda: presence.show(TALK, Shown("waiting")),
    ):
        store.client.delete(Keys.presence(TALK))
        change()
        assert store.client.ttl(Keys.presence(TALK)) > 0
