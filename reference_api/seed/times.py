"""Days and months of the seed, counted back from the moment it is built. Months are those of China."""

from datetime import datetime, timedelta

from reference_api.clock import CHINA
from reference_api.clock import stamp as iso

MONTHS_OF_BILLS = 12  # complete months, before the running one

__all__ = ["CHINA", "MONTHS_OF_BILLS", "iso", "month_of", "month_start", "months_until", "next_month"]


def month_of(at: datetime) -> str:
    """YYYY-MM in China."""
    return at.astimezone(CHINA).strftime("%Y-%m")


def month_start(month: str) -> datetime:
    """The first second of a YYYY-MM month in China."""
    year, number = month.split("-")
    return datetime(int(year), int(number), 1, tzinfo=CHINA)


def next_month(month: str) -> str:
    """The month after a YYYY-MM month."""
    return month_of(month_start(month) + timedelta(days=32))


def months_until(now: datetime) -> list[str]:
    """The complete months with bills and then the running one, oldest first."""
    months = [month_of(now)]
    for _ in range(MONTHS_OF_BILLS):
        months.append(month_of(month_start(months[-1]) - timedelta(days=1)))
    return months[::-1]
