"""A call is found by its CallSid and sealed; who calls is recognised by the number, which says nothing about who it is."""

import pytest

from carrier.operator import Customers
from core.seal import Sealer
from core.store import Store
from ivr.call import Call, Calls
from ivr.caller import Caller, Callers, number_of
from ivr.hearing import Heard, Meaning, heard
from ivr.parameters import Posted
from ivr.spoken import Line
from tests.conftest import RedisServer
from tests.fakes import SMITH, WANG, FakeCustomers, ManualClock

SID, OTHER = f"CA{'0' * 32}", f"CA{'1' * 32}"
NUMBER = "+8613800138000"


def posted(**more: str) -> Posted:
    return Posted.model_validate({"CallSid": SID, "From": NUMBER, "To": "+8610010086", "CallStatus": "ringing", **more})


@pytest.fixture
def calls(store: Store, sealer: Sealer, clock: ManualClock) -> Calls:
    return Calls(store, sealer, clock)


@pytest.fixture
def operator() -> FakeCustomers:
    return FakeCustomers()


@pytest.fixture
def callers(store: Store, sealer: Sealer, operator: Customers) -> Callers:
    return Callers(store, sealer, operator)


def test_a_call_comes_back_as_it_was_kept(calls: Calls) -> None:
    call = calls.fresh(SID, NUMBER).model_copy(
        update={"step": 4, "lines": (Line("您好", "zh"), Line("Hello", "en")), "choices": (("查话费", "b.x"),), "asked": "amount"}
    )
    calls.keep(SID, call)
    assert calls.load(SID) == call
    assert calls.load(OTHER) is None


def test_two_calls_from_one_number_share_nothing(calls: Calls) -> None:
    one, other = calls.fresh(SID, NUMBER), calls.fresh(OTHER, NUMBER)
    assert one.conversation != other.conversation
    assert one.conversation.startswith("tel-")
    assert NUMBER[-11:] not in one.conversation
    assert SID[2:] not in one.conversation


def test_nothing_of_a_caller_stands_in_redis_in_clear(calls: Calls, callers: Callers, redis_server: RedisServer) -> None:
    calls.keep(SID, calls.fresh(SID, NUMBER).model_copy(update={"lines": (Line("王小明您好", "zh"),), "customer_id": "C-WANG"}))
    calls.end(SID)
    callers.remember_language("C-WANG", "en")
    kept = redis_server.everything()
    for secret in (NUMBER[-11:].encode(), SID.encode(), "王小明".encode(), b"C-WANG"):
        assert secret not in kept


def test_a_call_that_was_hung_up_has_ended_and_no_other(calls: Calls) -> None:
    assert not calls.has_ended(SID)
    calls.end(SID)
    assert calls.has_ended(SID)
    assert not calls.has_ended(OTHER)


def test_a_known_number_is_recognised_with_its_language(callers: Callers) -> None:
    assert callers.recognise(posted()) == Caller(NUMBER, WANG, "zh")
    assert callers.recognise(posted(From="+8613900139000")) == Caller("+8613900139000", SMITH, "en")


def test_the_language_chosen_last_is_remembered_for_the_customer(callers: Callers) -> None:
    callers.remember_language(WANG.id, "en")
    assert callers.recognise(posted()).language == "en"
    assert callers.recognise(posted(From="+8613900139000")).language == "en"


@pytest.mark.parametrize("caller", ["", "anonymous", "Restricted", "+266696687", "sip:alice@example.com", "+14155550100"])
def test_a_withheld_or_foreign_number_is_a_strangers(callers: Callers, caller: str) -> None:
    assert callers.recognise(posted(From=caller)) == Caller()
    assert number_of(posted(From=caller)) is None


def test_a_number_the_networks_call_forged_is_a_strangers(callers: Callers) -> None:
    for verdict in ("TN-Validation-Failed-A", "TN-Validation-Failed-C"):
        assert callers.recognise(posted(StirVerstat=verdict)) == Caller()
    for verdict in ("", "No-TN-Validation", "TN-Validation-Passed-A"):
        assert callers.recognise(posted(StirVerstat=verdict)).customer == WANG


