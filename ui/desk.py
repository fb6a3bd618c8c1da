"""The model's side of the window: holds the session, does what is asked, and puts together what the role may see."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from agents import deals, envoys, haggling, offers
from agents.anatomy import HOMES
from agents.decisions import Refused
from agents.observation import STATISTICS_LAG
from agents.session import Session
from agents.terms import REFUSED, Offer, Term
from agents.weighing import Weighing
from sim import levers, outcomes
from ui import messages as say
from ui import setting
from ui.reporting import items

SHOWN = (
    "licence.shadow_price.us",
    "licence.shadow_price.europe",
    "licence.shadow_price.japan",
    "licence.shadow_price.korea",
    "licence.shadow_price.rest",
)
MEMORY = 60
"""Months of which a loaded game tells the news again."""


class Desk:
    """One game."""

    def __init__(self, session: Session, role: str) -> None:
        self.session, self.role = session, role
        self.scenario = session.scenario
        self.end = session.months
        if session.until:
            self.end = min(self.end, session.market.month_of(session.until) + 1)
        self._flows: dict[int, np.ndarray] = {session.month: self._flow_now()}
        self._seen: tuple[say.Item, ...] = ()
        self._since = np.zeros(len(self.scenario.mines), int)

    @classmethod
    def opened(cls, asked: say.Open) -> Desk:
        """A new game."""
        session = Session.new(asked.scenario, asked.seed, (asked.role,), asked.temperaments)
        session.until = asked.until
        return cls(session, asked.role)

    def _flow_now(self) -> np.ndarray:
        return np.array(self.session.market.exchange.flow[:, 0])

    # --- what does not change --------------------------------------------------------------------

    def setup(self) -> setting.Setup:
        """Everything that is fixed."""
        scenario, market = self.scenario, self.session.market
        known = outcomes.registry(scenario)
        return setting.Setup(
            scenario=scenario.name,
            title=scenario.title,
            role=self.role,
            seed=self.session.seed,
            start=scenario.start,
            months=self.end,
            turns=self._turns(),
            seats=seats(scenario, market.levers),
            places=tuple(setting.Place(r.key, r.title, r.lon, r.lat, r.licence_bloc) for r in scenario.regions),
            ways=tuple(
                setting.Way(
                    a.key,
                    a.kind,
                    a.origin.split(".")[0],
                    a.destination.split(".")[0],
                    a.form,
                    a.licensed,
                    a.gateway,
                    a.flow.value / 12,
                    a.source,
                )
                for a in market.arcs
            ),
            sites=tuple(self._site(m) for m in scenario.mines),
            controls=tuple(
                setting.Control(v.name, v.unit, v.low, v.high, v.default, v.help, v.targets, v.choices)
                for v in market.levers
                if v.role == self.role and not v.name.endswith(".temperament")
            ),
            units={name: o.unit for name, o in known.items()},
            helps={name: o.help for name, o in known.items()},
            news={e.key: (e.title, e.news) for e in scenario.events},
            sources=self._sources(),
        )

    def _site(self, mine: Any) -> setting.Site:
        return setting.Site(
            key=mine.key,
            title=mine.title,
            region=mine.region,
            owner=mine.owner,
            backer=mine.backer,
            stage=outcomes.STAGES.index(mine.stage),
            capacity=mine.capacity.value,
            cost_low=mine.cost_low.value,
            cost_high=mine.cost_high.value,
            capex=mine.capex.value,
            reserves=mine.reserves.value,
            grade=mine.grade.value,
            plan=mine.plan_first_output,
            winter=mine.winter.value,
            power=mine.power.value,
            reagents=mine.reagents.value,
            workforce=mine.workforce.value,
            source=mine.source,
            confidence=mine.confidence,
            is_project=mine.capex.value > 0,
        )

    def _sources(self) -> dict[str, tuple[str, str, str]]:
        """Parameters that screens show, with where they come from."""
        found = {}
        for mine in self.scenario.mines:
            for name in ("capacity", "reserves", "grade", "capex", "cost_low", "cost_high"):
                number = getattr(mine, name)
                found[f"{mine.key}.{name}"] = (
                    f"{number.value:g} {number.unit}",
                    getattr(number, "source", "") or mine.source,
                    getattr(number, "confidence", "") or mine.confidence,
                )
        return found

    def _turns(self) -> tuple[int, ...]:
        """Months after which turns end."""
        ends, at = [], 0
        month_of = self.session.market.month_of
        for period in self.scenario.periods:
            until = month_of(period.until) + 1
            while at < min(until, self.end):
                at = min(at + period.months, until)
                ends.append(min(at, self.end))
        while at < self.end:
            at = min(at + 3, self.end)
            ends.append(at)
        return tuple(ends)

    # --- what is asked -----------------------------------------------------------------------------

    def undo(self, asked: say.Undo) -> None:
        """Take a decision back."""
        for decision in self.session.pending(self.role):
            if decision.slot == (asked.lever, asked.target):
                self.session.undo(decision)

    def play(self) -> float:
        """Play a month; seconds that it took."""
        began = time.perf_counter()
        session = self.session
        if session.month >= self.end:
            return 0.0
        before = self._values_of_all()
        stage = session.market.mines.stage[:, 0].copy()
        report = session.play(1)[0].seen_by(self.role)
        self._flows[session.month] = self._flow_now()
        moved = session.market.mines.stage[:, 0] != stage
        self._since = np.where(moved, session.month, self._since)
        self._seen = (*self._seen, *items(report, before, self.role, self.scenario, self._price_item(report.month)))
        return time.perf_counter() - began

    def _price_item(self, month: int) -> say.Item | None:
        """News of a price that moved by more than a tenth in a month."""
        past = self.session.series("price.apt.rotterdam")
        if len(past) < 2 or abs(past[-1] / past[-2] - 1) < 0.1:
            return None
        weight = 2 if abs(past[-1] / past[-2] - 1) > 0.2 else 1
        return say.Item(month, "price", "europe", "price.apt.rotterdam", "", past[-2], past[-1], "", "", weight)

    def _values_of_all(self) -> dict[say.Slot, float]:
        """Every lever as it stands in the market."""
        market = self.session.market
        values = {}
        for lever in market.levers:
            row = market.seats[lever.name].reshape(max(1, len(lever.targets)), -1)[:, 0]
            for i, target in enumerate(lever.targets or ("",)):
                values[lever.name, target] = float(row[i])
        return values

    def rewind(self, month: int, branch: str = "") -> None:
        """Go to a month of a branch of this game, the present one if none is named."""
        if branch and branch != self.session.current_branch:
            self.session.go(branch)
            self._flows = {}
        if month != self.session.month:
            self.session.rewind(month)
        self._flows = {m: flow for m, flow in self._flows.items() if m <= month}
        self._flows[month] = self._flow_now()
        self._since = np.minimum(self._since, month)
        self._seen = ()

    def past(self) -> tuple[say.Item, ...]:
        """News of all months played, where they are still known."""
        found: list[say.Item] = []
        for report in self.session.reports[-MEMORY:]:
            found += [
                i for i in items(report.seen_by(self.role), {}, self.role, self.scenario, None) if i.kind != "decision"
            ]
        return tuple(found)

    # --- offers ------------------------------------------------------------------------------------

    def think_of_offers(self) -> list[Offer]:
        """What the other roles think of offering, still to be weighed."""
        return envoys.thinkable(self.session, self.role) if self.session.month < self.end else []

    def receive_offers(self, thoughts: list[Offer], weighed: list[Weighing]) -> bool:
        """Let the other roles make the best of what they thought of; whether any was made."""
        if self.session.month >= self.end:
            return False
        return bool(envoys.put_forward(self.session, self.role, thoughts, weighed))

    def deals(self, to: str) -> tuple[say.OfferView, ...]:
        """Offers that could be made to a role."""
        return tuple(offer_view(o) for o in self._deals(to))

    def _deals(self, to: str) -> list[Offer]:
        return [o for o in deals.possible(self.session, self.role, to) if offers.is_free(self.session, o)]

    def propose(self, to: str, place: int) -> tuple[say.OfferView, say.OfferView | None]:
        """Make one of them and have the rule in the other seat answer; with what it would take if it refuses."""
        wanted = self._deals(to)[place]
        made = offers.make(self.session, self.role, to, wanted.mine, wanted.yours, wanted.until, wanted.kind)
        answered = offers.answer(self.session, made)
        countered = haggling.counter(self.session, answered) if answered.state == REFUSED else None
        return offer_view(answered), None if countered is None else offer_view(countered)

    def answer(self, number: int, answer: str) -> None:
        """Accept or decline an offer, or ask for more."""
        offer = next((o for o in self.session.offers if o.number == number), None)
        if offer is None:
            raise Refused("The offer has lapsed.")
        {"accept": offers.accept, "decline": offers.refuse, "counter": haggling.press}[answer](self.session, offer)

    # --- what is seen ------------------------------------------------------------------------------

    def flows(self) -> np.ndarray:
        """t W/month on each way: own trade as it is, everybody else's as statistics have it, months late."""
        here = self._flows[self.session.month]
        late = max(m for m in self._flows if m <= max(self.session.month - STATISTICS_LAG, min(self._flows)))
        homes = HOMES.get(self.role, {self.role})
        own = np.array(
            [bool({a.origin.split(".")[0], a.destination.split(".")[0]} & homes) for a in self.session.market.arcs]
        )
        return np.where(own, here, self._flows[late])

    def view(self) -> say.View:
        """What the role may know now; hands over the news since the last view."""
        session, role = self.session, self.role
        series = {k: v for k, v in session.known_series(role).items() if v.ndim == 1}
        for name in SHOWN:
            series[name] = session.series(name)
        seen = session.observe(role)
        mine = {
            (v.name, t): session.value(v.name, t)
            for v in session.market.levers
            if v.role == role
            for t in (v.targets or ("",))
            if not v.name.endswith(".temperament")
        }
        scores = {r: session.series(f"score.{r}") for r in outcomes.SCORED}
        lag = max(0, session.month - STATISTICS_LAG)
        news, self._seen = self._seen, ()
        return say.View(
            month=session.month,
            months=self.end,
            date=session.date_of(session.month),
            series=series,
            known={k: np.asarray(v, float)[..., 0] for k, v in seen.items()},
            values=mine,
            ruled={slot: session.decided_by(*slot) == "rule" for slot in mine},
            taken=tuple(say.Taken(d.number, d.month, d.lever, d.target, d.value) for d in session.log if d.role == role),
            pending=tuple(d.slot for d in session.pending(role)),
            flows=self.flows(),
            stages=session.market.mines.stage[:, 0].astype(int),
            stage_since=self._since,
            news=news,
            scores={r: v if r == role else v[:lag] for r, v in scores.items()},
            parts=self._parts(),
            offers=tuple(offer_view(o) for o in session.offers if self.role in (o.maker, o.taker)),
            is_practice=session.is_practice,
            is_over=session.month >= self.end,
        )

    def _parts(self) -> tuple[tuple[str, float, float], ...]:
        parts = getattr(self.session.market.measure.scores, "parts", None)
        if parts is None:
            return ()
        return tuple((name, weight, float(value[0])) for name, weight, value in parts(self.role))


