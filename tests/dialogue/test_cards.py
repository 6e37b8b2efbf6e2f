"""Cards: their buttons are closed like any others, and count on where the message's own buttons end."""

import pytest

from core.seal import Sealer
from core.store import Store
from dialogue.buttons import MOST, Buttons, is_token
from dialogue.replies import Reply

TALK = "web-1"
LINK = {"title": "看详情", "url": "https://x.example/99"}


def card(title: str, *more: dict[str, str]) -> dict[str, object]:
    return {"title": title, "buttons": [{"title": title, "payload": f"/inform {title}"}, *more]}


@pytest.fixture
def buttons(store: Store, sealer: Sealer) -> Buttons:
    return Buttons(store, sealer)


def test_what_a_card_stands_for_stays_here(buttons: Buttons) -> None:
    reply = Reply(
        "有这些：", ({"title": "都不要", "payload": "/deny"},), elements=(card("畅享59"), card("畅享99", LINK)), layout="list"
    )
    [shown] = buttons.offer(TALK, [reply])
    assert shown.layout == "list"
    assert [one["title"] for one in shown.elements] == ["畅享59", "畅享99"]
    [choice, link] = shown.elements[1]["buttons"]
    assert is_token(choice["payload"])
    assert link == LINK
    found = buttons.clicked(TALK, choice["payload"])
    assert found is not None
    assert found.payload == "/inform 畅享99"
    assert "/inform" not in str(shown.to_dict())


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("1", "/deny"),
        ("2", "/inform 畅享59"),
        ("第三个", "/inform 畅享99"),
        ("最后一个", "/inform 畅享99"),
        ("畅享59", "/inform 畅享59"),
    ],
)
def test_one_numbering_over_buttons_and_cards(buttons: Buttons, typed: str, payload: str) -> None:
    buttons.offer(TALK, [Reply("a", ({"title": "都不要", "payload": "/deny"},), elements=(card("畅享59"), card("畅享99", LINK)))])
    found = buttons.typed(TALK, typed)
    assert found is not None
    assert found.payload == payload


def test_a_number_means_the_last_list(buttons: Buttons) -> None:
    buttons.offer(
        TALK,
        [Reply("a", elements=(card("畅享59"),)), Reply("b", elements=(card("畅享99"),)), Reply("c", elements=({"title": "x"},))],
    )
    found = buttons.typed(TALK, "1")
    assert found is not None
    assert found.title == "畅享99"
    assert buttons.typed(TALK, "2") is None


def test_choices_are_bounded_and_links_are_not_choices(buttons: Buttons) -> None:
    [shown] = buttons.offer(TALK, [Reply("a", elements=tuple(card(str(n), LINK) for n in range(MOST + 4)))])
    assert len(buttons.offered(TALK)) == MOST
    assert shown.elements[-1]["buttons"] == [LINK]
