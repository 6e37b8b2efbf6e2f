"""A person for the caller. Until there is a queue: a call back under a reference, or a message, as the bot's own action promises one.

The promise is on disk before it is spoken; where the database is away, in the file of call backs.
"""

from collections.abc import Sequence

from core.errors import RecordsDown, StoreDown
from core.logs import get_logger
from customers.errors import TranscriptBusy
from customers.identity import Identities
from customers.promises import Promises
from customers.transcript import Transcript
from ivr.call import Call
from ivr.callbacks import Callbacks
from ivr.ladder import MENU, in_language, one_after_the_other
from ivr.recogniser import Expects
from ivr.saying import At, Saying
from ivr.spoken import Line

log = get_logger(__name__)


class Person:
    """Every method returns TwiML and may raise StoreDown, NotNoted."""

    def __init__(
        self, promises: Promises, identities: Identities, transcript: Transcript, callbacks: Callbacks, saying: Saying
    ) -> None:
        self._promises = promises
        self._identities = identities
        self._transcript = transcript
        self._callbacks = callbacks
        self._saying = saying

    def wanted(self, at: At) -> str:
        """Asked for; afterwards the talk goes on where it stood."""
        return self._served(at, "asked", (), stays=True)

    def takes_over(self, at: At, why: str, first: Sequence[Line]) -> str:
        """We can do no more for this caller. `why`: misses or late."""
        return self._served(at, why, first, stays=False)

    def gets_message(self, at: At, recording: str) -> str:
        """A message was left; `recording` is Twilio's id of it."""
        try:
            self._promised(at.call, "message", recording)
        except RecordsDown:
            self._callbacks.note(at.sid, at.call.number, at.language, "message", recording)
        return self._saying.hang_up(at, in_language("voicemail_thanks", at.language))

    def _served(self, at: At, why: str, first: Sequence[Line], *, stays: bool) -> str:
        try:
            reference = self._promised(at.call, why)
        except RecordsDown:
            return self._noted(at, why, first)
        if reference is None:
            return self._saying.take_message(at, first)
        said: Sequence[Line] = (
            *first,
            *in_language("nobody_free", at.language),
            *in_language("callback_noted", at.language),
            *in_language("callback_reference", at.language, reference=" ".join(reference)),
        )
        said = said if at.language else one_after_the_other(said)
        self._write(at, said)
        return self._going_on(at, said) if stays else self._saying.hang_up(at, said)

    def _going_on(self, at: At, said: Sequence[Line]) -> str:
        """A question that stands, or a secret that is awaited, is asked again; else anything may be."""
        call = at.call
        if call.asked is not None or call.expects == Expects.SECRET.name:
            return self._saying.ask_again(at, (*said, *call.lines[-2:]))
        return self._saying.ask(
            at, (*said, *in_language("ask_open", at.language)), choices=MENU[at.language] if at.language else (),
            chooses_language=call.chooses_language,
        )  # fmt: skip

    def _noted(self, at: At, why: str, first: Sequence[Line]) -> str:
        if at.call.number is None:
            return self._saying.take_message(at, first)
        self._callbacks.note(at.sid, at.call.number, at.language, why)
        return self._saying.hang_up(at, (*first, *in_language("callback_noted", at.language)))

    def _promised(self, call: Call, why: str, recording: str = "") -> str | None:
        """The reference of the promise; the one made before in this call, where there is one. None without a number and a message.

        Raises RecordsDown.
        """
        identity = self._identities.of(call.conversation)
        number = identity.number if identity else call.number
        if number is None and not recording:
            return None
        if not recording:
            made = [one for one in self._promises.list(conversation=call.conversation) if one.number == number]
            if made:
                return made[0].reference
        context = {
            "channel": "ivr",
            "why": why,
            "language": call.language,
            "verified_by": identity.method if identity else None,
            **({"recording": recording} if recording else {}),
        }
        customer = identity.customer_id if identity else None  # a number alone says nothing about who calls
        return self._promises.record(call.conversation, customer, "call_back", context, number)

    def _write(self, at: At, lines: Sequence[Line]) -> None:
        """Into the transcript, for whoever calls back."""
        try:
            self._transcript.append(at.call.conversation, "bot", {"text": " ".join(one.text for one in lines)})
        except (StoreDown, TranscriptBusy) as error:
            log.warning("call.not_written", conversation=at.call.conversation, error=error.code)
