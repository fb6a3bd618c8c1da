"""What the entries of a scenario must say of one another, and how well its reference flows balance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import get_args

from sim.levers import registry
from sim.scenario import Arc, Event, Mine, Opening, Scenario
from sim.scenario_errors import suggestion
from sim.scenario_market import Segment

Key = tuple[str, ...]
Names = Mapping[str, Sequence[Key]]
Contradiction = tuple[str, Key, str, str]
"""Name of the list, key of the entry, field, and what is wrong in words."""

DESTINATION_GRADES = {
    "refine": "concentrate to apt of the same region and grade",
    "downgrade": "eligible to any, apt of the same region",
    "switch": "any to eligible, apt of the same region",
}


def contradictions(scenario: Scenario, names: Names) -> Iterator[Contradiction]:
    """Everything that contradicts something else.

    Args:
        scenario: the entries that are valid by themselves.
        names: the keys of all entries of each list, invalid ones included, so that one error has no echo.
    """
    known = {name: [key[0] for key in keys] for name, keys in names.items()}
    yield from _times(scenario)
    yield from _places(scenario, known)
    yield from _arcs(scenario, known)
    yield from _mines(scenario, known)
    yield from _politics(scenario, known)
    yield from _decisions(scenario, known)
    yield from _happenings(scenario, known)


def pool_balance(scenario: Scenario) -> dict[str, float]:
    """What each pool gains in a year at the reference flows, t W/year; zero where the start is steady.

    Mine output enters the concentrate pool of its region and scrap the APT pool of grade any; use leaves
    the APT pools by its eligible share; an arc takes its flow and delivers flow times yield.
    """
    balance = {pool.key: 0.0 for pool in scenario.pools}
    concentrate = {pool.region: pool.key for pool in scenario.pools if pool.good == "concentrate"}
    for mine in scenario.mines:
        balance[concentrate[mine.region]] += mine.output.value
    for recycling in scenario.recycling:
        balance[f"{recycling.region}.apt.any"] += recycling.scrap.value
    for demand in scenario.demands:
        eligible = demand.use.value * demand.eligible_share.value
        balance[f"{demand.region}.apt.any"] -= demand.use.value - eligible
        if eligible > 0:
            balance[f"{demand.region}.apt.eligible"] -= eligible
    for arc in scenario.arcs:
        balance[arc.origin] -= arc.flow.value
        balance[arc.destination] += arc.flow.value * arc.yield_.value
    return balance


def arc_profit(scenario: Scenario, arc: Arc) -> float:
    """Profit of the first tonne through an arc at reference prices, USD/mtu of input.

    Price there times yield, less price here, freight, tariff and perceived risk.
    """
    price = {pool.key: pool.price.value for pool in scenario.pools}
    here = price[arc.origin]
    gain = price[arc.destination] * arc.yield_.value - here
    return gain - arc.freight.value - arc.tariff.value * here - arc.risk.value


def _unknown(value: str, known: Iterable[str], what: str) -> str:
    names = list(known)
    if names == [""]:
        return f"'{value}' is not allowed; allowed is none"
    shown = ", ".join(names) if len(names) <= 12 else f"the {len(names)} known ones"
    return f"'{value}' is no {what}{suggestion(value, names)}; allowed is {shown}"


def _times(scenario: Scenario) -> Iterator[Contradiction]:
    if scenario.end < scenario.start:
        yield (
            "scenario",
            (),
            "end",
            f"{scenario.end} lies before the start; allowed is {scenario.start} or later",
        )
    last = ""
    for period in scenario.periods:
        if period.until <= last:
            yield "scenario", (), "periods", f"{period.until} comes after {last}; allowed is a rising order"
        last = period.until


def _places(scenario: Scenario, known: Mapping[str, list[str]]) -> Iterator[Contradiction]:
    regions, pools = known["region"], known["pool"]
    for pool in scenario.pools:
        wanted = f"{pool.region}.{pool.good}.{pool.grade}"
        if pool.region not in regions:
            yield "pool", (pool.key,), "region", _unknown(pool.region, regions, "region")
        if pool.key != wanted:
            yield "pool", (pool.key,), "key", f"'{pool.key}' does not fit; allowed is '{wanted}'"
    for demand in scenario.demands:
        wanted = f"{demand.region}.{demand.segment}"
        if demand.key != wanted:
            yield "demand", (demand.key,), "key", f"'{demand.key}' does not fit; allowed is '{wanted}'"
        for grade, share in (
            ("any", 1 - demand.eligible_share.value),
            ("eligible", demand.eligible_share.value),
        ):
            pool_key = f"{demand.region}.apt.{grade}"
            if share > 0 and pool_key not in pools:
                yield (
                    "demand",
                    (demand.key,),
                    "region",
                    f"it draws on '{pool_key}', and there is no such pool",
                )
    for recycling in scenario.recycling:
        if f"{recycling.region}.apt.any" not in pools:
            yield (
                "recycling", (recycling.key,), "region",
                f"'{recycling.region}' has no pool of APT of grade any; allowed is a region that has one",
            )  # fmt: skip
    for stock in scenario.stocks:
        if stock.region not in regions:
            yield "stock", (stock.key,), "region", _unknown(stock.region, regions, "region")
    for project in scenario.refinery_projects:
        if project.region not in regions:
            yield "refinery_project", (project.key,), "region", _unknown(project.region, regions, "region")


def _arcs(scenario: Scenario, known: Mapping[str, list[str]]) -> Iterator[Contradiction]:
    pools = {pool.key: pool for pool in scenario.pools}
    for arc in scenario.arcs:
        for name in ("origin", "destination"):
            value = getattr(arc, name)
            if value not in known["pool"]:
                yield "arc", (arc.key,), name, _unknown(value, known["pool"], "pool")
        origin, destination = pools.get(arc.origin), pools.get(arc.destination)
        if origin is None or destination is None:
            continue
        kinds = (origin.good, origin.grade, destination.good, destination.grade)
        fits = {
            "refine": kinds[0] == "concentrate" and kinds[2] == "apt" and kinds[1] == kinds[3],
            "downgrade": kinds == ("apt", "eligible", "apt", "any"),
            "switch": kinds == ("apt", "any", "apt", "eligible"),
        }
        if arc.kind in fits and not (fits[arc.kind] and origin.region == destination.region):
            wanted = DESTINATION_GRADES[arc.kind]
            yield (
                "arc",
                (arc.key,),
                "destination",
                f"'{arc.destination}' does not fit {arc.kind}; allowed is {wanted}",
            )
        if arc.kind in ("route", "forms"):
            if destination.grade == "eligible" and origin.grade == "any":
                yield (
                    "arc", (arc.key,), "destination",
                    f"'{arc.destination}' is eligible and the origin is not; allowed is a pool of grade any",
                )  # fmt: skip
            if (destination.good == "apt") != (origin.good == "apt"):
                yield (
                    "arc",
                    (arc.key,),
                    "destination",
                    f"'{arc.destination}' holds another good than the origin",
                )
        if arc.kind != "refine" and arc.yield_.value != 1:
            yield (
                "arc",
                (arc.key,),
                "yield",
                f"{arc.yield_.value:g} is not allowed; allowed is 1 unless it refines",
            )
        if arc.flow.value > arc.capacity.value:
            yield (
                "arc",
                (arc.key,),
                "flow",
                f"{arc.flow.value:g} exceeds the capacity of {arc.capacity.value:g}",
            )


def _mines(scenario: Scenario, known: Mapping[str, list[str]]) -> Iterator[Contradiction]:
    with_pool = sorted({key.split(".")[0] for key in known["pool"] if ".concentrate." in key})
    for mine in scenario.mines:
        if mine.region not in with_pool:
            yield (
                "mine",
                (mine.key,),
                "region",
                _unknown(mine.region, with_pool, "region with a concentrate pool"),
            )
        yield from _mine(mine)
    for letter in scenario.letters:
        if letter.mine not in known["mine"]:
            yield "letter", (letter.key,), "mine", _unknown(letter.mine, known["mine"], "mine")
    sold: dict[str, float] = {}
    for offtake in scenario.offtakes:
        if offtake.mine not in known["mine"]:
            yield "offtake", (offtake.key,), "mine", _unknown(offtake.mine, known["mine"], "mine")
        sold[offtake.mine] = sold.get(offtake.mine, 0.0) + offtake.share.value
        if sold[offtake.mine] > 1 + 1e-9:
            yield (
                "offtake",
                (offtake.key,),
                "share",
                f"'{offtake.mine}' would be sold {sold[offtake.mine]:g} times",
            )


def _mine(mine: Mine) -> Iterator[Contradiction]:
    running = mine.stage in ("ramp_up", "production")
    if mine.cost_low.value > mine.cost_high.value:
        yield (
            "mine", (mine.key,), "cost_low",
            f"{mine.cost_low.value:g} is above cost_high; allowed is up to {mine.cost_high.value:g}",
        )  # fmt: skip
    if mine.output.value > 0 and not running:
        yield (
            "mine", (mine.key,), "output",
            f"{mine.output.value:g} does not fit stage '{mine.stage}'; allowed is 0 before ramp-up",
        )  # fmt: skip
    if mine.output.value > mine.capacity.value:
        yield (
            "mine", (mine.key,), "output",
            f"{mine.output.value:g} exceeds the capacity; allowed is up to {mine.capacity.value:g}",
        )  # fmt: skip
    if mine.expansion.value > 0 and not mine.expansion_date:
        yield (
            "mine",
            (mine.key,),
            "expansion_date",
            "'' is not allowed where there is an expansion; a month is needed",
        )


def _politics(scenario: Scenario, known: Mapping[str, list[str]]) -> Iterator[Contradiction]:
    roles = known["government"]
    named = {
        government.key: [item.name for item in government.temperaments] for government in scenario.governments
    }
    for role, name in scenario.temperaments.items():
        if role not in roles:
            yield "scenario", (), "temperaments", _unknown(role, roles, "role")
        elif role in named and name not in named[role]:
            yield "scenario", (), "temperaments", _unknown(name, named[role], f"temperament of {role}")
    for relation in scenario.relations:
        for name in ("a", "b"):
            value = getattr(relation, name)
            if value not in roles:
                yield "relation", (relation.a, relation.b), name, _unknown(value, roles, "role")
        if relation.a == relation.b or (relation.b, relation.a) in names_of(scenario):
            yield (
                "relation",
                (relation.a, relation.b),
                "b",
                f"'{relation.b}' and '{relation.a}' are paired already",
            )
    for membership in scenario.memberships:
        for role in membership.members:
            if role not in roles:
                yield "membership", (membership.key,), "members", _unknown(role, roles, "role")
    for letter in scenario.letters:
        if letter.role not in [*roles, "market"]:
            yield "letter", (letter.key,), "role", _unknown(letter.role, [*roles, "market"], "role")


def _decisions(scenario: Scenario, known: Mapping[str, list[str]]) -> Iterator[Contradiction]:
    levers = registry(scenario)
    for decision in scenario.decisions:
        key = (decision.lever, decision.target, decision.date)
        if decision.lever not in levers.by_name:
            yield "decision", key, "lever", _unknown(decision.lever, levers.by_name, "lever")
            continue
        lever, value = levers[decision.lever], decision.value
        targets = lever.targets or ("",)
        if decision.target not in targets and (not lever.targets or decision.target not in known["mine"]):
            yield "decision", key, "target", _unknown(decision.target, targets, f"target of {lever.name}")
        if value == "rule":
            fits = True
        elif lever.choices:
            fits = value in lever.choices
        else:
            fits = not isinstance(value, str) and lever.low <= value <= lever.high
        if not fits:
            yield "decision", key, "value", f"{value!r} is not allowed; allowed is {lever.range()}"


def names_of(scenario: Scenario) -> set[tuple[str, str]]:
    """The pairs of roles that have a relation, as written."""
    return {(relation.a, relation.b) for relation in scenario.relations}


def _happenings(scenario: Scenario, known: Mapping[str, list[str]]) -> Iterator[Contradiction]:
    gateways = {arc.gateway for arc in scenario.arcs}
    targets = {*known["region"], *known["mine"], *gateways, *get_args(Segment), ""}
    happenings: list[tuple[str, Event | Opening]] = []
    if len(scenario.arcs) == len(known["arc"]):
        happenings += [("event", event) for event in scenario.events]
        happenings += [("opening", opening) for opening in scenario.openings]
    for name, happening in happenings:
        if happening.target not in targets:
            allowed = sorted(targets - {""})
            yield (
                name,
                (happening.key,),
                "target",
                _unknown(happening.target, allowed, "region, gateway, mine or segment"),
            )
    for opening in scenario.openings:
        if opening.latest < opening.earliest:
            yield "opening", (opening.key,), "latest", f"{opening.latest} lies before {opening.earliest}"
