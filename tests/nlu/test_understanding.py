"""What the running bot understands, asked at its own door: plain phrases always, unseen ones mostly, values exactly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.stack import Stack

pytestmark = pytest.mark.stack

HERE = Path(__file__).parent
FLOORS = {"zh": 0.91, "en": 0.89}  # a little below what bench/nlu.py measures
MOST_REFUSED = 0.05  # of the words in scope
NOT_UNDERSTOOD = ("nlu_fallback", "out_of_scope")
NONSENSE = [
    "asdf qwer",
    "香蕉月亮跳舞",
    "qwertyuiop",
    "blorp fizz",
    "玻璃骑着云彩",
    "purple monkey dishwasher",
    "的地得了着",
    "wibble wobble",
]
Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def parse(stack: Stack) -> Parse:
    """Rasa's parse result of a text."""
    address = f"http://127.0.0.1:{stack.ports['BOT_PORT']}/webhooks/careline/parse"

    def ask(text: str) -> dict[str, Any]:
        answer = stack.http.post(address, json={"text": text}, headers={"X-Careline-Secret": stack.secrets["ACTION_SECRET"]})
        assert answer.status_code == 200, answer.text[:200]
        found: dict[str, Any] = answer.json()
        return found

    return ask


def plain() -> list[tuple[str, str, str]]:
    content = yaml.safe_load((HERE / "plain.yml").read_text(encoding="utf-8"))
    return [(intent, language, text) for intent, by in content.items() for language, texts in by.items() for text in texts]


def test_every_plain_phrase_is_understood(parse: Parse) -> None:
    heard = [(text, intent, parse(text)["intent"]["name"]) for intent, _, text in plain()]
    assert [row for row in heard if row[1] != row[2]] == []


def test_most_unseen_words_are_understood_and_few_in_scope_refused(parse: Parse) -> None:
    rows = yaml.safe_load((HERE / "heldout.yml").read_text(encoding="utf-8"))
    heard = [(row["language"], row["intent"], parse(row["text"])["intent"]["name"]) for row in rows]
    for language, floor in FLOORS.items():
        right = [said == intent for spoken, said, intent in heard if spoken == language]
        assert sum(right) / len(right) >= floor, language
        inside = [intent for spoken, said, intent in heard if spoken == language and said != "out_of_scope"]
        assert inside.count("nlu_fallback") / len(inside) <= MOST_REFUSED, language


def test_nonsense_is_mostly_not_understood(parse: Parse) -> None:
    refused = [text for text in NONSENSE if parse(text)["intent"]["name"] in NOT_UNDERSTOOD]
    assert len(refused) >= 0.75 * len(NONSENSE), sorted(set(NONSENSE) - set(refused))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("充50", {"amount": 5000}),
        ("给我充五十块话费", {"amount": 5000}),
        ("一百零八块五", {"amount": 10850}),
        ("两百五", {"amount": 25000}),
        ("top up fifty yuan", {"amount": 5000}),
        ("¥88.80", {"amount": 8880}),
        ("给13800138000充值", {"phone_number": "+8613800138000"}),
        ("幺三八零零幺三八零零零", {"phone_number": "+8613800138000"}),
        ("138 0013 8000", {"phone_number": "+8613800138000"}),
        ("one three eight double zero one three eight triple zero", {"phone_number": "+8613800138000"}),
        ("给幺三九零零幺三九零零零充三十", {"phone_number": "+8613900139000", "amount": 3000}),
        ("top up 13900139000 with 100 yuan", {"phone_number": "+8613900139000", "amount": 10000}),
        ("2025年9月的账单", {"billing_month": "2025-09"}),
        ("bill for September 2025", {"billing_month": "2025-09"}),
        ("二零二五年十二月", {"billing_month": "2025-12"}),
        ("订单DD20261103K7Q2MX到哪了", {"order_id": "DD20261103K7Q2MX"}),
        ("where is order DD20261103K7Q2MX", {"order_id": "DD20261103K7Q2MX"}),
        ("取消DD20261021A4X8PT", {"order_id": "DD20261021A4X8PT"}),
        ("加十个G", {"data_volume": 10240}),
        ("五百兆", {"data_volume": 500}),
        ("add 10 GB", {"data_volume": 10240}),
        ("half a gig", {"data_volume": 512}),
        ("two gigs please", {"data_volume": 2048}),
        ("用微信付", {"payment_method": "wechat_pay"}),
        ("支付宝", {"payment_method": "alipay"}),
        ("刷银行卡", {"payment_method": "bank_card"}),
        ("pay with alipay", {"payment_method": "alipay"}),
        ("WeChat Pay", {"payment_method": "wechat_pay"}),
        ("take it from my balance", {"payment_method": "balance"}),
        ("充100用支付宝", {"amount": 10000, "payment_method": "alipay"}),
        ("不是五十是三十", {"amount": 3000}),
        ("今天天气真好", {}),
    ],
)
def test_values_are_read_exactly(parse: Parse, text: str, values: dict[str, Any]) -> None:
    assert {found["entity"]: found["value"] for found in parse(text)["entities"]} == values


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("充50", "top_up"),
        ("充100", "top_up"),
        ("给13800138000充100", "top_up"),
        ("top up 50", "top_up"),
        ("加10G", "buy_data_pack"),
        ("上个月账单", "query_bill"),
        ("取消DD20261103K7Q2MX", "cancel_order"),
        ("50", "inform"),
        ("嗯 五十", "inform"),
        ("13800138000 谢谢", "inform"),
        ("fifty please", "inform"),
        ("不是五十是三十", "correct"),
    ],
)
def test_a_word_beside_a_value_keeps_its_meaning_and_a_bare_value_is_an_answer(parse: Parse, text: str, intent: str) -> None:
    assert parse(text)["intent"]["name"] == intent
