"""Sessions for tests: short games, and random decisions by random roles."""

from __future__ import annotations

from functools import cache

import numpy as np

from agents.market import Market, Order
from agents.session import Session
from sim.scenario_files import load

SCENARIO = "licence_squeeze"
scenario_of = cache(load)


def game(months=0, people=("kazakhstan",), seed=3, scenario=SCENARIO, **wanted):
    """A session after some months without decisions."""
    known = scenario_of(scenario) if isinstance(scenario, str) else scenario
    session = Session.new(known, seed, people, **wanted)
    session.play(months)
    return session


def decide_at_random(session, rng, most=3):
    """Some decisions by the people at the table: the lower end, the upper end, something between, or the rule's."""
    levers = [lever for lever in session.market.levers
              if lever.role in session.people and not lever.name.endswith(".temperament")]  # fmt: skip
    for _ in range(rng.integers(most + 1)):
        lever = levers[rng.integers(len(levers))]
        target = lever.targets[rng.integers(len(lever.targets))] if lever.targets else ""
        between = rng.uniform(lever.low, lever.high)
        value = [lever.low, lever.high, np.floor(between) if lever.choices else between, None][rng.integers(4)]
        session.decide(lever.role, lever.name, target, value)


def random_game(months, people, seed=3, scenario=SCENARIO, luck=1):
    """A session with random decisions in every month."""
    session = Session.new(scenario_of(scenario), seed, people)
    rng = np.random.default_rng(luck)
    for _ in range(months):
        decide_at_random(session, rng)
        session.play()
    return session


def headless(session):
    """A plain market with the decisions of a session's log, before its first month."""
    orders = [Order(d.lever, d.target, d.number_or_nan, d.month) for d in session.log]
    return Market(session.scenario, seeds=[session.seed], orders=orders, seats=session.people)
