"""Episodes: a conversation lasts for days, what somebody wants does not. One ends with a goodbye, with the person who gives it back, or with
half an hour without a word; then the next message begins a new one. At its end the customer is asked once how it was."""

from datetime import datetime, timedelta
from typing import Any

from customers.conversation import ASKED_KEPT, Conversation

QUIET = timedelta(minutes=30)  # without a word of the customer's
WORTH_RATING = 2  # things a customer has said; after fewer there is nothing to rate


def heard(talk: Conversation, now: datetime, *, by_person: bool = False) -> list[dict[str, Any]]:
    """The customer said something; bodies of notes that go before it. A person who listens outlasts any silence."""
    was_quiet = talk.last_at is not None and now - talk.last_at > QUIET and not by_person
    notes = ended(talk) if was_quiet else []
    if was_quiet or talk.rating_asked == talk.episode:
        talk.episode += 1
        talk.said_in_episode = 0
    talk.said_in_episode += 1
    talk.last_at = now
    return notes


def ended(talk: Conversation) -> list[dict[str, Any]]:
    """The episode is over; bodies of the notes that say so: the question for a rating, once an episode and only where a page can ask it."""
    if talk.channel != "web" or talk.said_in_episode < WORTH_RATING or talk.rating_asked == talk.episode:
        return []
    talk.ratings_asked = (*talk.ratings_asked, talk.episode)[-ASKED_KEPT:]
    return [{"what": "rating_asked", "episode": talk.episode}]


def may_be_rated(talk: Conversation, episode: int) -> bool:
    """The one that goes on, or one that was asked about."""
    return episode == talk.episode or episode in talk.ratings_asked
