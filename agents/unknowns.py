"""What nobody can know when looking ahead: luck to come, and what lies hidden now; sampled anew in each world."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from agents.market import Market
from sim import exact, luck
from sim.network import Vector
from sim.outcomes import STAGES

SPREAD_OF_HIDDEN_STOCK = 0.25
"""Standard deviation of the logarithm of hidden stock as others guess it: estimate; its size is never published."""

CONSTRUCTION, RAMP_UP, CARE = (float(STAGES.index(s)) for s in ("construction", "ramp_up", "care_and_maintenance"))


def seeds(seed: int, worlds: int) -> list[int]:
    """Seeds of the worlds of a look-ahead: luck that says nothing about what will happen.

    The same for every month and decision, so that look-aheads differ by what was decided alone.
    """
    return [int(luck.stream("look-ahead", str(seed), str(world))) for world in range(worlds)]


def truth(market: Market) -> dict[str, Vector]:
    """What was drawn for one world when it began and shows only in time, (mines,) or (openings,) each."""
    mines = market.mines
    found = {"slip": mines.slip, "ceiling": mines.ceiling, "cash_cost": mines.cash_cost, "opens": market.nature.opens}
    return {name: values[..., 0] for name, values in found.items()}


def sample(market: Market, drawn: Mapping[str, Vector]) -> None:
    """Let the worlds of a look-ahead differ in what nobody can know yet.

    Slips of works that are not done, overruns that show only while building, plants that are not yet tried,
    opening shocks that have not come, and hidden stock.

    Args:
        market: a block of worlds with seeds of their own, put where the world is that they look ahead from.
        drawn: what `truth` says of that world.
    """
    mines = market.mines
    fresh = _fresh(market)
    tried = (mines.stage >= RAMP_UP) & (mines.stage <= CARE)
    mines.ceiling = np.where(tried, drawn["ceiling"][:, None], fresh["ceiling"])
    mines.cash_cost = np.where(tried, drawn["cash_cost"][:, None], fresh["cash_cost"])
    working = mines.stage <= CONSTRUCTION
    mines.work = np.where(working, mines.work * fresh["slip"] / drawn["slip"][:, None], mines.work)
    # what a project is known to cost is known; what is still to be found out is drawn
    still = fresh["need_true"] / np.maximum(fresh["need_known"], 1e-9)
    known = mines.stage < CONSTRUCTION
    mines.need_known = mines.need
    mines.need_true = np.where(known, mines.need * still, mines.need)
    mines._prepare()
    _openings(market, drawn["opens"], fresh["opens"])
    traders = market.traders
    guess = exact.exp(SPREAD_OF_HIDDEN_STOCK * luck.normal(market.seeds, luck.streams("hidden stock", traders.names), 0))
    traders.hidden = np.minimum(traders.hidden * guess, np.maximum(traders.most, traders.hidden))


def _fresh(market: Market) -> dict[str, Vector]:
    """What the block itself drew when it was made, kept at the first look-ahead."""
    mines = market.mines  # made anew where other parameters are adopted
    if not mines.drawn_at_start:
        names = ("slip", "ceiling", "cash_cost", "need_true", "need_known")
        mines.drawn_at_start = {name: getattr(mines, name) for name in names} | {"opens": market.nature.drawn}
    return mines.drawn_at_start


def _openings(market: Market, drawn: Vector, fresh: Vector) -> None:
    """The first shock comes once: if it has not come yet, it may still come in any month that is left to it.

    Args:
        market: the block.
        drawn: month in which each opening comes in the true world, -1 for never, (openings,).
        fresh: the same as the block drew it, (openings, worlds).
    """
    openings, month = market.scenario.openings, market.month
    if not openings:
        return
    if np.any((drawn >= 0) & (drawn < month)):
        market.nature.opens = np.full_like(fresh, -1.0)
        return
    last = np.array([[float(market.month_of(each.latest))] for each in openings])
    again = luck.uniform(market.seeds, luck.stream("opening", "when, again"), month)
    later = month + np.floor(again * (last - month + 1))
    missed = (fresh >= 0) & (fresh < month)
    market.nature.opens = np.where(missed, np.where(last >= month, later, -1.0), fresh)
