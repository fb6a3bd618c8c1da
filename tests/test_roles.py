"""Governments and buyers decide by what they may know, each temperament in its own way."""

import ast
import inspect
import textwrap

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from agents import buyer_rule, lenders, tenders
from agents.allies import EuropeanUnion, JapanKorea, Russia, Turkey
from agents.china import China
from agents.deposits import REGION
from agents.government import by_lever
from agents.lenders import LETTERS
from agents.market import Market
from agents.public_money import SINCE, UNTIL, traits
from agents.united_states import UnitedStates
from sim.lanes import LANES, get, put, where
from sim.levers import BUYER_BLOCS
from sim.mining import incentive_price
from sim.outcomes import STAGES
from sim.prospects import FEW, enlist, is_chosen, open_list
from tests.role_views import (
    FINANCING,
    GOVERNMENTS,
    LEVERS,
    PROJECTS,
    SCENARIO,
    TEMPERAMENTS,
    alone,
    decide,
    january,
    needing,
    observations,
    rebuilt,
    target,
    with_mine,
)

# --- the seam --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", GOVERNMENTS, ids=lambda kind: kind.role)
def test_a_rule_reads_nothing_but_its_observation(kind):
    source = ast.parse(textwrap.dedent(inspect.getsource(kind.decide)))
    assert not [node for node in ast.walk(source) if isinstance(node, ast.Name) and node.id == "self"]
    assert {name for name in vars(kind) if not name.startswith("_")} == {"role", "decide"}


@pytest.mark.parametrize("kind", GOVERNMENTS, ids=lambda kind: kind.role)
def test_a_rule_decides_levers_of_its_own_role_only(kind):
    decided = decide(kind, january(kind.role))
    assert {LEVERS[name].role for name in decided} == {kind.role}


@pytest.mark.parametrize("kind", GOVERNMENTS, ids=lambda kind: kind.role)
def test_a_rule_does_not_change_what_it_sees(kind):
    seen = with_mine(january(kind.role, 3), sisson={"missing": 300.0, "stage": FINANCING})
    before = {name: value.copy() for name, value in seen.items()}
    decide(kind, seen)
    assert all(np.array_equal(before[name], seen[name]) for name in before)


def test_geography_agrees_with_the_scenario():
    assert {mine.key: mine.region for mine in SCENARIO.mines if mine.capex.value > 0} == REGION


def in_range(decisions, worlds):
    for name, value in decisions.items():
        lever = LEVERS[name]
        assert np.isfinite(value).all(), name
        assert value.min() >= lever.low and value.max() <= lever.high, name
        assert value.shape == ((len(lever.targets), worlds) if lever.targets else (worlds,)), name
        if lever.choices:
            assert np.array_equal(value, np.round(value)), name


@pytest.mark.parametrize("kind", GOVERNMENTS, ids=lambda kind: kind.role)
@settings(max_examples=25)
@given(data=st.data())
def test_decisions_stay_within_the_ranges_of_levers(kind, data):
    in_range(decide(kind, data.draw(observations(kind.role, 4))), 4)


@pytest.mark.parametrize("bloc", BUYER_BLOCS)
@settings(max_examples=25)
@given(data=st.data())
def test_buyers_stay_within_the_ranges_of_levers(bloc, data):
    seen = data.draw(observations(f"buyers.{bloc}", 4))
    in_range({name: np.asarray(value) for name, value in by_lever(buyer_rule.decide(bloc, seen))}, 4)


@pytest.mark.parametrize("kind", GOVERNMENTS, ids=lambda kind: kind.role)
@settings(max_examples=10)
@given(data=st.data())
def test_a_world_alone_decides_as_it_does_in_a_block(kind, data):
    seen = data.draw(observations(kind.role, 5))
    block = decide(kind, seen)
    for k in range(5):
        single = decide(kind, alone(seen, k))
        assert all(np.array_equal(block[name][..., k : k + 1], single[name]) for name in block)


