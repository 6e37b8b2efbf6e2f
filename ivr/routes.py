"""The telephone's addresses: POST /voice/incoming, /voice/step?s=, /voice/poll?s=, /voice/status, /voice/fallback -> TwiML.

Whoever is not Twilio, or posts what Twilio would not, gets an error. Twilio itself always gets TwiML with 200: a caller hears no silence.
"""

from collections.abc import Callable

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from core.clock import Clock
from core.errors import CarelineError, StoreDown
from core.logs import get_logger
from core.problems import Problem
from ivr.call import Calls
from ivr.errors import StepInvalid
from ivr.flow import Flow
from ivr.parameters import Posted, read
from ivr.replay import Replays
from ivr.signature import Signatures
from ivr.step import Step, Steps
from ivr.twiml import empty
from ivr.without_store import WithoutStore

TOKEN = "I-Twilio-Idempotency-Token"  # noqa: S105 - the name of a header
TOKEN_MOST = 200  # characters of it that count

log = get_logger(__name__)


def blueprint(
    signatures: Signatures, steps: Steps, calls: Calls, replays: Replays, flow: Flow, without_store: WithoutStore, clock: Clock
) -> Blueprint:
    voice = Blueprint("voice", __name__)

    @voice.before_request
    def signed() -> None:
        signatures.check(request)

    def spoken(posted: Posted, step: Step | None, work: Callable[[], str]) -> Response:
        """The TwiML of this step, once: stored, or made by `work`, or, where everything fails, that of the line without Redis."""
        try:
            if calls.has_ended(posted.call):
                log.warning("call.after_its_end", step=step.number if step else 0)
                raise Problem(409, "call_ended", "This call has ended.")
            token = request.headers.get(TOKEN, "")[:TOKEN_MOST] or None
            number = step.number if step else 0
            twiml = replays.once(calls.digest(posted.call), calls.conversation_of(posted.call), number, token, work)
            if twiml is None:
                twiml = without_store.wait(posted, step, request.path)
        except (Problem, HTTPException):
            raise
        except StoreDown as error:
            log.warning("call.store_down", error=error.code, path=request.path)
            twiml = without_store.answer(posted, step, error.code)
        except Exception as error:
            code = error.code if isinstance(error, CarelineError) else type(error).__name__
            log.exception("call.crashed", path=request.path, error=code)
            twiml = without_store.answer(posted, step, "crashed")
        return _xml(twiml)

    def step_of(posted: Posted) -> Step:
        try:
            return steps.read(request.args.get("s", ""), posted.call, clock.now().timestamp())
        except StepInvalid:
            raise Problem(403, "bad_step", "This is no step of this call.") from None

    @voice.post("/voice/incoming")
    def incoming() -> Response:
        posted = read(request.form)
        return spoken(posted, None, lambda: flow.incoming(posted))

    @voice.post("/voice/step")
    def step() -> Response:
        posted = read(request.form)
        at = step_of(posted)
        return spoken(posted, at, lambda: flow.step(posted, at))

    @voice.post("/voice/poll")
    def poll() -> Response:
        posted = read(request.form)
        at = step_of(posted)
        return spoken(posted, at, lambda: flow.poll(posted, at))

    @voice.post("/voice/status")
    def status() -> Response:
        """What is told of a call; nothing is said any more. A status told twice, or before the last step, changes nothing more."""
        posted = read(request.form)
        try:
            flow.ended(posted)
        except StoreDown as error:  # the proof lapses by itself
            log.warning("call.end_not_kept", error=error.code)
        return _xml(empty())

    @voice.post("/voice/fallback")
    def fallback() -> Response:
        """Another address of ours failed Twilio; `ErrorCode` says how."""
        posted = read(request.form)
        log.error("call.fallback", error=posted.error)
        return _xml(without_store.answer(posted, None, f"fallback {posted.error}".strip()))

    return voice


def _xml(twiml: str) -> Response:
    return Response(twiml, content_type="text/xml; charset=utf-8")
