"""Several requests in one sentence: all are served, one after another (docs/decisions.md, D6).

language/clauses.py proposes cuts; the bot says what whole and parts mean; a cut counts only where every part is a task of its own.
"""

import re
from collections.abc import Callable

from dialogue.engine import Meaning
from language.clauses import propose_cuts

SURE = 0.35  # confidence that each part of a cut must have
CUTS_TRIED = 2
CUTS_DEEP = 2  # a part may be cut once more
LONGEST = 120  # characters; a longer story is not a list of requests
PARTS_MOST = 4  # one now, three waiting
A_NOUN = 20  # characters of a part that may have lost its verb
SURE_WITH_A_VERB = 0.35
ASKING = re.compile(r"[查看问]|了解|知道|\b(?:check|show|tell me|see|what(?:'s| is| are)|how much)\b", re.I)
CHECK = {"zh": "查", "en": "check my "}
# How a request begins or what it holds. A part without any of these only tells what has happened: "my phone is cut off, top me up" is one request.
REQUEST = re.compile(
    r"[查看问充办换改退买加订转开复帮要]|停(?!机了)|取消|推荐|投诉|报修|挂失|提醒|多少|什么|哪|怎么|吗|人工"
    r"|^(?:and |also |then |please |can you |could you |can i |could i |i want to |i'd like to |i would like to |i need to |let me )*"
    r"(?:check|show|tell|see|look|top|recharge|cancel|change|switch|add|buy|order|track|get|send|give|put|transfer|talk|speak|report|reset|what|"
    r"how|which|where|is|did|call|refund)\b",
    re.I,
)
QUESTIONS = frozenset({"query_balance", "query_usage", "query_bill", "query_plan", "track_order"})

# Intents that are a request of their own; everything else belongs to the sentence around it.
TASKS = frozenset(
    {
        "query_balance", "query_usage", "query_bill", "explain_bill", "query_plan", "change_plan", "recommend_plan", "top_up", "buy_data_pack",
        "apply_broadband", "browse_products", "place_order", "track_order", "change_order", "cancel_order", "request_refund",
        "reset_service_password", "suspend_service", "restore_service", "set_reminder", "report_fault", "file_complaint", "human_agent",
        "request_callback",
    }
)  # fmt: skip
NO_REQUEST = Meaning("", 0.0)


def split(text: str, parse: Callable[[str], Meaning]) -> tuple[str, ...]:
    """The requests in `text`, in order; the text itself where it is one."""
    if len(text) > LONGEST:
        return (text,)
    return tuple(part for part, _ in _tasks(text, parse, CUTS_DEEP))[:PARTS_MOST] or (text,)


def _tasks(text: str, parse: Callable[[str], Meaning], deep: int) -> list[tuple[str, str]]:
    """Parts of `text` with their intents, all different; [] where no cut counts. A part is cut again: "A, B and C" parts at "and" first."""
    for cut in propose_cuts(text)[:CUTS_TRIED] if deep else ():
        parts, meanings = _understood([part.strip() for part in cut], parse)
        finer = [
            _tasks(part, parse, deep - 1) or ([(part, meaning.intent)] if _is_task(meaning) else [])
            for part, meaning in zip(parts, meanings, strict=True)
        ]
        tasks = [task for some in finer for task in some]
        if all(finer) and len({intent for _, intent in tasks}) == len(tasks):
            return tasks
    return []


def _understood(parts: list[str], parse: Callable[[str], Meaning]) -> tuple[list[str], list[Meaning]]:
    """The parts and what they mean. A bare noun borrows the verb of the first part: "check my balance | and data" is "check my data"."""
    asked = ASKING.search(parts[0])
    meanings = []
    for place, part in enumerate(parts):
        meaning = parse(part)
        if place and asked and not _is_task(meaning) and len(part) <= A_NOUN:
            whole = f"{CHECK['en' if asked[0].isascii() else 'zh']}{part}"
            borrowed = parse(whole)
            if borrowed.intent in QUESTIONS and borrowed.confidence >= SURE_WITH_A_VERB:
                parts[place], meaning = whole, Meaning(borrowed.intent, 1.0)
        elif not REQUEST.search(part) and not (place and asked and meaning.intent in QUESTIONS):
            meaning = NO_REQUEST
        meanings.append(meaning)
    return parts, meanings


def _is_task(meaning: Meaning) -> bool:
    return meaning.intent in TASKS and meaning.confidence >= SURE
