"""Calendar months of scenarios, written YYYY-MM, as numbers."""

from __future__ import annotations


def month_number(date: str) -> int:
    """Months from January of year 0 to a month that is known to be well written."""
    year, month = date.split("-")
    return int(year) * 12 + int(month) - 1


def months_since(start: str, date: str) -> int:
    """Months from one calendar month to another."""
    return month_number(date) - month_number(start)
