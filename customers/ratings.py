"""How it was, as the customer says: 1 to 5 and perhaps a comment, once an episode of a conversation (customers/episodes.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Column, Engine, Integer, String, Table, Text, insert, select
from sqlalchemy.exc import IntegrityError

from core.clock import Clock
from core.events import ConversationRated, Events
from core.records import Instant, Run, directly, metadata, reading, unit_of_work
from core.seal import Sealer
from customers.errors import AlreadyRated
from customers.transcript import Transcript

WORST, BEST = 1, 5
COMMENT_MOST = 1_000  # characters
READ_MOST = 200

# The primary key is the rule that an episode is rated once.
ratings = Table(
    "ratings",
    metadata,
    Column("conversation", String(100), primary_key=True),
    Column("episode", Integer, primary_key=True, autoincrement=False),
    Column("score", Integer, nullable=False),
    Column("comment", Text),  # sealed
    Column("rated_at", Instant, nullable=False, index=True),
)


@dataclass(frozen=True)
class Rating:
    """`score`: 1 the worst, 5 the best."""

    conversation: str
    episode: int
    score: int
    comment: str | None
    rated_at: datetime


class Ratings:
    """Every method may raise RecordsDown: then nothing was rated."""

    def __init__(
        self, engine: Engine, clock: Clock, sealer: Sealer, transcript: Transcript, events: Events, run: Run = directly
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._sealer = sealer
        self._transcript = transcript
        self._events = events
        self._run = run

    def rate(self, conversation: str, episode: int, score: int, comment: str | None = None) -> Rating:
        """Record it for good, then note it in the transcript for other pages. Raises AlreadyRated, ValueError, StoreDown for the note."""
        if not WORST <= score <= BEST or len(comment or "") > COMMENT_MOST:
            raise ValueError(f"a score of {score}, a comment of {len(comment or '')} characters")
        rating = Rating(conversation, episode, score, comment or None, self._clock.now())
        sealed = self._sealer.seal_row(_place(conversation, episode), rating.comment) if rating.comment else None
        try:
            self._run(partial(self._insert, {**rating.__dict__, "comment": sealed}))
        except IntegrityError:
            raise AlreadyRated(f"episode {episode}") from None
        self._transcript.append(conversation, "note", {"what": "rated", "episode": episode, "score": score})
        self._events.emit(ConversationRated(conversation, episode, score))
        return rating

    def of(self, conversation: str) -> tuple[Rating, ...]:
        """The ratings of a conversation, by episode."""
        query = select(ratings).where(ratings.c.conversation == conversation).order_by(ratings.c.episode).limit(READ_MOST)

        def work() -> tuple[Rating, ...]:
            with reading(self._engine) as connection:
                rows = [dict(found._mapping) for found in connection.execute(query)]
            return tuple(self._opened(row) for row in rows)

        return self._run(work)

    def _insert(self, row: Mapping[str, Any]) -> None:
        with unit_of_work(self._engine) as connection:
            connection.execute(insert(ratings).values(**row))

    def _opened(self, row: dict[str, Any]) -> Rating:
        comment = row["comment"] and self._sealer.open_row(_place(row["conversation"], row["episode"]), row["comment"])
        return Rating(**{**row, "comment": comment})


def _place(conversation: str, episode: int) -> str:
    return f"rating|{conversation}|{episode}"
