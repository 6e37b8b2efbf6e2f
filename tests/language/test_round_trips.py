"""What we say, we understand; what anybody types, breaks nothing. Needs hypothesis and cn2an (main environment only)."""

import os
from datetime import date
from itertools import pairwise

import pytest

from language import amounts, months, numerals_zh, order_ids, phones, say, volumes
from language.clauses import propose_cuts
from language.digits import read_digits
from language.entities import coverage, find_entities
from language.fold import fold
from language.mask import mask
from language.neutralise import MAX_CODE_POINTS, neutralise
from language.normalise import normalise
from language.script import detect

pytest.importorskip("hypothesis", reason="hypothesis is part of the main environment only")
cn2an = pytest.importorskip("cn2an", reason="cn2an is part of the main environment only")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

TODAY = date(2026, 11, 22)
CALM = settings(deadline=None, max_examples=int(os.environ.get("EXAMPLES", "200")))  # the machine may be busy
LANGUAGES = st.sampled_from(["zh", "en"])
FEN = st.integers(0, amounts.MAX_FEN)
PHONES = st.from_regex(r"\+861[3-9][0-9]{9}", fullmatch=True)
# what people and machines may send: words of ours, digits, marks and anything else
WORDS = [
    "充",
    "五十",
    "块",
    "不对",
    "不是",
    "是",
    "一百零八",
    "半",
    "个",
    "G",
    "月",
    "第",
    "两",
    "幺三八",
    "fifty",
    "yuan",
    "no",
    "not",
    "and",
    "a",
    "hundred",
    "13800138000",
    "DD20260915",
    ".",
    ",",
    "-",
    "/",
    "10",
    "oh",
    "double",
    " ",
]
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(WORDS),
    ),
    max_size=12,
).map("".join)


@CALM
@given(FEN, LANGUAGES, st.booleans())
def test_money(fen: int, language: say.Language, spoken: bool) -> None:
    (hit,) = amounts.find(say.money(fen, language, spoken))
    assert (hit.value, hit.bare) == (fen, False)


@CALM
@given(st.integers(0, 10**6), LANGUAGES, st.booleans())
def test_volume_in_quarters_of_a_gigabyte(quarters: int, language: say.Language, spoken: bool) -> None:
    mb = quarters % 1024 if quarters % 2 else quarters * 256 % volumes.MAX_MB
    (hit,) = volumes.find(say.volume(mb, language, spoken))
    assert hit.value == mb


@CALM
@given(PHONES, LANGUAGES)
def test_phone_number(number: str, language: say.Language) -> None:
    assert [h.value for h in phones.find(say.number_spoken(number, language))] == [number]
    assert [h.value for h in phones.find(f"call {number} please")] == [number]


@CALM
@given(PHONES)
def test_no_phone_number_is_logged(number: str) -> None:
    assert number[3:] not in mask(f"给{number}和{number[3:6]} {number[6:10]} {number[10:]}充值").replace(" ", "")


@CALM
@given(st.from_regex(r"[0-9]{4,8}", fullmatch=True))
def test_codes(code: str) -> None:
    assert read_digits(numerals_zh.write_digits(code)) == code
    assert read_digits("it's " + " ".join(code)) == code
    assert read_digits(code) == code


@CALM
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), LANGUAGES)
def test_month(day: date, language: say.Language) -> None:
    month = f"{day.year:04d}-{day.month:02d}"
    assert [h.value for h in months.find(say.month_name(month, language), TODAY)] == [month]


@CALM
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.from_regex(r"[A-Z0-9]{6}", fullmatch=True))
def test_order_id(day: date, tail: str) -> None:
    order = f"DD{day:%Y%m%d}{tail}"
    assert [h.value for h in order_ids.find(f"订单{order}到哪了")] == [order]
    assert mask(order) == order
    assert [h.value for h in order_ids.find(" ".join(order))] == [order]


@CALM
@given(st.integers(0, 99_999_999))
def test_chinese_numerals_against_cn2an(number: int) -> None:
    said = numerals_zh.write(number)
    assert cn2an.cn2an(said, "smart") == number
    assert numerals_zh.read(cn2an.an2cn(number)) == number


@CALM
@given(TEXTS)
def test_anything_is_survived(text: str) -> None:
    clean = neutralise(text)
    assert neutralise(clean) == clean
    assert len(clean) <= MAX_CODE_POINTS
    assert not clean.startswith("/")
    assert clean == clean.strip()
    assert len(fold(text)) == len(text)
    detect(text)
    read_digits(text)
    mask(text)
    assert normalise(normalise(text)) == normalise(text)
    assert len(propose_cuts(text)) <= 6


@CALM
@given(TEXTS)
def test_values_never_overlap_and_stand_where_they_say(text: str) -> None:
    values = find_entities(text, TODAY)
    assert all(a.end <= b.start for a, b in pairwise(values))
    assert all(v.text == text[v.start : v.end] and (v.certain == (v.value is not None)) for v in values)
    assert all(v.value >= 0 for v in values if isinstance(v.value, int) and v.entity != "position")
    assert 0.0 <= coverage(text, values) <= 1.0
