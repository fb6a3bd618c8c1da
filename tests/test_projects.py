"""Projects: how long a mine lasts decides what its capital costs, and what stood before looks at the price of today."""

import numpy as np
import pytest

from agents.market import Market
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
