"""What moved an outcome over a window: exact Shapley values of groups of causes, by playing it again without them.

Of the six groups each either moves as it did or is held still, as it stood at the window's start; that makes 64
worlds, all with the same luck, which are played side by side in one block. A group's share is its Shapley value
(Shapley 1953): the mean, over all orders in which the groups could be let go one after the other, of what the outcome
changes when it is let go. Shares add up to the difference between the world in which everything moves, which is the
one that happened, and the one in which nothing does; what the latter still changes (growth, thrift, ships at sea,
stocks that were out of balance) was under way already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from agents import acts, bookmarks, seating
from agents.decisions import Decision
from agents.forks import fork
from agents.held import Held
from agents.market import Market, Order
from agents.record import Plan
from sim.network import Vector
from sim.outcomes import registry

if TYPE_CHECKING:
    from agents.session import Session

CAUSES = {
    "licences": "Chinese licences and quota",
    "hoarding": "hoarding and fear abroad",
    "holders": "traders, and holders inside China",
    "nature": "nature and events",
    "supply": "mines, projects and scrap",
    "west": "Western policy",
}
"""Groups of causes and their titles."""

ROLES = {
    "licences": ("china",),
    "hoarding": ("buyers.us", "buyers.europe", "buyers.japan_korea"),
    "holders": (),
    "nature": (),
    "supply": ("kazakhstan", "uzbekistan", "turkey", "russia"),
    "west": ("united_states", "european_union", "japan_korea"),
}
"""Roles whose decisions belong to a group: held still, each lever keeps the value in force at the window's start."""


def moving(cause: str) -> np.ndarray:
    """Worlds of the block in which a cause moves, (64,): its place in CAUSES is its bit in the world's number."""
    return (np.arange(1 << len(CAUSES)) >> list(CAUSES).index(cause) & 1) == 1


def shapley(values: Sequence[float]) -> list[Fraction]:
    """Shapley values of players, exactly.

    Args:
        values: what each coalition is worth, 2 ** players of them; bit i of a coalition's place says whether player i
            is in it.

    Returns:
        One for each player; their sum is exactly the worth of all less the worth of none.

    Raises:
        ValueError: the number of coalitions is no power of two.
    """
    players = len(values).bit_length() - 1
    if not values or len(values) != 1 << players:
        raise ValueError(f"{len(values)} coalitions; a power of two is needed")
    exact = [Fraction(float(value)) for value in values]
    shares = []
    for player in range(players):
        share = Fraction(0)
        for coalition in range(1 << players):
            if not coalition >> player & 1:
                others = coalition.bit_count()
                weight = factorial(others) * factorial(players - 1 - others)
                share += weight * (exact[coalition | 1 << player] - exact[coalition])
        shares.append(share / factorial(players))
    return shares


@dataclass(frozen=True)
class Attribution:
    """What moved an outcome between two months."""

    outcome: str
    unit: str
    first: str
    """Month that the window starts with, YYYY-MM."""
    last: str
    """Month that it ends with."""
    start: float
    """The outcome before the first month, in its unit."""
    end: float
    """The outcome after the last."""
    under_way: float
    """Part of the change that comes with every group held still."""
    shares: Mapping[str, float]
    """Part of each group of CAUSES, in the outcome's unit; with `under_way` they add up to `end - start`."""
    coalitions: tuple[float, ...]
    """The outcome after the last month in each of the 64 worlds."""

    @property
    def change(self) -> float:
        """End less start, in the outcome's unit."""
        return self.end - self.start

    def percent(self, part: float) -> float:
        """A part of the change, in per cent of the start; NaN if that is zero."""
        return 100 * part / self.start if self.start else float("nan")

    def text(self, title: str = "") -> str:
        """One line: "price.apt.rotterdam +14 % (402 to 458 USD/mtu, ...): Chinese licences and quota +9, ..."."""
        relative = self.start != 0.0

        def shown(part: float) -> str:
            figure = f"{self.percent(part):+.0f}" if relative else f"{part:+.3g}"
            return "0" if float(figure) == 0.0 else figure

        parts = sorted(self.shares.items(), key=lambda item: -abs(item[1]))
        causes = [f"{CAUSES[name]} {shown(part)}" for name, part in parts if shown(part) != "0"]
        causes.append(f"under way before {shown(self.under_way)}")
        size = f"{shown(self.change)} %" if relative else f"{shown(self.change)} {self.unit}"
        levels = f"{self.start:.4g} to {self.end:.4g} {self.unit}, {self.first} to {self.last}"
        return f"{title or self.outcome} {size} ({levels}): {', '.join(causes)}"


