"""What the customer gets: channel-neutral replies, and our own sentences for when the bot has none.

A bot message with `custom` is a signal to the gateway (await, language, slower) and never reaches a customer.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

EMPTY_LINES = re.compile(r"\n\s*\n")  # where the bot left a place empty: what would stand there is on cards
QUESTION_MARKS = ("?", "？")
SHOWABLE = ("text", "buttons", "image", "attachment", "elements")
ELEMENTS_MOST = 10  # in one message
LAYOUTS = ("cards", "list")


@dataclass(frozen=True)
class Reply:
    """One message. `buttons`: {title, payload}; to the outside a payload is an opaque token (dialogue/buttons.py).

    `elements`: {title, subtitle?, image?, buttons?: [{title, payload} or {title, url}]}, side by side or one below the other (`layout`).
    A door without cards shows `in_words()`.
    """

    text: str = ""
    buttons: tuple[dict[str, str], ...] = ()
    image: str | None = None
    custom: dict[str, Any] = field(default_factory=dict)
    elements: tuple[dict[str, Any], ...] = ()
    layout: str | None = None

    def to_dict(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"text": self.text} if self.text else {}
        if self.buttons:
            shown["buttons"] = [dict(button) for button in self.buttons]
        if self.image:
            shown["image"] = self.image
        if self.elements:
            shown["elements"] = [dict(one) for one in self.elements]
        if self.elements and self.layout:
            shown["layout"] = self.layout
        if self.custom:
            shown["custom"] = self.custom
        return shown

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> "Reply":
        return cls(
            raw.get("text", ""),
            tuple(raw.get("buttons", ())),
            raw.get("image"),
            raw.get("custom", {}),
            tuple(raw.get("elements", ())),
            raw.get("layout"),
        )

    def in_words(self) -> "Reply":
        """The same without cards: their buttons as buttons of the message, and as text whatever the text does not say already."""
        lines = [": ".join(filter(None, (one["title"], one.get("subtitle")))) for one in self.elements]
        unsaid = [line for line, one in zip(lines, self.elements, strict=True) if one["title"] not in self.text]
        buttons = [button for one in self.elements for button in one.get("buttons", ()) if "payload" in button]
        text = "\n".join(filter(None, (self.text, *unsaid)))
        return replace(self, text=text, buttons=(*self.buttons, *buttons), elements=(), layout=None)


def sorted_out(messages: Sequence[dict[str, Any]]) -> tuple[list[Reply], dict[str, Any]]:
    """The bot's messages as replies, and its signals merged into one dict."""
    replies: list[Reply] = []
    signals: dict[str, Any] = {}
    for message in messages:
        signals.update(message.get("custom") or {})
        if any(message.get(part) for part in SHOWABLE):
            elements = tuple(_element(raw) for raw in (message.get("elements") or ())[:ELEMENTS_MOST])
            layout = message.get("layout") if message.get("layout") in LAYOUTS else None
            replies.append(
                Reply(
                    EMPTY_LINES.sub("\n", str(message.get("text") or "")).strip(),
                    _buttons(message),
                    message.get("image"),
                    elements=elements,
                    layout=layout or ("cards" if elements else None),
                )
            )
    return replies, signals


def _element(raw: dict[str, Any]) -> dict[str, Any]:
    """A card in our own form; what else the bot may have put into it stays behind."""
    element: dict[str, Any] = {"title": str(raw.get("title") or "")}
    for name, given in (("subtitle", raw.get("subtitle")), ("image", raw.get("image") or raw.get("image_url"))):
        if given:
            element[name] = str(given)
    links = tuple({"title": b["title"], "url": b["url"]} for b in raw.get("buttons") or () if b.get("url"))
    if buttons := (*_buttons(raw), *links):
        element["buttons"] = list(buttons)
    return element


def _buttons(raw: dict[str, Any]) -> tuple[dict[str, str], ...]:
    return tuple({"title": b["title"], "payload": b["payload"]} for b in raw.get("buttons") or () if b.get("payload"))


