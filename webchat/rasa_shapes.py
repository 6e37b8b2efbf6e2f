"""Entries of the transcript as Rasa's Socket.IO channel says them (3.6), in the shapes that existing widgets draw.

rasa-webchat takes a message of exactly one key for a text and of exactly two for buttons; only `metadata` is taken away before it
counts, so everything of ours is in there. It draws elements from a list, where Rasa sends one object each. Rasa's chat-widget never
recovers from a shape it does not know; for it LEGACY_ELEMENTS=text writes elements down.
"""

import re
from typing import Any, Literal

from customers.transcript import Entry

PARTS_MOST = 20  # paragraphs of one message; the last one holds the rest
ELEMENTS_MOST = 10
BUTTONS_MOST = 20
SPOKEN = ("bot", "person")  # the customer's own words and notes are not for these widgets
PARAGRAPH = re.compile(r"\n\s*\n")
Shape = dict[str, Any]


def shapes(entry: Entry, elements_as: Literal["list", "text"], base_url: str) -> list[Shape]:
    """What to emit for one entry, in order; nothing for what cannot be drawn. `base_url`: before addresses that begin with a slash."""
    if entry.kind not in SPOKEN:
        return []
    body = entry.body
    text, buttons = _text(body.get("text")), _buttons(body.get("buttons"))
    elements = [one for one in _dicts(body.get("elements"))[:ELEMENTS_MOST] if _text(one.get("title"))]
    if elements and elements_as == "text":
        text = "\n\n".join(filter(None, (text, "\n".join(map(_line, elements)))))
        buttons += [button for element in elements for button in _buttons(element.get("buttons"))]
        elements = []
    drawn = [*_image(body.get("image"), base_url), *_cards(elements, base_url), *_file(body.get("attachment"))]
    spoken = _paragraphs(text, buttons)
    # Only under the last message does rasa-webchat keep buttons.
    return _with_metadata(drawn + spoken if buttons else spoken + drawn, entry)


def word(text: str, told: str) -> Shape:
    """A word that is not in the transcript, such as "one moment"; `told` names it."""
    return {"text": text, "metadata": {"told": told}}


def _paragraphs(text: str, buttons: list[Shape]) -> list[Shape]:
    found = [part.strip() for part in PARAGRAPH.split(text, maxsplit=PARTS_MOST - 1) if part.strip()]
    if not buttons:
        return [{"text": part} for part in found]
    parts: list[Shape] = [{"text": part, "quick_replies": []} for part in found or [""]]
    parts[-1]["quick_replies"] = buttons[:BUTTONS_MOST]
    return parts


def _image(image: Any, base_url: str) -> list[Shape]:
    address = _address(image, base_url)
    return [{"attachment": {"type": "image", "payload": {"src": address}}}] if address else []


def _cards(elements: list[Shape], base_url: str) -> list[Shape]:
    if not elements:
        return []
    cards = [_card(element, base_url) for element in elements]
    return [{"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": cards}}}]


def _card(element: Shape, base_url: str) -> Shape:
    card: Shape = {"title": _text(element["title"]), "subtitle": _text(element.get("subtitle")), "buttons": []}
    if image := _address(element.get("image"), base_url):
        card["image_url"] = image
    for button in _dicts(element.get("buttons"))[:BUTTONS_MOST]:
        title, payload, address = _text(button.get("title")), _text(button.get("payload")), _address(button.get("url"), base_url)
        if title and payload:
            card["buttons"].append({"type": "postback", "title": title, "payload": payload})
        elif title and address:
            card["buttons"].append({"type": "web_url", "title": title, "url": address})
    return card


def _line(element: Shape) -> str:
    links = [f"{_text(b.get('title'))}: {b['url']}" for b in _dicts(element.get("buttons")) if _is_web(b.get("url"))]
    return "\n  ".join(["• " + " – ".join(filter(None, (_text(element["title"]), _text(element.get("subtitle"))))), *links])


def _file(attachment: Any) -> list[Shape]:
    """Its name only: these widgets have no token to fetch it with."""
    name = _text(attachment.get("name")) if isinstance(attachment, dict) else ""
    return [{"text": f"📎 {name}"}] if name else []


def _buttons(value: Any) -> list[Shape]:
    pairs = [(_text(button.get("title")), _text(button.get("payload"))) for button in _dicts(value)]
    return [{"content_type": "text", "title": title, "payload": payload} for title, payload in pairs if title and payload]


def _with_metadata(parts: list[Shape], entry: Entry) -> list[Shape]:
    told: Shape = {"seq": entry.seq, "kind": entry.kind, "at": entry.at.isoformat()}
    if name := _text(entry.body.get("name")):
        told["name"] = name
    return [{**part, "metadata": {**told, "part": number}} for number, part in enumerate(parts, 1)]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _dicts(value: Any) -> list[Shape]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _address(value: Any, base_url: str) -> str:
    if isinstance(value, str) and value.startswith("/") and not value.startswith("//"):
        return base_url + value
    return value if _is_web(value) else ""


def _is_web(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))
