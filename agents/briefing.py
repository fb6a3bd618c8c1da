"""Puts together what each role may know at the start of a month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.contracts import Offtakes
from agents.observation import STATISTICS_LAG, News, Observation, constant
from agents.refineries import HOSTS
from sim import bookkeeping
from sim.levers import BUYER_BLOCS, OFFTAKERS
from sim.network import Vector
from sim.state import state, to_change
from sim.sums import total, total_of

if TYPE_CHECKING:
    from agents.buyers import Buyers
    from agents.market import Market
    from agents.relations import Relations

STATISTICS = ("mine.china", "mine.world", "use.world", "exports.controlled", "share.china.mine")
DEFENCE_REGIONS = {"united_states": ("north_america",), "european_union": ("europe",), "japan_korea": ("japan", "korea")}
ROLE_OF_BLOC = {"us": "united_states", "europe": "european_union", "japan_korea": "japan_korea"}

PRICED = {
    "price.apt.china_domestic": "china.apt.any",
    "price.apt.us": "north_america.apt.any",
    "price.concentrate.china": "china.concentrate.any",
}
"""Pool whose price each of these is."""

ASKED_BY_ALL = (
    "price.apt.rotterdam", "price.apt.us", "price.apt.china_domestic", "price.long_run", "premium.secure",
    "licence.approval", "stage", "partner", "nameplate", "momentum.rotterdam", "momentum.china",
)  # fmt: skip
"""Public news that several rules ask for."""

Sources = dict[str, Callable[[], Vector]]


class Briefing:
    """Public news, late statistics and each role's own affairs."""

    published = state("official statistics, the oldest first is what is known, (months, statistics, worlds)")

    def __init__(self, market: Market) -> None:
        self.market = market
        mines = market.mines
        self.projects = tuple(m.key for m in mines.mines if m.capex.value > 0)
        self.own_mines = {
            host: tuple(m.key for m in mines.mines if m.region == host) for host in HOSTS
        }
        self._mined_in = {region: np.flatnonzero(mines.region == i) for i, region in enumerate(market.exchange.regions)}
        self._date: tuple[Vector, int, int, int] | None = None
        self._defence: dict[tuple[str, ...], Vector] = {}
        self._views: dict[str, Observation] = {}
        self._read: dict[str, tuple[News, Observation]] | None = None
        self._controlled = np.array(list(market.licensing.controlled), np.int64)
        self._public = self._public_sources()
        self._choices: dict[str, dict[Any, tuple[tuple[Vector, ...], Any]]] = {role: {} for role in market.states.roles}
        self._own = {role: self._own_sources(role) for role in market.states.roles}
        self._buyers = {bloc: self._buyers_sources(bloc) for bloc in BUYER_BLOCS}
        self.published = np.zeros((STATISTICS_LAG + 1, len(STATISTICS), market.worlds))
        use = total(market.buyers.base) * np.ones(market.worlds)
        for _ in range(STATISTICS_LAG + 1):
            self._publish(self.published, total(mines.output), use)

    def collect(self) -> None:
        """Compile this month's statistics; they are published months later."""
        published = to_change(self, "published")
        self._publish(published, *self.market.settlement.mined_and_used)
        self.published = published

    def _publish(self, published: Vector, mined: Vector, used: Vector) -> None:
        """Add this month's figures, in the order of STATISTICS, to those still to be published, in place."""
        market = self.market
        bookkeeping.publish(
            published, market.mines.mined_in("china"), mined, used, market.exchange.flow, self._controlled
        )

    def _public_sources(self) -> Sources:
        """Where everybody's news come from."""
        market = self.market
        exchange, mines, seats, finance, buyers = (
            market.exchange, market.mines, market.seats, market.finance, market.buyers
        )  # fmt: skip
        place = exchange.place
        usual = exchange.reference_price[place["europe.apt.any"], 0]
        momentum_of = {"momentum.china": buyers.blocs.index("china"), "momentum.rotterdam": buyers.blocs.index("europe")}
        sources: Sources = {
            **{name: _row_of(lambda: exchange.price, place[pool]) for name, pool in PRICED.items()},
            "price.apt.fob_china": lambda: market.quotes["fob_china"],
            "price.apt.rotterdam": lambda: market.quotes["rotterdam"],
            "price.long_run": lambda: exchange.anchor * usual,
            "premium.secure": lambda: market.premium,
            "licence.approval": lambda: seats["china.licence_approval"],
            "licence.military": lambda: seats["china.licence_military"],
            "tariff_china": lambda: seats["united_states.tariff_china"],
            "sourcing_ban": lambda: seats["united_states.sourcing_ban"],
            "mining_quota": lambda: seats["china.mining_quota"],
            "quota_enforcement": lambda: seats["china.quota_enforcement"],
            "stage": lambda: mines.stage,
            "partner": lambda: mines.partner,
            "loan.signed": lambda: mines.loans,
            "missing": lambda: mines.missing,
            "capex": lambda: mines.need,
            "nameplate": mines.yearly_nameplate,
            "incentive": mines.incentive_price,
        }
        sources |= {name: _momentum_of(buyers, i) for name, i in momentum_of.items()}
        sources |= {f"offtake.{buyer}": _share_of(table) for buyer, table in zip(OFFTAKERS, finance.offtakes, strict=True)}
        return sources | {
            f"statistic.{name}": _row_of(lambda: self.published[0], i) for i, name in enumerate(STATISTICS)
        }

    def _own_sources(self, role: str) -> Sources:
        """Where a government's own news come from."""
        market = self.market
        states, exchange, relations = market.states, market.exchange, market.relations
        place, worlds, temperament = states.place[role], market.worlds, f"{role}.temperament"
        budget = states.budget[place] * np.ones(worlds)
        sources: Sources = {
            f"trust.{other}": _between(relations, role, other)
            for other in states.roles
            if other != role
        }
        sources |= {
            "temperament": lambda: market.seats[temperament],
            "budget": lambda: budget,
            "spent": lambda: 12 * states.spent_lately[place],
            "treasury": lambda: states.purse[place],
        }
        if role in states.owners:
            sources["stockpile"] = _row_of(lambda: states.pile, states.owners.index(role))
        if role in DEFENCE_REGIONS:
            regions, pile = DEFENCE_REGIONS[role], states.owners.index(role)
            sources["defence_use"] = lambda: self._defence_use(regions)
            sources["cover"] = lambda: states.pile[pile] / np.maximum(self._defence_use(regions), 1e-9)
        if role in HOSTS:
            host, row = HOSTS.index(role), market.refineries.names.index(role)
            here = self._mined_in[role]
            sources["home_refining"] = lambda: 12 * market.refineries.capacity[row]
            sources["home_mining"] = lambda: 12 * total_of(market.mines.output, here)
            sources["skills"] = lambda: states.skills[host]
            sources["power"] = lambda: states.power[host]
        if role == "china":
            sources["stock_home"] = lambda: exchange.stock[exchange.place["china.apt.any"]]
            sources["use_home"] = lambda: market.buyers.use_of("china")
        return sources

    def _buyers_sources(self, bloc: str) -> Sources:
        """Where the news of a group of buyers come from."""
        market = self.market
        exchange, buyers = market.exchange, market.buyers
        i = buyers.blocs.index(bloc)
        pools = np.flatnonzero(buyers.bloc_of_pool == i)
        users = np.flatnonzero(buyers.bloc_of_pool[exchange.network.user_pool] == i)
        role = ROLE_OF_BLOC[bloc]
        return {
            "stock": lambda: total_of(exchange.stock, pools),
            "use": lambda: total_of(exchange.used, users),
            "refused": lambda: buyers.refused[i],
            "unmet": lambda: buyers.hurt[i],
            "late": lambda: market.late[i],
            "fear": lambda: buyers.fear[i],
            "secure_wish": lambda: buyers.secure_wish[i],
            "trust.china": _between(market.relations, role, "china"),
        }

    def news(self) -> News:
        """What everybody may know, for as long as nothing has happened yet."""
        news = News(self._public, parts=self.market.mines.parts_of_incentive)
        # what all roles ask for is theirs without asking
        for name in ASKED_BY_ALL:
            news.found[name] = self._public[name]()
        return news

    def public(self) -> dict[str, Vector]:
        """What everybody may know."""
        return dict(self.news())

    def view(self, role: str, public: Mapping[str, Vector]) -> Observation:
        """What a government or `buyers.<bloc>` may know, computed as it is asked for while nothing has happened yet."""
        bloc = role.removeprefix("buyers.")
        return self._make(role, News(self._own[role] if bloc == role else self._buyers[bloc], public))

    def views(self, public: News) -> dict[str, Observation]:
        """What every government and group of buyers may know, as from `view`, until `forget_views`."""
        if self._read is None:
            own = self._own | {f"buyers.{bloc}": sources for bloc, sources in self._buyers.items()}
            news = {role: News(sources, public) for role, sources in own.items()}
            self._read = {role: (each, self._make(role, each)) for role, each in news.items()}
        today, seen = self._today()[1:], {}
        for role, (news_of, view) in self._read.items():
            news_of.renew(public)
            view.turn_to(*today, news_of)
            seen[role] = view
        return seen

    def forget_views(self) -> None:
        """Let go of all that the views hold, so that it can be changed in place."""
        for news, _ in (self._read or {}).values():
            news.forget()

    def of(self, role: str, public: Mapping[str, Vector]) -> Observation:
        """What a government or `buyers.<bloc>` may know."""
        return self._make(role, dict(self.view(role, public)))

    def _today(self) -> tuple[Vector, int, int, int]:
        """Month, calendar month and year to be played, read once a month."""
        market = self.market
        if self._date is None or self._date[0] is not market.months_played:
            self._date = market.months_played, market.month, market.calendar_month, market.year
            self._defence = {}
        return self._date

    def _defence_use(self, regions: tuple[str, ...]) -> Vector:
        """t W/month that defence users want in some regions, (worlds,)."""
        month = self._today()[1]
        found = self._defence.get(regions)
        if found is None:
            market = self.market
            found = self._defence[regions] = constant(market.worlds, market.buyers.defence_use(regions, month))
        return found

    def _make(self, role: str, known: Mapping[str, Vector]) -> Observation:
        seen, (_, month, calendar_month, year) = self._views.get(role), self._today()
        if seen is not None:
            return seen.at(month, calendar_month, year, known)
        market = self.market
        seen = Observation(
            role=role,
            month=month,
            calendar_month=calendar_month,
            worlds=market.worlds,
            year=year,
            mines=market.mines.names,
            projects=self.projects,
            own_mines=self.own_mines.get(role, ()),
            known={},
            choices=self._choices.get(role),
        )
        # rows are looked up once for all months
        self._views[role], _ = seen, (seen.own_rows, seen.project_rows)
        return seen.at(month, calendar_month, year, known)


def _row_of(table: Callable[[], Vector], row: int) -> Callable[[], Vector]:
    return lambda: table()[row]


def _momentum_of(buyers: Buyers, bloc: int) -> Callable[[], Vector]:
    return lambda: buyers.momentum(bloc)


def _share_of(contracts: Offtakes) -> Callable[[], Vector]:
    return lambda: contracts.share


def _between(relations: Relations, a: str, b: str) -> Callable[[], Vector]:
    row = relations.place.get((a, b))
    return (lambda: relations.between(a, b)) if row is None else lambda: relations.trust[row]
