"""Which of the scenario's numbers matter: Morris' elementary effects of groups of numbers that are moved together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lab.validation.play import Played, Task
from lab.validation.sensitivity import HEADLINES, LEVELS, SEED, WATCHED, headlines
from lab.validation.structure import new_mines
from lab.validation.targets import Part, Table
from sim.quantity import FrozenDict, Measure, Quantity, measures
from sim.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

GROUPS: dict[str, tuple[str, ...]] = {
    "stock in pools": ("pools.stock",),
    "prices at the start": ("pools.price",),
    "freight and risk of routes": ("arcs.freight", "arcs.risk"),
    "slopes of routes": ("arcs.slope",),
    "output of mines at the start": ("mines.output",),
    "capacity of mines": ("mines.capacity", "mines.expansion"),
    "ore of mines": ("mines.reserves", "mines.recovery", "mines.grade"),
    "capital cost of mines": ("mines.capex", "mines.study_cost", "mines.overrun"),
    "time that mines take": ("mines.plan_study", "mines.plan_construction", "mines.ramp", "mines.slip"),
    "odds that mines fail": ("mines.failure", "mines.ramp_failure"),
    "workforce of mines": ("mines.workforce",),
    "use at the start": ("demands.use",),
    "price at which use ends": ("demands.choke",),
    "elasticity of use": ("demands.elasticity",),
    "years in which use adjusts": ("demands.adjustment",),
    "growth of use": ("demands.growth",),
    "scrap at the start": ("recycling.scrap",),
    "answer of scrap to price": ("recycling.elasticity", "recycling.lag"),
    "ceiling and cost of scrap": ("recycling.ceiling", "recycling.cost"),
    "new refineries": ("refinery_projects.capacity", "refinery_projects.capex"),
    "hidden stock and stockpiles": ("stocks.amount",),
    "budgets of governments": ("governments.budget",),
    "trust": ("relations.trust", "memberships.trust"),
    "chances of events": ("events.probability",),
    "sizes of events": ("events.size",),
    "lengths of events": ("events.duration",),
    "terms of finance": ("behaviour.finance",),
    "licensing": ("behaviour.licences",),
    "programmes for scrap and thrift": ("behaviour.recycling", "behaviour.demand.saving_per_million"),
    "monthly scatter of output": ("behaviour.mines.spread",),
    "freight in quotes FOB China": ("behaviour.quotes.fob_cost",),
}  # fmt: skip
"""Title and members of each group: a list and a field of its entries, or a group of behaviour, or one parameter of it."""

SHOWN = 12
"""Groups in the plot and the table."""


def moved(scenario: Scenario, positions: dict[str, float]) -> Scenario:
    """The scenario with the numbers of each group at a place of their ranges, 0 for the lowest, 1 for the highest."""
    lists: dict[str, dict[str, float]] = {}
    behaviour = {group: dict(members) for group, members in scenario.behaviour.items()}
    for title, place in positions.items():
        for member in GROUPS[title]:
            parts = member.split(".")
            if parts[0] == "behaviour":
                group = behaviour[parts[1]]
                for name in parts[2:] or list(group):
                    group[name] = _at(group[name], place, None)
            else:
                lists.setdefault(parts[0], {})[parts[1]] = place
    update: dict[str, Any] = {"behaviour": FrozenDict({group: FrozenDict(own) for group, own in behaviour.items()})}
    for name, fields in lists.items():
        update[name] = tuple(_entry(entry, fields) for entry in getattr(scenario, name))
    return scenario.model_copy(update=update)


def _entry(entry: Any, fields: dict[str, float]) -> Any:
    known = measures(type(entry))
    return entry.model_copy(
        update={name: _at(getattr(entry, name), place, known.get(name)) for name, place in fields.items()}
    )


def _at(quantity: Quantity, place: float, measure: Measure | None) -> Quantity:
    """A quantity at a place of its range; as it is if it has none."""
    if quantity.low is None or quantity.high is None:
        return quantity
    value = quantity.low + place * (quantity.high - quantity.low)
    return quantity.model_copy(update={"value": float(round(value)) if measure and measure.whole else value})


def counted(scenario: Scenario) -> int:
    """How many numbers with a range the groups hold."""
    count = 0
    for members in GROUPS.values():
        for member in members:
            parts = member.split(".")
            if parts[0] == "behaviour":
                group = scenario.behaviour[parts[1]]
                quantities = [group[name] for name in parts[2:] or group]
            else:
                quantities = [getattr(entry, parts[1]) for entry in getattr(scenario, parts[0])]
            count += sum(q.low is not None and q.high is not None and q.low < q.high for q in quantities)
    return count


def _problem() -> dict[str, Any]:
    return {"num_vars": len(GROUPS), "names": list(GROUPS), "bounds": [[0.0, 1.0]] * len(GROUPS)}


def tasks(scenario: Scenario, trajectories: int, luck: int, months: int) -> tuple[list[Task], Vector]:
    """Worlds for each point of the design, a scenario for each; the same luck at all. And the design."""
    from SALib.sample import morris

    design = morris.sample(_problem(), trajectories, num_levels=LEVELS, seed=SEED)
    outcomes = (*WATCHED, *(f"project.{mine.key}.output" for mine in new_mines(scenario)))
    seeds = tuple(range(1, luck + 1))
    points = [moved(scenario, dict(zip(GROUPS, point, strict=True))) for point in design.tolist()]
    return [Task(f"numbers {i}", point, seeds, months, outcomes) for i, point in enumerate(points)], design


def add(part: Part, played: list[Played], design: Vector, luck: int, count: int) -> None:
    """Add indices with intervals, in standard deviations of each outcome, to the part on sensitivity.

    Args:
        part: filled.
        played: what each point recorded.
        design: places in the ranges, (points, groups).
        luck: worlds of each point.
        count: how many numbers the groups hold.
    """
    from SALib.analyze import morris

    each = [headlines(run, luck) for run in played]
    star, wide = [], []
    for name in HEADLINES:
        values = np.concatenate([found[name] for found in each])
        scaled = values / max(float(values.std()), 1e-12)
        effects = morris.analyze(_problem(), design, scaled, num_levels=LEVELS, seed=SEED)
        star.append(np.asarray(effects["mu_star"], float))
        wide.append(np.asarray(effects["mu_star_conf"], float))
    indices, intervals = np.array(star), np.array(wide)
    titles = list(GROUPS)
    order = np.argsort(-indices.max(axis=0))[:SHOWN]
    cells = [[f"{indices[k, i]:.2f} ± {intervals[k, i]:.2f}" for k in range(len(HEADLINES))] for i in order]
    rows = tuple((titles[i], *row) for i, row in zip(order, cells, strict=True))
    note = (
        f"The same for {count:,} other numbers with a range, in {len(GROUPS)} groups whose members move together from"
        f" their lowest to their highest values; {len(design)} points, {luck} worlds each under the same luck."
    )
    part.tables.append(Table("Numbers of the scenario that matter most", ("numbers", *HEADLINES.values()), rows, note))
    part.figures["sensitivity_numbers"] = {
        "names": [titles[i] for i in order], "titles": list(HEADLINES.values()), "star": indices[:, order],
        "wide": intervals[:, order],
    }  # fmt: skip
