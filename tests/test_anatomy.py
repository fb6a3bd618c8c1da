"""Numbers taken apart: the parts of every number that a screen shows add up to it, and nobody is disturbed by asking."""

import numpy as np
import pytest

from agents.anatomy import dissect
from agents.decisions import Refused
from agents.observation import STATISTICS_LAG
from tests.session_games import game

LEVER = "kazakhstan.processing_requirement"


@pytest.fixture(scope="module")
def session():
    """A game in which a person has decided something and decides it anew; tests must leave it as it is."""
    session = game(5)
    session.decide("kazakhstan", LEVER, "", 0.4)
    session.play(6)
    session.decide("kazakhstan", LEVER, "", 0.25)
    return session


@pytest.mark.parametrize("key", [
    "price.apt.rotterdam", "price.concentrate.china", "premium.secure", "licence.shadow_price.us", "treasury",
    "trust.china", "score.kazakhstan", "standing.kazakhstan", "standing.china", "score.united_states",
    f"lever.{LEVER}", "lever.kazakhstan.royalty", "project.bakuta", "cost.bakuta", "need.northern_katpar",
    "flow.china>europe>controlled", "flow.kazakhstan>china>concentrate", "landed.china>europe>controlled",
    "landed.kazakhstan>europe>controlled",
])  # fmt: skip
def test_the_parts_of_a_number_add_up_to_it_now_and_before(session, key):
    standing = session.market.outcome("price.apt.rotterdam").copy(), session.hashes
    found = dissect(session, "kazakhstan", key, 3)
    assert sum(piece.now for piece in found.pieces) == pytest.approx(found.now, abs=1e-9)
    assert sum(piece.before for piece in found.pieces) == pytest.approx(found.before, abs=1e-9)
    session.market.measure.forget()
    assert (session.market.outcome("price.apt.rotterdam") == standing[0]).all()
    assert session.hashes == standing[1]


def test_a_lever_tells_who_moved_it_and_counts_what_is_only_decided(session):
    found = dissect(session, "kazakhstan", f"lever.{LEVER}", 3)
    assert (found.before, found.now) == (pytest.approx(0.4), pytest.approx(0.25))
    assert [(month, who) for month, who, _, _ in found.moves][-2:] == [(5, "person"), (11, "person")]
    assert found.moves[-1][2:] == (pytest.approx(0.4), pytest.approx(0.25))
    assert "refined at home" in found.source


def test_a_choice_has_no_parts_but_its_history(session):
    found = dissect(session, "kazakhstan", "lever.kazakhstan.award/northern_katpar", 3)
    assert (found.unit, found.pieces) == ("choice", ())


def test_what_others_score_and_trade_is_known_late(session):
    known = session.month - STATISTICS_LAG
    other, own = (dissect(session, "kazakhstan", f"standing.{role}", 3) for role in ("china", "kazakhstan"))
    assert (other.month, own.month) == (known, session.month)
    assert other.now == pytest.approx(float(np.mean(session.series("score.china")[:known])))
    assert dissect(session, "kazakhstan", "flow.china>europe>controlled").month == known
    assert dissect(session, "kazakhstan", "flow.kazakhstan>china>concentrate").month == session.month


@pytest.mark.parametrize("key", ["lever.china.mining_quota", "trust.mars", "flow.china>mars>tools", "standing.mars", ""])
def test_what_a_role_does_not_see_is_not_taken_apart(session, key):
    with pytest.raises(Refused, match="nothing to take apart"):
        dissect(session, "kazakhstan", key)
