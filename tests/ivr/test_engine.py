"""The telephone does what Twilio does: with TwiML of our own, a clock moved by hand and a server that is a function."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from twilio.request_validator import RequestValidator

from ivr.simulator.engine import Phone
from ivr.simulator.happenings import CallTooLong, Dialled
from ivr.simulator.line import Answered, Line, NotReached
from ivr.simulator.verbs import IllegalTwiml, read
from tests.fakes import ManualClock

BASE = "https://care.example:8443"
TOKEN = "0123456789abcdef0123456789abcdef"
ASK = '<Gather input="dtmf speech" action="/next" timeout="4"><Say language="zh-CN">请按1</Say></Gather>'


@dataclass
class Server:
    """`pages`: path -> documents, the last one for ever. `asked`: (path, form, headers) of every request."""

    pages: dict[str, list[str | int | Exception]]
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)

    def __call__(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answered:
        path = url.removeprefix(BASE)
        self.asked.append((path, dict(form), dict(headers)))
        there = self.pages.get(path.partition("?")[0], [""])
        page = there.pop(0) if len(there) > 1 else there[0]
        if isinstance(page, Exception):
            raise page
        if isinstance(page, int):
            return Answered(page, "text/html", b"no")
        return Answered(200, "text/xml", f"<Response>{page}</Response>".encode() if page else b"")

    def forms(self, path: str) -> list[dict[str, str]]:
        return [form for where, form, _ in self.asked if where.partition("?")[0] == path]


@dataclass
class Caller:
    server: Server
    clock: ManualClock
    phone: Phone

    def waits(self, seconds: float) -> None:
        """Time passes, in steps small enough for every timeout to come in its turn."""
        for _ in range(round(seconds * 4)):
            self.clock.advance(0.25)
            self.phone.tick()

    def heard(self, *kinds: str) -> list[str]:
        return [event.text for event in self.phone.events if event.kind in kinds]


def calling(incoming: str, *, dial_out: Dialled | None = None, **pages: list[str | int | Exception] | str) -> Caller:
    """A call whose first document is `incoming`; other documents by the name of their path."""
    listed = {f"/{name}": [page] if isinstance(page, str) else page for name, page in pages.items()}
    server = Server({"/voice/incoming": [incoming], **listed})
    clock = ManualClock()
    phone = Phone(Line(BASE, TOKEN, server), clock, caller="+8613800138000", dial_out=lambda dial: dial_out or Dialled())
    phone.call()
    return Caller(server, clock, phone)


def test_every_request_is_signed_as_twilio_signs_and_names_its_call() -> None:
    caller = calling(ASK, next="<Say>Thanks</Say>")
    caller.phone.press("1#")
    caller.waits(5)
    assert [path for path, _, _ in caller.server.asked] == ["/voice/incoming", "/next", "/voice/status"]
    checks = RequestValidator(TOKEN)
    for path, form, headers in caller.server.asked:
        assert checks.validate(BASE + path, form, headers["X-Twilio-Signature"])
        assert not checks.validate(BASE + path, {**form, "Digits": "9"}, headers["X-Twilio-Signature"])
    assert {form["CallSid"] for _, form, _ in caller.server.asked} == {caller.phone.sid}
    assert [form["CallStatus"] for _, form, _ in caller.server.asked] == ["ringing", "in-progress", "completed"]
    assert len({headers["I-Twilio-Idempotency-Token"] for _, _, headers in caller.server.asked}) == 3


def test_a_document_is_run_to_its_end_and_then_the_call_is_over() -> None:
    caller = calling('<Say voice="Polly.Zhiyu" language="cmn-CN">您好</Say><Pause length="2"/><Play>/a.mp3</Play>')
    assert caller.heard("say", "pause", "play") == ["您好"]
    caller.waits(10)
    assert caller.heard("say", "pause", "play") == ["您好", "2", "/a.mp3"]
    assert caller.phone.events[0] == ("say", "您好", "cmn-CN", "Polly.Zhiyu")
    assert caller.phone.over
    assert caller.server.forms("/voice/status")[0]["CallDuration"] == "6"


def test_a_key_cuts_the_prompt_short() -> None:
    caller = calling(
        '<Gather action="/next" numDigits="1"><Say>A long prompt</Say><Say>and more</Say></Gather>', next="<Say>ok</Say>"
    )
    caller.phone.press("7")
    assert caller.heard("say") == ["A long prompt", "ok"]
    assert caller.server.forms("/next")[0]["Digits"] == "7"


def test_without_barge_in_the_prompt_is_said_to_its_end() -> None:
    caller = calling('<Gather action="/next" numDigits="1" bargeIn="false"><Say>Listen</Say></Gather>', next="<Say>ok</Say>")
    caller.phone.press("7")
    assert caller.heard("ignored") == ["7"]
    caller.waits(1)
    caller.phone.press("8")
    assert caller.server.forms("/next")[0]["Digits"] == "8"


@pytest.mark.parametrize(
    ("attributes", "pressed", "digits"),
    [
        ('numDigits="4"', "12345", "1234"),
        ("", "12#", "12"),
        ('finishOnKey="*"', "1#2*", "1#2"),
        ('finishOnKey="" numDigits="3"', "1*#", "1*#"),
    ],
)
def test_keys_end_by_number_or_by_the_finishing_key(attributes: str, pressed: str, digits: str) -> None:
    caller = calling(f'<Gather action="/next" {attributes}/>', next="<Pause/>")
    caller.phone.press(pressed)
    assert caller.server.forms("/next")[0]["Digits"] == digits


def test_keys_end_by_a_pause_between_them() -> None:
    caller = calling('<Gather action="/next" timeout="3"/>', next="<Pause/>")
    caller.waits(2)
    caller.phone.press("1")
    caller.waits(2)
    caller.phone.press("2")
    caller.waits(2.5)
    assert caller.server.forms("/next") == []
    caller.waits(1)
    assert caller.server.forms("/next")[0]["Digits"] == "12"


def test_silence_falls_through_to_what_follows() -> None:
    caller = calling(ASK + "<Redirect>/silent?s=a</Redirect>", silent="<Say>没听到</Say>")
    caller.waits(6)
    assert caller.server.forms("/next") == []
    assert caller.heard("say") == ["请按1", "没听到"]


def test_silence_is_posted_where_it_is_wanted() -> None:
    caller = calling('<Gather action="/next" input="dtmf speech" actionOnEmptyResult="true" timeout="2"/>', next="<Pause/>")
    caller.waits(3)
    form = caller.server.forms("/next")[0]
    assert (form["Digits"], form["SpeechResult"]) == ("", "")


def test_speech_ends_when_the_caller_is_silent_long_enough() -> None:
    caller = calling('<Gather action="/next" input="speech" timeout="5" speechTimeout="2"/>', next="<Pause/>")
    caller.waits(1)
    caller.phone.speak("一三八", 0.9)
    caller.waits(1.5)
    caller.phone.speak("零零一三", 0.5)
    caller.phone.press("1")
    assert caller.heard("ignored") == ["1"]
    caller.waits(2.5)
    form = caller.server.forms("/next")[0]
    assert (form["SpeechResult"], form["Confidence"]) == ("一三八 零零一三", "0.5000")
    assert "Digits" not in form


def test_speech_is_lost_where_only_keys_are_asked_for() -> None:
    caller = calling('<Gather action="/next" numDigits="6"/>', next="<Pause/>")
    caller.phone.speak("二四六八一零")
    assert caller.heard("ignored") == ["二四六八一零"]
    assert caller.server.forms("/next") == []


def test_a_gather_without_action_asks_its_own_document_again() -> None:
    caller = calling('<Gather numDigits="1"/>')
    caller.phone.press("5")
    assert caller.server.forms("/voice/incoming")[1]["Digits"] == "5"


def test_a_recording_is_told_and_silence_is_not() -> None:
    caller = calling('<Record action="/next" maxLength="30" timeout="3"/><Say>Nothing there</Say>', next="<Say>Thanks</Say>")
    caller.phone.speak("请给我回电话")
    caller.phone.press("#")
    assert caller.heard("beep", "say") == ["", "Thanks"]
    assert caller.server.forms("/next")[0]["Digits"] == "#"
    silent = calling('<Record action="/next" timeout="3"/><Say>Nothing there</Say>')
    silent.waits(4)
    assert silent.heard("say") == ["Nothing there"]
    hung_up = calling('<Record action="/next"/>')
    hung_up.phone.speak("喂")
    hung_up.phone.hang_up()
    assert hung_up.server.forms("/next")[0]["Digits"] == "hangup"
    assert hung_up.phone.over


ROOM = '<Say>Please hold</Say><Gather action="/asked" numDigits="1" timeout="2"/>'


def test_a_waiting_room_is_asked_again_and_left_by_its_own_verb() -> None:
    caller = calling('<Enqueue waitUrl="/room" action="/out">care</Enqueue>', room=ROOM, asked="<Leave/>", out="<Say>Bye</Say>")
    caller.waits(8)
    forms = caller.server.forms("/room")
    assert len(forms) >= 2
    assert forms[0]["QueuePosition"] == "1"
    assert int(forms[-1]["QueueTime"]) > 0
    caller.phone.press("1")
    assert caller.server.forms("/asked")[0]["QueueSid"] == forms[0]["QueueSid"]
    assert caller.server.forms("/out")[0]["QueueResult"] == "leave"
    assert caller.heard("say")[-1] == "Bye"


@pytest.mark.parametrize("result", ["bridged", "queue-full", "system-error"])
def test_whoever_is_taken_out_of_the_queue_hears_the_action(result: str) -> None:
    caller = calling('<Enqueue waitUrl="/room" action="/out">care</Enqueue>', room=ROOM, out="<Say>Bye</Say>")
    caller.phone.dequeue(result)
    assert caller.server.forms("/out")[0]["QueueResult"] == result
    assert caller.heard("say")[-1] == "Bye"


def test_a_call_sent_elsewhere_over_rest_leaves_the_queue() -> None:
    caller = calling(
        '<Enqueue waitUrl="/room" action="/out">care</Enqueue>', room=ROOM, out="<Say>no</Say>", talk="<Say>Here I am</Say>"
    )
    caller.phone.redirect("/talk")
    assert caller.server.forms("/out")[0]["QueueResult"] == "redirected"
    assert caller.heard("say")[-1] == "Here I am"


def test_hanging_up_in_the_queue_is_told_to_both() -> None:
    caller = calling('<Enqueue waitUrl="/room" action="/out">care</Enqueue>', room=ROOM)
    caller.phone.hang_up()
    assert caller.server.forms("/out")[0]["QueueResult"] == "hangup"
    assert caller.server.forms("/voice/status")[0]["CallStatus"] == "completed"


def test_a_waiting_room_may_not_dial() -> None:
    with pytest.raises(IllegalTwiml, match="<Dial> is not allowed here"):
        calling('<Enqueue waitUrl="/room">care</Enqueue>', room="<Dial>+8610086</Dial>")


def test_a_dial_is_reported_and_ends_as_the_script_says() -> None:
    inner = '<Number url="/whisper">+8610086</Number><Client>agent7</Client>'
    caller = calling(f'<Dial action="/out">{inner}</Dial>', out="<Say>ok</Say>", dial_out=Dialled("completed", 42))
    caller.waits(3)
    assert caller.heard("dial") == ["Number +8610086, Client agent7"]
    form = caller.server.forms("/out")[0]
    assert (form["DialCallStatus"], form["DialCallDuration"]) == ("completed", "42")


def test_reject_ends_the_call_unanswered() -> None:
    caller = calling('<Reject reason="busy"/>')
    assert (caller.phone.over, caller.phone.status) == (True, "busy")


def test_a_failed_connection_is_tried_once_more_under_the_same_token() -> None:
    caller = calling(ASK, next=[NotReached("cut"), "<Say>ok</Say>"])
    caller.phone.press("1#")
    tokens = [headers["I-Twilio-Idempotency-Token"] for path, _, headers in caller.server.asked if path == "/next"]
    assert (len(tokens), len(set(tokens))) == (2, 1)
    assert caller.heard("say")[-1] == "ok"


def test_a_failed_webhook_is_told_to_the_fallback() -> None:
    server = Server({"/voice/incoming": [500], "/voice/fallback": ["<Say>Sorry</Say>"]})
    phone = Phone(Line(BASE, TOKEN, server), ManualClock())
    phone.call()
    assert server.forms("/voice/fallback")[0]["ErrorCode"] == "11200"
    assert [event.text for event in phone.events if event.kind == "say"] == ["Sorry"]


def test_without_any_document_the_call_ends() -> None:
    server = Server({"/voice/incoming": [500], "/voice/fallback": [503]})
    phone = Phone(Line(BASE, TOKEN, server), ManualClock())
    phone.call()
    assert phone.over
    assert [event.kind for event in phone.events].count("error") == 2


def test_a_loop_of_redirects_is_cut() -> None:
    with pytest.raises(CallTooLong, match="without a sound"):
        calling("<Redirect>/voice/incoming</Redirect>")


def test_an_address_of_somebody_else_is_refused() -> None:
    with pytest.raises(IllegalTwiml, match="leads away"):
        calling("<Redirect>https://elsewhere.example/voice/incoming</Redirect>")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("<Speak>x</Speak>", "not a verb"),
        ('<Gather bargein="true"/>', "no attribute bargein"),
        ("<Gather><Dial>1</Dial></Gather>", "not allowed here"),
        ("<Queue>q</Queue>", "not allowed here"),
        ("Hello", "words outside"),
        ("<Gather>Hello</Gather>", "words outside"),
        ("<Say></Say>", "says nothing"),
        (f"<Say>{'字' * 501}</Say>", "4500"),
        ('<Gather input="dtmf speech" speechModel="default" speechTimeout="auto"/>', "speechModel"),
        ('<Gather input="voice"/>', "neither keys nor speech"),
        ('<Gather timeout="soon"/>', "not a number"),
        ('<Redirect method="GET">/x</Redirect>', "other than POST"),
        ("<Redirect/>", "empty"),
        ("<Say>x</Say><Reject/>", "must come first"),
        ("<Say>x", "not XML"),
        ("<Say><b>x</b></Say>", "not allowed in <Say>"),
        (f"<Say>{'x' * 70_000}</Say>", "65536 are allowed"),
    ],
)
def test_illegal_twiml_is_refused_with_the_reason(document: str, reason: str) -> None:
    with pytest.raises(IllegalTwiml, match=reason):
        read(f"<Response>{document}</Response>".encode())


def test_a_document_with_entities_is_refused() -> None:
    with pytest.raises(IllegalTwiml, match="document type"):
        read(b'<!DOCTYPE r [<!ENTITY a "b">]><Response><Say>&a;</Say></Response>')


def test_speech_markup_is_allowed_and_only_its_words_are_heard() -> None:
    (say,) = read(b'<Response><Say>Your code<break strength="weak"/> <say-as interpret-as="digits">123</say-as></Say></Response>')
    assert say.text == "Your code 123"
