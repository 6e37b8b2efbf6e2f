"""Texts to customers' phones: through Twilio where an account is set, else to the outbox."""

import re

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from core.clock import Clock
from core.outbox import LONGEST_TEXT, FileTexts, TextNotSent, Texts
from core.settings import Settings
from ivr.rest import rest_client

E164 = re.compile(r"\+[1-9]\d{6,14}")
SERVICE = "MG"  # a messaging service, which chooses the number itself


class TwilioTexts:
    """`sender`: our number in E.164, or the id of a messaging service."""

    def __init__(self, client: Client, sender: str) -> None:
        self._client = client
        self._from = {"messaging_service_sid": sender} if sender.startswith(SERVICE) else {"from_": sender}

    def send(self, to: str, text: str) -> None:
        """Raises TextNotSent, with neither number nor words in it. Sent once: whether a text without an answer left is not known."""
        if not E164.fullmatch(to):
            raise TextNotSent("not a phone number in E.164")
        try:
            self._client.messages.create(to=to, body=text[:LONGEST_TEXT], **self._from)
        except TwilioRestException as error:
            raise TextNotSent(f"Twilio says {error.status}, code {error.code}") from None
        except TwilioException as error:
            raise TextNotSent(f"Twilio does not take it: {type(error).__name__}") from None


def texts_of(settings: Settings, clock: Clock) -> Texts:
    """Twilio of TWILIO_ACCOUNT_SID, else the outbox."""
    if settings.twilio_account_sid:
        return TwilioTexts(rest_client(settings, clock), settings.twilio_from)
    return FileTexts(settings.outbox_path, clock)
