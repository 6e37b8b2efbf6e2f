"""What may stand in a log."""

import pytest

from language.mask import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("给13800138000充值", "给138****8000充值"),
        ("+86 138-0013-8000", "+86 138****8000"),
        ("+8613800138000", "+86138****8000"),
        ("１３８００１３８０００", "138****8000"),
        ("13800138000 13900139000", "138****8000 139****9000"),
        ("1\u200b3800138000", "138****8000"),
        ("phone=13800138000,", "phone=138****8000,"),
        ("验证码是246810", "验证码是••••"),
        ("密码:1234", "密码:••••"),
        ("my PIN is 246810", "my PIN is ••••"),
        ("code 2 4 6 8 1 0", "code ••••"),
        ("246810是我的密码", "••••是我的密码"),
        ("密码 246810 13800138000", "密码 •••• 138****8000"),
        ("my pin is two four six eight", "my pin is ••••"),
        ("密码是二四六八", "密码是••••"),
        ("幺三八零零幺三八零零零", "••••"),
        ("one three eight double zero one", "••••"),
        ("身份证11010519491231002X", "身份证[id]"),
        ("11010519491231002x", "[id]"),
        ("卡号 6222 0212 3456 7890 123", "卡号 [card 0123]"),
        ("4111 1111 1111 1111", "[card 1111]"),
        ("4111111111111111", "[card 1111]"),
        ("zhang.san@example.com", "z***@example.com"),
    ],
)
def test_personal_data_is_hidden(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "DD20260915123456 shipped",
        "order DD20260915A7K2Q9",
        "订单20260915123456789012",
        "amount=5000 at 2026-09-15 10:00:00",
        "86.50 元",
        "code=500",
        "error code 20001",
        "balance 86.50",
        "充五十",
        "conversation c-20260915",
        "110105194912310021",
        "1111111111111111",
        "第二个 三台",
        "take 2 of 10",
        "",
    ],
)
def test_the_rest_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "a@",
        "a",
        "a.",
        "零",
        "one ",
        "1-",
        "DD2026",
        "验证码",
        "密码1234",
        "+",
        "double ",
        "，",
        " ",
        "三个",
        "@a.a",
        "嗯 ",
        "13800138000 ",
        "no ",
    ],
)
def test_hostile_text_of_100_kb_terminates(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    assert "13800138000 " not in mask(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("086946 11010519491231002X 6222021001112223331", "086946 [id] [card 3331]"),
        ("13800138000 11010519491231002X", "138****8000 [id]"),
        ("6222 0210 0111 2223 331", "[card 3331]"),
    ],
)
def test_numbers_side_by_side_are_each_looked_at(text: str, masked: str) -> None:
    assert mask(text) == masked