# Lead-ins for a sentence that would otherwise come twice in a row, in turn: for a question, and for anything else.
ASKED_AGAIN = {
    "zh": ("再跟您确认一下：", "还是刚才的问题：", "麻烦您再看一下："),
    "en": ("Once more: ", "Back to the question: ", "Just to check again: "),
}
SAID_AGAIN = {
    "zh": ("嗯，", "还是一样，", "好的，"),
    "en": ("Again: ", "As before: ", "Well: "),
}

# Our own words, for when no bot can speak. (zh, en)
WORDS = {
    "apology": (
        "抱歉，系统刚才没有处理好您的话。您可以再说一次，或者回复“转人工”，我们请同事联系您。",
        "Sorry, something went wrong on our side. Please say that again, or reply “agent” and a colleague will contact you.",
    ),
    "unsure_operation": (
        "抱歉，系统中断了一下。您的办理（单号 {reference}）已经提交，正在核实结果，请不要重复操作，有结果会告诉您。",
        "Sorry, we were interrupted. Your request (no. {reference}) was submitted and we are checking its outcome. Please don't repeat it.",
    ),
    "done_operation": (
        "您的办理（单号 {reference}）已经成功，只是刚才系统中断了一下，没能马上告诉您。请不要重复操作。",
        "Your request (no. {reference}) has gone through; we were interrupted before we could tell you. Please don't repeat it.",
    ),
    "nothing_done": (
        "抱歉，系统中断了一下，刚才没有办理任何业务，也没有扣款。请稍后再说一次，或者回复“转人工”。",
        "Sorry, we were interrupted. Nothing was carried out and nothing was charged. Please try again shortly, or reply “agent”.",
    ),
    "busy": (
        "现在咨询的人比较多，您的消息已经收到，正在排队，很快回复您，不用重复发送。",
        "We are busy right now. Your message is received and in line; the answer will come shortly, no need to send it again.",
    ),
    "moment": (
        "还在为您处理，请稍等一下，马上回复您。",
        "Still working on it. One moment, the answer is on its way.",
    ),
    "too_many": (
        "您发得有点快，前面的消息还没处理完，请稍等一下再发。",
        "You are ahead of me: please wait a moment until I have answered your earlier messages.",
    ),
    "secret_warning": (
        "为了您的安全，刚才消息里的密码或验证码我已经遮住，没有保存。没有请您输入时，请不要发送密码、验证码或银行卡号。",
        "For your safety I have hidden the password, code or card number in your message; it was not kept. Please never send one unless we ask for it.",
    ),
    "attachment_kept": (
        "您发来的附件收到了，已随本次对话保存。附件的内容我看不了，人工同事可以看；您也可以直接告诉我想办什么。",
        "Thank you, your attachment is kept with this conversation. I can't read it myself, but a colleague can. You can also tell me what you need.",
    ),
    "choice_closed": (
        "这个选项已经失效了，我们接着刚才的话说。",
        "That choice is closed now. Let's go on from where we were.",
    ),
}


def our_words(name: str, language: str | None, **values: str) -> Reply:
    zh, en = WORDS[name]
    return Reply((en if language == "en" else zh).format(**values))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def varied(replies: Sequence[Reply], said: Sequence[str], language: str | None) -> list[Reply]:
    """The replies with a lead-in before every sentence of the last turn, so that nothing is said twice in a row."""
    spoken = "en" if language == "en" else "zh"
    fresh = []
    for reply in replies:
        leads = (ASKED_AGAIN if reply.text.rstrip().endswith(QUESTION_MARKS) else SAID_AGAIN)[spoken]
        wordings = [reply.text, *(lead + reply.text for lead in leads)]
        chosen = next((words for words in wordings if digest(words) not in said), wordings[-1])
        fresh.append(replace(reply, text=chosen) if reply.text else reply)
    return fresh
