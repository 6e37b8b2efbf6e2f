"""Callers whom nobody could serve while Redis was away: a file, one sealed line each, synced before the caller hears of it."""

import json
import os
from pathlib import Path

from core.clock import Clock
from core.logs import get_logger
from core.seal import Sealer
from ivr.errors import NotNoted

log = get_logger(__name__)


class Callbacks:
    """The numbers in it are sealed; `call` tells whether a caller stands there twice."""

    def __init__(self, path: Path, sealer: Sealer, clock: Clock) -> None:
        self._path = path
        self._sealer = sealer
        self._clock = clock

    def note(self, call: str, number: str | None, language: str | None, why: str, recording: str = "") -> None:
        """Raises NotNoted."""
        row = {
            "at": self._clock.now().isoformat(),
            "call": call,
            "number": self._sealer.seal_row(f"callback|{call}", number) if number else None,
            "language": language,
            "why": why,
            "recording": recording or None,
        }
        try:
            self._write(json.dumps(row).encode() + b"\n")
        except OSError as error:
            raise NotNoted(f"the file of call backs cannot be written: {error.strerror}") from error
        log.warning("call.noted_on_disk", why=why, has_number=number is not None, has_message=bool(recording))

    def _write(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # O_APPEND and one write: the line is whole, whoever else writes.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
