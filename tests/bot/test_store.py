"""The bot's tracker store: what is kept, sealed, bounded and refused."""

import asyncio
import json

import pytest
import redis
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered

from bot.store import LONG_FORM, WINDOW_EVENTS, SealedRedisStore, StaleWriter, fence

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet]
slots:
  note: {type: any, mappings: [{type: custom}]}
forms: {a_form: {required_slots: []}}
"""
)


def store(url):
    return SealedRedisStore(domain=DOMAIN, host=url)


def turn(tracker, number, words="hello"):
    tracker.update(UserUttered(f"{words} {number}", {"name": "greet"}, message_id=f"t{number}"), DOMAIN)
    tracker.update(SlotSet("note", number), DOMAIN)
    tracker.update(BotUttered(f"answer {number}"), DOMAIN)
    tracker.update(ActionExecuted("action_listen"), DOMAIN)


async def turns(kept, sender, numbers):
    for number in numbers:
        tracker = await kept.retrieve(sender)
        turn(tracker, number)
        await kept.save(tracker)


def test_a_second_process_reads_what_the_first_wrote(url):
    async def go():
        await turns(store(url), "c1", range(3))
        tracker = await store(url).retrieve("c1")
        assert tracker.get_slot("note") == 2
        assert [e.message_id for e in tracker.events if isinstance(e, UserUttered)] == ["t0", "t1", "t2"]

    asyncio.run(go())


def test_nothing_is_stored_in_clear(url):
    async def go():
        kept = store(url)
        tracker = await kept.retrieve("c1")
        turn(tracker, 1, words="my number is 13800138000")
        await kept.save(tracker)

    asyncio.run(go())
    client = redis.Redis.from_url(url)
    stored = b"".join(client.dump(key) for key in client.scan_iter())
    assert stored
    assert b"13800138000" not in stored
    assert b"hello" not in stored


def test_a_writer_that_read_before_another_wrote_is_refused(url):
    async def go():
        one, two = store(url), store(url)
        await turns(one, "c1", [0])
        slow = await two.retrieve("c1")
        await turns(one, "c1", [1])
        turn(slow, 9)
        with pytest.raises(StaleWriter):
            await two.save(slow)
        assert (await store(url).retrieve("c1")).get_slot("note") == 1

    asyncio.run(go())


def test_an_older_fence_is_refused(url):
    async def go():
        kept = store(url)
        fence.set(5)
        await turns(kept, "c1", [0])
        fence.set(4)
        tracker = await kept.retrieve("c1")
        turn(tracker, 1)
        with pytest.raises(StaleWriter):
            await kept.save(tracker)

    asyncio.run(go())


def test_the_window_stays_bounded_and_slots_are_carried(url):
    async def go():
        kept = store(url)
        tracker = await kept.retrieve("c1")
        tracker.update(ActionExecuted("action_listen"), DOMAIN)
        await kept.save(tracker)
        longest = 0
        for number in range(150):
            await turns(kept, "c1", [number])
            longest = max(longest, len((await kept.retrieve("c1")).events))
        assert longest <= 2 * WINDOW_EVENTS + 10
        cold = await store(url).retrieve("c1")
        assert cold.get_slot("note") == 149
        assert cold.latest_message.message_id == "t149"
        assert len(cold.events) <= 2 * WINDOW_EVENTS + 10

    asyncio.run(go())


def test_an_open_form_is_never_cut_away_and_stays_bounded(url):
    async def go():
        kept = store(url)
        tracker = await kept.retrieve("c1")
        tracker.update(ActionExecuted("action_listen"), DOMAIN)
        tracker.update(ActiveLoop("a_form"), DOMAIN)
        await kept.save(tracker)
        await turns(kept, "c1", range(160))
        cold = await store(url).retrieve("c1")
        assert cold.active_loop_name == "a_form"
        assert cold.get_slot("note") == 159
        assert len(cold.events) <= (LONG_FORM + 1) * WINDOW_EVENTS

    asyncio.run(go())


def test_the_copy_of_a_tracker_is_its_own(url):
    async def go():
        tracker = await store(url).retrieve("c1")
        turn(tracker, 1)
        other = tracker.copy()
        turn(other, 2)
        assert tracker.get_slot("note") == 1
        assert json.dumps([e.as_dict() for e in tracker.events]) != json.dumps([e.as_dict() for e in other.events])

    asyncio.run(go())
