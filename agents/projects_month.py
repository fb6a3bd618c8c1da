"""The phases of a month in which nature strikes, contracts are signed, projects advance and mines produce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.finance import LENDERS, OFFERS, REQUESTS
from agents.held import hold
from agents.mines import Mines
from agents.refineries import HOSTS
from agents.turns import whole
from sim import contracts, mine_life, settling
from sim.lanes import LANES
from sim.network import Index, Vector
from sim.state import forget, to_change

if TYPE_CHECKING:
    from agents.market import Market


def strike(market: Market) -> None:
    """Luck is read: what nature and third parties do this month."""
    if not market.scenario.mechanisms.events:
        return
    nature = market.nature
    market.licensing.forget_gates()
    trust = market.relations.between("china", "kazakhstan")
    nature.strike(market.month, market.calendar_month, market.seeds, trust, calm=market.held.nature)
    month, struck = market.month, nature.struck.copy()
    for event, begins, where in zip(nature.events, nature.begun.tolist(), struck, strict=True):
        if begins:
            market.events_seen.append((month, event.key, event.target, where))
    if nature.opened is not nature.never:
        for opening, here in zip(nature.openings, nature.opened, strict=True):
            if here.any():
                market.events_seen.append((market.month, opening.key, opening.target, here * 1.0))


def sign(market: Market) -> None:
    """Awards, grants, offtakes and loans are signed."""
    seats, finance = market.seats, market.finance
    for host in HOSTS:
        _award(market, host)
    offers = {lender: seats.offers(OFFERS[lender]) for lender in LENDERS}
    # Chinese money comes with Chinese offtake
    asked = {buyer: seats.offers(lever) for buyer, lever in REQUESTS.items()} | {"china": offers["china"]}
    requests = {buyer: asked[buyer] for buyer in ("us", "china", "europe", "japan_korea")}
    floors = {"us": _table(market, "united_states.floor_price")}
    is_open = seats["uzbekistan.first_come"]
    finance.sign_offtakes(market.month, market.date, requests, floors, market.relations, is_open)
    finance.sign_loans(offers, market.relations, seats["united_states.advocacy"])
    _give_grants(market)


def _award(market: Market, host: str) -> None:
    """Deposits go to the partners that their country names."""
    mines, given = market.mines, market.seats[f"{host}.award"]
    known = market.awarded.get(host)
    # the same awards to the same partners change nothing
    if known is None or known[0] is not given or known[1] is not mines.partner:
        mines.partner = contracts.award(mines.rows_in[host], np.ascontiguousarray(given), mines.partner)
        market.awarded[host] = given, mines.partner


def _table(market: Market, lever: str) -> Vector:
    """Value in force of a lever with targets, laid out row after row."""
    return np.ascontiguousarray(market.seats[lever])


def _give_grants(market: Market) -> None:
    """The United States helps mines with grants, as far as its purse goes, up to what capital they still lack."""
    mines, states = market.mines, market.states
    asked, has = market.seats.offers("united_states.mine_support")
    market.granted.empty()
    some = has.nonzero()[0]
    if not some.size:
        return
    rows = market.finance.projects[some]
    # what a mine must earn is found anew when projects advance
    forget(Mines.incentive_price, mines)
    grants, purse, spent = to_change(mines, "grants"), to_change(states, "purse"), to_change(states, "spent")
    table, helped = market.granted.to_fill(rows)
    if contracts.grant(
        some, rows, asked, states.place["united_states"], purse, spent, mines.need, mines.equity, mines.loans, grants, table,
        np.empty((rows.size, LANES)),
    ):  # fmt: skip
        mines.grants, states.purse, states.spent = grants, purse, spent
        helped[rows] = 1


def advance(market: Market) -> None:
    """Projects advance, refineries and skills are built."""
    mines, seats, states, nature = market.mines, market.seats, market.states, market.nature
    market.home_spending = states.develop(seats)
    royalty = tuple(seats[f"{host}.royalty"] for host in HOSTS)
    market.keep = mine_life.kept_after_royalty(royalty, 1 - market.parameters.projects.tax)
    if not market.scenario.mechanisms.projects:
        market.equity_paid = market.capital_spent = market.none_by_mine
        return
    works = mine_life.Works(
        states.skills,
        states.power,
        tuple(seats[f"{host}.local_workforce"] for host in HOSTS),
        tuple(seats[f"{host}.processing_requirement"] for host in HOSTS),
        seats["uzbekistan.fast_track"],
    )
    europe = market.buyers.blocs.index("europe")
    mood = np.minimum(np.maximum(1 + market.buyers.momentum(europe), 0.5), 2.0)
    lately = market.buyers.slow_price[europe]
    still, market.at_mine = market.held.supply, _earned_at_mines(market)
    hold(still, mines, lambda: mines.advance(
        (market.expected, lately, mood, market.at_mine[0], market.keep), market.at_mine[1],
        market.finance.promises(market.expected, market.expected_premium),
        nature.table, (nature.left, nature.shock_left), works,
    ))  # fmt: skip
    market.equity_paid, market.capital_spent, _ = mines.flows
    if still is not None:
        market.equity_paid, market.capital_spent = (np.where(still, 0.0, each) for each in mines.flows[:2])
    _build_refineries(market)


def mine_prices(market: Market) -> Vector:
    """What a tonne of concentrate earns at the mine before royalty, by the pool it goes to, USD/mtu.

    Shape (pools that mines deliver to, worlds), in the order of `Mines.pools`.
    """
    mines, exchange, seats = market.mines, market.exchange, market.seats
    if not market.permits:
        return exchange.price[mines.pools]
    hosts = tuple([(*where, whole(seats[required])) for where, required in market.permits])
    earned = np.empty((mines.pools.size, market.worlds))
    settling.price_at_mines(
        mines.pools, hosts, exchange.price, exchange.flow, exchange.rent, mines.mined_by_region(), earned
    )
    return earned


Permit = tuple[tuple[int, int, Index], str]


def permits(market: Market) -> tuple[Permit, ...]:
    """What `settling.price_at_mines` reads of each middle power that has mines, and its lever that asks for permits."""
    mines = market.mines
    return tuple(
        ((int(mines.pool_place[mines.rows_in[host][0]]), market.exchange.regions.index(host), market.licensing.ports[host]),
         f"{host}.processing_requirement")
        for host in HOSTS
        if mines.rows_in[host].size
    )  # fmt: skip


def _earned_at_mines(market: Market) -> tuple[Vector, tuple[Index, Vector]]:
    """What a tonne of concentrate earns at the mine, as from `mine_prices`, and what floors pay on top of it."""
    price = mine_prices(market)
    return price, market.finance.topped(price)


def _build_refineries(market: Market) -> None:
    """Plants for APT and carbide are built with what the middle powers spend, and where mines feed them."""
    states, refineries = market.states, market.refineries
    hold(market.held.supply, refineries, lambda: refineries.build(
        market.home_spending, states.skills, states.power, market.month, market.seeds, market.mines.mined_in
    ))  # fmt: skip


def produce(market: Market) -> None:
    """Mines produce."""
    nature, p = market.nature, market.parameters.mines
    # nothing that this month's prices at the mine hang on has moved since projects advanced
    price, topped = market.at_mine if market.scenario.mechanisms.projects else _earned_at_mines(market)
    quota = market.seats["china.mining_quota"] / 12
    allowed = quota * (1 + p.quota_leak * (1 - market.seats["china.quota_enforcement"]))
    spread = p.spread if market.scenario.mechanisms.noise else 0.0
    market.mines.produce(
        market.month, market.seeds, spread, price, topped, allowed, nature.table, market.states.power,
        nature.left, nature.shock_left, nature.target, market.held.nature, market.held.supply,
    )  # fmt: skip
