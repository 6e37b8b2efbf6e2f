"""Sealing at rest: AES-256-GCM under a key per conversation, which itself is wrapped by SEAL_KEY (AES key wrap, RFC 3394).

A sealed record is version (1 byte) + nonce (12) + ciphertext and tag. Its AAD names its place, so a record moved to another
conversation or another sequence number does not open. Deleting the wrapped key erases everything sealed with it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import threading
from collections import OrderedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from core.errors import SealBroken

VERSION = b"\x01"
NONCE_BYTES = 12
WRAPPED_BYTES = 40  # a data key of 32 bytes, wrapped
UNWRAPPED_KEPT = 512  # data keys held in memory, so that a turn unwraps its key once


class Sealer:
    """Wraps and uses data keys. `kek` is 32 bytes, or their base64 as in SEAL_KEY. Raises SealBroken for a bad key."""

    def __init__(self, kek: bytes | str) -> None:
        self._kek = _key_of(kek)
        self._digest_key = hmac.new(self._kek, b"careline digest", hashlib.sha256).digest()
        self._ciphers: OrderedDict[bytes, AESGCM] = OrderedDict()
        self._lock = threading.Lock()

    def new_key(self) -> bytes:
        """A fresh data key, wrapped (40 bytes)."""
        return aes_key_wrap(self._kek, AESGCM.generate_key(256))

    def rewrap(self, wrapped: bytes, new_kek: bytes | str) -> bytes:
        """The same data key under another SEAL_KEY; what was sealed with it stays as it is."""
        return aes_key_wrap(_key_of(new_kek), self._unwrap(wrapped))

    def seal(self, wrapped: bytes, aad: str, plain: bytes) -> bytes:
        """Seal `plain` for the place named by `aad`, such as `<conversation>|<seq>`."""
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + self._cipher(wrapped).encrypt(nonce, plain, aad.encode())

    def open(self, wrapped: bytes, aad: str, sealed: bytes) -> bytes:
        """What was sealed. Raises SealBroken when key, place or bytes do not fit."""
        if sealed[:1] != VERSION or len(sealed) < 1 + NONCE_BYTES + 16:
            raise SealBroken("not a sealed record, or cut short")
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._cipher(wrapped).decrypt(nonce, body, aad.encode())
        except InvalidTag as error:
            raise SealBroken("altered, moved to another place, or sealed under another key") from error

    def seal_row(self, aad: str, plain: str) -> str:
        """Text for a database column, under a key of its own that goes with it; `aad` names the row, such as `journal|<key>`."""
        wrapped = self.new_key()
        return base64.b64encode(wrapped + self.seal(wrapped, aad, plain.encode())).decode()

    def open_row(self, aad: str, sealed: str) -> str:
        """What `seal_row` made. Raises SealBroken."""
        try:
            raw = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise SealBroken("not a sealed column") from error
        return self.open(raw[:WRAPPED_BYTES], aad, raw[WRAPPED_BYTES:]).decode()

    def digest(self, purpose: str, value: str) -> str:
        """32 hex digits that stand for `value` in a key: the same every time, and not to be found by trying all numbers."""
        return hmac.new(self._digest_key, f"{purpose}|{value}".encode(), hashlib.sha256).hexdigest()[:32]

    def _cipher(self, wrapped: bytes) -> AESGCM:
        with self._lock:
            if wrapped in self._ciphers:
                self._ciphers.move_to_end(wrapped)
                return self._ciphers[wrapped]
        cipher = AESGCM(self._unwrap(wrapped))
        with self._lock:
            self._ciphers[wrapped] = cipher
            while len(self._ciphers) > UNWRAPPED_KEPT:
                self._ciphers.popitem(last=False)
        return cipher

    def _unwrap(self, wrapped: bytes) -> bytes:
        try:
            return aes_key_unwrap(self._kek, wrapped)
        except (InvalidUnwrap, ValueError) as error:
            raise SealBroken("the data key was wrapped under another SEAL_KEY, or altered") from error


def _key_of(kek: bytes | str) -> bytes:
    try:
        raw = base64.b64decode(kek, validate=True) if isinstance(kek, str) else kek
    except (binascii.Error, ValueError) as error:
        raise SealBroken("SEAL_KEY is not base64") from error
    if len(raw) != 32:
        raise SealBroken("SEAL_KEY is not 32 bytes long")
    return raw
