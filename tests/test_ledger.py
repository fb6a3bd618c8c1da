"""Every tonne and every dollar is somewhere: a recount that shares no code with the books of the model."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from agents.finance import LENDERS
from agents.market import Market, Plan
from sim.levers import OFFTAKERS
from sim.newton import MOST_STEPS
from sim.scenario_files import load, shipped
from sim.units import MTU_PER_TONNE_W
from tests.market_runs import random_orders

NAMES = [summary.name for summary in shipped()]
WORLDS, MONTHS = 12, 24
GRAM = 1e-6
"""Largest amount that may be missing in a month, t W."""
DOLLAR = 1e-6
"""Largest amount that may be missing in a month, million USD."""
PILES = {
    "united_states": "north_america.apt.eligible",
    "china": "china.apt.any",
    "european_union": "europe.apt.any",
    "japan_korea": "japan.apt.any",
}
"""Where each stockpile is bought and released."""
HELD = {
    "exchange": ("stock", "inbound", "flow", "used", "unmet"),
    "traders": ("hidden",),
    "states": ("pile",),
    "mines": ("ore", "output", "loans", "equity", "grants"),
    "finance": ("owed",),
    **{f"offtakes.{buyer}": ("share",) for buyer in OFFTAKERS},
    **{f"lender.{lender}": ("signed",) for lender in LENDERS},
}
MILLION_USD_PER_TONNE = MTU_PER_TONNE_W / 1e6
"""Million USD for a t W at 1 USD/mtu."""


@pytest.fixture(scope="module", params=NAMES)
def run(request):
    """Two years under random orders: the market, and its state before and after each month."""
    scenario = load(request.param)
    orders = random_orders(scenario, sum(map(ord, request.param)), WORLDS, MONTHS)
    market = Market(scenario, seeds=range(WORLDS), orders=orders, record=Plan(flows=True))
    states = [market.snapshot()]
    rules = []
    for _ in range(MONTHS):
        market.step()
        states.append(market.snapshot())
        rules.append({h: (1 - market.seats[f"{h}.royalty"], permits(market, h)) for h in ("kazakhstan", "uzbekistan")})
    return market, states, rules


def permits(market, host):
    """What a host's export permits earned for each tonne mined there, USD/mtu, nothing where none are needed."""
    exchange, output = market.exchange, market.mines.output
    ports = exchange.arcs_where(kind="route", origin_region=host, form="concentrate")
    mined = sum(output[i] for i, m in enumerate(market.scenario.mines) if m.region == host)
    rent = (exchange.flow[ports] * exchange.rent[ports]).sum(axis=0) / np.maximum(mined, 1.0)
    return np.where(market.seats[f"{host}.processing_requirement"] > 0, rent, 0.0)


def recorded(market, *names):
    """Sum of some outcomes, (months, worlds)."""
    rows = [i for i, name in enumerate(market.record.outcomes) if name.startswith(names)]
    assert rows
    return market.record.values[:, rows].sum(axis=1)


def test_what_lies_above_the_ground_is_what_was_there_and_came_less_what_was_used_and_lost(run):
    market, states, _ = run
    held = recorded(market, "stock.", "stockpile.")
    opening = sum(states[0][where][what].sum(axis=0) for where, what in
                  (("exchange", "stock"), ("traders", "hidden"), ("states", "pile")))  # fmt: skip
    losses = np.array([1 - arc.yield_.value for arc in market.arcs])
    lost = (market.record.flows * losses[:, None]).sum(axis=1)
    came = recorded(market, "supply.mine.world") + recorded(market, "supply.scrap.world")
    expected = opening + (came - recorded(market, "demand.world") - lost).cumsum(axis=0)
    assert np.abs(held - expected).max() < GRAM * MONTHS


def test_each_pool_is_recounted_from_what_went_in_and_out(run):
    market, states, _ = run
    exchange = market.exchange
    place = {pool.key: i for i, pool in enumerate(exchange.pools)}
    arcs = [(place[a.origin], place[a.destination], a.yield_.value) for a in market.arcs]
    mine_pool = [place_of_concentrate(exchange, m.region) for m in market.scenario.mines]
    for before, after, flow in zip(states, states[1:], market.record.flows, strict=False):
        stock = before["exchange"]["stock"].copy()
        for a, (origin, destination, share) in enumerate(arcs):
            stock[origin] -= flow[a]
            stock[destination] += share * flow[a]
        for m, pool in enumerate(mine_pool):
            stock[pool] += after["mines"]["output"][m]
        for i, region in enumerate(market.recyclers.names):
            stock[place[f"{region}.apt.any"]] += after["recyclers"]["recovered"][i]
        for i, (pool, _) in enumerate(exchange.users):
            stock[place[pool]] -= after["exchange"]["used"][i]
        held_back = after["traders"]["hidden"] - before["traders"]["hidden"]
        stock[place["china.apt.any"]] -= held_back[0]
        stock[place["europe.apt.any"]] -= held_back[1]
        taken = after["states"]["pile"] - before["states"]["pile"]
        for owner, pool in PILES.items():
            stock[place[pool]] -= taken[market.states.owners.index(owner)]
        assert np.abs(stock - after["exchange"]["stock"]).max() < GRAM


