"""Several requests in one sentence: all are served, one after another (docs/decisions.md, D6).

language/clauses.py proposes cuts; the bot says what whole and parts mean; a cut counts only where every part is a task of its own.
"""

from collections.abc import Callable

from dialogue.engine import Meaning
from language.clauses import propose_cuts

SURE = 0.5  # confidence that each part of a cut must have
CUTS_TRIED = 2
CUTS_DEEP = 2  # a part may be cut once more
LONGEST = 120  # characters; a longer story is not a list of requests
PARTS_MOST = 4  # one now, three waiting

# Intents that are a request of their own; everything else belongs to the sentence around it.
TASKS = frozenset(
    {
        "query_balance", "query_usage", "query_bill", "explain_bill", "query_plan", "change_plan", "recommend_plan", "top_up", "buy_data_pack",
        "apply_broadband", "browse_products", "place_order", "track_order", "change_order", "cancel_order", "request_refund",
        "reset_service_password", "suspend_service", "restore_service", "set_reminder", "report_fault", "file_complaint", "human_agent",
        "request_callback",
    }
)  # fmt: skip


def split(text: str, parse: Callable[[str], Meaning]) -> tuple[str, ...]:
    """The requests in `text`, in order; the text itself where it is one."""
    if len(text) > LONGEST:
        return (text,)
    return tuple(part for part, _ in _tasks(text, parse, CUTS_DEEP))[:PARTS_MOST] or (text,)


def _tasks(text: str, parse: Callable[[str], Meaning], deep: int) -> list[tuple[str, str]]:
    """Parts of `text` with their intents, all different; [] where no cut counts. A part is cut again: "A, B and C" parts at "and" first."""
    for cut in propose_cuts(text)[:CUTS_TRIED] if deep else ():
        parts = [part.strip() for part in cut]
        meanings = [parse(part) for part in parts]
        if not all(meaning.intent in TASKS and meaning.confidence >= SURE for meaning in meanings):
            continue
        finer = [_tasks(part, parse, deep - 1) or [(part, m.intent)] for part, m in zip(parts, meanings, strict=True)]
        tasks = [task for some in finer for task in some]
        if len({intent for _, intent in tasks}) == len(tasks):
            return tasks
    return []