@settings(max_examples=10)
@given(data=st.data())
def test_buyers_of_a_world_alone_decide_as_in_a_block(data):
    seen = data.draw(observations("buyers.us", 5))
    block = dict(by_lever(buyer_rule.decide("us", seen)))
    for k in range(5):
        single = dict(by_lever(buyer_rule.decide("us", alone(seen, k))))
        assert all(np.array_equal(block[name][k : k + 1], single[name]) for name in block)


@pytest.mark.parametrize("kind", GOVERNMENTS, ids=lambda kind: kind.role)
def test_every_temperament_behaves_in_its_own_way(kind):
    count = TEMPERAMENTS[kind.role]
    seen = january(kind.role, count, temperament=range(count), tariff_china=0.25, home_refining=800.0)
    needy = {"missing": 80.0, "stage": FINANCING}
    names = ("k_tungsten", "hemerdon", "sisson", "tyrnyauz")
    seen = with_mine(seen, **dict.fromkeys(names, needy))
    decided = decide(kind, seen)
    for a in range(count):
        for b in range(a):
            assert any(not np.array_equal(value[..., a], value[..., b]) for value in decided.values())


# --- China -----------------------------------------------------------------------------------


def approvals(months, approval=1.0, **changes):
    """Approvals of a China that sees the same offence month after month, shape (months, 5)."""
    path, last = [], np.full((5, 1), approval)
    for _ in range(months):
        last = decide(China, january("china", licence_approval=last, **changes))["china.licence_approval"]
        path.append(last[:, 0])
    return np.array(path)


OFFENCE = {"tariff_china": 0.25, "sourcing_ban": 0.45, "trust_united_states": -0.5,
           "trust_european_union": -0.15, "trust_japan_korea": -0.25}  # fmt: skip


def test_a_measured_china_does_not_license_out_of_the_blue():
    assert np.array_equal(approvals(24), np.ones((24, 5)))


def test_a_provoked_china_lowers_approvals_over_about_a_year_and_most_for_america():
    path = approvals(18, **OFFENCE)
    assert path[2, 0] > 0.85
    assert 0.4 <= path[-1, 0] <= 0.7
    assert (path[-1, 1:] > 0.75).all() and (path[-1, 1:] < 1).all()
    assert (np.diff(path, axis=0) <= 0).all()


def test_approvals_recover_when_offence_ends():
    quarrel = approvals(18, **OFFENCE)[-1]
    peace = approvals(30, approval=quarrel.reshape(5, 1))
    assert (np.diff(peace, axis=0) >= 0).all()
    assert np.allclose(peace[-1], 1.0)


def test_china_gives_way_when_its_licences_call_mines_into_being():
    names = ("sisson", "mactung", "upper_kairakty")
    building = {name: {"stage": STAGES.index("construction")} for name in names}
    seen = january("china", licence_approval=0.57, **OFFENCE)
    still = decide(China, seen)["china.licence_approval"][0]
    yields = decide(China, with_mine(seen, **building))["china.licence_approval"][0]
    assert yields > still


def test_deposits_lost_to_western_partners_are_held_against_them():
    seen = january("china", **OFFENCE)
    lost = with_mine(seen, northern_katpar={"partner": 2.0}, upper_kairakty={"partner": 2.0})
    assert approvals(30, **OFFENCE)[-1, 0] > 0.5
    last = np.full((5, 1), 0.57)
    sees = rebuilt(lost, dict(lost) | {"licence.approval": last}, 1)
    assert decide(China, sees)["china.licence_approval"][0] < 0.57


def test_a_hard_line_refuses_more_than_a_measured_china_and_an_open_one_less():
    seen = january("china", 3, temperament=[0, 1, 2], licence_approval=0.6, **OFFENCE)
    decided = decide(China, seen)
    measured, hard, open_ = decided["china.licence_approval"][0]
    assert hard < measured < open_
    assert decided["china.licence_military"][1] == 0 < decided["china.licence_military"][2]
    assert decided["china.controlled_scope"][1] > 0 == decided["china.controlled_scope"][0]


