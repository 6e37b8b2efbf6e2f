"""A person for the caller. Until there is a queue: a call back, on disk before it is spoken, as the bot's own action promises one."""

from customers.identity import Identities
from customers.promises import Promises
from ivr.call import Call


class Person:
    """Raises RecordsDown where nothing could be promised, StoreDown."""

    def __init__(self, promises: Promises, identities: Identities) -> None:
        self._promises = promises
        self._identities = identities

    def promised(self, call: Call, why: str, recording: str = "") -> str | None:
        """The reference of the promise; the one made before in this call, where there is one. None without a number and a message.

        `why`: asked, misses, late or message; `recording`: Twilio's id of the message that was left.
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
        return self._promises.record(
            call.conversation, identity.customer_id if identity else call.customer_id, "call_back", context, number
        )
