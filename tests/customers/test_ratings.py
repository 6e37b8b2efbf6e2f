"""An episode ends once, is asked about once and rated once."""

from pathlib import Path

import pytest

from core import records
from core.events import Events
from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from customers.conversation import Conversation
from customers.episodes import QUIET, ended, heard, may_be_rated
from customers.errors import AlreadyRated
from customers.ratings import Ratings
from customers.transcript import Transcript
from tests.conftest import AtOnce
from tests.fakes import ManualClock

ASKED = {"what": "rating_asked", "episode": 1}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "careline.sqlite3"


@pytest.fixture
def transcript(store: Store, sealer: Sealer, clock: ManualClock) -> Transcript:
    return Transcript(store, sealer, clock)


@pytest.fixture
def ratings(file: Path, store: Store, sealer: Sealer, clock: ManualClock, transcript: Transcript) -> Ratings:
    engine = records.engine(f"sqlite:///{file}")
    records.create(engine)
    return Ratings(engine, clock, sealer, transcript, Events(store, clock))


@pytest.fixture
def talk(clock: ManualClock) -> Conversation:
    return Conversation(id="web-1", channel="web", owner="web", created_at=clock.now())


def test_a_rating_stands_for_good_and_is_told_to_other_pages(ratings: Ratings, transcript: Transcript, store: Store) -> None:
    given = ratings.rate("web-1", 1, 4, "小李很耐心")
    assert ratings.of("web-1") == (given,)
    assert (given.score, given.comment) == (4, "小李很耐心")
    assert [(entry.kind, entry.body) for entry in transcript.after("web-1")] == [
        ("note", {"what": "rated", "episode": 1, "score": 4})
    ]
    [(_, event)] = store.client.xrange(Keys.events())
    assert event[b"name"] == b"conversation.rated"
    assert b"\xe5" not in event[b"body"]
    assert b"comment" not in event[b"body"]


def test_an_episode_is_rated_once_by_whoever_comes_first(ratings: Ratings, transcript: Transcript, at_once: AtOnce) -> None:
    def rate(score: int) -> bool:
        try:
            ratings.rate("web-1", 1, 1 + score % 5)
        except AlreadyRated:
            return False
        return True

    assert sum(at_once(8, rate)) == 1
    [only] = ratings.of("web-1")
    [note] = transcript.after("web-1")
    assert note.body["score"] == only.score
    ratings.rate("web-1", 2, 5)
    ratings.rate("web-2", 1, 5)
    assert [(one.episode, one.conversation) for one in (*ratings.of("web-1"), *ratings.of("web-2"))] == [
        (1, "web-1"), (2, "web-1"), (1, "web-2"),
    ]  # fmt: skip


def test_a_comment_does_not_stand_on_disk_in_clear(ratings: Ratings, file: Path) -> None:
    ratings.rate("web-1", 1, 1, "canary-comment")
    on_disk = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert b"web-1" in on_disk
    assert b"canary-comment" not in on_disk


@pytest.mark.parametrize(("score", "comment"), [(0, None), (6, None), (3, "x" * 1001)])
def test_what_is_no_rating_is_refused(ratings: Ratings, score: int, comment: str | None) -> None:
    with pytest.raises(ValueError, match="score"):
        ratings.rate("web-1", 1, score, comment)
    assert ratings.of("web-1") == ()


# episodes


def test_the_end_is_asked_about_once_and_the_next_word_begins_anew(talk: Conversation, clock: ManualClock) -> None:
    assert heard(talk, clock.now()) == heard(talk, clock.now()) == []
    assert ended(talk) == [ASKED]
    assert ended(talk) == []
    assert (talk.episode, talk.rating_asked) == (1, 1)
    heard(talk, clock.now())
    assert (talk.episode, talk.said_in_episode) == (2, 1)
    assert ended(talk) == [], "one word is not worth a rating"
    heard(talk, clock.now())
    assert ended(talk) == [{"what": "rating_asked", "episode": 2}]


def test_half_an_hour_without_a_word_ends_it(talk: Conversation, clock: ManualClock) -> None:
    heard(talk, clock.now())
    heard(talk, clock.now())
    clock.advance(QUIET.total_seconds())
    assert heard(talk, clock.now()) == []
    clock.advance(QUIET.total_seconds() + 1)
    assert heard(talk, clock.now()) == [ASKED]
    assert (talk.episode, talk.said_in_episode) == (2, 1)


def test_a_person_outlasts_a_silence(talk: Conversation, clock: ManualClock) -> None:
    heard(talk, clock.now())
    heard(talk, clock.now())
    clock.advance(hours=2)
    assert heard(talk, clock.now(), by_person=True) == []
    assert talk.episode == 1


def test_nobody_is_asked_where_no_page_could_show_it(clock: ManualClock) -> None:
    talk = Conversation(id="rest-1", channel="rest", owner="acme", created_at=clock.now(), said_in_episode=5)
    assert ended(talk) == []


def test_what_may_be_rated_is_what_was_asked_and_what_goes_on(talk: Conversation) -> None:
    talk.episode, talk.ratings_asked = 5, (1, 3)
    assert [episode for episode in range(8) if may_be_rated(talk, episode)] == [1, 3, 5]


def test_what_was_asked_is_bounded(talk: Conversation, clock: ManualClock) -> None:
    for _ in range(60):
        heard(talk, clock.now())
        heard(talk, clock.now())
        ended(talk)
    assert talk.rating_asked == talk.episode == 60
    assert len(talk.ratings_asked) == 20
