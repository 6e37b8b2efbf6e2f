"""Turns of one conversation in order; sealed events bound to their place."""

import asyncio

import pytest
from cryptography.exceptions import InvalidTag
from rasa.core.lock_store import LockError

from bot.lock import FifoLockStore
from bot.seal import Seal, close, reveal

KEK = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="


def test_turns_of_one_conversation_run_in_the_order_they_came():
    async def go():
        locks, order = FifoLockStore(), []

        async def one(number):
            async with locks.lock("c1"):
                await asyncio.sleep(0)
                order.append(number)

        await asyncio.gather(*(one(number) for number in range(20)))
        assert order == list(range(20))
        assert not locks._locks

    asyncio.run(go())


def test_a_turn_that_cannot_begin_in_time_is_refused():
    async def go():
        locks = FifoLockStore()
        async with locks.lock("c1"):
            with pytest.raises(LockError):
                async with locks.lock("c1", lock_lifetime=0.01):
                    raise AssertionError("two turns at once")

    asyncio.run(go())


def test_an_event_opens_only_in_its_place():
    seal = Seal(KEK)
    key = seal.open_key(seal.new_key())
    sealed = close(key, "c1|7", b"words")
    assert reveal(key, "c1|7", sealed) == b"words"
    with pytest.raises(InvalidTag):
        reveal(key, "c1|8", sealed)
