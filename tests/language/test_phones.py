"""Mobile numbers."""

import pytest

from language import phones

NUMBER = "+8613800138000"


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "008613800138000",
        "8613800138000",
        "１３８００１３８０００",
        "给13800138000充50块",
        "我的号码是13800138000。",
        "幺三八零零幺三八零零零",
        "一三八 零零一三 八零零零",
        "一三八零零一三八三个零",
        "给幺三八零零幺三八零零零充五十",
        "幺三八，零零幺三，八零零零",
        "one three eight, double zero one three eight triple zero",
        "one three eight zero zero one three eight zero zero zero",
        "one three eight oh oh one three eight oh oh oh please",
        "one thirty-eight zero zero one three eight zero zero zero",
        "tel:13800138000",
        "50 138 0013 8000",
        "13800138000, 50",
        "50 to 13800138000",
        "top up one three eight zero zero one three eight zero zero zero fifty yuan",
        "电话13800138000，谢谢",
        "1380013 8000",
    ],
)
def test_finds_the_number(text: str) -> None:
    (hit,) = phones.find(text)
    assert (hit.value, hit.certain) == (NUMBER, True)
    assert text[hit.start : hit.end] == hit.text


@pytest.mark.parametrize(
    "text",
    [
        "1380013800",
        "138001380001",
        "+1 415 555 2671",
        "幺三八零零幺三八零零",
        "one three eight zero zero one three eight zero zero",
    ],
)
def test_a_near_miss_is_asked_again(text: str) -> None:
    (hit,) = phones.find(text)
    assert (hit.value, hit.certain) == (None, False)


@pytest.mark.parametrize(
    "text",
    [
        "010-65551234",
        "246810",
        "50块",
        "20260915123456789012",
        "12000138000",
        "没有号码",
        "twenty twenty six",
        "",
    ],
)
def test_nothing_to_find(text: str) -> None:
    assert phones.find(text) == []


def test_two_numbers() -> None:
    assert [f.value for f in phones.find("13800138000和13900139000")] == [NUMBER, "+8613900139000"]
    assert [f.value for f in phones.find("13800138000 13900139000")] == [NUMBER, "+8613900139000"]
