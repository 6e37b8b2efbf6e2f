"""What Twilio may post, and nothing else."""

import pytest
from werkzeug.datastructures import MultiDict

from core.problems import Problem
from ivr.parameters import IGNORED, read

NEEDED = {"CallSid": f"CA{'0a' * 16}", "From": "+8613800138000", "To": "+8610010086", "CallStatus": "in-progress"}


def refused(form: MultiDict[str, str]) -> str:
    with pytest.raises(Problem) as caught:
        read(form)
    assert (caught.value.status, caught.value.code) == (400, "bad_parameter")
    return caught.value.message


def test_what_is_needed_is_enough() -> None:
    posted = read(MultiDict(NEEDED))
    assert (posted.call, posted.digits, posted.speech, posted.queue_result) == (NEEDED["CallSid"], "", "", None)


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_refused(name: str) -> None:
    assert name in refused(MultiDict({k: v for k, v in NEEDED.items() if k != name}))


@pytest.mark.parametrize("name", [*NEEDED, "Digits", "SpeechResult"])
def test_what_comes_twice_is_refused(name: str) -> None:
    """Twilio's signature is the same for a value once or twice."""
    form = MultiDict({**NEEDED, "Digits": "1", "SpeechResult": "x"})
    form.add(name, form[name])
    assert name in refused(form)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CallSid", "CA123"), ("CallSid", f"CA{'0A' * 16}"), ("CallSid", f"CA{'0a' * 16}\n"), ("CallStatus", "over"), ("Digits", "12a"),
        ("Digits", "1" * 33), ("Digits", "１"), ("Digits", "1\n"), ("SpeechResult", "x" * 2001), ("From", "a\nb"), ("From", "x" * 257), ("Confidence", "NaN"),
        ("StirVerstat", "<x>"), ("QueueResult", "gone"), ("RecordingSid", "https://169.254.169.254/"), ("ErrorCode", "x"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused(name: str, value: str) -> None:
    assert name in refused(MultiDict({**NEEDED, name: value}))


def test_what_twilio_documents_is_taken_and_what_it_does_not_is_refused() -> None:
    assert read(MultiDict({**NEEDED, **dict.fromkeys(IGNORED, "x"), "SipHeader_X-Test": "y"})).call == NEEDED["CallSid"]
    assert "verified" in refused(MultiDict({**NEEDED, "verified": "true"}))


def test_withheld_and_odd_callers_are_taken() -> None:
    for caller in ("", "anonymous", "+266696687", "sip:alice@example.com", "client:alice"):
        assert read(MultiDict({**NEEDED, "From": caller})).caller == caller


def test_a_recording_ends_with_the_hang_up() -> None:
    assert read(MultiDict({**NEEDED, "Digits": "hangup", "RecordingSid": f"RE{'0' * 32}"})).recording
