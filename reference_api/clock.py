"""Time as the operator writes it: UTC on the wire, China's days and months for limits and cycles."""

from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """`2026-11-22T08:56:34.123Z`: sorts as text, and reads as RFC 3339."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day_start(moment: datetime) -> datetime:
    """Midnight in China before `moment`: daily limits count from here."""
    return moment.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)


def month_start(moment: datetime) -> datetime:
    """The first midnight in China of the month of `moment`: monthly caps count from here."""
    return day_start(moment).replace(day=1)


def next_month_start(moment: datetime) -> datetime:
    """When the next billing cycle begins."""
    return (month_start(moment) + timedelta(days=32)).replace(day=1)