def attribute(
    market: Market, outcomes: Sequence[str], months: int, world: int = 0, struck: Sequence[Decision] = ()
) -> dict[str, Attribution]:
    """What moved outcomes over the months to come of one world of a market, which is not disturbed.

    "Held still" means, from the window's first month to its last:

    - licences: every Chinese decision (licences, delay, scope, quota, enforcement, reserve, money abroad) keeps the
      value in force before the window, whatever rules and orders ask for;
    - hoarding: so does every decision of the three groups of buyers outside China, and outside China fear and the
      learned wish for safe origins stay what they were;
    - holders: traders in China and in the West neither buy nor sell, and the fear of China's own users stays;
    - nature: no event begins (one that lasts runs out), and monthly output and use have no luck of their own;
    - supply: mines work the share of capacity that they worked, projects, ramp-ups, expansions and plants stay where
      they are, scrap is collected as at the price it had answered to, and the decisions of Kazakhstan, Uzbekistan,
      Turkey and Russia stand;
    - west: decisions of the United States, the European Union, Japan and Korea stand.

    Prices, trade, use, trust and expectations answer in every world. Before the first month of a scenario nothing is
    in force: there the decisions of that month count as those that stood.

    Args:
        market: stands before the window's first month; its orders to come are those that hold in the window.
        outcomes: names of outcomes.
        months: length of the window, 1 or more.
        world: which of the market's worlds.
        struck: acts of nature that somebody asked for in the window; events belong to nature, other acts to no cause.

    Raises:
        ValueError: a window that ends after the scenario, or an unknown outcome.
    """
    if not 1 <= months <= market.months - market.month:
        raise ValueError(f"a window of {months} months from {market.date} does not fit; {market.scenario.end} is the end")
    plan = Plan(outcomes=tuple(outcomes))
    block = fork(market, [world] * (1 << len(CAUSES)), record=plan)
    start = [float(block.outcome(name)[0]) for name in outcomes]
    first, last = block.date, block.date
    for place in range(months):
        last = block.date
        if place == 0 or block.month == 1:
            block.hold(_still(block, decisions=block.month > 0))
        due = [act for act in struck if act.month == block.month]
        acts.happen(block, [(act, np.flatnonzero(moving("nature")) if act.lever == acts.EVENT else None) for act in due])
        block.step()
    units = {name: outcome.unit for name, outcome in registry(market.scenario).items()}
    found = {}
    for row, name in enumerate(outcomes):
        values = block.record.values[-1, row]
        shares = shapley(values.tolist())
        found[name] = Attribution(
            outcome=name,
            unit=units[name],
            first=first,
            last=last,
            start=start[row],
            end=float(values[-1]),
            under_way=float(values[0]) - start[row],
            shares={cause: float(share) for cause, share in zip(CAUSES, shares, strict=True)},
            coalitions=tuple(values.tolist()),
        )
    return found


def attribute_session(session: Session, outcomes: Sequence[str], first: int, last: int) -> dict[str, Attribution]:
    """What moved outcomes between two months of a session's present branch; the session is not disturbed.

    Args:
        session: played at least until the last month.
        outcomes: names of outcomes.
        first, last: months played before the window and after it, 0 <= first < last.

    Raises:
        ValueError: months that the branch has not come to, or an unknown outcome.
    """
    line = session.at.line()
    if not 0 <= first < last < len(line):
        raise ValueError(f"months {first} to {last} are no window of the {len(line) - 1} months played")
    market = Market(session.scenario, seeds=[session.seed])
    mark = line[first].mark
    assert mark is not None
    bookmarks.put(market, mark)
    market.seats.orders = []
    struck = []
    for before, after in pairwise(line[first : last + 1]):
        struck += [act for act in after.decisions if acts.is_act(act)]
        for made in seating.orders(before, after.people, session.scripted, after.decisions):
            market.seats.give(Order(made.lever, made.target, made.number_or_nan, made.month, made.source))
    return attribute(market, outcomes, last - first, struck=struck)


def _still(block: Market, decisions: bool) -> Held:
    """What is held still in which of the 64 worlds; decisions too, at the values that are in force."""
    rest = {cause: ~moving(cause) for cause in CAUSES}
    at_home = np.array([[bloc == "china"] for bloc in block.buyers.blocs])
    held = Held(
        fear=np.where(at_home, rest["holders"], rest["hoarding"]),
        traders=rest["holders"],
        nature=rest["nature"],
        supply=rest["supply"],
    )
    if decisions:
        cause_of = {role: cause for cause, roles in ROLES.items() for role in roles}
        for lever in block.levers:
            value: Vector = block.seats[lever.name]
            held.pin(lever.name, rest[cause_of[lever.role]], value, None, value.shape)
    return held