def test_the_quota_leans_against_scarcity_but_never_chases_it():
    april = january("china", calendar_month=4, price_apt_china_domestic=1_000.0)
    quota = decide(China, april)["china.mining_quota"]
    assert 58_800 < quota[0] <= 58_800 * 1.08
    assert decide(China, january("china", calendar_month=5))["china.mining_quota"][0] == 58_800


def test_the_reserve_buys_low_and_sells_high():
    prices = [180.0, 290.0, 700.0]
    bought = decide(China, january("china", 3, price_apt_china_domestic=prices))["china.reserve_purchases"]
    assert bought[0] > 0 == bought[1] > bought[2]


def test_china_finances_friends_but_not_the_deposits_of_rivals():
    seen = january("china", 2, trust_kazakhstan=[0.4, -0.2], trust_uzbekistan=[0.4, -0.2])
    offers = decide(China, with_mine(seen, upper_kairakty={"partner": 2.0}))
    assert target(offers, "china.overseas_finance", "northern_katpar")[0] > 0
    assert target(offers, "china.overseas_finance", "northern_katpar")[1] == 0
    assert (target(offers, "china.overseas_finance", "upper_kairakty") == 0).all()
    assert (target(offers, "china.overseas_finance", "sisson") == 0).all()


def test_china_pays_more_for_a_deposit_that_it_has_won():
    seen = january("china", 2, incentive=500.0)
    offers = decide(China, with_mine(seen, northern_katpar={"partner": [5.0, 1.0]}))
    kept, won = target(offers, "china.overseas_finance", "northern_katpar")
    assert kept == 0 < won


# --- the United States -----------------------------------------------------------------------


@settings(max_examples=40)
@given(data=st.data())
def test_a_competitor_lends_only_where_money_is_missing_or_a_letter_stands(data):
    seen = data.draw(observations("united_states", 4))
    loan = decide(UnitedStates, seen)["united_states.loan"]
    missing = seen.pick(seen["missing"])
    lettered = np.array([[project in LETTERS] for project in PROJECTS])
    assert not ((loan > 0) & (missing == 0) & ~lettered).any()


def test_a_letter_stands_once_a_deposit_is_american():
    seen = with_mine(january("united_states", 2), upper_kairakty={"stage": 2.0, "partner": [2.0, 1.0]})
    loan = target(decide(UnitedStates, seen), "united_states.loan", "upper_kairakty")
    assert loan[0] > 300 and loan[1] == 0


def test_a_competitor_backs_the_few_best_and_a_pragmatist_at_most_one():
    names = ("sisson", "mactung", "pilot_mountain", "watershed", "molyhil")
    seen = needing(january("united_states", 2, temperament=[0, 1], incentive=300.0), names)
    loan = decide(UnitedStates, seen)["united_states.loan"]
    assert (loan[:, 0] > 0).tolist().count(True) == 3
    assert (loan[:, 1] > 0).tolist().count(True) == 1


def test_a_backed_project_gets_an_offtake_with_a_floor_from_a_competitor_only():
    seen = needing(january("united_states", 2, temperament=[0, 1], incentive=300.0), ["sisson"])
    decided = decide(UnitedStates, seen)
    assert (target(decided, "united_states.offtake_share", "sisson") > 0).all()
    assert target(decided, "united_states.floor_price", "sisson").tolist() == [240.0, 0.0]


def test_nobody_lends_to_a_project_whose_output_is_sold_to_others():
    seen = with_mine(needing(january("united_states"), ["sisson"]), sisson={"offtake.china": 1.0})
    assert decide(UnitedStates, seen)["united_states.loan"].max() == 0


def test_the_stockpile_is_filled_within_the_budget_and_no_further_than_its_target():
    seen = january("united_states", 4, cover=[10.0, 10.0, 72.0, 200.0], spent=[0.0, 500.0, 0.0, 0.0])
    bought = decide(UnitedStates, seen)["united_states.stockpile_purchases"]
    assert bought[0] > bought[2] > 0 == bought[1] == bought[3]
    assert bought[0] * 126.1 * 350 / 1e6 <= 500


