"""A world with parameters of its own keeps them where months are played again or ahead."""

from __future__ import annotations

import numpy as np
import pytest

from agents import acts
from agents.attribution import attribute_session
from agents.lookahead import fan
from tests.session_games import game

PRICE = "price.apt.rotterdam"
PARAMETERS = ("fear.rise", "traders.switching", "finance.base_odds")
"""One of each kind: of a world's own, of traders, and one number for all worlds of a block."""


def changed(parameter, share, months=4):
    """A game in which a parameter moves to a place between its ends in the second month."""
    session = game(1, scenario="central_asia_2025")
    group, _, name = parameter.partition(".")
    own = session.scenario.behaviour[group][name]
    session.happen(acts.PARAMETER, parameter, own.value if share is None else own.low + share * (own.high - own.low))
    session.play(months - 1)
    return session


def looked(session):
    """A fan from where the session stands."""
    return fan(session, "kazakhstan", months=12, worlds=6, outcomes=(PRICE, "project.northern_katpar.stage")).values


@pytest.fixture(scope="module")
def usual():
    """A game in which nothing was changed, and its fan."""
    session = game(4, scenario="central_asia_2025")
    return session, looked(session)


@pytest.mark.parametrize("parameter", PARAMETERS[:2])
def test_a_look_ahead_follows_the_parameters_of_its_world(usual, parameter):
    assert np.array_equal(looked(changed(parameter, None)), usual[1])
    low, high = looked(changed(parameter, 0.0)), looked(changed(parameter, 1.0))
    assert not np.array_equal(low, high)


def test_a_block_that_looked_ahead_for_one_game_forgets_its_parameters(usual):
    session, before = usual
    other = changed("fear.rise", 1.0)
    other.blocks = session.blocks
    assert not np.array_equal(looked(other), before)
    assert np.array_equal(looked(session), before)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_attribution_plays_a_world_again_with_its_own_parameters(parameter):
    session = changed(parameter, 1.0)
    found = attribute_session(session, (PRICE,), 0, 4)[PRICE]
    assert found.end == session.series(PRICE)[-1]
    assert found.start + found.under_way + sum(found.shares.values()) == pytest.approx(found.end, rel=1e-9)
