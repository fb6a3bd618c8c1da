"""Computes every outcome of the registry from the state of the market."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from agents.scores import Scores
from sim.levers import LICENCE_BLOCS
from sim.network import Vector
from sim.outcomes import SCORED, registry
from sim.sums import grouped, total

if TYPE_CHECKING:
    from agents.market import Market


def _row(table: Callable[[], Vector], row: int) -> Callable[[], Vector]:
    """One row of a table, each time it is asked for."""
    return lambda: table()[row]


def _concentration(output: Vector) -> Vector:
    """Herfindahl index of output by region, (regions, worlds)."""
    share = output / np.maximum(total(output), 1e-9)
    return total(share * share)


class Measure:
    """Named outcomes, each computed when it is asked for."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.scores = Scores(market)
        self._of: dict[str, Callable[[], Vector]] = {}
        self._month = -1
        self._kept: dict[str, object] = {}
        self._prices()
        self._volumes()
        self._states()
        missing = [name for name in registry(market.scenario) if name not in self._of]
        if missing:
            raise LookupError(f"no measure for {missing}")

    def __call__(self, name: str) -> Vector:
        """An outcome now, (worlds,)."""
        if self._month != self.market.month:
            self._month, self._kept = self.market.month, {}
        return self._of[name]()

    def forget(self) -> None:
        """Forget what was computed, because the state has changed."""
        self._month = -1

    def _once(self, name: str, compute: Callable[[], object]) -> object:
        """Compute what several outcomes share once a month."""
        if name not in self._kept:
            self._kept[name] = compute()
        return self._kept[name]

    def _prices(self) -> None:
        market, of = self.market, self._of
        exchange = market.exchange
        of["price.apt.china_domestic"] = lambda: exchange.at("china.apt.any")
        of["price.apt.fob_china"] = lambda: market.quotes["fob_china"]
        of["price.apt.rotterdam"] = lambda: market.quotes["rotterdam"]
        of["price.apt.us"] = lambda: exchange.at("north_america.apt.any")
        of["price.concentrate.china"] = lambda: exchange.at("china.concentrate.any")
        europe = exchange.place["europe.apt.any"]
        of["price.long_run"] = lambda: exchange.anchor * exchange.reference_price[europe, 0]
        of["premium.secure"] = lambda: market.premium
        for i, bloc in enumerate(LICENCE_BLOCS):
            arcs = [arc for arc, b in market.licensing.controlled.items() if b == i]
            of[f"licence.shadow_price.{bloc}"] = _row(lambda: exchange.rent, arcs[0])

    def _volumes(self) -> None:
        market, of = self.market, self._of
        exchange, mines, buyers = market.exchange, market.mines, market.buyers
        regions = exchange.regions

        def mined() -> Vector:
            return self._once("mined", lambda: grouped(mines.output, mines.region, len(regions)))  # type: ignore[return-value]

        def world() -> Vector:
            return np.maximum(total(mines.output), 1e-9)

        def refined() -> Vector:
            return self._once("refined", market.refined)  # type: ignore[return-value]

        def used() -> Vector:
            return self._once("used", buyers.use_by_region)  # type: ignore[return-value]

        def stock() -> Vector:
            return self._once("stock", lambda: grouped(exchange.stock, exchange.region_of_pool, len(regions)))  # type: ignore[return-value]

        for i, region in enumerate(regions):
            of[f"supply.mine.{region}"] = _row(mined, i)
            of[f"stock.{region}"] = _row(stock, i)
        of["supply.mine.world"] = lambda: total(mines.output)
        of["supply.scrap.world"] = lambda: total(market.recyclers.recovered)
        for i, region in enumerate(market.refineries.names):
            of[f"refined.{region}"] = _row(refined, i)
        for i, region in enumerate(buyers.using):
            of[f"demand.{region}"] = _row(used, i)
        of["demand.world"] = lambda: total(exchange.used)
        controlled, forms = list(market.licensing.controlled), list(market.licensing.forms)
        of["exports.china.controlled"] = lambda: total(exchange.flow[controlled])
        of["exports.china.uncontrolled"] = lambda: total(exchange.flow[forms])
        to_china = [
            i
            for i, arc in enumerate(exchange.arcs)
            if arc.destination.startswith("china.concentrate") and arc.kind == "route"
        ]
        of["imports.china.concentrate"] = lambda: total(exchange.flow[to_china])
        china, kazakhstan, uzbekistan = (regions.index(r) for r in ("china", "kazakhstan", "uzbekistan"))
        row = market.refineries.names.index("china")
        of["share.china.mine"] = lambda: mined()[china] / world()
        of["share.china.refined"] = lambda: refined()[row] / np.maximum(total(refined()), 1e-9)
        of["share.central_asia.mine"] = lambda: (mined()[kazakhstan] + mined()[uzbekistan]) / world()
        of["concentration.mine"] = lambda: _concentration(mined())
        of["concentration.refined"] = lambda: _concentration(refined())
        abroad = [i for i, region in enumerate(buyers.using) if region != "china"]
        of["leverage.china"] = lambda: (
            total(exchange.flow[[*controlled, *forms]]) / np.maximum(total(used()[abroad]), 1e-9)
        )
        defence = [i for i, (_, tier) in enumerate(exchange.users) if tier == "defence"]
        of["unmet.defence"] = lambda: total(exchange.unmet[defence])
        of["unmet.world"] = lambda: total(exchange.unmet)
        for i, name in enumerate(mines.names):
            of[f"project.{name}.stage"] = _row(lambda: mines.stage, i)
            of[f"project.{name}.output"] = _row(lambda: mines.output, i)

    def _states(self) -> None:
        market, of = self.market, self._of
        states, buyers = market.states, market.buyers
        of["stock.hidden.china"] = lambda: market.traders.hidden[0]
        of["stock.hidden.west"] = lambda: market.traders.hidden[1]
        for name, role in (
            ("us", "united_states"),
            ("china", "china"),
            ("european_union", "european_union"),
            ("japan_korea", "japan_korea"),
        ):
            of[f"stockpile.{name}"] = _row(lambda: states.pile, states.owners.index(role))
        of["cover.us_defence"] = lambda: market.cover_of("united_states")
        for i, bloc in enumerate(buyers.blocs):
            of[f"fear.{bloc}"] = _row(lambda: buyers.fear, i)

        def china_mined() -> Vector:
            return self._once("china_mined", self.scores.china_mined)  # type: ignore[return-value]

        for role in SCORED:
            of[f"score.{role}"] = partial(self.scores.of, role, china_mined)
        of["kazakhstan.sovereignty"] = lambda: self.scores.sovereignty("kazakhstan")
        for role in states.roles:
            of[f"spending.{role}"] = _row(lambda: states.spent, states.place[role])

        def books() -> tuple[Vector, Vector]:
            return self._once("books", market.settlement.unexplained)  # type: ignore[return-value]

        of["balance.tonnes"] = lambda: books()[0]
        of["balance.dollars"] = lambda: books()[1]
        of["solver.steps"] = lambda: market.exchange.steps
