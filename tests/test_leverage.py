"""What withdrawals, awards and licences cost whom: on a market solved by hand, and on the real one."""

from __future__ import annotations

import numpy as np
import pytest

from agents.accounts import SIDES, users_loss
from agents.forks import fork
from agents.held import Held
from agents.leverage import Move, award, leverage, licences, nothing, of_awards, open_deposits, withdrawal
from agents.market import Market, Plan
from sim.network import Network
from tests.market_runs import differing, played
from tests.markets import Block

MONTHS, LUCKS = 12, 4
YEARS = (MONTHS, 36)


@pytest.fixture(scope="module")
def market():
    """The real market in the middle of 2026, when Bakuta delivers to China."""
    return played(18, seeds=[2], record=Plan(("price.apt.rotterdam",)))


@pytest.fixture(scope="module")
def stakes(market):
    """Stakes of some moves by move, months and side."""
    moves = [nothing(), withdrawal(market), withdrawal(market, partner="united_states"), licences(0.0, ("us",))]
    found = leverage(market, moves, YEARS, LUCKS)
    return {(stake.move, stake.months, stake.side): stake for stake in found}


def test_a_pool_that_loses_its_supplier_costs_its_users_the_area_under_their_demand():
    """price = k / stock**3, use = d * (1 - price / choke): from 300 to 500 USD/mtu, with 100 t W at a price of zero.

    The area is d * ((500 - 300) - (500**2 - 300**2) / (2 * choke)) = 100 * (200 - 160000 / 4000) = 16,000 t W * USD/mtu,
    at 126.1 mtu a tonne 2.018 million USD.
    """
    demand, choke, k = 100.0, 2000.0, 300.0 * 50.0**3
    prices = np.array([300.0, 500.0])
    kept = np.cbrt(k / prices)
    use = demand * (1 - prices / choke)
    network = Network.build(["home"], [], [("home", choke)])
    none = np.zeros((0, 2))
    block = Block(
        network, available=(kept + use)[None], stiffness=np.full((1, 2), k), demand=np.full((1, 2), demand), cost=none,
        capacity=none, start=np.full((1, 2), 50.0),
    )  # fmt: skip
    cleared = block.clear()
    loss = users_loss(cleared.use[:, 0], cleared.use[:, 1], cleared.price[:, 0], cleared.price[:, 1])
    assert loss[0] == pytest.approx(16_000 * 126.1 / 1e6, rel=1e-3)


def test_what_nobody_does_costs_nobody_anything(stakes):
    for months in YEARS:
        for side in SIDES:
            stake = stakes["nothing", months, side]
            assert (stake.loss, stake.low, stake.high, stake.unmet, stake.forgone) == (0.0,) * 5


def test_a_kazakh_withdrawal_costs_china_its_mine_s_earnings_and_everybody_a_dearer_tonne(stakes):
    for months in YEARS:
        for side in ("china", "united_states", "european_union"):
            stake = stakes["kazakhstan.withdraws.all", months, side]
            assert stake.parts["users"] > 0 and stake.forgone > 0
        assert stakes["kazakhstan.withdraws.all", months, "china"].loss > 20
    host = stakes["kazakhstan.withdraws.all", 36, "kazakhstan"]
    assert host.parts["public"] > 5


def test_who_withdraws_from_one_buyer_takes_less_away_than_who_withdraws_from_all(stakes):
    for side in ("china", "united_states"):
        one, all_ = stakes["kazakhstan.withdraws.united_states", 36, side], stakes["kazakhstan.withdraws.all", 36, side]
        assert abs(one.loss) < all_.loss


def test_licences_refused_to_america_cost_american_users_most(stakes):
    loss = {side: stakes["licences.0.us", 36, side].parts["users"] for side in ("united_states", "japan_korea")}
    assert loss["united_states"] > 5 and loss["united_states"] > loss["japan_korea"]


def test_parts_add_up_and_the_band_holds_the_mean(stakes):
    for stake in stakes.values():
        assert sum(stake.parts.values()) == pytest.approx(stake.loss, rel=1e-9, abs=1e-9)
        assert stake.low <= stake.loss + 1e-9 and stake.loss <= stake.high + 1e-9


def test_the_market_asked_about_goes_on_undisturbed(market, stakes):
    assert stakes and differing(market, played(18, seeds=[2], record=Plan(("price.apt.rotterdam",)))) == []


def test_an_award_not_yet_made_is_worth_something_to_whom_it_may_go():
    early = played(3, seeds=[2], record=Plan(("price.apt.rotterdam",)))
    deposits = open_deposits(early)
    assert "upper_kairakty" in deposits and "bakuta" not in deposits
    found = of_awards(early, months=120, lucks=LUCKS)
    assert len(found) == len(deposits) * 3 * 2 * len(SIDES)
    worth = {(s.move, s.side): -s.loss for s in found if s.months == 120}
    users = {s.move: -s.parts["users"] for s in found if s.months == 120 and s.side == "united_states"}
    assert worth["upper_kairakty.us", "united_states"] != 0.0
    assert users["upper_kairakty.us"] > -1.0


def test_a_border_shut_lets_nothing_pass_and_books_still_balance(market):
    block = fork(market, [0, 0], record=Plan(("balance.tonnes", "balance.dollars")))
    held = Held()
    withdrawal(block).put(held, block, np.array([0.0, 1.0]))
    block.hold(held)
    out = [a for a in block.exchange.arcs_where(origin_region="kazakhstan")
           if not block.exchange.arcs[a].destination.startswith("kazakhstan")]  # fmt: skip
    for _ in range(6):
        block.step()
        assert block.exchange.flow[out, 1].max() == 0.0 < block.exchange.flow[out, 0].max()
        assert max(np.abs(block.outcome(name)).max() for name in block.record.outcomes) < 1e-3


def test_a_move_with_an_unknown_lever_or_no_time_left_is_refused(market):
    with pytest.raises(ValueError, match="unknown lever"):
        leverage(market, [Move("x", "x", "china", (("china.licences", "us", 0.0),))], YEARS, LUCKS)
    with pytest.raises(ValueError, match="fits into"):
        leverage(market, [nothing()], (999,), LUCKS)
    with pytest.raises(ValueError, match="not a target"):
        leverage(market, [award("kazakhstan", "sangdong", "us")], YEARS, LUCKS)


def test_fresh_lucks_do_not_depend_on_how_many_are_drawn():
    start = Market(seeds=[5], record=Plan(("price.apt.rotterdam",)))
    few = {s.side: s.loss for s in leverage(start, [licences(0.0)], (3,), lucks=1)}
    moves = [nothing(), licences(0.0)]
    many = {s.side: s.loss for s in leverage(start, moves, (3,), lucks=1) if s.move != "nothing"}
    assert few == many


def test_a_fork_keeps_the_parameters_that_each_world_has_of_its_own():
    market = Market(seeds=[1, 2, 3], own={"fear.rise": np.array([0.01, 0.05, 0.2])})
    for _ in range(4):
        market.step()
    part = fork(market, [2, 0])
    for _ in range(4):
        market.step()
        part.step()
    for name in ("price.apt.rotterdam", "fear.us"):
        assert part.outcome(name).tobytes() == market.outcome(name)[[2, 0]].tobytes()
    assert market.outcome("fear.us")[0] != market.outcome("fear.us")[2]
