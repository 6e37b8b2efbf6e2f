"""The language of a text, and when it tells nothing."""

import pytest

from language.script import detect


@pytest.mark.parametrize(
    "text",
    [
        "我还剩多少话费",
        "查一下我的balance",
        "可以",
        "switch to 中文",
        "WiFi密码",
        "5G套餐",
        "嗯",
        "用微信付",
        "iPhone 15 多少钱",
        "can you speak 中文",
    ],
)
def test_chinese(text: str) -> None:
    assert detect(text) == "zh"


@pytest.mark.parametrize(
    "text",
    [
        "what's my balance",
        "hello",
        "yes",
        "top up fifty",
        "I want to pay with 支付宝",
        "one three eight double zero",
        "track package",
        "nope",
        "Balance",
        "what does 流量 mean please",
    ],
)
def test_english(text: str) -> None:
    assert detect(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "OK!",
        "138 0013 8000",
        "50",
        "iPhone 15 pro",
        "微信",
        "支付宝",
        "5G",
        "wifi",
        "👍",
        "ni hao",
        "zenme banli",
        "DD20260915A7K2Q9",
        "10 GB",
        "...",
        "こんにちは",
    ],
)
def test_unsure(text: str) -> None:
    assert detect(text) is None
