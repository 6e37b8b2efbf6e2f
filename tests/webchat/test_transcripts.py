"""What was said, to keep: as text in both languages, and by mail, once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.transcript import Entry
from tests.customers import files
from tests.redteam.door import is_shaped
from tests.stack import Stack
from tests.webchat.door import Web, mailed, until
from webchat.transcript_text import MOST_BYTES, as_text

BEGUN = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
LINE = re.compile(r"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] ", re.M)


def entry(kind: str, **body: Any) -> Entry:
    return Entry(1, BEGUN + timedelta(seconds=5), kind, body)


FILE = {"id": "a.x", "name": "账单.pdf", "type": "application/pdf", "size": 9, "kind": "file"}
VOICE = {"id": "a.x", "name": "voice.webm", "type": "audio/webm", "size": 9, "kind": "voice", "seconds": 7}
LINES = {
    "words": (entry("customer", text="你好"), "您：你好", "You: 你好"),
    "a bot": (entry("bot", text="您好"), "客服：您好", "Assistant: 您好"),
    "a person": (entry("person", text="在的", name="李芳"), "人工客服 李芳：在的", "Agent 李芳: 在的"),
    "a person without a name": (entry("person", text="在的"), "人工客服：在的", "Agent: 在的"),
    "a file": (entry("customer", attachment=FILE), "您：[文件] 账单.pdf", "You: [file] 账单.pdf"),
    "a voice": (entry("customer", attachment=VOICE), "您：[语音] voice.webm，7 秒", "You: [voice] voice.webm, 7 s"),
    "buttons": (
        entry("bot", text="选哪个？", buttons=[{"title": "甲", "payload": "b.1"}, {"title": "乙", "payload": "b.2"}]),
        "客服：选哪个？\n    可选：甲、乙", "Assistant: 选哪个？\n    Choices: 甲, 乙",
    ),
    "cards": (
        entry("bot", elements=[{"title": "A", "subtitle": "¥1", "buttons": []}, {"title": "B"}]),
        "客服：A - ¥1\n    B", "Assistant: A - ¥1\n    B",
    ),
    "a picture": (entry("bot", image="https://x.example/a.png"), "客服：[图片] https://x.example/a.png", "Assistant: [picture] https://x.example/a.png"),
    "a rating": (entry("note", what="rated", episode=1, score=4), "您的评价：4 分", "Your rating: 4 of 5"),
    "a rating with words": (entry("note", what="rated", score=4, comment="很快"), "您的评价：4 分，很快", "Your rating: 4 of 5, 很快"),
    "somebody came": (entry("note", what="person_joined", name="李芳"), "李芳接入了对话。", "李芳 joined the conversation."),
    "a note nobody knows": (entry("note", what="new_thing", text="说明"), "说明", "说明"),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_a_line_reads_well_in_both_languages(name: str) -> None:
    said, zh, en = LINES[name]
    assert f"[2026-03-10 12:00:05] {zh}\n" in as_text([said], BEGUN, BEGUN, "zh")
    assert f"[2026-03-10 12:00:05] {en}\n" in as_text([said], BEGUN, BEGUN, "en")


ODD: tuple[dict[str, Any], ...] = (
    {}, {"text": None}, {"text": 7}, {"text": ["a"]}, {"buttons": "x"}, {"buttons": [None, {}, {"title": {}}]}, {"elements": {"title": "x"}},
    {"elements": [[], {"title": None}]}, {"attachment": "x"}, {"attachment": {}}, {"image": {}}, {"what": ["rated"]}, {"what": "rated", "score": {}},
)  # fmt: skip


@pytest.mark.parametrize("kind", ["customer", "bot", "person", "note", "something"])
@pytest.mark.parametrize("body", ODD)
def test_shapes_nobody_knows_do_no_harm(kind: str, body: dict[str, Any]) -> None:
    assert as_text([entry(kind, **body), entry("bot", text="last")], BEGUN, BEGUN, "zh").endswith("客服：last\n")


def test_nobodys_words_look_like_somebody_elses_line() -> None:
    forged = "好的\n[2026-03-10 12:00:06] 人工客服 李芳：已退款 500 元\r\x1b[2K\u2028客服：是的\u202e"
    text = as_text([entry("customer", text=forged)], BEGUN, BEGUN, "zh")
    assert len(LINE.findall(text)) == 1
    assert not set("\x1b\r\u2028\u202e") & set(text)


def test_a_long_talk_keeps_its_end() -> None:
    talk = [entry("bot", text=f"{n} " + "长" * 10_000) for n in range(100)]
    text = as_text(talk, BEGUN, BEGUN, "zh")
    assert len(text.encode()) <= MOST_BYTES + 1000
    assert "客服：99 " in text
    assert "客服：0 " not in text
    assert "前面的内容没有列出" in text


def test_the_head_says_whose_and_when() -> None:
    assert as_text([], BEGUN, BEGUN + timedelta(hours=1), "zh") == (
        "青岚通信 在线客服对话记录\n对话开始：2026-03-10 12:00:00 +0800\n记录生成：2026-03-10 13:00:00 +0800\n以下时间均为 UTC+0800。\n\n（还没有内容。）\n"
    )


# over HTTP
@pytest.mark.stack
def test_a_customer_saves_what_was_said(stack: Stack) -> None:
    web = Web(stack, language="zh")
    web.say("你好")
    web.upload(files.PDF, "application/pdf", "合同.pdf")
    got = web.ask("GET", "/transcript")
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["cache-control"] == "private, no-store"
    assert "您：你好" in got.text
    assert "[文件] 合同.pdf" in got.text
    english = web.ask("GET", "/transcript?language=en").text
    assert english.startswith("Qinglan Telecom chat transcript\n")
    assert "You: 你好" in english


@pytest.mark.stack
def test_a_secret_stays_masked(stack: Stack) -> None:
    web, customer = Web(stack, language="zh"), stack.fresh_customer(language="zh")
    web.say("查一下话费余额")
    web.say(customer["msisdn"].removeprefix("+86"))
    web.say(customer["pin"])
    text = web.ask("GET", "/transcript").text
    assert customer["pin"] not in text
    assert "您：••••" in text


@pytest.mark.stack
def test_a_transcript_is_mailed_once_however_often_it_is_asked_for(stack: Stack) -> None:
    web, to = Web(stack, language="en"), "once@example.com"
    web.say("hello")
    answers = [web.ask("POST", "/transcript/mail", json={"to": to, "language": "en"}) for _ in range(4)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"")] * 4
    (mail,) = until(lambda: mailed(stack, to), "the mail")
    assert mail["subject"] == "Qinglan Telecom chat transcript"
    assert "You: hello" in mail["text"]
    later = Web(stack)
    later.ask("POST", "/transcript/mail", json={"to": "later@example.com"})
    until(lambda: mailed(stack, "later@example.com"), "a later mail")
    assert len(mailed(stack, to)) == 1
    shown = stack.http.get(f"{stack.url}/api/v1/outbox").json()["texts"]
    assert any(one["to"] == to and "You: hello" in one["text"] for one in shown), "the demo's outbox shows it"


@pytest.mark.stack
@pytest.mark.parametrize(
    "body",
    [{}, {"to": ""}, {"to": 7}, {"to": "a"}, {"to": "a@b.cn, c@d.cn"}, {"to": "a@b.cn", "language": "fr"}, {"to": "a" * 600}],
)
def test_a_mail_to_nowhere_is_refused(body: dict[str, Any], stack: Stack) -> None:
    answer = Web(stack).ask("POST", "/transcript/mail", json=body)
    assert answer.status_code in (400, 413)
    assert is_shaped(answer)


@pytest.mark.stack
def test_a_language_nobody_knows_is_refused(stack: Stack) -> None:
    assert Web(stack).ask("GET", "/transcript?language=fr").status_code == 400
