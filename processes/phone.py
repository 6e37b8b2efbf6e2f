"""The phone line with everything it needs, for the gateway."""

from flask import Blueprint

from customers.transcript import Transcript
from dialogue.turn import Turns
from ivr import routes
from ivr.call import Calls
from ivr.callbacks import Callbacks
from ivr.caller import Callers
from ivr.flow import Flow
from ivr.hints import Hints
from ivr.person import Person
from ivr.replay import Replays
from ivr.saying import Saying
from ivr.signature import Signatures, auth_token_of
from ivr.step import Steps
from ivr.without_store import WithoutStore
from processes.parts import Parts


def phone_line(parts: Parts, turns: Turns, transcript: Transcript) -> Blueprint:
    settings, clock = parts.settings, parts.clock
    steps = Steps(settings.token_key)
    calls = Calls(parts.store, parts.sealer, clock)
    callbacks = Callbacks(settings.callbacks_path, parts.sealer, clock)
    saying = Saying(settings, steps, calls, Hints(parts.operator.catalogue))
    person = Person(parts.promises, parts.identities, transcript, callbacks, saying)
    callers = Callers(parts.store, parts.sealer, parts.operator.customers)
    flow = Flow(calls, callers, parts.conversations, parts.identities, turns, person, saying, parts.sealer, clock)
    return routes.blueprint(
        Signatures(auth_token_of(settings), settings.base_url),
        steps,
        calls,
        Replays(parts.store, parts.sealer, clock),
        flow,
        WithoutStore(settings, steps, callbacks, clock),
        clock,
    )