def test_the_sourcing_ban_begins_in_2027():
    ban = [decide(UnitedStates, january("united_states", year=y))["united_states.sourcing_ban"][0]
           for y in (2026, 2027)]  # fmt: skip
    assert ban == [0.0, 1.0]


# --- shared equations ------------------------------------------------------------------------


@njit
def _lent(ranks, most, chosen):
    """Mark whom a list of the few best chooses, (projects, LANES)."""
    best, which = np.empty((FEW, LANES)), np.empty((FEW, LANES))
    open_list(best, which, 0)
    for p in range(ranks.shape[0]):
        enlist(best, which, 0, get(ranks, p), float(p))
    for p in range(ranks.shape[0]):
        put(chosen, p, where(is_chosen(which, 0, float(p), get(most, 0)), 1.0, 0.0))


def test_the_few_best_are_chosen_and_of_equals_the_first():
    random = np.random.default_rng(1)
    for _ in range(50):
        ranks = random.choice([50.0, 60.0, 70.0, 80.0, np.inf], (6, LANES))
        most, chosen = random.integers(0, FEW + 1, (1, LANES)).astype(float), np.empty((6, LANES))
        _lent(ranks, most, chosen)
        for k in range(LANES):
            order = sorted((p for p in range(6) if ranks[p, k] < np.inf), key=lambda p: ranks[p, k])
            assert set(np.flatnonzero(chosen[:, k])) == set(order[: int(most[0, k])])


def test_offers_together_stay_within_the_limit():
    seen = january("turkey", budget=20.0, trust_kazakhstan=1.0, trust_uzbekistan=1.0, partner=0.0, missing=50.0)
    lent = decide(Turkey, seen)["turkey.project_finance"]
    assert (lent > 0).sum() > 1
    assert np.isclose(lent.sum(), lenders.LENDING_YEARS * 20.0)


LENDERS = (China, UnitedStates, EuropeanUnion, JapanKorea, Turkey, Russia)


@pytest.mark.parametrize("kind", LENDERS, ids=lambda kind: kind.role)
@settings(max_examples=15)
@given(data=st.data())
def test_who_is_not_looked_at_would_change_no_decision(kind, data):
    seen = data.draw(observations(kind.role, 4))
    few, known = decide(kind, seen), traits(PROJECTS, (kind.role,)).copy()
    known[SINCE], known[UNTIL] = 0.0, len(STAGES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tenders, "traits", lambda projects, roles: known)
        every = decide(kind, rebuilt(seen, dict(seen), 4))
    assert all(np.array_equal(few[name], every[name]) for name in few)


def test_all_are_asked_at_once_what_each_offers_alone():
    market = Market(SCENARIO, seeds=range(150))
    for _ in range(20):
        market.step()
    public = market.briefing.news()
    together = {role: market.briefing.view(role, public) for role in tenders.ROLES}
    market.seats.invite(together)
    for kind in LENDERS:
        alone = market.briefing.view(kind.role, market.briefing.news())
        offered, single = tenders.offers_of(together[kind.role]), tenders.offers_of(alone)
        assert all(np.array_equal(offered[lever], single[lever]) for lever in single)
        assert any(single[lever].any() for lever in single) or kind in (Turkey, Russia)


def test_incentive_prices_are_made_of_their_parts():
    market = Market(SCENARIO, seeds=range(3))
    market.step()
    seen = market.briefing.view("china", market.briefing.news())
    cost, grants, capacity, yearly, relief, payable = seen.parts_of_incentive()
    price = incentive_price(cost, seen["capex"], grants, capacity[:, None], yearly, relief, payable[:, None])
    assert np.array_equal(price, seen["incentive"])


def test_offers_that_somebody_remembers_are_not_overwritten():
    market = Market(SCENARIO, seeds=range(40))
    for _ in range(12):
        market.step()
    remembered = {name: table for name, table in market.seats.ruled.items() if name in tenders.OFFERS}
    before = {name: table.copy() for name, table in remembered.items()}
    for _ in range(6):
        market.step()
    assert all(np.array_equal(remembered[name], before[name]) for name in before)
    assert any(not np.array_equal(market.seats.ruled[name], before[name]) for name in before)
