"""Users of tungsten: what they use, how much they wish to hold out of fear, and what they pay to be safe."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from agents.exchange import TIER_OF, Exchange, column
from agents.member import Member, Population
from agents.parameters import law
from agents.turns import Turn
from sim import luck
from sim.decided import NOBODY
from sim.levers import BUYER_BLOCS, LICENCE_BLOCS
from sim.network import Index, Vector
from sim.outcomes import FEARFUL
from sim.scenario import Scenario
from sim.state import state, to_change, to_fill
from sim.sums import grouped, total

WATCHED = {"china": "china", "us": "north_america", "europe": "europe", "japan_korea": "japan", "rest": "rest"}
"""Region whose price a bloc's users watch: the largest of theirs."""
SUPPORTERS = {"europe": "european_union", "japan_korea": "japan_korea"}
"""Governments that pay towards the premium of their users."""
LEARNED = ("fast_price", "slow_price", "refused", "hurt", "fear", "secure_wish", "news", "saved")
"""What a month of trade changes."""
REFUSED_WITH = {
    "china": ("rest", "rest"),
    "us": ("us", "us"),
    "europe": ("europe", "europe"),
    "japan_korea": ("japan", "korea"),
    "rest": ("rest", "rest"),
}
"""Licence blocs whose refusals a bloc's users feel."""
REFUSAL_SHARES = {
    "china": (0.0, 0.0),
    "us": (1.0, 0.0),
    "europe": (1.0, 0.0),
    "japan_korea": (0.6, 0.4),
    "rest": (1.0, 0.0),
}
"""Shares of these blocs in what they feel; Chinese users feel the tightening of their own supply instead."""


class BuyerGroup(Member):
    """The users of one bloc: American, European, Japanese and Korean, Chinese, and the rest."""


