"""What is typed and what is heard look alike."""

import pytest

from language.normalise import normalise


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("嗯，那个我想查一下余额。", "我想查一下余额"),
        ("那个套餐多少钱", "那个套餐多少钱"),
        ("额度多少", "额度多少"),
        ("额，查余额", "查余额"),
        ("um, what's my balance please?", "what's my balance please"),
        ("What\u2019s  up", "what's up"),
        ("you know uh top up", "top up"),
        ("查 一下 我的 Balance", "查一下我的balance"),
        ("呃 帮我 充 50 块", "帮我充50块"),
        ("充50.5元！！", "充50.5元"),
        ("嗯", "嗯"),
        ("um", "um"),
        ("", ""),
        ("ＯＫ", "ok"),
        ("what's my balance uh", "what's my balance"),
        ("a,b", "a b"),
        ("查余额，嗯", "查余额"),
        ("充\u200b值", "充值"),
        ("umbrella", "umbrella"),
    ],
)
def test_form(text: str, form: str) -> None:
    assert normalise(text) == form


@pytest.mark.parametrize("text", ["嗯，那个我想查一下余额。", "um uh er", "...", "50.5.5", "A  B"])
def test_twice_is_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
