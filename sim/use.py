"""Use of tungsten: what each region and segment wants in a month, and how much of it must be safe."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled import inline, kernel

_WORLDS = 256
"""Worlds handled together, so that what is being summed stays in the processor's nearest memory."""


@inline
def next_cycle(cycle: float, draw: float, persistence: float, noise: float) -> float:
    """Business cycle of a region's use one month on, factor; `draw` is a standard normal number."""
    return 1.0 + persistence * (cycle - 1.0) + noise * draw


@inline
def use_now(trend: float, saved: float, cycle: float, shock: float) -> float:
    """What users want this month, t W: trend use less what thrift has saved, with the cycle and shocks."""
    return trend * (1.0 - saved) * cycle * shock


@inline
def civil_share(eligible: float, wish: float, flexible: float) -> float:
    """Share of civilian use that is wanted from safe origins; flexible users want none.

    Args:
        eligible: share of it at the start.
        wish: the bloc's wish over that of the start.
        flexible: 1 for users that take any goods.
    """
    return min(eligible * wish, 0.9) * (1.0 - flexible)


@kernel
def want(uses: Any, places: Any, blocs: Any, cycle_law: Any, state: Any, decided: Any, out: Any) -> None:
    """What users want this month, and what of it must be safe.

    Args:
        uses: trend use (t W/month), eligible share, 1 for defence, 1 for flexible users, 1 where a pool of safe
            goods is there, (uses,) each.
        places: region, bloc, user group of any goods and of safe goods of each use, and 1 - price / choke of each
            user group at the start.
        blocs: safe share of civilian use at the start, (blocs,).
        cycle_law: persistence and noise of the business cycle; it stands still where both are zero.
        state: cycle (regions, worlds), its draws, saved share (uses, worlds) and shocks (uses, worlds).
        decided: share of civilian and of defence use wanted safe, (blocs, worlds) each.
        out: cycle (regions, worlds), wanted (uses, worlds), demand at a price of zero (users, worlds), safe
            civilian use by bloc and by region, use by region.
    """
    trend, eligible, is_defence, flexible, has_pool = uses
    region, bloc, user_any, user_safe, margin = places
    persistence, noise = cycle_law
    cycle, draw, saved, shocks = state
    secure, defence = decided
    cycle_out, wanted_out, demand, safe_of_bloc, safe_of_region, use_of_region = out
    worlds = saved.shape[1]
    plain, sheltered = np.empty((margin.size, _WORLDS)), np.empty((margin.size, _WORLDS))
    wish = np.empty((blocs.size, _WORLDS))
    safe = np.empty(_WORLDS)
    for start in range(0, worlds, _WORLDS):
        width = min(_WORLDS, worlds - start)
        stop = start + width
        for r in range(cycle.shape[0]):
            old, luck, new = cycle[r, start:stop], draw[r, start:stop], cycle_out[r, start:stop]
            if persistence == 0.0 and noise == 0.0:
                new[:] = old
            else:
                for k in range(width):
                    new[k] = next_cycle(old[k], luck[k], persistence, noise)
            safe_of_region[r, start:stop] = 0.0
            use_of_region[r, start:stop] = 0.0
        for b in range(blocs.size):
            safe_of_bloc[b, start:stop] = 0.0
            asked, relative = secure[b, start:stop], wish[b]
            usual = max(blocs[b], 1e-9)
            for k in range(width):
                relative[k] = asked[k] / usual
        plain[:] = 0.0
        sheltered[:] = 0.0
        for d in range(trend.size):
            wanted, kept, shock = wanted_out[d, start:stop], saved[d, start:stop], shocks[d, start:stop]
            season = cycle_out[region[d], start:stop]
            for k in range(width):
                wanted[k] = use_now(trend[d], kept[k], season[k], shock[k])
            if is_defence[d] > 0.0:
                least = defence[bloc[d], start:stop]
                for k in range(width):
                    safe[k] = wanted[k] * max(eligible[d], least[k]) * has_pool[d]
            else:
                relative = wish[bloc[d]]
                for k in range(width):
                    safe[k] = wanted[k] * civil_share(eligible[d], relative[k], flexible[d]) * has_pool[d]
            ordinary, special = plain[user_any[d]], sheltered[user_safe[d]]
            for k in range(width):
                ordinary[k] += wanted[k] - safe[k]
                special[k] += safe[k]
            at_home = use_of_region[region[d], start:stop]
            for k in range(width):
                at_home[k] += wanted[k]
            here, there = safe_of_bloc[bloc[d], start:stop], safe_of_region[region[d], start:stop]
            civilian = 1.0 - is_defence[d]
            for k in range(width):
                here[k] += safe[k] * civilian
                there[k] += safe[k] * civilian
        for u in range(margin.size):
            ordinary, special, both = plain[u], sheltered[u], demand[u, start:stop]
            for k in range(width):
                both[k] = (ordinary[k] + special[k]) / margin[u]
