"""Projects: how long a mine lasts decides what its capital costs, and what stood before looks at the price of today."""

import numpy as np
import pytest

from agents.market import Market, Order
from sim import mining
from sim.levers import OFFTAKERS
from sim.mining import annuity


@pytest.fixture(scope="module")
def markets():
    """A month of a market, and of one in which the last year was twice as dear."""
    plain, dear = (Market("central_asia_2025", seeds=[1, 2]) for _ in range(2))
    dear.buyers.slow_price = 2 * dear.buyers.slow_price
    plain.step()
    dear.step()
    return plain, dear


def row(market, mine):
    return market.mines.names.index(mine)


def test_capital_is_paid_back_over_the_years_that_the_ore_lasts(markets):
    mines, p = markets[0].mines, markets[0].parameters.projects
    for mine, years in (("sisson", p.life), ("molyhil", p.least_life)):
        assert (mines.life[row(markets[0], mine)] == years).all()
        assert mines.yearly[row(markets[0], mine)] == pytest.approx(annuity(p.hurdle_rate, years))
    assert (mines.yearly[row(markets[0], "sisson")] < mines.yearly[row(markets[0], "molyhil")]).all()


def test_a_dear_year_makes_reopening_worth_more_and_building_anew_no_more(markets):
    plain, dear = (market.mines.worth for market in markets)
    for mine in ("hemerdon", "los_santos", "la_parrilla"):
        assert (dear[row(markets[0], mine)] > 1.2 * plain[row(markets[0], mine)]).all()
    for mine in ("sisson", "northern_katpar", "k_tungsten"):
        assert np.array_equal(dear[row(markets[0], mine)], plain[row(markets[0], mine)])


def bought_with_floor(market, mine, share, floor):
    """Put a share of a mine's output under an American contract with a floor, USD/mtu of APT."""
    table, at = market.finance.offtakes[OFFTAKERS.index("us")], row(market, mine)
    for name, value in (("share", share), ("floor", floor), ("until", 1000.0), ("public", 1.0)):
        changed = getattr(table, name).copy()
        changed[at] = value
        setattr(table, name, changed)
    return at


def after_a_slump(share):
    """A month at half the price after five months of losses, with a share of Panasqueira's output sold at a floor of 400."""
    market = Market("central_asia_2025", seeds=[1, 2])
    at = bought_with_floor(market, "panasqueira", share, 400.0)
    market.exchange.price = 0.5 * market.exchange.price
    idle = market.mines.idle.copy()
    idle[at] = mining.CLOSURE_PATIENCE - 1
    market.mines.idle = idle
    price = market.exchange.price[market.mines.pools]
    topped = market.finance.topped(price)
    market.step()
    return market, at, price[market.mines.pool_place[at]], topped


def test_a_mine_that_sells_at_a_floor_works_on_where_others_close():
    (free, at, *_), (floored, *_) = after_a_slump(0.0), after_a_slump(1.0)
    assert (free.mines.stage[at] == mining.CARE).all()
    assert (floored.mines.stage[at] == mining.PRODUCTION).all()
    assert (floored.mines.utilisation[at] > free.mines.utilisation[at]).all()
    payer = free.states.place["united_states"]
    assert (floored.states.spent[payer] > free.states.spent[payer]).all()
    for left in floored.settlement.unexplained():
        assert np.abs(left).max() < 1e-6


def test_a_mine_judges_the_blend_of_what_it_sells_at_a_floor_and_on_the_spot():
    market, at, price, (place, topped) = after_a_slump(0.4)
    payable = market.mines.payable[at, 0]
    assert topped[place[at]] == pytest.approx(0.4 * (400.0 * payable - price))
    assert np.flatnonzero(place >= 0).tolist() == [at]


def test_grants_stop_where_no_capital_lacks():
    market = Market("central_asia_2025", seeds=[1], orders=[Order("united_states.mine_support", "san_juan", 200.0, 0)])
    for _ in range(6):
        market.step()
    mines, at = market.mines, row(market, "san_juan")
    assert mines.grants[at] > 0
    assert mines.equity[at] + mines.loans[at] + mines.grants[at] <= mines.need[at] + 1e-9


@pytest.mark.parametrize(("partner", "slip", "pace"), [(1.0, 2.0, 1 / 0.7), (1.0, 1.1, 1.1), (2.0, 2.0, 1.0)])
def test_a_chinese_partner_makes_slip_good_and_is_never_early(partner, slip, pace):
    assert mining.haste(partner, slip, 0.7) == pytest.approx(pace)


def test_a_milder_winter_slows_building_less(markets):
    nature = markets[0].nature
    winters = [harm for harm in nature.harms if harm.kind == "winter"]
    assert winters
    for harm in winters:
        slowed = harm.building > 0
        assert np.array_equal(harm.building[slowed], (harm.loss * harm.exposure)[slowed])