def offer_view(offer: Offer) -> say.OfferView:
    """An offer as plain data."""

    def terms(side: tuple[Term, ...]) -> tuple[say.Deal, ...]:
        return tuple(say.Deal(t.lever, t.target, float("nan") if t.value is None else t.value) for t in side)

    return say.OfferView(
        offer.number,
        offer.month,
        offer.kind,
        offer.maker,
        offer.taker,
        terms(offer.mine),
        terms(offer.yours),
        offer.until,
        offer.state,
        offer.reason,
        offer.why,
        offer.answer_by,
    )


def seats(scenario: Any, registry: levers.Levers) -> tuple[setting.Seat, ...]:
    """All roles: governments and buyers."""
    found = [
        setting.Seat(g.key, g.title, tuple((t.name, t.title, t.help) for t in g.temperaments)) for g in scenario.governments
    ]
    known = {seat.key for seat in found}
    for lever in registry:
        if lever.role not in known:
            known.add(lever.role)
            found.append(setting.Seat(lever.role, "", ()))
    return tuple(found)


def shelf() -> setting.Shelf:
    """The scenarios that are shipped, and the roles."""
    from sim import scenario_files

    scenarios = [scenario_files.load(each if isinstance(each, str) else each.name) for each in scenario_files.shipped()]
    ordered = sorted(scenarios, key=lambda s: (not s.historical, s.name))
    campaigns = tuple(setting.Campaign(s.name, s.title, s.description, s.start, s.end, s.historical) for s in ordered)
    return setting.Shelf(campaigns, seats(ordered[0], levers.registry(ordered[0])))
