"""TwiML as a telephone reads it: one document, checked against what Twilio allows, as a tree of verbs."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from urllib.parse import quote

DOCUMENT_MOST = 64 * 1024  # bytes; Twilio's error 11750
SAY_MOST = 4500  # bytes of one Say, URL-encoded; Twilio's error 13521
HINTS_MOST = 500
HINT_MOST = 100  # characters of one hint
SSML = frozenset(["break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"])
WHILE_WAITING = frozenset(["Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"])  # all that a waitUrl may answer with

_RECORDING = "recordingStatusCallback recordingStatusCallbackEvent recordingStatusCallbackMethod trim"
_STATUS = "statusCallback statusCallbackEvent statusCallbackMethod"
ATTRIBUTES: dict[str, frozenset[str]] = {
    name: frozenset(attributes.split())
    for name, attributes in {
        "Say": "language loop voice",
        "Play": "digits loop",
        "Pause": "length",
        "Gather": "action actionOnEmptyResult bargeIn debug enhanced finishOnKey hints input language maxSpeechTime method "
        "numDigits partialResultCallback partialResultCallbackMethod profanityFilter speechModel speechTimeout timeout",
        "Redirect": "method",
        "Record": f"action finishOnKey maxLength method playBeep timeout transcribe transcribeCallback {_RECORDING}",
        "Enqueue": "action maxQueueSize method waitUrl waitUrlMethod workflowSid",
        "Leave": "",
        "Dial": f"action answerOnBridge callerId hangupOnStar method record recordingTrack ringTone sequential timeLimit timeout {_RECORDING}",
        "Number": f"method sendDigits url {_STATUS}",
        "Client": f"method url {_STATUS}",
        "Queue": "method postWorkActivitySid reservationSid url",
        "Conference": "beep coach endConferenceOnExit eventCallbackUrl jitterBufferSize maxParticipants muted participantLabel record "
        f"region startConferenceOnEnter waitMethod waitUrl {_RECORDING} {_STATUS}",
        "Hangup": "",
        "Reject": "reason",
        "Sms": "action from method statusCallback to",
    }.items()
}
CHILDREN: dict[str, frozenset[str]] = {
    "Response": frozenset(
        ["Say", "Play", "Pause", "Gather", "Redirect", "Record", "Enqueue", "Leave", "Dial", "Hangup", "Reject", "Sms"]
    ),
    "Gather": frozenset(("Say", "Play", "Pause")),
    "Dial": frozenset(("Number", "Client", "Queue", "Conference")),
}
_SECONDS = re.compile(r"[1-9]\d{0,4}")
_NUMBERS = {  # attributes that must be whole numbers
    "Pause": {"length": re.compile(r"[1-9]\d{0,2}")},
    "Gather": {"timeout": re.compile(r"\d{1,3}"), "numDigits": _SECONDS, "speechTimeout": re.compile(r"auto|[1-9]\d?")},
    "Record": {"timeout": re.compile(r"\d{1,4}"), "maxLength": _SECONDS},
    "Say": {"loop": re.compile(r"\d{1,3}")},
    "Play": {"loop": re.compile(r"\d{1,3}")},
}


class IllegalTwiml(ValueError):
    """Twilio would not run this document; the message says why."""


@dataclass(frozen=True)
class Verb:
    """One element. `text`: its words with the markup inside taken off."""

    name: str
    attributes: dict[str, str]
    text: str
    children: "tuple[Verb, ...]" = ()

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute, default)

    def says_yes(self, attribute: str, default: bool) -> bool:
        return self.get(attribute, str(default)).lower() == "true"


def read(document: bytes, allowed: frozenset[str] = CHILDREN["Response"]) -> tuple[Verb, ...]:
    """The verbs of a document, in order; `allowed` at its top. Raises IllegalTwiml."""
    if len(document) > DOCUMENT_MOST:
        raise IllegalTwiml(f"the document has {len(document)} bytes; {DOCUMENT_MOST} are allowed")
    if b"<!DOCTYPE" in document:  # entities could grow without bound
        raise IllegalTwiml("a document type is not allowed")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314  bounded, without entities, and from our own server
    except ElementTree.ParseError as error:
        raise IllegalTwiml(f"not XML: {error}") from None
    if root.tag != "Response":
        raise IllegalTwiml(f"<{root.tag}> instead of <Response>")
    _no_words(root)
    verbs = tuple(_verb(child, "Response", allowed) for child in root)
    if any(verb.name == "Reject" for verb in verbs[1:]):
        raise IllegalTwiml("<Reject> must come first")
    return verbs


def _verb(element: ElementTree.Element, parent: str, allowed: frozenset[str]) -> Verb:
    name = element.tag
    if name not in ATTRIBUTES:
        raise IllegalTwiml(f"<{name}> is not a verb this telephone knows")
    if name not in allowed:
        raise IllegalTwiml(f"<{name}> is not allowed here, in <{parent}>")
    foreign = sorted(set(element.attrib) - ATTRIBUTES[name])
    if foreign:
        raise IllegalTwiml(f"<{name}> has no attribute {', '.join(foreign)}")
    for attribute, shape in _NUMBERS.get(name, {}).items():
        if attribute in element.attrib and not shape.fullmatch(element.attrib[attribute]):
            raise IllegalTwiml(f"{attribute}={element.attrib[attribute]!r} of <{name}> is not a number Twilio takes")
    if any(element.get(method, "POST") != "POST" for method in ("method", "waitUrlMethod")):
        raise IllegalTwiml(f"<{name}> wants a method other than POST, which would put the caller's words into an address")
    if name == "Say":
        return Verb(name, dict(element.attrib), _spoken(element))
    inner = CHILDREN.get(name, frozenset())
    children = tuple(_verb(child, name, inner) for child in element)
    if name == "Gather":
        _no_words(element)
        _can_listen(element)
    if name in ("Redirect", "Number", "Client", "Queue", "Conference", "Enqueue", "Sms", "Play") and not (
        (element.text or "").strip() or element.get("digits") or element.get("workflowSid")
    ):
        raise IllegalTwiml(f"<{name}> is empty")
    return Verb(name, dict(element.attrib), (element.text or "").strip(), children)


def _spoken(say: ElementTree.Element) -> str:
    strange = sorted({inner.tag for inner in say.iter() if inner is not say} - SSML)
    if strange:
        raise IllegalTwiml(f"<{strange[0]}> is not allowed in <Say>")
    words = "".join(say.itertext()).strip()
    if not words:
        raise IllegalTwiml("<Say> says nothing")
    if len(quote(words, safe="")) > SAY_MOST:
        raise IllegalTwiml(f"<Say> has more than {SAY_MOST} bytes, URL-encoded")
    return words


def _can_listen(gather: ElementTree.Element) -> None:
    inputs = gather.get("input", "dtmf").split()
    if not inputs or set(inputs) - {"dtmf", "speech"}:
        raise IllegalTwiml(f"input={gather.get('input')!r} of <Gather> is neither keys nor speech")
    if gather.get("speechModel") and gather.get("speechTimeout") == "auto":
        raise IllegalTwiml("speechModel needs a speechTimeout in seconds, not 'auto'")
    if set(gather.get("finishOnKey", "#")) - set("0123456789*#"):
        raise IllegalTwiml("finishOnKey names something that is not a key")
    hints = [hint for hint in gather.get("hints", "").split(",") if hint.strip()]
    if len(hints) > HINTS_MOST or any(len(hint) > HINT_MOST for hint in hints):
        raise IllegalTwiml(f"more than {HINTS_MOST} hints, or one longer than {HINT_MOST} characters")


def _no_words(element: ElementTree.Element) -> None:
    loose = [element.text or "", *(child.tail or "" for child in element)]
    if any(words.strip() for words in loose):
        raise IllegalTwiml(f"<{element.tag}> holds words outside of <Say>")
