"""Numerals of both languages, read and written."""

from decimal import Decimal

import pytest

from language import numerals_en, numerals_zh


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("一百零八", 108),
        ("两百五", 250),
        ("一百八", 180),
        ("一千零五", 1005),
        ("一千五", 1500),
        ("三万二", 32000),
        ("一万零五百", 10500),
        ("两千零五十", 2050),
        ("二零二六", 2026),
        ("五十点五", Decimal("50.5")),
        ("壹佰", 100),
        ("一亿", 100000000),
        ("一百一十", 110),
        ("一百十五", 115),
    ],
)
def test_chinese(text: str, value: object) -> None:
    assert numerals_zh.read(text) == value


@pytest.mark.parametrize("text", ["五六十", "七八", "百五", "一百零", "十十", "一百一千", "", "九" * 40, "万", "一百百"])
def test_no_chinese_numeral(text: str) -> None:
    assert numerals_zh.read(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("fifty", 50),
        ("a hundred and eight", 108),
        ("one oh eight", 108),
        ("fifteen hundred", 1500),
        ("two thousand and five", 2005),
        ("one hundred thousand", 100000),
        ("two hundred and fifty thousand three hundred", 250300),
        ("fifty point five", Decimal("50.5")),
        ("a million", 1000000),
        ("hundred", 100),
        ("twenty five", 25),
    ],
)
def test_english(text: str, value: object) -> None:
    words = text.split()
    assert numerals_en.read(words, 0) == (value, len(words))


def test_no_english_numeral() -> None:
    assert numerals_en.read(["a", "plan"], 0) is None
    assert numerals_en.read(["second"], 0) is None


def test_write_and_read() -> None:
    for number in [*range(2200), *range(9900, 10120), 20000, 20020, 100000, 110010, 12345678, 10000010, 99999999]:
        words = numerals_en.WORD.findall(numerals_en.write(number))
        assert numerals_en.read(words, 0) == (number, len(words))
        assert numerals_zh.read(numerals_zh.write(number)) == number


@pytest.mark.parametrize("number", [-1, 10**9])
def test_what_cannot_be_written(number: int) -> None:
    with pytest.raises(ValueError, match="cannot say"):
        numerals_zh.write(number)
    with pytest.raises(ValueError, match="cannot say"):
        numerals_en.write(number)
