"""What Twilio posts, read strictly: what is missing, twice, malformed or not on Twilio's own list is refused.

Twilio's signature runs names and values together: "a=1, b=2" and "a=1b2" sign alike. Only a strict form tells them apart.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.datastructures import MultiDict

from core.problems import Problem

CALL = r"^CA[0-9a-f]{32}$"
PARTY = r"^[^\x00-\x1f\x7f]*$"
# Documented by Twilio, not read by us.
NAMES = """
AccountSid ApiVersion Direction ForwardedFrom CallerName ParentCallSid Caller Called FromCity FromState FromZip FromCountry ToCity ToState ToZip
ToCountry CallerCity CallerState CallerZip CallerCountry CalledCity CalledState CalledZip CalledCountry StirPassportToken CallToken FinishedOnKey
Language msg UnstableSpeechResult StableSpeechResult Stability SequenceNumber SpeechModel SpeechActivity PartialResultError ErrorUrl CallDuration
Duration Timestamp CallbackSource SipResponseCode SipCallId AnsweredBy MachineDetectionDuration AddOns RecordingUrl RecordingDuration RecordingStatus
RecordingChannels RecordingSource RecordingStartTime RecordingTrack QueueSid QueueTime QueuePosition AvgQueueTime CurrentQueueSize MaxQueueSize
DialCallStatus DialCallSid DialCallDuration DialBridged DequeueResult DequeuedCallSid DequeuedCallQueueTime DequeuedCallDuration RedirectedFrom
CalledVia CallReason
"""
IGNORED = frozenset(NAMES.split())
CallStatus = Literal[
    "queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"
]  # fmt: skip
QueueResult = Literal[
    "bridged", "bridging-in-process", "error", "hangup", "leave", "redirected", "redirected-from-bridged", "queue-full", "system-error"
]  # fmt: skip
Party = Annotated[str, Field(max_length=256, pattern=PARTY)]


class Posted(BaseModel):
    """One webhook. `digits` and `speech` are empty where the caller gave none."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)

    call: Annotated[str, Field(alias="CallSid", pattern=CALL)]
    status: Annotated[CallStatus, Field(alias="CallStatus")]
    caller: Annotated[Party, Field(alias="From")]
    called: Annotated[Party, Field(alias="To")]
    digits: Annotated[str, Field(alias="Digits", pattern=r"^([0-9*#]{0,32}|hangup)$")] = ""
    speech: Annotated[str, Field(alias="SpeechResult", max_length=2000)] = ""
    confidence: Annotated[str, Field(alias="Confidence", pattern=r"^(\d(\.\d{1,20})?)?$")] = ""
    stir: Annotated[str, Field(alias="StirVerstat", pattern=r"^[A-Za-z-]{0,64}$")] = ""
    queue_result: Annotated[QueueResult | None, Field(alias="QueueResult")] = None
    recording: Annotated[str, Field(alias="RecordingSid", pattern=r"^(RE[0-9a-f]{32})?$")] = ""
    error: Annotated[str, Field(alias="ErrorCode", pattern=r"^\d{0,6}$")] = ""

    @property
    def is_over(self) -> bool:
        """The call has ended, one way or another."""
        return self.status in ("completed", "busy", "failed", "no-answer", "canceled")


def read(form: MultiDict[str, str]) -> Posted:
    """Raises Problem 400."""
    if twice := sorted(name for name in form if len(form.getlist(name)) > 1):
        raise bad(f"{twice[0][:40]} stands there twice.")
    values: dict[str, Any] = {
        name: value for name, value in form.items() if name not in IGNORED and not name.startswith("SipHeader_")
    }
    try:
        return Posted.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        what = {"missing": "is missing", "extra_forbidden": "is not known"}.get(first["type"], "cannot be read")
        raise bad(f"{str(first['loc'][0])[:40]} {what}.") from None


def bad(message: str) -> Problem:
    return Problem(400, "bad_parameter", message)
