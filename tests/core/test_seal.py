"""Seals open only whole, in their place, under their key."""

import os

import pytest

from carrier.shared import SharedCache
from core.errors import SealBroken
from core.keys import Keys
from core.seal import Sealer
from core.shared_cache import RedisCache
from core.store import Store
from core.vault import Vault


def test_what_was_sealed_opens(sealer: Sealer) -> None:
    key = sealer.new_key()
    sealed = sealer.seal(key, "web-1|7", "您好".encode())
    assert sealer.open(key, "web-1|7", sealed) == "您好".encode()
    assert "您好".encode() not in sealed
    assert sealer.seal(key, "web-1|7", "您好".encode()) != sealed


def test_moved_altered_or_cut_records_are_broken(sealer: Sealer) -> None:
    key = sealer.new_key()
    sealed = sealer.seal(key, "web-1|7", b"words")
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for place, record in [("web-1|8", sealed), ("web-2|7", sealed), ("web-1|7", altered)]:
        with pytest.raises(SealBroken):
            sealer.open(key, place, record)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            sealer.open(key, "web-1|7", sealed[:length])
    with pytest.raises(SealBroken):
        sealer.open(key, "web-1|7", b"\x02" + sealed[1:])


def test_other_keys_do_not_open(sealer: Sealer) -> None:
    key = sealer.new_key()
    sealed = sealer.seal(key, "web-1|7", b"words")
    with pytest.raises(SealBroken):
        sealer.open(sealer.new_key(), "web-1|7", sealed)
    with pytest.raises(SealBroken):
        Sealer(os.urandom(32)).open(key, "web-1|7", sealed)
    for bad in (b"", b"short", key[:-8]):
        with pytest.raises(SealBroken):
            sealer.open(bad, "web-1|7", sealed)


@pytest.mark.parametrize("kek", ["", "not base64!", "c2hvcnQ=", b"short"])
def test_a_bad_seal_key_is_told(kek: str | bytes) -> None:
    with pytest.raises(SealBroken):
        Sealer(kek)


def test_a_new_seal_key_needs_only_the_data_keys_wrapped_again(sealer: Sealer) -> None:
    key = sealer.new_key()
    sealed = sealer.seal(key, "web-1|7", b"words")
    new_kek = os.urandom(32)
    assert Sealer(new_kek).open(sealer.rewrap(key, new_kek), "web-1|7", sealed) == b"words"


def test_the_vault_keeps_one_key_a_conversation_and_forgets_with_it(store: Store, sealer: Sealer) -> None:
    vault = Vault(store, sealer)
    sealed = vault.seal("web-1", 1, b"one")
    assert vault.open("web-1", 1, sealed) == b"one"
    assert Vault(store, sealer).open("web-1", 1, sealed) == b"one"
    vault.seal("web-2", 1, b"two")
    with pytest.raises(SealBroken):
        vault.open("web-2", 1, sealed)
    with store.guard() as client:
        client.delete(Keys.dek("web-1"))
    with pytest.raises(SealBroken):
        vault.open("web-1", 1, sealed)


def test_cached_answers_are_shared_and_unreadable(store: Store, sealer: Sealer) -> None:
    cache: SharedCache = RedisCache(store, sealer)
    other: SharedCache = RedisCache(store, sealer)
    cache.set("balance:+8613800138000", b'{"remaining": 8650}', 5.0)
    assert other.get("balance:+8613800138000") == b'{"remaining": 8650}'
    with store.guard() as client:
        assert not [key for key in client.scan_iter() if b"13800138000" in key or b"8650" in (client.get(key) or b"")]
    assert RedisCache(store, Sealer(os.urandom(32))).get("balance:+8613800138000") is None
    other.delete("balance:+8613800138000")
    assert cache.get("balance:+8613800138000") is None


def test_a_cache_lock_belongs_to_its_holder(store: Store, sealer: Sealer) -> None:
    cache = RedisCache(store, sealer)
    token = cache.lock("balance:1", 5.0)
    assert token is not None
    assert cache.lock("balance:1", 5.0) is None
    cache.unlock("balance:1", "somebody else's")
    assert cache.lock("balance:1", 5.0) is None
    cache.unlock("balance:1", token)
    assert cache.lock("balance:1", 5.0) is not None
