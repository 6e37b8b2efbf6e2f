"""Judges TwiML by twilio's own classes: which element may stand in which, with which attributes, and which hold text.

Nothing of it is written by hand: every method of a class that makes a child is called with every parameter it names, and what
comes out is looked at. Twilio's limits of size are added, with the places they come from.
"""

import inspect
import re
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import quote
from xml.etree import ElementTree

from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse

RESPONSE_BYTES = 64 * 1024  # error 11750
SAY_BYTES = 4500  # URL-encoded, warning 13521
SAY_CHARACTERS = 400  # ours
HINTS_MOST, HINT_CHARACTERS = 500, 100
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # by XML 1.0
OF_EVERY_ELEMENT = {name for name, _ in inspect.getmembers(TwiML, inspect.isfunction)}


@dataclass
class Element:
    """What twilio lets one class of elements hold. `children`: tag to (class, attributes)."""

    children: dict[str, tuple[type, set[str]]] = field(default_factory=dict)
    has_text: bool = False


@cache
def grammar() -> dict[type, Element]:
    """All elements that can be reached from <Response>."""
    found: dict[type, Element] = {VoiceResponse: Element()}
    waiting: list[TwiML] = [VoiceResponse()]
    while waiting:
        parent = waiting.pop()
        for name, method in inspect.getmembers(type(parent), inspect.isfunction):
            if name.startswith("_") or name in OF_EVERY_ELEMENT:
                continue
            named = [one.name for one in inspect.signature(method).parameters.values() if one.kind is one.POSITIONAL_OR_KEYWORD]
            child = method(parent, **dict.fromkeys(named[1:], "x"))
            _, attributes = found[type(parent)].children.setdefault(child.name, (type(child), set()))
            attributes |= set(child.attrs)
            if type(child) not in found:
                found[type(child)] = Element()
                waiting.append(child)
            found[type(child)].has_text |= bool(child.value)
    return found


def problems(xml: str) -> list[str]:
    """What Twilio would object to; empty for legal TwiML."""
    found = [f"forbidden character {match[0]!r}" for match in FORBIDDEN.finditer(xml)]
    try:
        raw = xml.encode("utf-8")
        root = ElementTree.fromstring(raw)
    except (UnicodeEncodeError, ElementTree.ParseError) as error:
        return [*found, f"not well-formed: {error}"]
    if len(raw) > RESPONSE_BYTES:
        found.append(f"{len(raw)} bytes")
    if root.tag != "Response" or root.attrib:
        found.append(f"the root is <{root.tag}> with {dict(root.attrib)}")
    return found + list(_inside(root, VoiceResponse))


def _inside(element: ElementTree.Element, kind: type) -> list[str]:
    rules = grammar()[kind]
    found = _limits(element)
    words = [element.text or "", *(child.tail or "" for child in element)]
    if not rules.has_text and any(part.strip() for part in words):
        found.append(f"text in <{element.tag}>")
    for child in element:
        if child.tag not in rules.children:
            found.append(f"<{child.tag}> in <{element.tag}>")
            continue
        of_child, attributes = rules.children[child.tag]
        found += [f"attribute {name} on <{child.tag}>" for name in child.attrib if name not in attributes]
        found += _inside(child, of_child)
    return found


def _limits(element: ElementTree.Element) -> list[str]:
    """What the classes do not know: sizes, and attributes that exclude each other."""
    found = []
    words = "".join(element.itertext())
    if element.tag == "Say":
        if len(words) > SAY_CHARACTERS or len(quote(words, safe="")) > SAY_BYTES:
            found.append(f"<Say> of {len(words)} characters")
        if not words.strip():
            found.append("<Say> of nothing")
    if element.tag == "Gather":
        hints = element.get("hints", "").split(",")
        if len(hints) > HINTS_MOST or any(len(hint) > HINT_CHARACTERS for hint in hints):
            found.append("too many hints, or too long ones")
        if element.get("speechModel") and not element.get("speechTimeout", "").isdecimal():
            found.append("speechModel without speechTimeout in seconds")
        if not element.get("action"):
            found.append("<Gather> without action posts to itself for ever")
    if element.tag == "Redirect" and not words.strip():
        found.append("<Redirect> to nowhere")
    return found


def tags(xml: str) -> list[str]:
    """The names of all elements below <Response> in order, as paths: ["Gather", "Gather/Say", "Redirect"]."""
    return list(_paths(ElementTree.fromstring(xml.encode("utf-8")), ""))


def _paths(element: ElementTree.Element, prefix: str) -> list[str]:
    found = []
    for child in element:
        found += [prefix + child.tag, *_paths(child, f"{prefix}{child.tag}/")]
    return found


def said(xml: str) -> list[str]:
    """The words of every <Say>, in order."""
    return ["".join(one.itertext()) for one in ElementTree.fromstring(xml.encode("utf-8")).iter("Say")]
