"""A bare telephone for tests of the webhooks: signs what it posts as Twilio does, and reads the TwiML it gets."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from uuid import uuid4

import httpx2
from twilio.request_validator import RequestValidator

from core.settings import Settings
from ivr.signature import auth_token_of
from tests.stack import Stack

STRANGER = "+8613012345678"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def token_of(stack: Stack) -> str:
    """What the running gateway checks signatures with."""
    values: dict[str, Any] = {
        name.lower(): value for name, value in stack.secrets.items() if name.lower() in Settings.model_fields
    }
    return auth_token_of(Settings(_env_file=None, **values))  # type: ignore[call-arg]


@dataclass
class Line:
    """One call. `said` is what was spoken last, `verbs` the TwiML as it came."""

    stack: Stack
    caller: str = STRANGER
    sid: str = field(default_factory=lambda: f"CA{uuid4().hex}")
    twiml: str = ""
    answers: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    @property
    def form(self) -> dict[str, str]:
        return {"CallSid": self.sid, "From": self.caller, "To": "+8610010086", "CallStatus": "in-progress"}

    def post(self, url: str, form: dict[str, str], headers: dict[str, str] | None = None) -> httpx2.Response:
        signature = RequestValidator(token_of(self.stack)).compute_signature(url, form)
        return self.stack.http.post(url, data=form, headers={"X-Twilio-Signature": signature, **(headers or {})})

    def ask(self, path: str, **more: str) -> str:
        """Post to a path or an address of ours; follow redirects of TwiML while nothing is listened for."""
        url = path if path.startswith("http") else self.stack.url + path
        form = {**self.form, **more}
        for _ in range(20):
            answer = self.post(url, form)
            assert answer.status_code == 200, f"{answer.status_code} {answer.text[:300]}"
            assert answer.headers["content-type"].startswith("text/xml"), answer.headers
            self.twiml = answer.text
            self.answers.append((url, form, answer.text))
            verbs = [verb.tag for verb in self.root]
            if "Redirect" not in verbs or "Gather" in verbs or "Record" in verbs:
                return self.said
            url, form = self.root.findtext("Redirect") or "", self.form
        raise AssertionError("redirected for ever")

    @property
    def root(self) -> ET.Element:
        return ET.fromstring(self.twiml)

    @property
    def said(self) -> str:
        return " ".join("".join(say.itertext()) for say in self.root.iter("Say"))

    @property
    def verbs(self) -> list[str]:
        return [verb.tag for verb in self.root]

    @property
    def action(self) -> str:
        asked = next(verb for verb in self.root if verb.tag in ("Gather", "Record"))
        return unescape(asked.attrib["action"])

    @property
    def listens(self) -> str:
        """What the caller may use: "dtmf speech", "dtmf", or "" where nothing is listened for."""
        gather = self.root.find("Gather")
        return gather.attrib["input"] if gather is not None else ""

    def ring(self) -> str:
        return self.ask("/voice/incoming")

    def keys(self, digits: str) -> str:
        return self.ask(self.action, Digits=digits)

    def speak(self, words: str) -> str:
        return self.ask(self.action, SpeechResult=words, Confidence="0.87")

    def silence(self) -> str:
        return self.ask(self.action)

    def hang_up(self) -> None:
        self.post(f"{self.stack.url}/voice/status", {**self.form, "CallStatus": "completed"})


def key_for(said: str, title: str) -> str:
    """The key that was named for a choice."""
    found = re.search(rf"{title}[^0-9。]*请按(\d)", said) or re.search(rf"{title}, press (\d)", said)
    assert found, f"{title} is not among: {said}"
    return found[1]
