"""Volumes, quantities, months, order numbers, positions, payment methods, scores, languages: one table each."""

from datetime import date

import pytest

from language import languages, months, order_ids, payment_methods, positions, quantities, scores, volumes
from language.found import Found

TODAY = date(2026, 11, 22)


def _values(hits: list[Found]) -> list[object]:
    return [h.value for h in hits]


@pytest.mark.parametrize(
    ("text", "mb"),
    [
        ("10G", 10240),
        ("10 GB", 10240),
        ("十个G", 10240),
        ("500兆", 500),
        ("五百兆", 500),
        ("half a gig", 512),
        ("半个G", 512),
        ("一个半G", 1536),
        ("1.5G", 1536),
        ("a gig", 1024),
        ("a gig and a half", 1536),
        ("one and a half gigs", 1536),
        ("ten gigabytes", 10240),
        ("500 MB", 500),
        ("加个十个G的流量包", 10240),
        ("1T", 1048576),
        ("two gigs", 2048),
        ("30g流量", 30720),
        ("５G", 5120),
        ("一点五个G", 1536),
        ("两个G", 2048),
        ("0.1G", None),
        ("-5G", None),
        ("几十个G", None),
    ],
)
def test_volume(text: str, mb: int | None) -> None:
    assert _values(volumes.find(text)) == [mb] or (mb is None and _values(volumes.find(text)) in ([], [None]))


@pytest.mark.parametrize(
    "text",
    [
        "5G套餐",
        "5G网络",
        "4g signal",
        "500兆宽带",
        "1000M宽带",
        "upgrade to 5g",
        "开通5G",
        "10 good phones",
        "给我",
        "5 minutes",
    ],
)
def test_no_volume(text: str) -> None:
    assert volumes.find(text) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("两个", 2),
        ("三台", 3),
        ("买两个充电宝", 2),
        ("a couple", 2),
        ("a couple of cards", 2),
        ("a pair", 2),
        ("俩", 2),
        ("2x", 2),
        ("x2", 2),
        ("3 pcs", 3),
        ("two gift cards", 2),
        ("I want to order two gift cards", 2),
        ("two of them", 2),
        ("10张", 10),
        ("十二个", 12),
        ("a dozen", 12),
        ("buy 3 phones", 3),
        ("零个", None),
        ("2.5个", None),
        ("五六个", None),
    ],
)
def test_quantity(text: str, count: int | None) -> None:
    assert _values(quantities.find(text)) == [count]


@pytest.mark.parametrize(
    "text",
    [
        "三个月",
        "两个小时",
        "第二个",
        "这两个",
        "十个G",
        "three days",
        "in 3 days",
        "four stars",
        "50 bucks",
        "十分钟",
        "ten gigs",
        "一个人",
    ],
)
def test_no_quantity(text: str) -> None:
    assert quantities.find(text) == []


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("上个月", "2026-10"),
        ("上月", "2026-10"),
        ("上上个月", "2026-09"),
        ("这个月", "2026-11"),
        ("本月", "2026-11"),
        ("下个月", "2026-12"),
        ("九月份", "2026-09"),
        ("9月", "2026-09"),
        ("12月", "2025-12"),
        ("去年12月", "2025-12"),
        ("今年三月", "2026-03"),
        ("前年一月", "2024-01"),
        ("2025年12月", "2025-12"),
        ("二零二五年十二月", "2025-12"),
        ("25年3月", "2025-03"),
        ("十一月", "2026-11"),
        ("十月一号", "2026-10"),
        ("9月15号", "2026-09"),
        ("三个月前", "2026-08"),
        ("last month", "2026-10"),
        ("this month", "2026-11"),
        ("next month", "2026-12"),
        ("the month before last", "2026-09"),
        ("two months ago", "2026-09"),
        ("September", "2026-09"),
        ("Sept", "2026-09"),
        ("december", "2025-12"),
        ("September 2025", "2025-09"),
        ("december last year", "2025-12"),
        ("last december", "2025-12"),
        ("my may bill", "2026-05"),
        ("may", "2026-05"),
        ("the bill for march", "2026-03"),
        ("2026-09", "2026-09"),
        ("2026/9", "2026-09"),
        ("last september", None),
    ],
)
def test_month(text: str, month: str | None) -> None:
    assert _values(months.find(text, TODAY)) == [month]


@pytest.mark.parametrize(
    "text",
    [
        "三个月",
        "may I ask",
        "march on",
        "一个月",
        "13月",
        "2026-09-15-3",
        "月球",
        "五十",
        "decided",
        "maybe",
    ],
)
def test_no_month(text: str) -> None:
    assert months.find(text, TODAY) == []


def test_months_cross_the_year() -> None:
    assert _values(months.find("上个月", date(2026, 1, 5))) == ["2025-12"]
    assert _values(months.find("next month", date(2026, 12, 31))) == ["2027-01"]


