"""Puts together what each role may know at the start of a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.observation import STATISTICS_LAG, Observation
from agents.refineries import HOSTS
from sim.levers import OFFTAKERS
from sim.network import Vector
from sim.state import state
from sim.sums import grouped, total

if TYPE_CHECKING:
    from agents.market import Market

STATISTICS = ("mine.china", "mine.world", "use.world", "exports.controlled", "share.china.mine")
DEFENCE_REGIONS = {"united_states": ("north_america",), "european_union": ("europe",), "japan_korea": ("japan", "korea")}


class Briefing:
    """Public news, late statistics and each role's own affairs."""

    published = state("official statistics, the oldest first is what is known, (months, statistics, worlds)")

    def __init__(self, market: Market) -> None:
        self.market = market
        mines = market.mines
        projects = tuple(m.key for m in mines.mines if m.capex.value > 0)
        self.projects = projects
        self.own_mines = {
            host: tuple(m.key for m in mines.mines if m.region == host) for host in HOSTS
        }
        use = total(market.buyers.base) * np.ones(market.worlds)
        self.published = np.array([self._statistics(use)] * (STATISTICS_LAG + 1))

    def collect(self) -> None:
        """Compile this month's statistics; they are published months later."""
        fresh = self._statistics(total(self.market.exchange.used))
        self.published = np.concatenate([self.published[1:], fresh[None]])

    def _statistics(self, use: Vector) -> Vector:
        """This month's figures in the order of STATISTICS, (statistics, worlds)."""
        market = self.market
        mined = grouped(market.mines.output, market.mines.region, len(market.exchange.regions))
        china = mined[market.exchange.regions.index("china")]
        world = total(market.mines.output)
        controlled = total(market.exchange.flow[list(market.licensing.controlled)])
        return np.array([china, world, use, controlled, china / np.maximum(world, 1e-9)])

    def public(self) -> dict[str, Vector]:
        """What everybody may know."""
        market = self.market
        exchange, mines, seats, finance = market.exchange, market.mines, market.seats, market.finance
        momentum = market.buyers.momentum()
        blocs = market.buyers.blocs
        known = {
            "price.apt.china_domestic": exchange.at("china.apt.any"),
            "price.apt.fob_china": market.quotes["fob_china"],
            "price.apt.rotterdam": market.quotes["rotterdam"],
            "price.apt.us": exchange.at("north_america.apt.any"),
            "price.concentrate.china": exchange.at("china.concentrate.any"),
            "price.long_run": exchange.anchor * exchange.reference_price[exchange.place["europe.apt.any"], 0],
            "premium.secure": market.premium,
            "momentum.china": momentum[blocs.index("china")],
            "momentum.rotterdam": momentum[blocs.index("europe")],
            "licence.approval": seats["china.licence_approval"],
            "licence.military": seats["china.licence_military"],
            "tariff_china": seats["united_states.tariff_china"],
            "sourcing_ban": seats["united_states.sourcing_ban"],
            "mining_quota": seats["china.mining_quota"],
            "quota_enforcement": seats["china.quota_enforcement"],
            "stage": mines.stage,
            "partner": mines.partner,
            "loan.signed": mines.loans,
            "missing": mines.missing,
            "capex": mines.need,
            "nameplate": 12 * mines.nameplate,
            "incentive": mines.incentive_price(),
        }
        for i, buyer in enumerate(OFFTAKERS):
            known[f"offtake.{buyer}"] = finance.share[i]
        for name, figure in zip(STATISTICS, self.published[0], strict=True):
            known[f"statistic.{name}"] = figure
        return known

    def of(self, role: str, public: dict[str, Vector]) -> Observation:
        """What one role may know."""
        market = self.market
        known = dict(public)
        states, exchange = market.states, market.exchange
        for other in states.roles:
            if other != role:
                known[f"trust.{other}"] = market.relations.between(role, other)
        place = states.place[role]
        temper = f"{role}.temperament"
        known["temperament"] = market.seats[temper]
        known["budget"] = states.budget[place] * np.ones(market.worlds)
        known["spent"] = 12 * states.spent_lately[place]
        known["treasury"] = states.purse[place]
        if role in states.owners:
            pile = states.pile[states.owners.index(role)]
            known["stockpile"] = pile
        if role in DEFENCE_REGIONS:
            use = market.defence_use(DEFENCE_REGIONS[role])
            known["defence_use"] = use
            known["cover"] = known["stockpile"] / np.maximum(use, 1e-9)
        if role in HOSTS:
            host = HOSTS.index(role)
            row = market.refineries.names.index(role)
            known["home_refining"] = 12 * market.refineries.capacity[row]
            here = market.mines.region == exchange.regions.index(role)
            known["home_mining"] = 12 * total(market.mines.output[here])
            known["skills"], known["power"] = states.skills[host], states.power[host]
        if role == "china":
            known["stock_home"] = exchange.stock[exchange.place["china.apt.any"]]
            known["use_home"] = market.buyers.use_of("china")
        return self._make(role, known)

    def of_buyers(self, bloc: str, public: dict[str, Vector]) -> Observation:
        """What one group of buyers may know."""
        market = self.market
        buyers = market.buyers
        i = buyers.blocs.index(bloc)
        pools = buyers.bloc_of_pool == i
        known = dict(public)
        known["stock"] = total(market.exchange.stock[pools])
        users = buyers.bloc_of_pool[market.exchange.network.user_pool] == i
        known["use"] = total(market.exchange.used[users])
        known["refused"], known["unmet"] = buyers.refused[i], buyers.hurt[i]
        known["late"] = market.late[i]
        known["fear"], known["secure_wish"] = buyers.fear[i], buyers.secure_wish[i]
        role = {"us": "united_states", "europe": "european_union", "japan_korea": "japan_korea"}[bloc]
        known["trust.china"] = market.relations.between(role, "china")
        return self._make(f"buyers.{bloc}", known)

    def _make(self, role: str, known: dict[str, Vector]) -> Observation:
        market = self.market
        return Observation(
            role=role,
            month=market.month,
            calendar_month=market.calendar_month,
            worlds=market.worlds,
            year=market.year,
            mines=market.mines.names,
            projects=self.projects,
            own_mines=self.own_mines.get(role, ()),
            known=known,
        )