def test_an_operator_that_does_not_answer_makes_everybody_a_stranger(callers: Callers, operator: FakeCustomers) -> None:
    operator.down = True
    assert callers.recognise(posted()) == Caller(NUMBER)


CALL = Call.model_validate({"conversation": "tel-x", "began_at": "2026-03-10T04:00:00Z"})
CHOOSING = CALL.model_copy(update={"choices": (("查话费", "b.one"), ("充值", "b.two"))})
SECRET = CALL.model_copy(update={"expects": "SECRET", "choices": (("改用短信验证码", "b.sms"),)})


@pytest.mark.parametrize(
    ("call", "form", "expected"),
    [
        (CALL, {}, Heard(Meaning.NOTHING)),
        (CALL, {"Digits": ""}, Heard(Meaning.NOTHING)),
        (CALL, {"Digits": "#"}, Heard(Meaning.NOTHING)),
        (CALL, {"SpeechResult": "  "}, Heard(Meaning.NOTHING)),
        (CALL, {"Digits": "0", "SpeechResult": "查话费"}, Heard(Meaning.PERSON)),
        (CALL, {"Digits": "*"}, Heard(Meaning.REPEAT)),
        (CALL, {"Digits": "7"}, Heard(Meaning.WRONG_KEY)),
        (CALL, {"Digits": "13800138000"}, Heard(Meaning.WORDS, "13800138000")),
        (CALL.model_copy(update={"asked": "quantity"}), {"Digits": "7"}, Heard(Meaning.WORDS, "7")),
        (CALL.model_copy(update={"chooses_language": True}), {"Digits": "1"}, Heard(Meaning.LANGUAGE, language="zh")),
        (CALL.model_copy(update={"chooses_language": True}), {"Digits": "2"}, Heard(Meaning.LANGUAGE, language="en")),
        (CALL.model_copy(update={"chooses_language": True}), {"Digits": "3"}, Heard(Meaning.WRONG_KEY)),
        (CHOOSING, {"Digits": "2"}, Heard(Meaning.WORDS, "b.two")),
        (CHOOSING, {"Digits": "2#"}, Heard(Meaning.WORDS, "b.two")),
        (CHOOSING, {"Digits": "3"}, Heard(Meaning.WRONG_KEY)),
        (CHOOSING, {"SpeechResult": "充值"}, Heard(Meaning.WORDS, "充值")),
        (SECRET, {"Digits": "246810"}, Heard(Meaning.WORDS, "246810")),
        (SECRET, {"Digits": "1"}, Heard(Meaning.WORDS, "b.sms")),
        (SECRET, {"Digits": "0"}, Heard(Meaning.PERSON)),
        (SECRET, {"SpeechResult": "二四六八一零"}, Heard(Meaning.NOTHING)),
        (CALL, {"RecordingSid": f"RE{'0' * 32}", "Digits": "hangup"}, Heard(Meaning.RECORDED)),
    ],
)  # fmt: skip
def test_keys_and_words_mean_what_they_mean_where_the_call_stands(call: Call, form: dict[str, str], expected: Heard) -> None:
    assert heard(posted(**form), call) == expected


@pytest.mark.parametrize(
    "words", ["人工", "转人工。", "请转人工", "嗯，人工客服", "人工服务，谢谢", "agent", "Agent please", "please, an agent", "Representative!",
     "talk to a person"]
)  # fmt: skip
def test_a_person_is_asked_for_in_one_word(words: str) -> None:
    assert heard(posted(SpeechResult=words), CALL).meaning is Meaning.PERSON


@pytest.mark.parametrize("words", ["人工费是多少", "what does an agent cost", "查话费", "person to person call price"])
def test_other_words_are_the_bots(words: str) -> None:
    assert heard(posted(SpeechResult=words), CALL) == Heard(Meaning.WORDS, words)
