"""Sealing of what the bot stores: AES-256-GCM under one key a conversation, that key wrapped (RFC 3394) by BOT_SEAL_KEY.

Deleting the wrapped key makes every event of the conversation unreadable, backups included.
"""

import base64
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

NONCE_BYTES = 12


class Seal:
    """Seals bytes for one conversation. `kek` is 32 bytes, base64."""

    def __init__(self, kek: str) -> None:
        self._kek = base64.b64decode(kek)

    def new_key(self) -> bytes:
        """A fresh wrapped key, to be stored beside the conversation."""
        return aes_key_wrap(self._kek, os.urandom(32))

    def open_key(self, wrapped: bytes) -> AESGCM:
        return AESGCM(aes_key_unwrap(self._kek, wrapped))


def close(key: AESGCM, place: str, plain: bytes) -> bytes:
    """Seal `plain`; `place` (conversation|position) is authenticated, so an event cannot be moved or replayed elsewhere."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, place.encode())


def reveal(key: AESGCM, place: str, sealed: bytes) -> bytes:
    return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
