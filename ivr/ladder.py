"""What is said when nothing, a wrong key or nothing understood came back: put another way, then keys only, then a person. Never a loop."""

from collections.abc import Iterable
from dataclasses import dataclass

from customers.conversation import AwaitingKind, Language
from ivr.call import Call
from ivr.prompts import KEYS_ONLY_FROM, MISSES_MOST, Ladder, both, line
from ivr.spoken import Line, choices_spoken

SECRET_LINES: dict[AwaitingKind, str] = {"service_pin": "enter_pin", "sms_code": "enter_code"}
# The first keys of a caller who is lost: what to press, and what that says to the bot.
MENU: dict[Language, tuple[tuple[str, str], ...]] = {
    "zh": (("查话费", "查话费余额"), ("查用量", "查流量"), ("充值", "充话费"), ("查订单", "查订单"), ("其他", "主菜单")),
    "en": (
        ("balance", "check my balance"),
        ("usage", "check my data usage"),
        ("top up", "top up"),
        ("orders", "track my order"),
        ("something else", "main menu"),
    ),
}


@dataclass(frozen=True)
class Reprompt:
    """What is said next. `choices`: for the keys 1, 2, 3 ...; `keys_only`: speech is no longer listened to."""

    lines: tuple[Line, ...]
    choices: tuple[tuple[str, str], ...]
    keys_only: bool


def is_enough(misses: int) -> bool:
    """After so many misses in a row a person takes over."""
    return misses >= MISSES_MOST


def in_language(name: str, language: Language | None, /, **values: str) -> tuple[Line, ...]:
    """Our line `name`; in both languages while nobody knows the caller's."""
    return both(name, **values) if language is None else (Line(line(name, language, **values), language),)


def one_after_the_other(lines: Iterable[Line]) -> list[Line]:
    """All in Chinese first, then all in English: nobody follows a voice that changes with every sentence."""
    return sorted(lines, key=lambda said: said.language == "en")


def reprompt(call: Call, misses: int, ladder: Ladder, awaited: AwaitingKind | None) -> Reprompt:
    """The first or second step of the ladder, for what the caller was asked."""
    language, keys_only = call.language, misses >= KEYS_ONLY_FROM
    if awaited is not None:
        name = "keys_only" if keys_only else SECRET_LINES[awaited]
        return Reprompt(in_language(name, language), call.choices, keys_only)
    if call.chooses_language:
        return Reprompt((*in_language(ladder.prompt(misses), language), *both("choose_language")), (), keys_only)
    if call.asked is not None and call.lines:
        name = ladder.prompt(misses) if keys_only else "say_again"
        return Reprompt((*in_language(name, language), *call.lines[-2:]), call.choices, keys_only)
    said = in_language(ladder.prompt(misses), language)
    spoken = language or "zh"
    if call.choices and call.choices != MENU[spoken]:
        return Reprompt(
            (*said, Line(choices_spoken([title for title, _ in call.choices], spoken), spoken)), call.choices, keys_only
        )
    return Reprompt((*said, Line(line("help_keys", spoken), spoken)), MENU[spoken], keys_only)
