"""Sentences customers say, in which a number or a name is easily taken for something else."""

from datetime import date

import pytest

from language.entities import find_entities

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("one hundred eight and a half", [("amount", 10850)]),
        ("not five hundred, just five zero", [("amount", 5000)]),
        ("前面说的不算，按一百五来", [("amount", 15000)]),
        ("选五十的", [("amount", 5000)]),
        ("五百来块", [("amount", None)]),
        ("I said bank card but I mean my balance", [("payment_method", None)]),
        ("不用微信付了，那个订单我用银行卡", [("payment_method", "bank_card")]),
        ("可用余额", []),
        ("别说英文了听不懂", [("language", "zh")]),
        ("I don't understand Chinese", [("language", "en")]),
        ("帮我老板切到英文，他听不懂中文", [("language", "en")]),
        ("I want to change from English to Chinese", [("language", "zh")]),
        ("my 5G dropped to 2G", []),
        ("5G和4G有什么区别", []),
        ("给我女儿的号订个5G流量包", [("data_volume", 5120)]),
        ("5G", [("data_volume", 5120)]),
        ("how much is it for twenty more gigabytes", [("data_volume", 20480)]),
        ("一个两万毫安的充电宝", [("quantity", 1)]),
        ("我要回到第一页", []),
        ("turn off the second SIM", []),
        ("what was the money deducted on the first for", []),
        ("把空调调到二十六度", []),
        ("ten out of ten", []),
        ("rating: 5", [("score", 5)]),
        ("locked after three tries", []),
        ("the correct number is the one beginning with 186", []),
        ("嗯那个我刚才说错了 是两个G不是十个G", [("data_volume", 2048)]),
        ("不是上个月，我问的是上上个月", [("billing_month", "2026-09")]),
        ("我要两张一百的礼品卡", [("quantity", 2), ("amount", 10000)]),
        (
            "上个月才六十 这个月怎么一百三",
            [("billing_month", "2026-10"), ("amount", 6000), ("billing_month", "2026-11"), ("amount", 13000)],
        ),
    ],
)
def test_finds(text: str, values: list[tuple[str, object]]) -> None:
    assert [(f.entity, f.value) for f in find_entities(text, TODAY)] == values
