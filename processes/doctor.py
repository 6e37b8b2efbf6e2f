"""`make doctor`: looks at a running installation from the inside and says, one line each, what is well and what is not, with the remedy."""

from collections.abc import Callable
from dataclasses import dataclass

from carrier.errors import CarrierError
from core import logs
from core.errors import CarelineError, SettingsError
from core.settings import load
from dialogue.engine import Engine
from dialogue.inbox import LEASE_MS, Inbox
from processes.parts import Parts, build
from processes.places import ENV_FILE
from processes.trouble import Trouble, told

WAITS_TOO_LONG_MS = 10 * LEASE_MS  # the clerk takes over what waits longer than one lease


@dataclass(frozen=True)
class Finding:
    """`remedy` is empty where all is well."""

    what: str
    remedy: str = ""


def main() -> None:
    """Raises Trouble when something needs a hand."""
    try:
        settings = load(ENV_FILE)
    except SettingsError as error:
        raise Trouble(" ".join(error.problems)) from None
    logs.set_up("error")
    parts = build(settings)
    findings = [look(parts) for look in (_redis, _inboxes, _journal, _operator, _bot)]
    for finding in findings:
        print(f"  {'ok ' if not finding.remedy else 'BAD'} {finding.what}{': ' + finding.remedy if finding.remedy else ''}")
    ill = sum(1 for finding in findings if finding.remedy)
    if ill:
        raise Trouble(f"{ill} of {len(findings)} checks found something; the lines above say what to do.")


def _careful(what: str, look: Callable[[], Finding], remedy: str) -> Finding:
    try:
        return look()
    except CarelineError as error:
        return Finding(f"{what} ({error.code})", remedy)


def _redis(parts: Parts) -> Finding:
    def look() -> Finding:
        parts.store.probe()
        return Finding("Redis takes writes")

    return _careful("Redis", look, "it does not answer; is `make run` running, is REDIS_URL right, is the disk full?")


def _inboxes(parts: Parts) -> Finding:
    def look() -> Finding:
        stuck = Inbox(parts.store, parts.sealer, parts.clock).pending(WAITS_TOO_LONG_MS)
        remedy = "the clerk should have taken them over; see its log in var/logs/clerk.log" if stuck else ""
        return Finding(f"{len(stuck)} conversations wait too long for an answer", remedy)

    return _careful("inboxes", look, "they cannot be read without Redis")


def _journal(parts: Parts) -> Finding:
    def look() -> Finding:
        rows = parts.journal.unknown_rows(500)
        numbers = ", ".join(row.key[:8].upper() for row in rows[:5])
        remedy = f"the clerk asks the operator by key; look them up there if they stay ({numbers})" if rows else ""
        return Finding(f"{len(rows)} operations without a known outcome", remedy)

    return _careful("the journal", look, "the database does not answer; is DATABASE_URL right, is the disk full?")


def _operator(parts: Parts) -> Finding:
    try:
        offered = len(parts.operator.catalogue.offerings().value)
    except CarrierError as error:
        return Finding(
            f"the operator ({error.code})", "it does not answer; check BALANCE_API_URL, ORDER_API_URL and OPERATOR_API_KEY"
        )
    return Finding(f"the operator answers, {offered} offerings")


def _bot(parts: Parts) -> Finding:
    def look() -> Finding:
        meaning = Engine(parts.settings).parse("我还剩多少话费")
        right = meaning.intent == "query_balance"
        return Finding(
            f"the bot understands ({meaning.intent})", "" if right else "its model is not ours; run `make train` and restart"
        )

    return _careful("the bot", look, "it does not answer; see var/logs/bot.log")


if __name__ == "__main__":
    told(main)
