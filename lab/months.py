"""Calendar months, written YYYY-MM, and their places in a run."""

from __future__ import annotations

import re

from sim.dates import month_number

WRITTEN = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def count(month: str) -> int:
    """Months from January of year 0 to a month written YYYY-MM.

    Raises:
        ValueError: one sentence that says what is allowed.
    """
    if WRITTEN.fullmatch(month) is None:
        raise ValueError(f"'{month}' is not a month; a month is written like 2027-03")
    return month_number(month)


def written(months: int) -> str:
    """The month that lies so many months after January of year 0, as YYYY-MM."""
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def length(start: str, end: str) -> int:
    """Months from the first to the last, both counted."""
    return count(end) - count(start) + 1


def place(month: str, start: str, end: str) -> int:
    """Place of a month in a run, 0 for the first.

    Raises:
        ValueError: the month is malformed or lies outside the run, in one sentence.
    """
    index = count(month) - count(start)
    if not 0 <= index < length(start, end):
        raise ValueError(f"{month} lies outside the run; allowed is {start} to {end}")
    return index


def at(start: str, place: int) -> str:
    """The month, YYYY-MM, at a place in a run."""
    return written(count(start) + place)
