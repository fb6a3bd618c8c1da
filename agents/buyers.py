"""Users of tungsten: what they use, how much they wish to hold out of fear, and what they pay to be safe."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from agents.exchange import TIER_OF, Exchange, column
from agents.member import Member, Population
from sim import exact, luck
from sim.network import Vector
from sim.outcomes import FEARFUL
from sim.scenario import Scenario
from sim.state import state
from sim.sums import grouped, total

BLOC_OF_ROLE = {"us": "us", "europe": "europe", "japan_korea": "japan_korea"}


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
        self.uses_in = {region: np.flatnonzero(self.region == i) for i, region in enumerate(self.using)}
        self.bloc = np.array([FEARFUL.index(bloc_of[d.region]) for d in scenario.demands])
        self.base = column([d.use.value / 12 for d in scenario.demands])
        self.growth = column([d.growth.value / 12 * scenario.mechanisms.growth for d in scenario.demands])
        self.elasticity = column([d.elasticity.value for d in scenario.demands])
        self.pace = column([1 / (12 * d.adjustment.value) for d in scenario.demands])
        self.eligible_share = column([d.eligible_share.value for d in scenario.demands])
        self.is_defence = column([float(d.segment == "defence") for d in scenario.demands])
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

    def _start(self, worlds: int) -> None:
        wide = np.ones(worlds)
        zero = np.zeros((len(self.blocs), worlds))
        self.fear = self.refused = self.hurt = zero
        use = grouped(self.base * (1 - self.is_defence), self.bloc, len(self.blocs))
        wished = grouped(self.base * (1 - self.is_defence) * self.eligible_share, self.bloc, len(self.blocs))
        self.secure_base = wished / np.maximum(use, 1e-9)
        self.secure_wish = self.secure_base * wide
        self.slow_price = self.fast_price = self._price_seen()
        self.news = 0 * wide
        self.saved = np.zeros((len(self.demands), worlds))
        self.cycle = np.ones((len(self.using), worlds))
        self.reference_price = column([self.exchange.reference_price[i, 0] for i in self.home])
        self.use_of_bloc = use + grouped(self.base * self.is_defence, self.bloc, len(self.blocs))

    def _price_seen(self) -> Vector:
        """The price that each bloc's users watch: their own region's (the largest one's), USD/mtu, (blocs, worlds)."""
        watched = {"china": "china", "us": "north_america", "europe": "europe", "japan_korea": "japan", "rest": "rest"}
        return np.array([self.exchange.at(f"{watched[bloc]}.apt.any") for bloc in self.blocs])

    def momentum(self) -> Vector:
        """Price of the last quarter over that of the last year, less one, (blocs, worlds)."""
        return self.fast_price / self.slow_price - 1

    def use_wanted(
        self, month: int, seeds: luck.Seeds, noise: bool, shocks: Vector, secure: Vector, defence_secure: Vector,
        branch: int = 0,
    ) -> tuple[Vector, Vector]:  # fmt: skip
        """What users want this month, t W/month, by user group; and what of it civilians wish to be safe, by use.

        Args:
            month: months since the start.
            seeds: the worlds' seeds.
            noise: whether use has luck of its own.
            shocks: factor on each use, (uses, worlds).
            secure: share of civilian use wanted from safe origins, (blocs, worlds).
            defence_secure: share of defence use that must be safe, (blocs, worlds).
            branch: luck of its own for a look-ahead.
        """
        p = self.parameters.demand
        if noise:
            draw = luck.normal(seeds, self.streams, month, branch=branch)
            world = luck.normal(seeds, self.world_stream, month, branch=branch)
            self.cycle = 1 + p.cycle_persistence * (self.cycle - 1) + p.cycle_noise * draw + p.world_noise * world
        wanted = self.base * (1 + self.growth * month) * (1 - self.saved) * self.cycle[self.region] * shocks
        civil = np.minimum(
            self.eligible_share * (secure / np.maximum(self.secure_base, 1e-9))[self.bloc], 0.9
        ) * (1 - self.flexible)  # fmt: skip
        share = np.where(self.is_defence > 0, np.maximum(self.eligible_share, defence_secure[self.bloc]), civil)
        safe = wanted * share * self.has_safe_pool
        users = len(self.exchange.users)
        demand = grouped(wanted - safe, self.user_any, users) + grouped(safe, self.user_eligible, users)
        self.wanted = wanted
        return demand, safe * (1 - self.is_defence)

    def cover(self, months: Vector, pooling: Vector, held_back: Vector) -> Vector:
        """Factor on the stock that holders usually wish for, by pool.

        Args:
            months: months of stock that each bloc's seat wishes, over the usual ones, (blocs, worlds).
            pooling: share of stock held in common, (blocs, worlds): less is needed for the same safety.
            held_back: unused, kept at one.
        """
        factor = months * (1 - 0.15 * pooling) * held_back
        return np.where(self.fearing_pool > 0, factor[self.bloc_of_pool], 1.0)

    def learn(
        self, refusal: Vector, alarm: Vector, late: Vector, premium: Vector, support: Vector, contracts: Vector,
        fearful: bool,
    ) -> None:  # fmt: skip
        """Fear, the wish for safe origins, thrift and the memory of prices after the month.

        Args:
            refusal: share of licence requests refused, or for China the tightening of its own supply, (blocs, worlds).
            alarm: news of export controls and the like, (worlds,).
            late: share of usual arrivals that did not come, (blocs, worlds).
            premium: secure premium over the ordinary price, share, (worlds,).
            support: public money towards that premium over the ordinary price, share, (blocs, worlds).
            contracts: share of purchases under long contracts above the usual one, (blocs, worlds).
            fearful: whether anybody fears.
        """
        f = self.parameters.fear
        seen = self._price_seen()
        self.fast_price = self.fast_price + f.fast * (seen - self.fast_price)
        self.slow_price = self.slow_price + f.slow * (seen - self.slow_price)
        self.refused = self.refused + f.memory * (refusal - self.refused)
        pools = len(self.exchange.pools)
        missing = grouped(self.exchange.unmet, self.exchange.network.user_pool, pools)
        lost = grouped(missing, self.bloc_of_pool, len(self.blocs)) / np.maximum(self.use_of_bloc, 1e-9)
        self.hurt = self.hurt + f.memory * (np.minimum(lost, 1.0) - self.hurt)
        self.news = self.news + f.memory * (alarm - self.news)
        if fearful:
            china = column([1.0 if b == "china" else 0.0 for b in self.blocs])
            gain = china * f.momentum_china + (1 - china) * f.momentum_abroad
            shock = china * f.tightening + (1 - china) * f.refusal
            drive = (
                shock * self.refused
                + gain * (1 - f.contract_calm * contracts) * np.maximum(self.momentum(), 0.0)
                + f.unmet * self.hurt
                + f.late * late
                + f.alarm * self.news
            )
            drive = np.minimum(drive, f.most)
            gap = drive - self.fear
            self.fear = self.fear + np.where(gap > 0, f.rise * gap, f.fall * gap)
        s = self.parameters.premium
        lesson = self.secure_base + s.lesson * self.refused + s.hurt * self.hurt - s.price * (premium - support)
        lesson = np.clip(lesson, 0.5 * self.secure_base, s.most)
        self.secure_wish = self.secure_wish + s.learning * (lesson - self.secure_wish)
        paid = self.slow_price[self.bloc] / self.price_at_start
        target = 1 - exact.power(np.maximum(paid, 0.3), -self.elasticity)
        self.saved = self.saved + self.pace * (target - self.saved)

    def help_save(self, effort: Vector) -> None:
        """Money for thrift and substitutes, million USD a month by bloc, takes a little use away for good."""
        per_use = self.parameters.demand.saving_per_million / np.maximum(self.use_of_bloc, 1.0)
        self.saved = np.minimum(self.saved + (effort * per_use)[self.bloc], 0.6)

    def use_by_region(self) -> Vector:
        """t W/month used, by region in `using`."""
        return grouped(self.exchange.used, self.region_of_user, len(self.using))

    def use_of(self, region: str) -> Vector:
        """t W/month used in a region."""
        return self.use_by_region()[self.using.index(region)]

    def world_use(self) -> Vector:
        """t W/month used in the world."""
        return total(self.exchange.used)
