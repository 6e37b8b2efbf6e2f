"""A conversation as plain text for its customer: a head, then each line with its time, who said it, and what.

A line that somebody wrote over several lines is indented from the second on, so that nobody's words look like somebody else's line.
Secrets were masked before they were written down.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from core.clock import BUSINESS_ZONE
from customers.transcript import Entry
from webchat.widget import BRAND

Language = Literal["zh", "en"]

MOST_BYTES = 1_000_000  # of one transcript; a talk that long has lost its beginning
INDENT = " " * 4
WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "title": "{brand} 在线客服对话记录", "begun": "对话开始：{at}", "made": "记录生成：{at}", "zone": "以下时间均为 UTC{zone}。",
        "shortened": "（对话很长，前面的内容没有列出。）", "nothing": "（还没有内容。）",
        "customer": "您", "bot": "客服", "person": "人工客服", "choices": "可选：{titles}", "image": "[图片] {url}",
        "kind_image": "[图片] {name}", "kind_file": "[文件] {name}", "kind_voice": "[语音] {name}", "seconds": "，{n} 秒",
        "rating_asked": "请您评价本次服务。", "rated": "您的评价：{score} 分", "comment": "，{text}",
        "person_joined": "{name}接入了对话。", "person_left": "{name}离开了对话。", "somebody": "人工客服", "colon": "：", "stop": "、",
    },
    "en": {
        "title": "{brand} chat transcript", "begun": "Began: {at}", "made": "Written: {at}", "zone": "All times are UTC{zone}.",
        "shortened": "(A long conversation: its beginning is left out.)", "nothing": "(Nothing was said yet.)",
        "customer": "You", "bot": "Assistant", "person": "Agent", "choices": "Choices: {titles}", "image": "[picture] {url}",
        "kind_image": "[picture] {name}", "kind_file": "[file] {name}", "kind_voice": "[voice] {name}", "seconds": ", {n} s",
        "rating_asked": "You were asked how it was.", "rated": "Your rating: {score} of 5", "comment": ", {text}",
        "person_joined": "{name} joined the conversation.", "person_left": "{name} left the conversation.", "somebody": "An agent",
        "colon": ": ", "stop": ", ",
    },
}  # fmt: skip


def title(language: Language) -> str:
    return WORDS[language]["title"].format(brand=BRAND[language])


def as_text(entries: Iterable[Entry], begun: datetime, now: datetime, language: Language) -> str:
    """The whole talk, its newest MOST_BYTES at most. Shapes that are not known show their text, or nothing."""
    words = WORDS[language]
    kept: deque[str] = deque()
    size, shortened = 0, False
    for entry in entries:
        line = _line(entry, words)
        if not line:
            continue
        kept.append(line)
        size += len(line.encode())
        while size > MOST_BYTES and len(kept) > 1:
            size -= len(kept.popleft().encode())
            shortened = True
    head = [title(language), words["begun"].format(at=_at(begun)), words["made"].format(at=_at(now))]
    head += [words["zone"].format(zone=f"{begun.astimezone(BUSINESS_ZONE):%z}"), ""]
    body = ([words["shortened"]] if shortened else []) + (list(kept) or [words["nothing"]])
    return "\n".join([*head, *body]) + "\n"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M:%S %z}"


def _line(entry: Entry, words: dict[str, str]) -> str:
    """One entry with its time; empty where there is nothing to show."""
    said = _note(entry.body, words) if entry.kind == "note" else _said(entry, words)
    if not said:
        return ""
    first, *more = said
    return "\n".join([f"[{entry.at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}] {first}", *(INDENT + line for line in more)])


def _said(entry: Entry, words: dict[str, str]) -> list[str]:
    parts = list(_parts(entry.body, words))
    if not parts:
        return []
    who = words.get(entry.kind, entry.kind)
    if entry.kind == "person" and (name := _text(entry.body.get("name"))):
        who = f"{who} {name}"
    return [f"{who}{words['colon']}{parts[0]}", *parts[1:]]


def _parts(body: dict[str, Any], words: dict[str, str]) -> Iterable[str]:
    """The lines of one message, whatever it is made of."""
    yield from _lines(body.get("text"))
    if isinstance(file := body.get("attachment"), dict):
        yield _file(file, words)
    if image := _text(body.get("image")):
        yield words["image"].format(url=image)
    for card in _list(body.get("elements")):
        if isinstance(card, dict):
            yield " - ".join(part for part in (_text(card.get("title")), _text(card.get("subtitle"))) if part)
    titles = [
        found for button in _list(body.get("buttons")) if isinstance(button, dict) and (found := _text(button.get("title")))
    ]
    if titles:
        yield words["choices"].format(titles=words["stop"].join(titles))


def _file(file: dict[str, Any], words: dict[str, str]) -> str:
    shown = words.get(f"kind_{file.get('kind')}", words["kind_file"]).format(name=_text(file.get("name")))
    seconds = file.get("seconds")
    return shown + (words["seconds"].format(n=seconds) if isinstance(seconds, int) else "")


def _note(body: dict[str, Any], words: dict[str, str]) -> list[str]:
    what = body.get("what")
    match what:
        case "rated":
            comment = _text(body.get("comment")) or _text(body.get("text"))
            said = words["rated"].format(score=_text(body.get("score")))
            return [said + (words["comment"].format(text=comment) if comment else "")]
        case "rating_asked" | "person_joined" | "person_left":
            return [words[what].format(name=_text(body.get("name")) or words["somebody"])]
        case _:
            return _lines(body.get("text"))


def _lines(value: Any) -> list[str]:
    """Its lines without what a terminal or an editor would obey."""
    if not isinstance(value, str):
        return []
    return [clean for line in value.splitlines() if (clean := _clean(line))]


def _text(value: Any) -> str:
    """A word or a number on one line."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return " ".join(_lines(value))


def _clean(line: str) -> str:
    return "".join(char for char in line if char.isprintable() or char == "\t").rstrip()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