def place_of_concentrate(exchange, region):
    """Row of a region's pool of concentrate."""
    [row] = [i for i, p in enumerate(exchange.pools) if p.region == region and p.good == "concentrate"]
    return row


def test_ore_leaves_the_ground_once_and_little_of_it_is_found_anew(run):
    market, states, _ = run
    most = market.parameters.mines.replacement
    for before, after in pairwise(states):
        output, left = after["mines"]["output"], after["mines"]["ore"]
        found = left - (before["mines"]["ore"] - output)
        assert found.min() > -GRAM
        assert (found - most * output).max() < GRAM
        assert (output - before["mines"]["ore"]).max() < GRAM


def test_nothing_that_is_held_is_less_than_nothing(run):
    _, states, _ = run
    for now in states:
        lowest = {what: now[where][what].min() for where, names in HELD.items() for what in names}
        assert {what: least for what, least in lowest.items() if least < -GRAM} == {}


def test_the_market_clears_in_every_month(run):
    market, _, _ = run
    assert recorded(market, "solver.steps").max() < MOST_STEPS


def test_prices_are_numbers_and_positive(run):
    _, states, _ = run
    for now in states:
        assert np.isfinite(now["exchange"]["price"]).all()
        assert now["exchange"]["price"].min() > 0


def test_no_refinery_takes_in_more_than_it_can(run):
    market, states, _ = run
    refined = market.exchange.arcs_where(kind="refine")
    for flow, after in zip(market.record.flows, states[1:], strict=True):
        assert (flow[refined] - after["refineries"]["capacity"]).max() < GRAM


def test_no_tonne_is_sold_twice(run):
    _, states, _ = run
    for now in states:
        share = np.array([now[f"offtakes.{buyer}"]["share"] for buyer in OFFTAKERS])
        assert share.min() >= 0
        assert share.sum(axis=0).max() <= 1 + 1e-9


def test_loans_of_this_month_never_pass_what_a_project_lacks(run):
    market, states, _ = run
    for before, after in pairwise(states):
        lent = after["mines"]["loans"] - before["mines"]["loans"]
        assert lent.min() >= -DOLLAR
        room = market.parameters.finance.debt_share * before["mines"]["need"] - before["mines"]["loans"]
        assert (lent - np.maximum(room, 0)).max() < DOLLAR
        assert (lent - before["mines"]["missing"]).max() < DOLLAR


def test_loans_never_pass_the_capital_that_a_project_was_ever_thought_to_need(run):
    _, states, _ = run
    need = states[0]["mines"]["need"]
    for now in states:
        need = np.maximum(need, now["mines"]["need"])
        assert (now["mines"]["loans"] - need).max() < DOLLAR


def test_capital_is_never_spent_before_it_is_raised(run):
    _, states, _ = run
    for now in states:
        mines = now["mines"]
        assert (mines["spent"] - mines["equity"] - mines["loans"] - mines["grants"]).max() < DOLLAR


def test_the_cash_of_mines_is_what_they_raised_and_earned_less_what_they_spent_and_repaid(run):
    market, states, rules = run
    tax = market.parameters.projects.tax
    place = [place_of_concentrate(market.exchange, m.region) for m in market.scenario.mines]
    for before, after, kept in zip(states, states[1:], rules, strict=False):
        old, new = before["mines"], after["mines"]
        elsewhere = np.full(WORLDS, 1 - tax), np.zeros(WORLDS)
        keep, rent = (np.array([kept.get(m.region, elsewhere)[i] for m in market.scenario.mines]) for i in range(2))
        price = after["exchange"]["price"][place] + rent
        earned = new["output"] * MILLION_USD_PER_TONNE * (price * keep - market.mines.cash_cost)
        topped_up = 0
        for contracts in (after[f"offtakes.{buyer}"] for buyer in OFFTAKERS):
            floor = np.maximum(contracts["floor"] * market.mines.payable - price, 0)
            topped_up = topped_up + contracts["share"] * floor * new["output"] * MILLION_USD_PER_TONNE
        raised = sum(new[name] - old[name] for name in ("equity", "loans", "grants"))
        repaid = before["finance"]["owed"] + new["loans"] - old["loans"] - after["finance"]["owed"]
        dead = new["stage"] >= 8
        expected = old["cash"] + raised + earned + topped_up - (new["spent"] - old["spent"]) - repaid
        assert np.abs(np.where(dead, 0, new["cash"] - expected)).max() < DOLLAR


def test_no_purse_is_overdrawn(run):
    _, states, _ = run
    for now in states:
        assert now["states"]["purse"].min() > -DOLLAR


def test_public_money_is_spent_once_and_never_comes_back(run):
    market, _, _ = run
    for role in ("china", "united_states", "kazakhstan", "uzbekistan", "european_union", "japan_korea"):
        assert np.diff(recorded(market, f"spending.{role}"), axis=0).min() >= 0


def test_the_books_of_the_model_agree(run):
    market, _, _ = run
    assert recorded(market, "balance.tonnes").max() < GRAM
    assert recorded(market, "balance.dollars").max() < DOLLAR
