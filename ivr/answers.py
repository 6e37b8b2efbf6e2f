"""What the bot answered, for the ear: lines, the choices behind the keys 1, 2, 3 ..., and what to listen for."""

from collections.abc import Sequence
from dataclasses import dataclass

from customers.conversation import Conversation, Language
from dialogue.replies import Reply
from ivr.recogniser import Expects
from ivr.spoken import CHOICES_MOST, Line, choices_spoken, speakable

PERSON_TITLES = ("转人工", "Talk to a person")  # the key 0, always
NUMBERS = ("number", "amount", "quantity", "order_id", "month", "code")  # in the names of values that are said digit by digit

THEIR_NUMBER = ("caller_number", "call_back_number")  # values that are mostly the number one calls from
THIS_NUMBER: dict[Language, str] = {"zh": "用本机号码", "en": "this phone's number"}


@dataclass(frozen=True)
class Answered:
    lines: tuple[Line, ...]
    choices: tuple[tuple[str, str], ...]
    expects: Expects
    asked: str | None
    one_key: bool
    """One key is a whole answer."""

    @property
    def is_open(self) -> bool:
        """Nothing in particular is asked."""
        return self.expects is Expects.WORDS and self.asked is None and not self.choices


def spoken_answer(
    replies: Sequence[Reply], state: Conversation | None, language: Language, own_number: str | None = None
) -> Answered:
    """`state`: the conversation as the turn left it; None where it cannot be had. `own_number`: the one the caller calls from."""
    plain = [reply.in_words() for reply in replies]
    lines = [Line(text, language) for reply in plain if (text := speakable(reply.text, language))]
    choices = _choices(plain)
    asked = state.asked if state else None
    if own_number and not choices and asked in THEIR_NUMBER:
        choices = ((THIS_NUMBER[language], own_number.removeprefix("+86")),)
    if choices:
        lines.append(Line(choices_spoken([title for title, _ in choices], language), language))
    expects = _expects(state, asked, bool(choices))
    return Answered(tuple(lines), choices, expects, asked, expects in (Expects.CHOICE, Expects.WORDS))


def _choices(replies: Sequence[Reply]) -> tuple[tuple[str, str], ...]:
    """(title, token) of the last message that offers any: the numbers of the others mean nothing (dialogue/buttons.py)."""
    offered = next((reply.buttons for reply in reversed(replies) if reply.buttons), ())
    picked = [(b["title"], b["payload"]) for b in offered if "payload" in b]
    if len(picked) > CHOICES_MOST or len(picked) == 1:
        picked = [one for one in picked if one[0] not in PERSON_TITLES]
    return tuple(picked[:CHOICES_MOST])


def _expects(state: Conversation | None, asked: str | None, has_choices: bool) -> Expects:
    if state is not None and state.awaiting is not None:
        return Expects.SECRET
    if asked is not None and any(name in asked for name in NUMBERS):
        return Expects.NUMBER
    return Expects.CHOICE if has_choices else Expects.WORDS