class Buyers(Population):
    """All groups of users, and the use of each region and segment behind them."""

    fear = state("extra stock wished for out of fear, share, (blocs, worlds)")
    refused = state("share of licence requests refused lately, (blocs, worlds)")
    hurt = state("share of use that found nothing lately, (blocs, worlds)")
    secure_wish = state("share of civilian use wanted from safe origins, learned, (blocs, worlds)")
    slow_price = state("mean price of the last year or so, USD/mtu, (blocs, worlds)")
    fast_price = state("mean price of the last quarter, USD/mtu, (blocs, worlds)")
    news = state("public alarm, shared by all, (worlds,)")
    saved = state("use that thrift and substitutes have taken away, share, (uses, worlds)")
    cycle = state("business cycle of each region's use, factor, (regions, worlds)")

    def __init__(self, scenario: Scenario, exchange: Exchange, seeds: luck.Seeds, parameters: SimpleNamespace) -> None:
        self.names = FEARFUL
        self.parameters = parameters
        self.exchange = exchange
        self.demands = scenario.demands
        bloc_of = {r.key: r.buyer_bloc or "rest" for r in scenario.regions}
        self.blocs = FEARFUL
        self.using = tuple(dict.fromkeys(d.region for d in scenario.demands))
        self.region = np.array([self.using.index(d.region) for d in scenario.demands])
        self.bloc = np.array([FEARFUL.index(bloc_of[d.region]) for d in scenario.demands])
        self.base = column([d.use.value / 12 for d in scenario.demands])
        self.growth = column([d.growth.value / 12 * scenario.mechanisms.growth for d in scenario.demands])
        self.elasticity = column([d.elasticity.value for d in scenario.demands])
        self.pace = column([1 / (12 * d.adjustment.value) for d in scenario.demands])
        self.eligible_share = column([d.eligible_share.value for d in scenario.demands])
        self.is_defence = column([float(d.segment == "defence") for d in scenario.demands])
        self._defence_users: dict[tuple[str, ...], list[tuple[float, float]]] = {}
        user_of = {user: i for i, user in enumerate(exchange.users)}
        grade: dict[tuple[str, str], str] = {(p.region, p.grade): p.key for p in scenario.pools if p.good == "apt"}

        def user(region: str, segment: str, wanted: str) -> int:
            pool = grade.get((region, wanted), grade[region, "any"])
            return user_of.get((pool, TIER_OF[segment]), user_of[grade[region, "any"], TIER_OF[segment]])

        self.user_any = np.array([user(d.region, d.segment, "any") for d in scenario.demands])
        self.user_eligible = np.array([user(d.region, d.segment, "eligible") for d in scenario.demands])
        self.has_safe_pool = column((self.user_any != self.user_eligible) * 1.0)
        self.flexible = column([float(TIER_OF[d.segment] == "flexible") for d in scenario.demands])
        self.home = [exchange.place[grade[region, "any"]] for region in self.using]
        self.bloc_of_pool = np.array([FEARFUL.index(bloc_of[p.region]) for p in exchange.pools])
        self.fearing_pool = column([float(p.good == "apt" or p.region == "china") for p in exchange.pools])
        at = exchange.network.user_pool
        self.region_of_user = np.array([self.using.index(exchange.pools[i].region) for i in at])
        self.price_at_start = exchange.reference_price[self.home][self.region]
        self.streams = luck.streams("use", self.using)
        self.world_stream = luck.stream("use", "world")
        self._start(seeds.size)
        self._prepare()

    def _start(self, worlds: int) -> None:
        wide = np.ones(worlds)
        zero = np.zeros((len(self.blocs), worlds))
        self.fear = self.refused = self.hurt = zero
        civil = grouped(self.base * (1 - self.is_defence), self.bloc, len(self.blocs))
        wished = grouped(self.base * (1 - self.is_defence) * self.eligible_share, self.bloc, len(self.blocs))
        self.secure_base = wished / np.maximum(civil, 1e-9)
        self.secure_wish = self.secure_base * wide
        self.slow_price = self.fast_price = self._price_seen()
        self.news = 0 * wide
        self.saved = np.zeros((len(self.demands), worlds))
        self.wanted: Vector
        """t W/month that all users together want this month, (1, worlds)."""
        self.civil_safe: Vector
        """t W/month that civilians want from safe origins this month, (blocs, worlds)."""
        self.cycle = np.ones((len(self.using), worlds))
        self.use_at_start = grouped(self.base, self.region, len(self.using))
        self.reference_price = column([self.exchange.reference_price[i, 0] for i in self.home])
        self.use_of_bloc = civil + grouped(self.base * self.is_defence, self.bloc, len(self.blocs))

    def _prepare(self) -> None:
        """What the passes over all uses and blocs read and never changes."""
        exchange, f, s, d = self.exchange, self.parameters.fear, self.parameters.premium, self.parameters.demand
        at = exchange.network.user_pool
        margin = 1 - exchange.reference_price[at] / exchange.network.choke[:, None]
        self._of_use = tuple(
            table[:, 0].copy()
            for table in (
                self.base, self.growth, self.eligible_share, self.is_defence, self.flexible, self.has_safe_pool
            )
        )  # fmt: skip
        self.seat = np.array([BUYER_BLOCS.index(bloc) if bloc in BUYER_BLOCS else NOBODY for bloc in self.blocs])
        self._places = (self.region, self.bloc, self.user_any, self.user_eligible, margin[:, 0].copy())
        worlds = self.news.size
        self._cycle_law = law(worlds, d.cycle_persistence, d.cycle_noise, d.world_noise)
        self.cover_of_pool = np.where(self.fearing_pool[:, 0] > 0, self.bloc_of_pool, NOBODY)
        watched = [exchange.place[f"{WATCHED[bloc]}.apt.any"] for bloc in self.blocs]
        licence = [[LICENCE_BLOCS.index(name) for name in REFUSED_WITH[bloc]] for bloc in self.blocs]
        china, wide = column([float(bloc == "china") for bloc in self.blocs]), np.ones(worlds)
        self._of_bloc = (
            np.array(watched),
            np.array(licence),
            np.array([REFUSAL_SHARES[bloc] for bloc in self.blocs]),
            china * (f.momentum_china * wide) + (1 - china) * (f.momentum_abroad * wide),
            china * (f.tightening * wide) + (1 - china) * (f.refusal * wide),
            self.use_of_bloc[:, 0].copy(),
            self.secure_base[:, 0].copy(),
            (d.saving_per_million / np.maximum(self.use_of_bloc, 1.0))[:, 0].copy(),
            self.seat,
            np.array([list(SUPPORTERS).index(bloc) if bloc in SUPPORTERS else NOBODY for bloc in self.blocs]),
        )
        # uses of a bloc whose prices at the start were the same compare their price with the same level
        levels = list(dict.fromkeys(zip(self.bloc.tolist(), self.price_at_start[:, 0].tolist(), strict=True)))
        own = zip(self.bloc.tolist(), self.price_at_start[:, 0].tolist(), strict=True)
        self._of_lessons = (
            self.bloc,
            self.elasticity[:, 0].copy(),
            self.pace[:, 0].copy(),
            np.array([levels.index(each) for each in own]),
            (np.array([bloc for bloc, _ in levels]), np.array([price for _, price in levels])),
            self._by_pool(at),
            exchange.place["europe.apt.any"],
        )
        fear = (f.fast, f.slow, f.memory, f.contract_calm, f.unmet, f.late, f.alarm, f.most, f.rise, f.fall)
        self._fear_law = law(worlds, *fear)
        self._wish_law = law(worlds, s.lesson, s.hurt, s.price, s.most, s.switching_cost, s.learning)

    def _by_pool(self, pool: Index) -> tuple[Index, Index, Index]:
        """Groups of users pool after pool: where those of each pool begin, the pools' blocs, and the groups."""
        members = [np.flatnonzero(pool == i) for i in range(self.bloc_of_pool.size)]
        drawn_on = [i for i, here in enumerate(members) if here.size]
        first = np.array([0, *(members[i].size for i in drawn_on)])
        for i in range(1, first.size):
            first[i] = first[i] + first[i - 1]
        return first, self.bloc_of_pool[drawn_on], np.concatenate([members[i] for i in drawn_on])

    def _price_seen(self) -> Vector:
        """The price that each bloc's users watch: their own region's (the largest one's), USD/mtu, (blocs, worlds)."""
        return np.array([self.exchange.at(f"{WATCHED[bloc]}.apt.any") for bloc in self.blocs])

    def momentum(self, bloc: int) -> Vector:
        """Price of the last quarter over that of the last year, less one, that a bloc's users watch, (worlds,)."""
        return self.fast_price[bloc] / self.slow_price[bloc] - 1

    def expect(self, harms: tuple[Index, Index, Vector]) -> None:
        """Take in which events and opening shocks change each use."""
        self._harms = harms

    def defence_use(self, regions: tuple[str, ...], month: int) -> float:
        """t W/month that defence users want in some regions, the same in every world."""
        use = 0.0
        for base, growth in self._defence(regions):
            use = use + base * (1 + growth * month)
        return use

    def _defence(self, regions: tuple[str, ...]) -> list[tuple[float, float]]:
        """Use at the start and its growth a month of each defence user there."""
        users = self._defence_users.get(regions)
        if users is None:
            rows = [i for i in np.flatnonzero(self.is_defence).tolist() if self.demands[i].region in regions]
            users = [(float(self.base[i, 0]), float(self.growth[i, 0])) for i in rows]
            self._defence_users[regions] = users
        return users

    def want(
        self, month: int, seeds: luck.Seeds, noise: bool, nature: tuple[Vector, Vector], military: tuple[float, float],
        calm: Vector,
    ) -> Turn:  # fmt: skip
        """Say what users want this month, and what of it must be safe.

        Args:
            month: months since the start.
            seeds: the worlds' seeds.
            noise: whether use has luck of its own.
            nature: months that each event and each opening shock still lasts, (rows, worlds) each.
            military: weight of military users in China's licences, and share of them refused at the start.
            calm: 1 in worlds in which use has no luck of its own, (worlds,); empty if it has luck in all.
        """
        worlds, leaves = self.news.size, to_fill(self, "cycle")
        leaves["wanted"], leaves["civil_safe"] = np.empty((1, worlds)), np.empty((len(self.blocs), worlds))
        return Turn(
            self,
            (
                self._of_use,
                self._places,
                (self.secure_base[:, 0], self.seat, BUYER_BLOCS.index("us"), *military),
                (*self._cycle_law, self.streams, self.world_stream, seeds, month, calm, noise),
                self._harms,
                (self.cycle, self.saved, self.secure_wish, *nature),
            ),
            leaves,
        )

    def learn(self, fearful: bool, usual: tuple[Vector, float]) -> tuple[tuple[Any, ...], dict[str, Vector]]:
        """What users are like, and what they remember after the month, to be written to; see `sim.lessons.teach_users`.

        Args:
            fearful: whether anybody fears.
            usual: share of purchases under long contracts, by group of buyers, and China's mining quota, t W/year.
        """
        about = (self._of_bloc, self._of_lessons, (*self._fear_law, fearful), self._wish_law, usual)
        return about, {name: to_change(self, name) for name in LEARNED}

    def use_by_region(self) -> Vector:
        """t W/month used, by region in `using`."""
        return grouped(self.exchange.used, self.region_of_user, len(self.using))

    def use_of(self, region: str) -> Vector:
        """t W/month used in a region."""
        return self.use_by_region()[self.using.index(region)]

    def world_use(self) -> Vector:
        """t W/month used in the world."""
        return total(self.exchange.used)
