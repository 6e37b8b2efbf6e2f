"""Texts to customers' phones. Without an SMS provider they go to a file that only we can read."""

from __future__ import annotations

import json
import os
from collections import deque
from pathlib import Path
from typing import Protocol

from core.clock import Clock, SystemClock
from core.errors import CarelineError

LONGEST_TEXT = 1000  # characters; about seven joined text messages
TAIL_MOST = 200  # texts shown at once


class TextNotSent(CarelineError):
    """The text did not leave the house."""

    code = "text_not_sent"


class Texts(Protocol):
    """Sends a text message. `to` is E.164. Raises TextNotSent."""

    def send(self, to: str, text: str) -> None: ...


class FileTexts:
    """One JSON object a line: at, to, text. Mode 600; lines of several processes never mix."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self._path = path
        self._clock: Clock = clock or SystemClock()

    def send(self, to: str, text: str) -> None:
        line = json.dumps({"at": self._clock.now().isoformat(), "to": to, "text": text[:LONGEST_TEXT]}, ensure_ascii=False)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # O_APPEND and one write: the line is whole, whoever else writes.
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, line.encode() + b"\n")
            finally:
                os.close(descriptor)
        except OSError as error:
            raise TextNotSent(f"the outbox cannot be written: {error.strerror}") from error

    def tail(self, limit: int = 20) -> list[dict[str, str]]:
        """The newest texts, newest first; at most TAIL_MOST."""
        if not self._path.exists():
            return []
        with self._path.open(encoding="utf-8") as lines:
            newest = deque(lines, maxlen=min(limit, TAIL_MOST))
        return [json.loads(line) for line in reversed(newest)]
