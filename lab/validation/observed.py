"""Real prices: dated quotes as published, and monthly and yearly means in the model's units."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lab import months
from lab.options import InputError
from sim import units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

DATA = Path(__file__).resolve().parent / "data"
PRICES = DATA / "prices.csv"

LAST_DAY = date(2026, 1, 16)
"""Nothing later is used anywhere."""

WITHOUT_VAT = {
    ("apt_china", "CNY/t"): units.apt_price_from_china,
    ("concentrate_china", "CNY/t"): units.concentrate_price_from_china,
}
"""From a domestic quote in CNY/t with VAT to USD/mtu without."""


@dataclass(frozen=True)
class Quote:
    """One published price."""

    date: str
    """YYYY, YYYY-MM or YYYY-MM-DD."""
    value: float
    """USD/mtu without VAT."""
    source: str
    confidence: str


@cache
def quotes(path: Path = PRICES) -> dict[str, tuple[Quote, ...]]:
    """All quotes of the file by series, in their order.

    Raises:
        InputError: the file cannot be read, or a line is wrong; the sentence names it.
    """
    found: dict[str, list[Quote]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: the observed prices cannot be read: {error}.") from None
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line and not line.startswith("#")]
    for (number, _), row in zip(numbered[1:], csv.DictReader([line for _, line in numbered]), strict=True):
        place = f"{path.name}, line {number}"
        try:
            value, series, unit = float(row["value"]), row["series"], row["unit"]
            late = row["date"] > LAST_DAY.isoformat()[: len(row["date"])]
        except (KeyError, TypeError, ValueError):
            raise InputError(f"{place}: a line needs series, date, a number, unit, source and confidence.") from None
        if late:
            raise InputError(f"{place}: {row['date']} is later than {LAST_DAY}, the last day that may be used.")
        if not row["source"] or not row["confidence"]:
            raise InputError(f"{place}: source and confidence are missing.")
        if unit != "USD/mtu":
            convert = WITHOUT_VAT.get((series, unit))
            if convert is None:
                raise InputError(f"{place}: unit '{unit}' is not allowed for {series}; allowed is USD/mtu.")
            value = convert(value)
        found.setdefault(series, []).append(Quote(row["date"], value, row["source"], row["confidence"]))
    return {name: tuple(rows) for name, rows in found.items()}


def series(name: str, path: Path = PRICES) -> tuple[Quote, ...]:
    """The quotes of one series.

    Raises:
        InputError: there is no such series.
    """
    known = quotes(path)
    if name not in known:
        raise InputError(f"{path.name}: the series '{name}' is missing; there are {', '.join(known)}.")
    return known[name]


def monthly(name: str, start: str, count: int, path: Path = PRICES) -> Vector:
    """Means of so many months from the start, USD/mtu without VAT.

    Monthly quotes are taken as they are. Between dated quotes the price grows by the same share each day; before the
    first and after the last it stays.

    Raises:
        InputError: a month has neither.
    """
    known = series(name, path)
    if all(len(quote.date) == 7 for quote in known):
        by_month = {quote.date: quote.value for quote in known}
        wanted = [months.at(start, i) for i in range(count)]
        absent = [month for month in wanted if month not in by_month]
        if absent:
            raise InputError(f"{path.name}: the series '{name}' has no value for {absent[0]}.")
        return np.array([by_month[month] for month in wanted])
    days = np.array([date.fromisoformat(quote.date).toordinal() for quote in known], float)
    growth = np.log([quote.value for quote in known])
    means = []
    for i in range(count):
        first = date.fromisoformat(f"{months.at(start, i)}-01")
        last = min(date.fromisoformat(f"{months.at(start, i + 1)}-01") - timedelta(days=1), LAST_DAY)
        span = np.arange(first.toordinal(), last.toordinal() + 1, dtype=float)
        means.append(np.exp(np.interp(span, days, growth)).mean())
    return np.array(means)


def yearly(name: str = "apt_europe", path: Path = PRICES) -> tuple[NDArray[np.int64], Vector]:
    """Years and annual means, USD/mtu."""
    known = series(name, path)
    return np.array([int(quote.date) for quote in known]), np.array([quote.value for quote in known])
