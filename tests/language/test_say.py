"""Values as we say them."""

from datetime import date

import pytest

from language import say


@pytest.mark.parametrize(
    ("fen", "chat_zh", "chat_en", "spoken_zh", "spoken_en"),
    [
        (8650, "86.50 元", "¥86.50", "八十六块五", "eighty-six yuan fifty"),
        (5000, "50.00 元", "¥50.00", "五十块", "fifty yuan"),
        (10850, "108.50 元", "¥108.50", "一百零八块五", "one hundred and eight yuan fifty"),
        (320, "3.20 元", "¥3.20", "三块二", "three yuan twenty"),
        (8605, "86.05 元", "¥86.05", "八十六块零五分", "eighty-six yuan and five fen"),
        (8653, "86.53 元", "¥86.53", "八十六块五毛三分", "eighty-six yuan fifty-three"),
        (0, "0.00 元", "¥0.00", "零元", "zero yuan"),
        (50, "0.50 元", "¥0.50", "五毛", "fifty fen"),
        (5, "0.05 元", "¥0.05", "五分钱", "five fen"),
        (-320, "-3.20 元", "-¥3.20", "负三块二", "minus three yuan twenty"),
        (200, "2.00 元", "¥2.00", "两块", "two yuan"),
        (
            123456,
            "1234.56 元",
            "¥1,234.56",
            "一千两百三十四块五毛六分",
            "one thousand two hundred and thirty-four yuan fifty-six",
        ),
    ],
)
def test_money(fen: int, chat_zh: str, chat_en: str, spoken_zh: str, spoken_en: str) -> None:
    assert say.money(fen, "zh") == chat_zh
    assert say.money(fen, "en") == chat_en
    assert say.money(fen, "zh", spoken=True) == spoken_zh
    assert say.money(fen, "en", spoken=True) == spoken_en


@pytest.mark.parametrize(
    ("mb", "written", "zh", "en"),
    [
        (10240, "10 GB", "十个G", "ten gigabytes"),
        (512, "512 MB", "五百一十二兆", "five hundred and twelve megabytes"),
        (1536, "1.5 GB", "一点五个G", "one point five gigabytes"),
        (2048, "2 GB", "两个G", "two gigabytes"),
        (1024, "1 GB", "一个G", "one gigabyte"),
        (0, "0 MB", "零兆", "zero megabytes"),
        (1100, "1.07 GB", "一点零七个G", "one point zero seven gigabytes"),
        (102400, "100 GB", "一百个G", "one hundred gigabytes"),
        (2047, "1.99 GB", "一点九九个G", "one point nine nine gigabytes"),
    ],
)
def test_volume(mb: int, written: str, zh: str, en: str) -> None:
    assert say.volume(mb, "zh") == say.volume(mb, "en") == written
    assert say.volume(mb, "zh", spoken=True) == zh
    assert say.volume(mb, "en", spoken=True) == en


def test_numbers() -> None:
    assert say.number_masked("+8613800138000") == "138****8000"
    assert say.number_masked("+1234") == "****"
    assert say.number_spoken("+8613800138000", "zh") == "幺三八，零零幺三，八零零零"
    assert say.number_spoken("+8613800138000", "en") == "one three eight, zero zero one three, eight zero zero zero"


def test_dates_and_orders() -> None:
    assert say.month_name("2026-09", "zh") == "2026年9月"
    assert say.month_name("2026-09", "en") == "September 2026"
    assert say.date_name(date(2026, 9, 15), "zh") == "2026年9月15日"
    assert say.date_name(date(2026, 9, 15), "en") == "15 September 2026"
    assert say.order_id_tail("DD20260915A7K2Q9") == "A7K2Q9"
    assert say.order_id_tail("DD20260915A7K2Q9", "zh", spoken=True) == "A，七，K，二，Q，九"
    assert say.order_id_tail("DD20260915A7K2Q9", "en", spoken=True) == "A, seven, K, two, Q, nine"


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "202609", "2026-9", "abcd-09"])
def test_no_month(month: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        say.month_name(month, "zh")