@pytest.mark.parametrize(
    "text",
    [
        "DD20260915A7K2Q9",
        "dd20260915a7k2q9",
        "订单DD20260915A7K2Q9到哪了",
        "DD 2026 0915 A7K2Q9",
        "DD-20260915-A7K2Q9",
        "DD20260915 A7K2Q9",
        "D D 二零二六零九一五 A 七 K 二 Q 九",
        "d d 二零二六 零九幺五 a七k二q九",
        "dee dee two oh two six oh nine one five a seven k two q nine",
        "D D two zero two six zero nine one five A seven K two Q nine",
        "double d 20260915 a7k2q9",
        "ＤＤ２０２６０９１５Ａ７Ｋ２Ｑ９",
        "delta delta two o two six o nine one five alpha seven kilo two quebec nine",
        "dee dee 2026 0915 ay seven kay two cue nine please",
    ],
)
def test_order_id(text: str) -> None:
    assert _values(order_ids.find(text)) == ["DD20260915A7K2Q9"]


@pytest.mark.parametrize("text", ["DD20260915", "DD20260915 please", "DD20260915A7K2Q", "DD20261315A7K2Q9", "DD20260915A7K2Q99"])
def test_an_incomplete_order_id_is_uncertain(text: str) -> None:
    assert _values(order_ids.find(text)) == [None]


@pytest.mark.parametrize("text", ["add 50", "dd", "daddy", "我的订单", "d d", "13800138000"])
def test_no_order_id(text: str) -> None:
    assert order_ids.find(text) == []


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("第二个", 2),
        ("第2个", 2),
        ("第二", 2),
        ("第三款", 3),
        ("最后一个", -1),
        ("倒数第二个", -2),
        ("选2", 2),
        ("选第三个", 3),
        ("按二", 2),
        ("第十二个", 12),
        ("第九十九个", None),
        ("the second one", 2),
        ("second one", 2),
        ("the first", 1),
        ("number three", 3),
        ("option 2", 2),
        ("2nd", 2),
        ("the 3rd one", 3),
        ("#2", 2),
        ("the last one", -1),
        ("the last", -1),
    ],
)
def test_position(text: str, position: int | None) -> None:
    assert _values(positions.find(text)) == [position]


@pytest.mark.parametrize(
    "text",
    [
        "第一次",
        "第二天",
        "第三方",
        "one second",
        "wait a second",
        "last month",
        "the first time",
        "number one three eight",
        "number 138 0013 8000",
        "最后一个月",
    ],
)
def test_no_position(text: str) -> None:
    assert positions.find(text) == []


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("微信", "wechat_pay"),
        ("用微信支付", "wechat_pay"),
        ("WeChat Pay", "wechat_pay"),
        ("支付宝", "alipay"),
        ("alipay please", "alipay"),
        ("银行卡", "bank_card"),
        ("刷卡", "bank_card"),
        ("my card", "bank_card"),
        ("by card", "bank_card"),
        ("credit card", "bank_card"),
        ("用余额", "balance"),
        ("从话费余额扣", "balance"),
        ("pay from my balance", "balance"),
        ("余额", "balance"),
        ("balance", "balance"),
        ("card", "bank_card"),
    ],
)
def test_payment_method(text: str, method: str) -> None:
    assert _values(payment_methods.find(text)) == [method]


@pytest.mark.parametrize(
    "text",
    [
        "查一下我的余额",
        "what's my balance",
        "sim card",
        "gift card",
        "my card is broken",
        "电话卡",
        "微信公众号",
    ],
)
def test_no_payment_method(text: str) -> None:
    assert payment_methods.find(text) == []


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("我打五分", 5),
        ("5分", 5),
        ("四星", 4),
        ("五星好评", 5),
        ("四颗星", 4),
        ("满分", 5),
        ("给三星", 3),
        ("four stars", 4),
        ("5 out of 5", 5),
        ("4/5", 4),
        ("I give it a 4", 4),
        ("three points", 3),
        ("rating 2", 2),
        ("打零分", None),
        ("打十分", None),
        ("10/5", None),
        ("评4.5分", None),
    ],
)
def test_score(text: str, score: int | None) -> None:
    assert _values(scores.find(text)) == [score]


@pytest.mark.parametrize(
    "text",
    [
        "五分钟",
        "五分钱",
        "十分满意",
        "三星手机",
        "星期五",
        "85分",
        "给我充五块五分",
        "give you 50 yuan",
        "percent",
    ],
)
def test_no_score(text: str) -> None:
    assert scores.find(text) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("说英文", "en"),
        ("英语", "en"),
        ("English please", "en"),
        ("中文可以吗", "zh"),
        ("普通话", "zh"),
        ("Chinese", "zh"),
        ("mandarin", "zh"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert _values(languages.find(text)) == [language]


def test_no_language() -> None:
    assert languages.find("chinese new year") == []
