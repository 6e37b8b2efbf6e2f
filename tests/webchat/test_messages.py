"""What a page sends with a customer's words, and what it gets to draw."""

from typing import Any

import pytest

from customers.page_context import TEXT_MOST, merged, read
from dialogue.replies import Reply, sorted_out
from tests.dialogue.talk import customer_token
from tests.stack import Stack
from tests.webchat.api import Page

BAD = [
    "text",
    ["page"],
    {"colour": "red"},
    {"page": 7},
    {"page": None},
    {"title": "x" * (TEXT_MOST + 1)},
    {"cart": "2"},
    {"cart": True},
    {"cart": -1},
    {"cart": 100},
    {"cart": 1.0},
]


@pytest.mark.parametrize("raw", BAD)
def test_a_context_that_is_none_is_refused(raw: Any) -> None:
    with pytest.raises(ValueError, match="context"):
        read(raw)


def test_a_context_is_harmless_and_the_newest_wins() -> None:
    first = read({"page": "/restart\u202e", "title": "  ", "cart": 0})
    assert first == {"page": "/restart", "cart": 0}
    assert merged(merged({}, first), read({"page": "/plans", "product": "X"})) == {
        "page": "/plans",
        "product": "X",
        "cart": 0,
    }
    assert merged(first, None) == first


CARDS = [
    {"title": "畅享59", "subtitle": "59元", "buttons": [{"title": "畅享59", "payload": "/inform{}"}], "secret": "x"},
    {"title": "畅享99", "image_url": "https://x.example/99.png", "buttons": [{"title": "看详情", "url": "https://x.example/99"}]},
]


def test_cards_come_through_in_our_own_form() -> None:
    [reply], _ = sorted_out([{"text": "有这些：\n\n要哪一个？\n", "elements": CARDS}])
    assert reply.to_dict() == {
        "text": "有这些：\n要哪一个？",
        "layout": "cards",
        "elements": [
            {"title": "畅享59", "subtitle": "59元", "buttons": [{"title": "畅享59", "payload": "/inform{}"}]},
            {
                "title": "畅享99",
                "image": "https://x.example/99.png",
                "buttons": [{"title": "看详情", "url": "https://x.example/99"}],
            },
        ],
    }
    assert Reply.from_dict(reply.to_dict()) == reply


def test_a_door_without_cards_says_what_is_on_them() -> None:
    [reply], _ = sorted_out([{"text": "有这些：", "elements": CARDS, "buttons": [{"title": "都不要", "payload": "/deny"}]}])
    assert reply.in_words() == Reply(
        "有这些：\n畅享59: 59元\n畅享99", ({"title": "都不要", "payload": "/deny"}, {"title": "畅享59", "payload": "/inform{}"})
    )
    plain = Reply("您好", ({"title": "查话费", "payload": "b.1"},))
    assert plain.in_words() == plain


@pytest.mark.stack
def test_the_context_travels_with_the_words(stack: Stack) -> None:
    page = Page(stack, {"language": "zh"})
    first = page.say("你好", message_id="m-1", context={"page": "/shop", "cart": 2})
    assert first.status_code == 200
    page.heard("谢谢")
    again = page.say("你好", message_id="m-1", context={"page": "/elsewhere"})
    assert again.status_code == 200
    said = [event["body"] for event in page.events() if event["kind"] == "customer"]
    assert said == [{"text": "你好", "context": {"page": "/shop", "cart": 2}}, {"text": "谢谢"}]


@pytest.mark.stack
def test_a_bad_context_is_refused_and_nothing_is_said(stack: Stack) -> None:
    page = Page(stack)
    for raw in BAD:
        answer = page.say("你好", context=raw)
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_field"), raw
    assert page.events() == []


@pytest.mark.stack
@pytest.mark.parametrize(("language", "words"), [("zh", "我要订流量包"), ("en", "I want to buy a data pack")])
def test_offerings_are_cards_and_are_chosen_by_button_or_number(stack: Stack, language: str, words: str) -> None:
    for choose in (lambda cards: cards[1]["buttons"][0]["payload"], lambda cards: "2", lambda cards: cards[1]["title"]):
        person = stack.fresh_customer(language=language)
        page = Page(stack, {"language": language, "customer_token": customer_token(stack, person["id"])})
        offered = page.heard(words)[-1]
        cards = offered["elements"]
        assert offered["layout"] == "cards"
        assert "buttons" not in offered
        assert all(card["subtitle"] and card["buttons"][0]["payload"].startswith("b.") for card in cards)
        assert [event["body"] for event in page.events() if event["kind"] == "bot"][-1]["elements"] == cards
        read_back = page.heard(choose(cards))[-1]
        assert cards[1]["title"] in read_back["text"], read_back
