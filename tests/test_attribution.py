"""What moved a price: shares of causes on markets solved by hand, and on the real one."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.attribution import CAUSES, ROLES, attribute, attribute_session, moving, shapley
from agents.market import Market, Order, Plan
from agents.session import Session
from sim.levers import registry
from sim.network import Network
from sim.scenario_files import load
from tests.market_runs import differing, play, played
from tests.markets import Block

PRICE = "price.apt.rotterdam"
OUTCOMES = (PRICE, "price.apt.china_domestic", "share.china.mine", "balance.tonnes", "balance.dollars")
START, MONTHS = 13, 12
worths = st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=8)


@pytest.fixture(scope="module")
def market():
    """Three worlds of the real market after 2025, and what they looked like."""
    return played(START, seeds=[3, 4, 5], record=Plan(OUTCOMES))


@pytest.fixture(scope="module")
def found(market):
    """The year 2026 of the second world."""
    return attribute(market, OUTCOMES, MONTHS, world=1)


def by_orders(values, players):
    """Shapley values as they are defined: the mean over all orders in which players come in."""
    shares = [Fraction(0)] * players
    orders = list(permutations(range(players)))
    for order in orders:
        present = 0
        for player in order:
            shares[player] += Fraction(values[present | 1 << player]) - Fraction(values[present])
            present |= 1 << player
    return [share / len(orders) for share in shares]


@given(worths)
def test_shares_are_means_over_all_orders_and_add_up_without_any_rounding(values):
    shares = shapley(values)
    assert shares == by_orders(values, 3)
    assert sum(shares) == Fraction(values[-1]) - Fraction(values[0])


@given(worths)
def test_causes_change_shares_when_they_change_places(values):
    swapped = [values[(c & 1) << 1 | (c & 2) >> 1 | c & 4] for c in range(8)]
    a, b, c = shapley(values)
    assert shapley(swapped) == [b, a, c]


def test_half_a_world_is_no_coalition():
    with pytest.raises(ValueError, match="power of two"):
        shapley([1.0, 2.0, 3.0])


def test_a_pool_moved_by_supply_and_by_fear_is_shared_as_on_paper():
    """A pool without routes or users: price = k * wish**3 / stock**3; supply cut by a half, wish up by a tenth.

    Alone, the cut multiplies the price by 8 and the wish by 1.331; together by 10.648. The Shapley value gives each
    its own rise and half of what they do together, (8 - 1) * (1.331 - 1) = 2.317 times the price.
    """
    price, stock = 100.0, 1000.0
    network = Network.build(["pool"], [], [])
    cut = np.array([1.0, 0.5, 1.0, 0.5])
    wish = np.array([1.0, 1.0, 1.1, 1.1])
    none = np.zeros((0, 4))
    block = Block(
        network, available=(stock * cut)[None], stiffness=(price * (stock * wish) ** 3)[None], demand=none, cost=none,
        capacity=none, start=np.full((1, 4), stock),
    )  # fmt: skip
    by_cut, by_wish = shapley(block.clear().price[0].tolist())
    assert float(by_cut) == pytest.approx(100 * (7 + 2.317 / 2), rel=1e-4)
    assert float(by_wish) == pytest.approx(100 * (0.331 + 2.317 / 2), rel=1e-4)


def test_a_licence_and_a_drought_that_bind_in_turn_are_shared_as_on_paper():
    """Three causes bound by the smallest: min(10, 6, 4) off a flow of 12; what a cause alone would not do counts."""
    bounds = [10.0, 6.0, 4.0]
    flow = [min([12.0, *(bounds[i] for i in range(3) if c >> i & 1)]) for c in range(8)]
    # in the order of the smallest fall: 2 shared by three, then 4 by two, then 2 by one
    assert shapley(flow) == [-Fraction(2, 3), -Fraction(2, 3) - 2, -Fraction(2, 3) - 2 - 2]


def test_every_role_that_decides_belongs_to_one_cause(market):
    roles = sorted(role for group in ROLES.values() for role in group)
    assert roles == sorted({lever.role for lever in market.levers})


def test_shares_add_up_to_what_happened(found):
    for attribution in found.values():
        parts = sum(attribution.shares.values()) + attribution.under_way
        assert parts == pytest.approx(attribution.change, rel=1e-12, abs=1e-12)


def test_the_window_ends_where_the_world_itself_went(market, found):
    alone = played(START + MONTHS, seeds=[4], record=Plan(OUTCOMES))
    for name in (PRICE, "share.china.mine"):
        assert found[name].end == alone.outcome(name)[0]
        assert found[name].start == market.outcome(name)[1]


def test_the_market_asked_about_goes_on_undisturbed(market, found):
    assert found and differing(market, played(START, seeds=[3, 4, 5], record=Plan(OUTCOMES))) == []


def test_books_balance_in_all_sixty_four_worlds(found):
    for name in ("balance.tonnes", "balance.dollars"):
        assert np.abs(found[name].coalitions).max() < 1e-3


def test_in_2025_licences_raised_the_price_and_no_cause_was_without_effect():
    shares = attribute(Market(seeds=[1]), (PRICE,), 13)[PRICE].shares
    assert shares["licences"] > 20
    assert 0.0 not in shares.values()


def test_a_cause_that_did_nothing_has_a_share_of_exactly_zero(tmp_path):
    """No events, no luck, and a West whose decisions stand: nature and the West get nothing, to the last bit."""
    path = tmp_path / "calm.toml"
    path.write_text(
        '[scenario]\nname = "calm"\ntitle = "Calm"\ndescription = "No luck."\nextends = "central_asia_2025"\n'
        "[mechanisms]\nnoise = false\nevents = false\n",
        encoding="utf-8",
    )
    scenario = load(str(path))
    west = [lever for lever in registry(scenario) if lever.role in ROLES["west"]]
    orders = [Order(v.name, target, v.default, 0) for v in west for target in (v.targets or ("",))]
    calm = play(Market(scenario, seeds=[1], orders=orders, seats=ROLES["west"]), 3)
    shares = attribute(calm, (PRICE, "share.china.mine"), 8)
    for attribution in shares.values():
        assert attribution.shares["nature"] == attribution.shares["west"] == 0.0
        assert attribution.shares["licences"] != 0.0


def test_causes_are_the_bits_of_a_world(found):
    assert [moving(cause)[[0, 63]].tolist() for cause in CAUSES] == [[False, True]] * 6
    assert len(found[PRICE].coalitions) == 64


def test_the_line_to_read_names_the_change_and_its_causes(found):
    line = found[PRICE].text("Rotterdam")
    assert line.startswith(f"Rotterdam {found[PRICE].percent(found[PRICE].change):+.0f} % (")
    assert "USD/mtu, 2026-02 to 2027-01)" in line and "under way before" in line


def test_a_session_is_told_what_moved_a_price_on_the_branch_that_it_is_on():
    session = Session.new(seed=4, people=("china",))
    session.play(4)
    session.decide("china", "china.mining_quota", "", 40_000.0)
    session.play(6)
    hashes = session.hashes
    told = attribute_session(session, (PRICE,), 4, 10)[PRICE]
    assert told.end == session.market.outcome(PRICE)[0]
    assert told.shares["licences"] > 0
    session.rewind(4)
    session.branch("as before")
    session.play(6)
    other = attribute_session(session, (PRICE,), 4, 10)[PRICE]
    assert abs(other.shares["licences"]) < 0.5 * told.shares["licences"] and other.start == told.start
    session.go("main")
    assert session.hashes == hashes
    with pytest.raises(ValueError, match="no window"):
        attribute_session(session, (PRICE,), 4, 11)


def test_an_event_that_somebody_lets_begin_counts_as_nature():
    session = Session.new(seed=4)
    session.play(2)
    session.strike("recession")
    session.play(2)
    told = attribute_session(session, (PRICE,), 2, 4)[PRICE]
    assert told.end == session.market.outcome(PRICE)[0]
    assert told.shares["nature"] < -10


def test_a_window_past_the_end_is_refused(market):
    with pytest.raises(ValueError, match="does not fit"):
        attribute(market, (PRICE,), 1000)
