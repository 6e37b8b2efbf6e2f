"""What the clerk does beside its rounds, in a thread of its own because a mail server may take its time: mails that are owed, files of forgotten
conversations."""

import threading

from core import logs
from core.clock import Clock
from core.errors import CarelineError
from core.outbox import Mails
from customers.attachments import Attachments
from customers.mails import OwedMails

ROUND_SECONDS = 2.0
SWEEP_SECONDS = 600.0  # files without a key cannot be read; there is no hurry
log = logs.get_logger(__name__)


class Housekeeping:
    def __init__(self, owed: OwedMails, through: Mails, attachments: Attachments, clock: Clock) -> None:
        self._owed = owed
        self._through = through
        self._attachments = attachments
        self._clock = clock
        self._swept: float | None = None

    def round(self) -> None:
        """Mails that are due; every ten minutes also a sweep."""
        self._owed.send_due(self._through)
        now = self._clock.monotonic()
        if self._swept is None or now - self._swept >= SWEEP_SECONDS:
            self._swept = now
            self._owed.forget_old()
            if gone := self._attachments.sweep():
                log.info("files.swept", count=gone)

    def run(self, stop: threading.Event) -> None:
        """Rounds until `stop`; one that fails is logged and the next one comes."""
        while not stop.wait(ROUND_SECONDS):
            try:
                self.round()
            except CarelineError as error:
                log.warning("housekeeping.round_failed", error=error.code)
            except Exception as error:
                log.exception("housekeeping.round_crashed", error=type(error).__name__)
