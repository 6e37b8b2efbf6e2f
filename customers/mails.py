"""Transcripts mailed to customers: owed from the moment the customer was told so, sent by the clerk, forgotten when sent.

    OWED ──> SENT        handed to the mail server; address and words are deleted from the row
      └────> GIVEN_UP    refused for good, or TRIES_MOST times in vain; deleted as well

A row is on disk before the customer hears of it. A clerk that dies between handing over and writing it down sends the mail
once more, under the same Message-ID.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Engine, Index, Integer, String, Table, Text, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.clock import Clock
from core.errors import CarelineError, SealBroken
from core.keys import CONVERSATION_SECONDS, Keys
from core.logs import get_logger
from core.outbox import MailNotSent, Mails
from core.records import Instant, Run, directly, metadata, reading, unit_of_work
from core.seal import Sealer
from core.store import Store
from customers.allowances import Allowance, Allowances
from customers.conversation import Conversation

TRIES_MOST = 5
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=1))
OF_A_CONVERSATION = 3  # mails in 24 hours; one is enough, two correct a wrong address
OF_AN_ADDRESS = 20  # a shop or an office behind one address
TO_A_MAILBOX = 20  # from everybody together: nobody's mailbox is flooded through us
KEPT = timedelta(seconds=CONVERSATION_SECONDS)  # the empty row: so long the same request is known again
LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
LONGEST_LOCAL = 64

# One plain address: no name, no comment, no quotes, no list, no address of a machine, nothing that ends a header line.
_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)(?P<local>[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59})"
)

mails = Table(
    "mails",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("sealed", Text),  # to, subject, text; empty once it is settled
    Column("tries", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Index("mails_by_state", "state", "next_at"),
)
OWED, SENT, GIVEN_UP = "owed", "sent", "given_up"

log = get_logger(__name__)


@dataclass(frozen=True)
class Mail:
    """`to` has passed `mailbox`."""

    to: str
    subject: str
    text: str


def mailbox(text: str) -> str | None:
    """The one mail address that `text` is, or None."""
    found = _ADDRESS.fullmatch(text) if len(text) <= LONGEST_ADDRESS else None
    return text if found and len(found["local"]) <= LONGEST_LOCAL else None


class OwedMails:
    """Every method may raise RecordsDown, StoreDown."""

    def __init__(self, engine: Engine, store: Store, sealer: Sealer, clock: Clock, run: Run = directly) -> None:
        self._engine = engine
        self._sealer = sealer
        self._clock = clock
        self._allowances = Allowances(store, clock)
        self._run = run

    def owe(self, conversation: Conversation, request_id: str, mail: Mail) -> bool:
        """On disk when it returns. False when this request was taken before: nothing more is owed. Raises AllowanceSpent."""
        key = self._sealer.digest("mail", f"{conversation.id}|{request_id}")
        if self._is_known(key):
            return False
        allowances = self._allowances_of(conversation, mail.to)
        self._allowances.take(allowances, key)
        try:
            return self._run(lambda: self._insert(key, mail))
        except CarelineError:
            self._allowances.give_back(allowances, key)
            raise

    def send_due(self, through: Mails, limit: int = 20) -> int:
        """Send what is due, oldest first; how many went out. A mail that fails keeps no other waiting."""
        sent = 0
        for key, tries in self._due(limit):
            try:
                mail = self._claimed(key, tries)
            except SealBroken:  # sealed under another SEAL_KEY: nobody can send it any more
                self._settle(key, GIVEN_UP)
                continue
            if mail is not None:
                sent += self._sent(through, key, mail, tries + 1)
        return sent

    def forget_old(self) -> None:
        """Delete settled rows when nobody asks for them again."""
        old = self._clock.now() - KEPT
        query = delete(mails).where(mails.c.state != OWED, mails.c.made_at < old)
        self._run(lambda: self._change(query))

    def _allowances_of(self, conversation: Conversation, to: str) -> list[Allowance]:
        digest = self._sealer.digest
        found = [
            _at_most(OF_A_CONVERSATION, digest("conversation", conversation.id)),
            _at_most(TO_A_MAILBOX, digest("mailbox", to.lower())),
        ]
        if conversation.source is not None:
            found.append(_at_most(OF_AN_ADDRESS, conversation.source))
        return found

    def _is_known(self, key: str) -> bool:
        def work() -> bool:
            with reading(self._engine) as connection:
                return connection.execute(select(mails.c.key).where(mails.c.key == key)).first() is not None

        return self._run(work)

    def _insert(self, key: str, mail: Mail) -> bool:
        sealed = self._sealer.seal_row(_place(key), json.dumps([mail.to, mail.subject, mail.text], ensure_ascii=False))
        now = self._clock.now()
        row = {"key": key, "state": OWED, "sealed": sealed, "tries": 0, "next_at": now, "made_at": now}
        try:
            with unit_of_work(self._engine) as connection:
                connection.execute(insert(mails).values(**row))
        except IntegrityError:  # the same request came twice at once
            return False
        return True

    def _due(self, limit: int) -> list[tuple[str, int]]:
        query = select(mails.c.key, mails.c.tries).where(mails.c.state == OWED, mails.c.next_at <= self._clock.now())

        def work() -> list[tuple[str, int]]:
            with reading(self._engine) as connection:
                return [(row.key, row.tries) for row in connection.execute(query.order_by(mails.c.next_at).limit(limit))]

        return self._run(work)

    def _claimed(self, key: str, tries: int) -> Mail | None:
        """The mail, when this try is ours: another clerk, or this one after a crash, comes again only after the pause."""
        next_at: datetime = self._clock.now() + PAUSES[min(tries, len(PAUSES) - 1)]
        mine = update(mails).where(mails.c.key == key, mails.c.tries == tries, mails.c.state == OWED)

        def work() -> str | None:
            with unit_of_work(self._engine) as connection:
                if connection.execute(mine.values(tries=tries + 1, next_at=next_at)).rowcount != 1:
                    return None
                sealed: str | None = connection.execute(select(mails.c.sealed).where(mails.c.key == key)).scalar()
                return sealed

        sealed = self._run(work)
        return Mail(*json.loads(self._sealer.open_row(_place(key), sealed))) if sealed else None

    def _sent(self, through: Mails, key: str, mail: Mail, tries: int) -> bool:
        try:
            through.send(mail.to, mail.subject, mail.text, key)
        except MailNotSent as error:
            log.warning("mail.not_sent", tries=tries, error=str(error))
            if error.for_good or tries >= TRIES_MOST:
                self._settle(key, GIVEN_UP)
            return False
        self._settle(key, SENT)
        return True

    def _settle(self, key: str, state: str) -> None:
        self._run(lambda: self._change(update(mails).where(mails.c.key == key).values(state=state, sealed=None)))

    def _change(self, query: Any) -> None:
        with unit_of_work(self._engine) as connection:
            connection.execute(query)


def _at_most(most: int, subject: str) -> Allowance:
    return Allowance(Keys.sent_mails(subject), most, most)


def _place(key: str) -> str:
    return f"mail|{key}"
