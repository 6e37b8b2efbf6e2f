"""Every entry becomes shapes that Rasa's widgets draw, or nothing; never an exception."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.transcript import Entry
from webchat.rasa_shapes import PARTS_MOST, shapes, word

AT = datetime(2026, 3, 1, tzinfo=UTC)
BASE = "https://chat.example"


def drawn(body: dict[str, Any], kind: str = "bot", elements_as: Any = "list") -> list[dict[str, Any]]:
    """The shapes without their metadata, as a widget sees them."""
    return [
        {key: value for key, value in shape.items() if key != "metadata"}
        for shape in shapes(Entry(7, AT, kind, body), elements_as, BASE)
    ]


def is_drawable(shape: dict[str, Any]) -> bool:
    """What rasa-webchat 1.0.1 asks of a message, key by key."""
    if set(shape) == {"text"}:
        return isinstance(shape["text"], str)
    if set(shape) == {"text", "quick_replies"}:
        return all(set(one) == {"content_type", "title", "payload"} for one in shape["quick_replies"])
    if set(shape) != {"attachment"}:
        return False
    kind, payload = shape["attachment"]["type"], shape["attachment"]["payload"]
    if kind == "image":
        return set(payload) == {"src"}
    return payload["template_type"] == "generic" and all(isinstance(one["buttons"], list) for one in payload["elements"])


def test_a_text() -> None:
    assert drawn({"text": "您好"}) == [{"text": "您好"}]


def test_paragraphs_become_messages() -> None:
    assert drawn({"text": "一\n\n二\n行\n \n三\n\n"}) == [{"text": "一"}, {"text": "二\n行"}, {"text": "三"}]


def test_buttons_stand_under_the_last_paragraph() -> None:
    buttons = [{"title": "好", "payload": "b.x"}, {"title": "不好", "payload": "b.y"}]
    quick = [{"content_type": "text", **button} for button in buttons]
    assert drawn({"text": "一\n\n二", "buttons": buttons}) == [
        {"text": "一", "quick_replies": []},
        {"text": "二", "quick_replies": quick},
    ]
    assert drawn({"buttons": buttons}) == [{"text": "", "quick_replies": quick}]


def test_more_paragraphs_than_anybody_reads_end_in_one() -> None:
    parts = drawn({"text": "\n\n".join(str(n) for n in range(100))})
    assert len(parts) == PARTS_MOST
    assert parts[-1]["text"].endswith("99")


def test_a_picture() -> None:
    assert drawn({"image": "/webchat/a.png"}) == [{"attachment": {"type": "image", "payload": {"src": f"{BASE}/webchat/a.png"}}}]
    for address in ("javascript:alert(1)", "//evil.example/p.png", "data:image/png;base64,AA", 7, None, "file:///etc/passwd"):
        assert drawn({"image": address}) == []


ELEMENTS = [
    {
        "title": "套餐A",
        "subtitle": "10 GB",
        "image": "https://x.example/a.png",
        "buttons": [{"title": "办理", "payload": "b.a"}, {"title": "详情", "url": "https://x.example/a"}],
    },
    {"title": "套餐B", "buttons": [{"title": "坏", "url": "javascript:alert(1)"}]},
    {"subtitle": "没有标题"},
]


def test_elements_are_one_list_of_cards() -> None:
    text, cards = drawn({"text": "有这些", "elements": ELEMENTS})
    assert text == {"text": "有这些"}
    assert cards["attachment"]["payload"] == {
        "template_type": "generic",
        "elements": [
            {
                "title": "套餐A",
                "subtitle": "10 GB",
                "image_url": "https://x.example/a.png",
                "buttons": [
                    {"type": "postback", "title": "办理", "payload": "b.a"},
                    {"type": "web_url", "title": "详情", "url": "https://x.example/a"},
                ],
            },
            {"title": "套餐B", "subtitle": "", "buttons": []},
        ],
    }


def test_elements_as_text_keep_their_buttons() -> None:
    (only,) = drawn({"elements": ELEMENTS}, elements_as="text")
    assert only["text"] == "• 套餐A – 10 GB\n  详情: https://x.example/a\n• 套餐B"
    assert only["quick_replies"] == [{"content_type": "text", "title": "办理", "payload": "b.a"}]


def test_a_file_is_told_by_its_name() -> None:
    assert drawn({"attachment": {"id": "a.x", "name": "账单.pdf"}}) == [{"text": "📎 账单.pdf"}]


@pytest.mark.parametrize("kind", ["customer", "note", "something new"])
def test_other_kinds_are_not_for_them(kind: str) -> None:
    assert drawn({"text": "x", "what": "rated"}, kind) == []


def test_our_fields_are_in_metadata_only() -> None:
    first, second = shapes(Entry(7, AT, "person", {"text": "一\n\n二", "name": "小林"}), "list", BASE)
    assert first["metadata"] == {"seq": 7, "part": 1, "kind": "person", "name": "小林", "at": AT.isoformat()}
    assert second["metadata"]["part"] == 2
    assert word("请稍等", "moment") == {"text": "请稍等", "metadata": {"told": "moment"}}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(
    ["text", "buttons", "image", "elements", "attachment", "name", "title", "subtitle", "payload", "url", "x"]
)
BODIES = st.dictionaries(NAMES, ANYTHING | st.lists(st.dictionaries(NAMES, ANYTHING, max_size=5), max_size=4), max_size=6)


@given(BODIES, st.sampled_from(["bot", "person"]), st.sampled_from(["list", "text"]))
def test_whatever_a_body_holds_only_drawable_shapes_come_out(body: dict[str, Any], kind: str, elements_as: str) -> None:
    assert all(is_drawable(shape) for shape in drawn(body, kind, elements_as))
