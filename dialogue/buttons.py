"""Buttons (docs/decisions.md, D9): what a choice stands for stays here; the customer's page gets an opaque token.

A token works only inside its own conversation. Clicked again it names the same turn, so the first answer comes again; one that is no longer
on offer is stale. A typed title picks the same choice as a click; so does its number or place ("第二个", "the last one") in the last list shown.
"""

import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import NAMESPACE_URL, uuid5

from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from core.vault import Vault
from dialogue.replies import Reply
from language import positions
from language.fold import fold
from language.words import FILLER, POLITE

TOKEN = re.compile(r"b\.[A-Za-z0-9_-]{22}")
# One-word answers to a yes-or-no question: too short to be understood without the question, unmistakable with it.
YES = "好 好的 好呀 好啊 好吧 行 行吧 可以 嗯 嗯嗯 对 对的 是 是的 没错 确定 要 办 办吧 ok okay yes yep yeah y sure correct"
NO = "不 不了 不要 不要了 不用 不用了 不行 不是 取消 取消吧 算了 不办 别 别办 no nope n cancel stop"
PLAIN_WORDS = {**dict.fromkeys(YES.split(), "/affirm"), **dict.fromkeys(NO.split(), "/deny")}
MOST = 13  # in one message; the fourteenth belongs on another page


@dataclass(frozen=True)
class Choice:
    """`title` is what the customer saw, `payload` what the bot gets (it may begin with a slash: we made it).

    `number`: its place, from 1, in the last list of the answer; 0 in a list further up, which a number does not mean.
    """

    token: str
    title: str
    payload: str
    number: int = 0


def is_token(text: str) -> bool:
    return TOKEN.fullmatch(text.strip()) is not None


def turn_of(conversation: str, token: str) -> str:
    """One click, one turn: the id is the token's, whatever id the client sent."""
    return uuid5(NAMESPACE_URL, f"careline:{conversation}:{token.strip()}").hex


class Buttons:
    """Every method may raise StoreDown."""

    def __init__(self, store: Store, sealer: Sealer) -> None:
        self._vault = Vault(store, sealer)

    def offered(self, conversation: str) -> list[Choice]:
        """The choices shown with the last answer, in order."""
        plain = self._vault.get(Keys.buttons(conversation), conversation, "buttons")
        return [Choice(**raw) for raw in json.loads(plain)] if plain else []

    def clicked(self, conversation: str, token: str) -> Choice | None:
        """The choice behind a token while it is on offer; None for one that is stale, foreign or made up."""
        return next(
            (choice for choice in self.offered(conversation) if secrets.compare_digest(choice.token, token.strip())), None
        )

    def typed(self, conversation: str, text: str) -> Choice | None:
        """The choice whose title, or place in the last list, was typed."""
        choices = self.offered(conversation)
        wanted = _folded(text)
        titled = next((choice for choice in choices if _folded(choice.title) == wanted), None)
        if titled or not choices:
            return titled
        if plain := PLAIN_WORDS.get(wanted):
            return next((choice for choice in choices if choice.payload == plain), None)
        place = _place(text, max(choice.number for choice in choices))
        return next((choice for choice in choices if place and choice.number == place), None)

    def offer(self, conversation: str, replies: Sequence[Reply]) -> list[Reply]:
        """The replies with tokens for payloads; these choices, and only these, are on offer from now on."""
        choices: list[Choice] = []
        shown = []
        last = max((place for place, reply in enumerate(replies) if _asked(reply)), default=-1)
        for place, reply in enumerate(replies):
            list_of_choices = _Numbered(is_last=place == last)
            buttons = tuple(list_of_choices.closed(reply.buttons))
            elements = tuple(
                {**one, "buttons": list_of_choices.closed(one["buttons"])} if one.get("buttons") else one
                for one in reply.elements
            )
            choices += list_of_choices.choices
            shown.append(replace(reply, buttons=buttons, elements=elements))
        plain = json.dumps([choice.__dict__ for choice in choices], ensure_ascii=False).encode()
        self._vault.put(Keys.buttons(conversation), conversation, "buttons", plain)
        return shown


class _Numbered:
    """The choices of one message under one numbering, its own buttons first, then those of its cards."""

    def __init__(self, *, is_last: bool) -> None:
        self.choices: list[Choice] = []
        self._is_last = is_last

    def closed(self, buttons: Iterable[dict[str, str]]) -> list[dict[str, str]]:
        """The buttons with tokens for payloads; a link stays as it is."""
        shown = []
        for button in buttons:
            if "payload" not in button:
                shown.append(button)
            elif len(self.choices) < MOST:
                number = len(self.choices) + 1 if self._is_last else 0
                choice = Choice(f"b.{secrets.token_urlsafe(16)}", button["title"], button["payload"], number)
                self.choices.append(choice)
                shown.append({"title": choice.title, "payload": choice.token})
        return shown


def _asked(reply: Reply) -> bool:
    """Whether there is anything to choose in it."""
    return bool(reply.buttons) or any("payload" in button for one in reply.elements for button in one.get("buttons", ()))


def _place(text: str, most: int) -> int | None:
    """The place from 1 to `most` that a text names and nothing else, as a number or in words; None for anything else."""
    wanted = _folded(text)
    if wanted.isdecimal():
        return int(wanted[:3]) if 1 <= int(wanted[:3]) <= most else None
    found = positions.find(text)
    if most < 2 or len(found) != 1 or not isinstance(found[0].value, int):
        return None
    rest = POLITE.sub("", FILLER.sub("", fold(text[: found[0].start] + " " + text[found[0].end :])))
    if any(c.isalnum() for c in rest):
        return None
    place = found[0].value if found[0].value > 0 else most + 1 + found[0].value
    return place if 1 <= place <= most else None


def _folded(text: str) -> str:
    return re.sub(r"[\s.。、）)]+$", "", text.strip()).lower()
