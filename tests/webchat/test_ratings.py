"""A page is asked for a rating at the end of an episode, and gives it once."""

from typing import Any

import pytest

from tests.stack import Stack
from tests.webchat.api import Page

pytestmark = pytest.mark.stack

ASKED = {"what": "rating_asked", "episode": 1}


def notes(page: Page) -> list[dict[str, Any]]:
    return [event["body"] for event in page.events() if event["kind"] == "note"]


@pytest.mark.parametrize(("language", "words"), [("zh", ("你好", "再见")), ("en", ("hello", "goodbye"))])
def test_a_goodbye_asks_once_and_the_rating_stands(stack: Stack, language: str, words: tuple[str, str]) -> None:
    page = Page(stack, {"language": language})
    for one in words:
        page.heard(one)
    assert notes(page) == [ASKED]
    given = page.post("/rating", {"episode": 1, "score": 5, "comment": "很好，谢谢"})
    assert (given.status_code, given.json()) == (201, {"episode": 1, "score": 5})
    again = page.post("/rating", {"episode": 1, "score": 1})
    assert (again.status_code, again.json()["error"]) == (409, "already_rated")
    assert notes(page) == [ASKED, {"what": "rated", "episode": 1, "score": 5}]
    page.heard(words[0])
    page.heard(words[1])
    assert notes(page)[2:] == [{"what": "rating_asked", "episode": 2}]


def test_a_goodbye_alone_is_no_episode(stack: Stack) -> None:
    page = Page(stack, {"language": "zh"})
    page.heard("再见")
    assert notes(page) == []


def test_what_goes_on_may_be_rated_what_comes_later_not(stack: Stack) -> None:
    page = Page(stack)
    assert page.post("/rating", {"episode": 2, "score": 3}).status_code == 400
    assert page.post("/rating", {"episode": 1, "score": 3}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"episode": 1},
        {"score": 3},
        {"episode": 1, "score": 0},
        {"episode": 1, "score": 6},
        {"episode": 1, "score": "5"},
        {"episode": 1, "score": True},
        {"episode": 1, "score": 4.5},
        {"episode": -1, "score": 5},
        {"episode": 10**30, "score": 5},
        {"episode": 1, "score": 5, "comment": 7},
        {"episode": 1, "score": 5, "comment": "x" * 1001},
    ],
)
def test_what_is_no_rating_is_refused(stack: Stack, body: dict[str, Any]) -> None:
    page = Page(stack)
    answer = page.post("/rating", body)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_field")
    assert notes(page) == []


def test_nobody_rates_for_another(stack: Stack) -> None:
    mine, other = Page(stack), Page(stack)
    assert mine.post("/rating", {"episode": 1, "score": 1}, token=other.token).status_code == 404
    assert mine.post("/rating", {"episode": 1, "score": 1}, token="x").status_code == 401
    assert notes(mine) == []


def test_ratings_are_not_tried_without_end(stack: Stack) -> None:
    page = Page(stack)
    answers = [page.post("/rating", {"episode": 9, "score": 5}) for _ in range(60)]
    assert {answer.status_code for answer in answers} == {400, 429}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 429)
