"""take_turn with everything it needs, for the gateway and the clerk."""

from dialogue.answering import Answering
from dialogue.apology import Apology
from dialogue.buttons import Buttons
from dialogue.engine import Engine
from dialogue.inbox import Inbox
from dialogue.late import Late
from dialogue.notices import Notices
from dialogue.turn import Turns
from processes.parts import Parts


def turns_of(parts: Parts, engine: Engine | None = None) -> Turns:
    inbox = Inbox(parts.store, parts.sealer, parts.clock)
    answering = Answering(
        parts.conversations,
        parts.identities,
        parts.verification,
        Buttons(parts.store, parts.sealer),
        engine or Engine(parts.settings),
        Apology(parts.journal, Notices(parts.store, parts.sealer, parts.clock)),
        parts.owners,
        parts.journal,
        parts.clock,
    )
    late = Late(parts.store, inbox, parts.clock)
    return Turns(inbox, answering, late, parts.presence, parts.clock, parts.settings)
