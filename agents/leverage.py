"""Leverage, measured: what each side would lose if somebody withdrew, and what is not yet given is worth to it.

A move is played against the world in which it is not made, from the same state, month by month, with the same luck, in
many lucks of the months to come, so that nobody learns from it what will happen. Everybody answers as rules and
orders say: prices, mines, buyers and other governments are solved again, nothing is scored by hand.

A side loses, in million USD over the months asked for:

- users: what its users lose by price (`agents.accounts.users_loss`), at the price of their own pools;
- mines: what mines that it holds at home or abroad earn less, after royalty, cash cost and wear (capital over
  15 years); a mine belongs to the foreign partner to whom it is awarded, or else to its country;
- exporters: rents that Chinese holders of licences earn less;
- public: what its government spends more, stockpiles and floors included, less the royalties that it takes in.

What holders of stock, refiners, carriers and traders gain or lose is nobody's here. Use that finds nothing (`unmet`)
and use that price drove away (`forgone`) are counted in t W and not put into money: a stopped line costs more than its
tungsten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import fsum

import numpy as np

from agents.accounts import PARTS, SIDES, Accounts
from agents.forks import fork
from agents.held import Held
from agents.market import Market
from sim.levers import LICENCE_BLOCS, PARTNERS
from sim.network import Vector
from sim.outcomes import STAGES

HORIZONS = (12, 36)
WIDEST = 1024
"""Most worlds played in one block."""
SUITORS = ("china", "us", "europe")


@dataclass(frozen=True)
class Move:
    """Something that a role could do, held on to from the next month on whatever rules and orders say."""

    key: str
    title: str
    role: str
    pins: tuple[tuple[str, str, float], ...] = ()
    """Levers, targets ("" for none) and the values that they are held at."""
    shut: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Regions from which nothing leaves any more, and for where; to nowhere abroad if that is empty."""

    def put(self, held: Held, market: Market, where: Vector) -> None:
        """Make the move in some worlds of a block.

        Raises:
            ValueError: an unknown lever or target.
        """
        for name, target, value in self.pins:
            market.levers.slot(name, target)
            lever = market.levers[name]
            row = lever.targets.index(target) if target else None
            held.pin(name, where > 0, value, row, market.seats[name].shape)
        for region, towards in self.shut:
            for arc in market.exchange.arcs_where(origin_region=region):
                end = market.exchange.arcs[arc].destination.split(".")[0]
                if end in towards or (not towards and end != region):
                    held.shut[arc] = held.shut.get(arc, np.zeros(market.worlds, bool)) | (where > 0)


@dataclass(frozen=True)
class Stake:
    """What a move costs one side."""

    move: str
    title: str
    side: str
    months: int
    loss: float
    """Mean over lucks, million USD; negative for a gain."""
    low: float
    high: float
    """The same at the tenth and the ninetieth per cent of lucks."""
    parts: dict[str, float] = field(default_factory=dict)
    """The loss by users, mines, exporters and public, million USD."""
    unmet: float = 0.0
    """Use that finds nothing, more than otherwise, t W, mean over lucks."""
    forgone: float = 0.0
    """Use that price drove away, more than otherwise, t W, mean over lucks."""


def nothing() -> Move:
    """Let things take their course."""
    return Move("nothing", "things take their course", "")


def withdrawal(market: Market, host: str = "kazakhstan", partner: str = "") -> Move:
    """A middle power sells a side nothing more and awards it no deposit; every side abroad, if none is named."""
    regions = SIDES[partner][0] if partner else ()
    mines = [m.key for m in market.mines.mines if m.region == host]
    pins = tuple((f"{host}.award", mine, 0.0) for mine in mines)
    title = f"{host} withdraws from {partner or 'everybody'}"
    return Move(f"{host}.withdraws.{partner or 'all'}", title, host, pins, ((host, regions),))


def award(host: str, mine: str, partner: str) -> Move:
    """A deposit is awarded to a partner of PARTNERS, or kept from everybody if that is none."""
    title = f"{mine} awarded to {partner}"
    return Move(f"{mine}.{partner}", title, host, ((f"{host}.award", mine, float(PARTNERS.index(partner))),))


def licences(share: float, blocs: Sequence[str] = LICENCE_BLOCS) -> Move:
    """China grants this share of usual trade to some blocs, military users among them, without delay."""
    pins = tuple(("china.licence_approval", bloc, share) for bloc in blocs)
    title = f"{share:.0%} of licences for {', '.join(blocs)}"
    return Move(f"licences.{share:g}.{'.'.join(blocs)}", title, "china", pins)


def open_deposits(market: Market, host: str = "kazakhstan", world: int = 0) -> list[str]:
    """Deposits of a middle power that nobody but the state holds, and that are not yet built."""
    mines = market.mines
    unheld = (PARTNERS.index("none"), PARTNERS.index("state"))
    return [
        mines.names[i]
        for i in mines.rows_in[host].tolist()
        if int(mines.partner[i, world]) in unheld and mines.stage[i, world] <= STAGES.index("financing")
    ]


