"""What a voice gets to read."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given

from ivr.spoken import CHOICES_MOST, PIECE_BYTES, PIECE_CHARACTERS, choices_spoken, pieces, speakable
from language.say import Language
from tests.ivr.hostile import CALM, any_text, languages

ROOT = Path(__file__).parents[2]
# By Unicode's emoji-data, and not by the general categories that the code goes by.
EMOJI = re.compile(
    "[\u203c\u2049\u20e3\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa\u24c2\u25aa\u25ab"
    "\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\ufe0f\u200d"
    "\U0001f004\U0001f0cf\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a\U0001f1e6-\U0001f1ff"
    "\U0001f201-\U0001f251\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f90c-\U0001f9ff\U0001fa70-\U0001faff]"
)
ADDRESS = re.compile(r"://|\bwww\.\w", re.I)
DASHES = re.compile(r"[-=_*~—–─]{2,}")
FORBIDDEN = re.compile("[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def unspeakable(text: str) -> list[str]:
    """What a voice would stumble over."""
    return [found[0] for what in (EMOJI, ADDRESS, DASHES, FORBIDDEN, re.compile("[<>&`]")) for found in what.finditer(text)]


@CALM
@given(any_text, languages)
def test_any_text_becomes_speakable(text: str, language: Language) -> None:
    spoken = speakable(text, language)
    assert unspeakable(spoken) == []
    assert unicodedata.is_normalized("NFC", spoken)
    assert speakable(spoken, language) == spoken


@CALM
@given(any_text, languages)
def test_pieces_fit_and_lose_only_blanks(text: str, language: Language) -> None:
    spoken = speakable(text, language)
    parts = pieces(spoken)
    assert all(part.strip() and len(part) <= PIECE_CHARACTERS and len(quote(part, safe="")) <= PIECE_BYTES for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", spoken)


@CALM
@given(any_text)
def test_pieces_of_any_text_end(text: str) -> None:
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("written", "language", "spoken"),
    [
        ("您还剩：\n- 流量 10 GB\n- 语音 200 分钟", "zh", "您还剩： 流量 10 GB，语音 200 分钟"),
        ("套餐 **畅享59** 每月", "zh", "套餐 畅享59 每月"),
        ("请打开 https://pay.example.cn/x?a=1&b=2，完成付款", "zh", "请打开 链接，完成付款"),
        ("支付链接：https://pay.example.cn/x。", "zh", "支付链接。"),
        ("Open [your bill](https://example.com/b) or www.example.com.", "en", "Open your bill or the link."),
        ("好的😀👨‍👩‍👧！！！", "zh", "好的！"),
        ("1️⃣ 充值", "zh", "1 充值"),
        ("第一行\n------\n第二行", "zh", "第一行，第二行"),
        ("正文——很好", "zh", "正文，很好"),
        ("您的号码 138****8000", "zh", "您的号码 尾号八零零零"),
        ("The number 138****8000.", "en", "The number ending in eight zero zero zero."),
        ("热线13800138000", "zh", "热线幺三八，零零幺三，八零零零"),
        ("Call +8613800138000.", "en", "Call one three eight, zero zero one three, eight zero zero zero."),
        ("1234567,7654321", "zh", "幺二三四，五六七，七六五四，三二幺"),
        ("59元/月，10~20元", "zh", "59元每月，10到20元"),
        ("¥59/month, 9:00-18:00", "en", "¥59 per month, 9:00 to 18:00"),
        ("余额 ¥12.50，欠费 -3.20 元", "zh", "余额 ¥12.50，欠费 -3.20 元"),
        ("¥1,234.50", "en", "¥1,234.50"),
        ("订单 ORD-20260915-7K3F", "zh", "订单 ORD-20260915-7K3F"),
        ("AT&T", "en", "AT and T"),
        ("您好</Say><Dial>+19005551234</Dial>", "zh", "您好 幺九零，零五五五，幺二三四"),
        ("a &lt;break time='9s'/&gt; b", "en", "a b"),
        ("e\u0301", "en", "é"),
        ("😀", "zh", ""),
        ("……——！", "zh", ""),
        ("", "en", ""),
    ],
)
def test_written_becomes_spoken(written: str, language: Language, spoken: str) -> None:
    assert speakable(written, language) == spoken


def test_cuts_stand_at_ends_of_sentences() -> None:
    sentence = "这是一句二十个字左右的话，用来看看在哪里断开。"
    parts = pieces(sentence * 40)
    assert len(parts) > 2
    assert all(part.endswith("。") for part in parts)
    english = "It costs 12.50 a month. " * 60
    assert all(part.endswith("month.") for part in pieces(english))


def test_a_text_without_any_stop_is_cut_all_the_same() -> None:
    assert [len(part) for part in pieces("长" * 1000)] == [400, 400, 200]
    assert max(len(quote(part)) for part in pieces("𠀀" * 1000)) <= PIECE_BYTES


@pytest.mark.parametrize(
    ("titles", "language", "spoken"),
    [
        (["查余额", "充值"], "zh", "查余额请按1，充值请按2。"),
        (["Balance", "Top up", "WeChat Pay"], "en", "For balance, press 1. To top up, press 2. For WeChat Pay, press 3."),
        (["1. 充值", "😀", "不办了。"], "zh", "充值请按1，第2项请按2，不办了请按3。"),
        (["¥50", "Talk to a person"], "en", "For ¥50, press 1. To talk to a person, press 2."),
        ([], "zh", ""),
        ([], "en", ""),
    ],
)
def test_choices_are_spoken_with_their_keys(titles: list[str], language: Language, spoken: str) -> None:
    assert choices_spoken(titles, language) == spoken


def test_no_more_than_five_choices_are_spoken() -> None:
    spoken = choices_spoken([f"套餐{name}" for name in "甲乙丙丁戊己庚"], "zh")
    assert re.findall(r"请按(\d)", spoken) == [str(key) for key in range(1, CHOICES_MOST + 1)]


def variants() -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Every line the bot may say on the phone: those for the ear, and the written ones where there are none."""
    for path in sorted((ROOT / "data").glob("*/responses.yml")):
        for name, variants_of_it in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items():
            for_the_ear = [one for one in variants_of_it if one.get("channel") == "ivr"]
            for one in for_the_ear or variants_of_it:
                yield f"{path.parent.name}/{name}", one, bool(for_the_ear)


def language_of(variant: dict[str, Any]) -> Language:
    return "en" if any(one.get("value") == "en" for one in variant.get("condition", ())) else "zh"


def test_everything_the_bot_says_on_the_phone_can_be_spoken() -> None:
    walked = list(variants())
    assert len(walked) > 200
    bad = []
    for name, variant, for_the_ear in walked:
        text, language = variant.get("text", ""), language_of(variant)
        spoken = speakable(text, language)
        bad += [(name, what) for what in unspeakable(spoken)]
        bad += [(name, f"{len(spoken)} characters")] * (len(spoken) > PIECE_CHARACTERS)
        bad += [(name, "nothing to say")] * bool(text and not spoken)
        if for_the_ear:
            bad += [(name, f"as written: {what}") for what in unspeakable(text)]
            bad += [(name, "words lost")] * (letters(spoken) != letters(text))
    assert bad == []


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def test_every_choice_the_bot_offers_can_be_spoken() -> None:
    titles = [(button["title"], language_of(variant)) for _, variant, _ in variants() for button in variant.get("buttons", ())]
    assert titles
    assert [title for title, language in titles if not letters(speakable(title, language))] == []
