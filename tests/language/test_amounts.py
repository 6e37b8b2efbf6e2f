"""Amounts of money. NLU-15: what is negative, broken or has two readings is uncertain, never rounded or guessed."""

import pytest

from language import amounts


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("50块", 5000),
        ("50元", 5000),
        ("¥50.00", 5000),
        ("￥50", 5000),
        (" 50 元 ", 5000),
        ("rmb50", 5000),
        ("50rmb", 5000),
        ("50圆", 5000),
        ("50.5元", 5050),
        ("1,000元", 100000),
        ("0元", 0),
        ("零元", 0),
        ("五十块钱", 5000),
        ("五十元整", 5000),
        ("一百零八块五", 10850),
        ("86块5", 8650),
        ("86块50", 8650),
        ("八十六块五毛三", 8653),
        ("八十六块五毛三分", 8653),
        ("三块二毛五", 325),
        ("三块二五", 325),
        ("十块零五分", 1005),
        ("五块零五毛", 550),
        ("两块半", 250),
        ("半块", 50),
        ("半块钱", 50),
        ("3毛", 30),
        ("五毛钱", 50),
        ("五毛三", 53),
        ("5角", 50),
        ("五分钱", 5),
        ("3万元", 3000000),
        ("1.5万块", 1500000),
        ("两百五十块", 25000),
        ("两百五块", 25000),
        ("一千零五元", 100500),
        ("五十点五元", 5050),
        ("给我充五十块话费", 5000),
        ("fifty yuan", 5000),
        ("50 bucks", 5000),
        ("a hundred yuan", 10000),
        ("one hundred and eight yuan fifty", 10850),
        ("fifty kuai", 5000),
        ("eighty-six yuan and five fen", 8605),
        ("fifty fen", 50),
        ("five jiao", 50),
        ("half a yuan", 50),
        ("a yuan", 100),
        ("two thousand rmb", 200000),
        ("one oh eight yuan", 10800),
        ("fifty point five yuan", 5050),
        ("top up 50 yuan", 5000),
        ("1000000元", 100000000),
    ],
)
def test_with_a_unit(text: str, fen: int) -> None:
    (hit,) = amounts.find(text)
    assert (hit.value, hit.certain, hit.bare) == (fen, True, False)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("50", 5000),
        ("五十", 5000),
        ("两百五", 25000),
        ("一百八", 18000),
        ("三千五", 350000),
        ("0", 0),
        ("fifty", 5000),
        ("50.5", 5050),
        ("2000", 200000),
        ("a hundred and eight fifty", 10850),
        ("one oh eight fifty", 10850),
        ("充五十", 5000),
        ("就五十吧", 5000),
        ("五零", 5000),
        ("one", 100),
        ("fifty please", 5000),
        ("59那个套餐", 5900),
        ("一百二十", 12000),
        ("五", 500),
    ],
)
def test_a_bare_number_may_be_an_amount(text: str, fen: int) -> None:
    (hit,) = amounts.find(text)
    assert (hit.value, hit.certain, hit.bare) == (fen, True, True)


@pytest.mark.parametrize(
    "text",
    [
        "-50",
        "-50元",
        "负五十",
        "负五十块",
        "minus fifty",
        "minus fifty yuan",
        "0.001",
        "50.005",
        "50.005元",
        "1e6",
        "1e6元",
        "0x32",
        "NaN",
        "inf",
        "¥nan",
        "99999999999元",
        "99999999999",
        "1000001元",
        "五六十块",
        "几十块",
        "几百块钱",
        "二十多块",
        "十几块",
        "十块零五",
        "两三块",
        "two fifty",
        "two fifty yuan",
        "eighty six fifty",
        "$50",
        "50美元",
        "50 dollars",
        "2k",
        "50w",
        ".5元",
        "50-100元",
        "五百来块",
    ],
)
def test_nlu_15_what_has_no_single_reading_is_uncertain(text: str) -> None:
    hits = amounts.find(text)
    assert hits
    assert all((h.value, h.certain) == (None, False) for h in hits)


@pytest.mark.parametrize(
    "text",
    [
        "246810",
        "3001",
        "0246",
        "二四六八",
        "五分",
        "五分钟",
        "两个",
        "查一下",
        "万一",
        "十分满意",
        "九月十五号",
        "2026年",
        "100%",
        "百分之五",
        "88号",
        "三天",
        "5次",
        "尾号8000",
        "第二个",
        "iphone 15",
        "iphone15",
        "in 2026",
        "three days",
        "option 3",
        "four stars",
        "一下子",
        "统一",
        "this one",
        "10 GB",
        "星期五",
        "一块儿去",
        "打10086",
        "",
    ],
)
def test_other_numbers_are_no_amounts(text: str) -> None:
    assert amounts.find(text) == []


def test_several() -> None:
    assert [f.value for f in amounts.find("五十块二十块")] == [5000, 2000]
    assert [f.value for f in amounts.find("50元 30元")] == [5000, 3000]
    assert [f.value for f in amounts.find("50到100")] == [5000, 10000]