def leverage(
    market: Market, moves: Sequence[Move], horizons: Sequence[int] = HORIZONS, lucks: int = 64, world: int = 0,
    against: Sequence[Move] = (),
) -> list[Stake]:  # fmt: skip
    """What moves would cost each side from now on in one world of a market, which is not disturbed.

    Args:
        market: after some months, or none.
        moves: what is compared, each by itself, with the world as it would go on.
        horizons: months over which losses are summed, those that the scenario still has.
        lucks: lucks of the months to come.
        world: which of the market's worlds.
        against: moves made in every world, those compared with included.

    Returns:
        A stake for each move, horizon and side, in this order.

    Raises:
        ValueError: no horizon fits into the rest of the scenario, or an unknown lever or target.
    """
    left = market.months - market.month
    reached = sorted(h for h in horizons if 1 <= h <= left)
    if not reached:
        raise ValueError(f"no horizon of {', '.join(map(str, horizons))} months fits into the {left} that are left")
    stakes: list[Stake] = []
    at_once = max(1, WIDEST // lucks - 1)
    for first in range(0, len(moves), at_once):
        stakes += _compare(market, moves[first : first + at_once], reached, lucks, world, against)
    return stakes


def _compare(
    market: Market, moves: Sequence[Move], horizons: Sequence[int], lucks: int, world: int, against: Sequence[Move]
) -> list[Stake]:
    """The stakes of moves that fit into one block."""
    width = lucks * (1 + len(moves))
    block = fork(market, [world] * width, lucks=[1 + k % lucks for k in range(width)])
    held = Held()
    for move in against:
        move.put(held, block, np.ones(width))
    group = np.arange(width) // lucks
    for place, move in enumerate(moves, 1):
        move.put(held, block, (group == place) * 1.0)
    block.hold(held)
    accounts = Accounts(block, lucks)
    at: dict[int, list[Stake]] = {}
    for month in range(1, horizons[-1] + 1):
        block.step()
        accounts.add()
        if month in horizons:
            at[month] = _stakes(accounts, moves, month)
    return [stake for move in moves for month in horizons for stake in at[month] if stake.move == move.key]


def _stakes(accounts: Accounts, moves: Sequence[Move], months: int) -> list[Stake]:
    """What moves have cost so far."""
    stakes, lucks = [], accounts.lucks
    for place, move in enumerate(moves, 1):
        mine = slice(place * lucks, (place + 1) * lucks)
        for row, side in enumerate(SIDES):
            parts = {part: accounts.loss[part][row, mine] for part in PARTS}
            together = parts["users"] + parts["mines"] + parts["exporters"] + parts["public"]
            ordered = np.sort(together)
            stakes.append(
                Stake(
                    move=move.key,
                    title=move.title,
                    side=side,
                    months=months,
                    loss=_mean(together),
                    low=float(ordered[int(0.1 * (lucks - 1))]),
                    high=float(ordered[int(np.ceil(0.9 * (lucks - 1)))]),
                    parts={part: _mean(values) for part, values in parts.items()},
                    unmet=_mean(accounts.unmet[row, mine]),
                    forgone=_mean(accounts.forgone[row, mine]),
                )
            )
    return stakes


def _mean(values: Vector) -> float:
    return fsum(values.tolist()) / values.size


def of_host(market: Market, host: str = "kazakhstan", lucks: int = 64, world: int = 0) -> list[Stake]:
    """What each side would lose over 12 and 36 months if a middle power withdrew from all, or from one of them."""
    partners = ("", "china", "united_states", "european_union")
    return leverage(market, [withdrawal(market, host, partner) for partner in partners], HORIZONS, lucks, world)


def of_awards(
    market: Market, host: str = "kazakhstan", months: int = 120, lucks: int = 64, world: int = 0
) -> list[Stake]:
    """What each deposit not yet awarded would cost each side (less than zero: is worth to it) if it went to a suitor now.

    Compared with worlds in which none of them is awarded; over 36 months, and over as many as given or left, since a
    mine takes years.
    """
    deposits = open_deposits(market, host, world)
    moves = [award(host, mine, suitor) for mine in deposits for suitor in SUITORS]
    kept = [award(host, mine, "none") for mine in deposits]
    longest = min(months, market.months - market.month)
    return leverage(market, moves, tuple(dict.fromkeys((36, longest))), lucks, world, kept) if moves else []


def of_licences(market: Market, lucks: int = 64, world: int = 0) -> list[Stake]:
    """What each side would lose over 12 and 36 months if China refused a bloc, or all, every licence; or granted all."""
    moves = [licences(0.0, (bloc,)) for bloc in LICENCE_BLOCS] + [licences(0.0), licences(1.0)]
    return leverage(market, moves, HORIZONS, lucks, world)
