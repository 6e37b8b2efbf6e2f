"""What leaves the house: texts to customers' phones, mails to their mailboxes.

Without a provider they go to files that only we can read, one JSON object a line.
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
from collections import deque
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from core.clock import Clock, SystemClock
from core.errors import CarelineError
from core.settings_checks import is_loopback

LONGEST_TEXT = 1000  # characters; about seven joined text messages
TAIL_MOST = 200  # texts shown at once
MAIL_SECONDS = 10.0  # for each step of handing a mail over; the clerk tries again later
REFUSED_FOR_GOOD = range(500, 600)  # SMTP: asking again will not help


class TextNotSent(CarelineError):
    """The text did not leave the house."""

    code = "text_not_sent"


class MailNotSent(CarelineError):
    """The mail did not leave the house. `for_good`: another try will not help."""

    code = "mail_not_sent"

    def __init__(self, message: str, *, for_good: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good


class Texts(Protocol):
    """Sends a text message. `to` is E.164. Raises TextNotSent."""

    def send(self, to: str, text: str) -> None: ...


class Mails(Protocol):
    """Sends a mail to one mailbox. `key` names it: the same mail again has the same Message-ID. Raises MailNotSent."""

    def send(self, to: str, subject: str, text: str, key: str) -> None: ...


class Lines:
    """JSON objects in a file, one a line. Mode 600; lines of several processes never mix."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self._path = path
        self._clock: Clock = clock or SystemClock()

    def write(self, fields: dict[str, str]) -> None:
        """Raises OSError."""
        line = json.dumps({"at": self._clock.now().isoformat(), **fields}, ensure_ascii=False)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # O_APPEND and one write: the line is whole, whoever else writes.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line.encode() + b"\n")
        finally:
            os.close(descriptor)

    def tail(self, limit: int = 20) -> list[dict[str, str]]:
        """The newest, newest first; at most TAIL_MOST."""
        if not self._path.exists():
            return []
        with self._path.open(encoding="utf-8") as lines:
            newest = deque(lines, maxlen=min(limit, TAIL_MOST))
        return [json.loads(line) for line in reversed(newest)]


class FileTexts(Lines):
    """A line holds at, to, text."""

    def send(self, to: str, text: str) -> None:
        try:
            self.write({"to": to, "text": text[:LONGEST_TEXT]})
        except OSError as error:
            raise TextNotSent(f"the outbox cannot be written: {error.strerror}") from error


class FileMails(Lines):
    """A line holds at, to, subject, text, key."""

    def send(self, to: str, subject: str, text: str, key: str) -> None:
        try:
            self.write({"to": to, "subject": subject, "text": text, "key": key})
        except OSError as error:
            raise MailNotSent(f"the outbox cannot be written: {error.strerror}") from error


class SmtpMails:
    """Hands mails to a server: smtps:// speaks TLS from the start, smtp:// turns to it before anything is said (STARTTLS).

    Only a server on this machine may do without. `url` may hold user and password, percent-encoded.
    """

    def __init__(self, url: str, sender: str, trust: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._from_start = parts.scheme == "smtps"
        self._may_be_plain = is_loopback(url)
        self._sender = sender
        self._trust = trust or ssl.create_default_context()

    def send(self, to: str, subject: str, text: str, key: str) -> None:
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message["Message-ID"] = f"<{key}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text, cte="base64")
        try:
            with self._connected() as server:
                server.send_message(message, self._sender, [to])
        except smtplib.SMTPResponseException as error:
            raise MailNotSent(f"the mail server says {error.smtp_code}", for_good=error.smtp_code in REFUSED_FOR_GOOD) from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise MailNotSent("the mailbox is refused", for_good=all(code in REFUSED_FOR_GOOD for code in codes)) from None
        except (OSError, smtplib.SMTPException) as error:  # neither may quote the address in a log
            raise MailNotSent(f"the mail server does not take it: {type(error).__name__}") from None

    def _connected(self) -> smtplib.SMTP:
        if self._from_start:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port or 465, timeout=MAIL_SECONDS, context=self._trust)
        else:
            server = smtplib.SMTP(self._host, self._port or 587, timeout=MAIL_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=self._trust)
                server.ehlo()
            elif not self._may_be_plain:
                server.close()
                raise MailNotSent("the mail server does not speak TLS")
        if self._user:
            server.login(self._user, self._password)
        return server


def mails_of(url: str, sender: str, path: Path, clock: Clock) -> Mails:
    """The mail server of MAIL_URL, else the file."""
    return SmtpMails(url, sender) if url else FileMails(path, clock)
