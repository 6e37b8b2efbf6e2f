"""Values put together: no overlaps, corrections applied, coverage."""

from datetime import date

import pytest

from language.entities import coverage, find_entities

TODAY = date(2026, 11, 22)


def found(text: str) -> list[tuple[str, object]]:
    return [(f.entity, f.value) for f in find_entities(text, TODAY)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("给13800138000充50块用微信", [("phone_number", "+8613800138000"), ("amount", 5000), ("payment_method", "wechat_pay")]),
        (
            "top up 50 yuan for 139 0013 9000 with alipay",
            [("amount", 5000), ("phone_number", "+8613900139000"), ("payment_method", "alipay")],
        ),
        ("给幺三八零零幺三八零零零充五十", [("phone_number", "+8613800138000"), ("amount", 5000)]),
        ("9月15号充的50块", [("billing_month", "2026-09"), ("amount", 5000)]),
        ("我要三台手机一共五千块", [("quantity", 3), ("amount", 500000)]),
        ("取消DD20260915A7K2Q9那个订单", [("order_id", "DD20260915A7K2Q9")]),
        ("订单DD20260915123456", [("order_id", "DD20260915123456")]),
        ("加个十个G的流量包用支付宝", [("data_volume", 10240), ("payment_method", "alipay")]),
        ("第二个", [("position", 2)]),
        ("我打五分", [("score", 5)]),
        ("说英文", [("language", "en")]),
        ("今天天气真好", []),
        ("246810", []),
        ("查一下话费", []),
        ("text me when I'm under 10 yuan", [("amount", 1000)]),
        ("a couple", [("quantity", 2)]),
        ("上个月账单", [("billing_month", "2026-10")]),
    ],
)
def test_finds(text: str, values: list[tuple[str, object]]) -> None:
    assert found(text) == values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("不对 是三十不是五十", ("amount", 3000)),
        ("不是五十是三十", ("amount", 3000)),
        ("不是五十，是三十", ("amount", 3000)),
        ("no, 50 not 30", ("amount", 5000)),
        ("not 30, 50", ("amount", 5000)),
        ("not 30 but 50", ("amount", 5000)),
        ("三十，不，五十", ("amount", 5000)),
        ("三十 不对 五十", ("amount", 5000)),
        ("thirty, no wait, fifty", ("amount", 5000)),
        ("thirty no fifty", ("amount", 5000)),
        ("充三十吧 哦不 五十", ("amount", 5000)),
        ("把30改成50", ("amount", 5000)),
        ("从五十改成三十", ("amount", 3000)),
        ("change 30 to 50", ("amount", 5000)),
        ("no I said thirty", ("amount", 3000)),
        ("fifty instead of thirty", ("amount", 5000)),
        ("10G 不对 20G", ("data_volume", 20480)),
        ("两个 不对 三个", ("quantity", 3)),
        ("第二个 不对 第三个", ("position", 3)),
        ("不要第二个要第三个", ("position", 3)),
        ("不用微信 用支付宝", ("payment_method", "alipay")),
        ("not wechat, alipay", ("payment_method", "alipay")),
        ("上个月 不对 九月份", ("billing_month", "2026-09")),
        ("13800138000 不对 13900139000", ("phone_number", "+8613900139000")),
        ("是30块不是50块", ("amount", 3000)),
        ("50 sorry 30", ("amount", 3000)),
        ("幺三八零零幺三八零零零 不对 幺三九零零幺三九零零零", ("phone_number", "+8613900139000")),
    ],
)
def test_keeps_only_what_is_meant(text: str, value: tuple[str, object]) -> None:
    assert found(text) == [value]


@pytest.mark.parametrize("text", ["五十，不对", "不是三十", "三十说错了", "not fifty", "13800138000 不对 后面是8001"])
def test_a_value_taken_back_is_not_kept(text: str) -> None:
    values = [f for f in find_entities(text, TODAY) if f.text != "8001"]
    assert values
    assert not any(f.certain for f in values)


def test_two_values_side_by_side_are_both_told() -> None:
    assert found("50还是100") == [("amount", 5000), ("amount", 10000)]


def test_bare_numbers_say_so() -> None:
    (bare,) = find_entities("五十", TODAY)
    (said,) = find_entities("五十块", TODAY)
    assert (bare.bare, said.bare) == (True, False)


def test_places_are_those_of_the_text() -> None:
    text = "嗯，给１３８００１３８０００充 50 元！"
    for f in find_entities(text, TODAY):
        assert text[f.start : f.end] == f.text
    assert found(text) == [("phone_number", "+8613800138000"), ("amount", 5000)]


@pytest.mark.parametrize(
    "text",
    [
        "五十",
        "就五十吧",
        "嗯 五十",
        "it's fifty please",
        "我的号码是幺三八零零幺三八零零零",
        "the second one please",
        "微信",
        "两个吧",
        "DD20260915A7K2Q9",
        "number 138 0013 8000",
    ],
)
def test_an_answer_is_covered(text: str) -> None:
    assert coverage(text, find_entities(text, TODAY)) >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "给我充五十块话费",
        "第二个套餐包含多少流量",
        "I want to order two gift cards",
        "今天天气真好",
        "余额",
        "",
        "嗯",
        "为什么扣我五十块",
    ],
)
def test_a_request_is_not(text: str) -> None:
    assert coverage(text, find_entities(text, TODAY)) < 0.7


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "1,",
        "5.",
        "a ",
        "一",
        "one ",
        "d d ",
        "不对",
        "50 no ",
        "零",
        "a hundred ",
        "two gift ",
        "个半",
        "dd20",
        "上",
        "第一",
        "十五月",
        "块五",
        "is not 5 ",
    ],
)
def test_a_hostile_text_terminates(piece: str) -> None:
    text = (piece * 2000)[:2000]
    found = find_entities(text, TODAY)
    assert len(found) <= 40
    assert 0.0 <= coverage(text, found) <= 1.0
