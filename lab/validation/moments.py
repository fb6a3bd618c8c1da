"""Habits of annual prices: size, persistence, booms and busts, with intervals."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

BLOCK = 3
"""Years drawn together when a short history is drawn again."""
TURN = 0.2
"""Log change from the last extreme at which a boom or a bust counts as one."""

NAMES = {
    "deviation": "standard deviation of annual log changes",
    "persistence": "autocorrelation of annual log changes, one year",
    "best": "largest annual log rise",
    "worst": "largest annual log fall",
    "boom": "mean size of a boom, log",
    "bust": "mean size of a bust, log",
    "boom_years": "mean years from trough to peak",
    "bust_years": "mean years from peak to trough",
    "dear": "share of years above twice the mean",
}
"""Moments by short name."""


def annual(monthly: Vector) -> Vector:
    """Means of whole years, shape (years, worlds), from months (months, worlds)."""
    years = len(monthly) // 12
    return monthly[: 12 * years].reshape(years, 12, *monthly.shape[1:]).mean(axis=1)


def of_annual(price: Vector) -> dict[str, Vector]:
    """Moments of annual prices (years, worlds), each (worlds,); NaN where a world has no boom or bust."""
    change = np.diff(np.log(price), axis=0)
    apart = change - change.mean(axis=0)
    spread = np.square(apart).sum(axis=0)
    found = {
        "deviation": np.sqrt(spread / (len(change) - 1)),
        "persistence": (apart[1:] * apart[:-1]).sum(axis=0) / np.maximum(spread, 1e-12),
        "best": change.max(axis=0),
        "worst": change.min(axis=0),
        "dear": (price > 2 * price.mean(axis=0)).mean(axis=0),
    }
    swings = [_swings(np.log(world)) for world in price.T]
    for name, sign in (("boom", 1), ("bust", -1)):
        sizes = [[abs(size) for size, _ in world if size * sign > 0] for world in swings]
        years = [[length for size, length in world if size * sign > 0] for world in swings]
        found[name] = np.array([np.mean(s) if s else np.nan for s in sizes])
        found[f"{name}_years"] = np.array([np.mean(y) if y else np.nan for y in years])
    return found


def _swings(log_price: Vector) -> list[tuple[float, int]]:
    """Size (log, negative for a bust) and years of each swing between turning points at least TURN apart."""
    points = [0]
    direction = 0
    for year in range(1, len(log_price)):
        last = log_price[points[-1]]
        step = log_price[year] - last
        if direction == 0:
            if abs(step) >= TURN:
                direction = 1 if step > 0 else -1
                points.append(year)
        elif step * direction > 0:
            points[-1] = year
        elif abs(step) >= TURN:
            direction = -direction
            points.append(year)
    return [(float(log_price[b] - log_price[a]), b - a) for a, b in itertools.pairwise(points)]


def intervals(price: Vector, share: float = 0.8, draws: int = 2000, seed: int = 1) -> dict[str, tuple[float, float, float]]:
    """Moments of one history, each with a bootstrap interval: (low, as measured, high).

    Blocks of consecutive years are drawn again, so that persistence survives in part (Kuensch 1989).

    Args:
        price: annual prices, shape (years,).
        share: share of draws inside the interval.
        draws: histories drawn again.
        seed: of the drawing.
    """
    rng = np.random.default_rng(seed)
    change = np.diff(np.log(price))
    count = -(-len(change) // BLOCK)
    first = rng.integers(0, len(change) - BLOCK + 1, (draws, count))
    rows = (first[:, :, None] + np.arange(BLOCK)).reshape(draws, -1)[:, : len(change)]
    again = np.concatenate([np.zeros((draws, 1)), np.cumsum(change[rows], axis=1)], axis=1)
    drawn = of_annual(np.exp(again).T)
    real = of_annual(price[:, None])
    edges = (0.5 - share / 2, 0.5 + share / 2)
    return {
        name: (
            float(np.nanquantile(drawn[name], edges[0])),
            float(real[name][0]),
            float(np.nanquantile(drawn[name], edges[1])),
        )
        for name in NAMES
    }
