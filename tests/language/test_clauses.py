"""Cuts of one sentence into several requests."""

import pytest

from language.clauses import propose_cuts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("查一下余额，另外帮我充五十", ("查一下余额", "帮我充五十")),
        ("查话费再充五十", ("查话费", "充五十")),
        ("我要退款。还有投诉", ("我要退款", "投诉")),
        ("what's my balance and also cancel my order", ("what's my balance", "cancel my order")),
        ("top up a hundred and eight yuan and show my bill", ("top up a hundred and eight yuan", "show my bill")),
        ("what plan am I on? and how much data do I have left", ("what plan am I on", "how much data do I have left")),
        ("show me my balance, then my bill, then my plan", ("show me my balance", "my bill", "my plan")),
        ("查余额 顺便看看账单 然后转人工", ("查余额", "看看账单", "转人工")),
        ("check my balance as well as my data", ("check my balance", "my data")),
        ("查余额；充五十", ("查余额", "充五十")),
        ("帮我查话费并且取消订单", ("帮我查话费", "取消订单")),
        ("查一下话费和流量", ("查一下话费", "流量")),
    ],
)
def test_the_best_cut_comes_first(text: str, parts: tuple[str, ...]) -> None:
    assert propose_cuts(text)[0] == parts


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "再见",
        "请你再说一遍",
        "查一下话费还有多少",
        "order two and a half",
        "13800138000, 50",
        "a hundred and eight",
        "",
        "and",
        "，，",
        "x" * 3000,
    ],
)
def test_nothing_to_cut(text: str) -> None:
    assert propose_cuts(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "一，二二，三三，四四，五五，六六，七七，八八",
        "a and b and cc and dd then ee also ff plus gg",
        "查余额" + "，然后充值" * 40,
    ],
)
def test_candidates_are_few_and_parts_long_enough(text: str) -> None:
    cuts = propose_cuts(text)
    assert len(cuts) <= 6
    assert len(set(cuts)) == len(cuts)
    for parts in cuts:
        assert 2 <= len(parts) <= 3
        assert all(sum(c.isalnum() for c in p) >= 2 for p in parts)
