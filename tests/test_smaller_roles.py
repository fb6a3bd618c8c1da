"""The middle powers, the allies and the buyers play their seats."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import buyer_rule
from agents.allies import EuropeanUnion, JapanKorea, Russia, Turkey
from agents.government import by_lever
from agents.kazakhstan import Kazakhstan
from agents.middle_power import plant_room
from agents.uzbekistan import Uzbekistan
from sim.levers import PARTNERS
from sim.outcomes import STAGES
from tests.role_views import decide, january, needing, observations, rebuilt, target, with_mine

# --- the middle powers -----------------------------------------------------------------------


def test_a_balancer_gives_its_big_deposits_to_different_partners():
    trust = {"trust_united_states": 0.4, "trust_european_union": 0.35, "trust_china": 0.4}
    seen = january("kazakhstan", month=24, **trust)
    north, upper = (target(decide(Kazakhstan, seen), "kazakhstan.award", name)[0]
                    for name in ("northern_katpar", "upper_kairakty"))  # fmt: skip
    assert 0 < north != upper > 0
    assert PARTNERS[int(north)] == "us"


def test_high_prices_bring_awards_forward():
    calm, dear = (january("kazakhstan", month=2, price_apt_rotterdam=price) for price in (335.0, 700.0))
    assert target(decide(Kazakhstan, calm), "kazakhstan.award", "northern_katpar")[0] == 0
    assert target(decide(Kazakhstan, dear), "kazakhstan.award", "northern_katpar")[0] > 0


def test_an_open_door_awards_at_once_and_a_nationalist_to_the_state():
    seen = january("kazakhstan", 3, month=1, temperament=[0, 1, 2])
    award = target(decide(Kazakhstan, seen), "kazakhstan.award", "upper_kairakty")
    assert award[0] == 0
    assert PARTNERS[int(award[1])] == "state"
    assert PARTNERS[int(award[2])] not in ("none", "state")


@pytest.mark.parametrize(("kind", "state"), [(Kazakhstan, 1), (Uzbekistan, 1)])
def test_what_is_awarded_or_being_built_stays_as_it_is(kind, state):
    seen = january(kind.role, month=60, temperament=state, partner=2.0)
    assert decide(kind, seen)[f"{kind.role}.award"].max() == 0
    built = january(kind.role, month=60, temperament=0, stage=STAGES.index("construction"))
    assert decide(kind, built)[f"{kind.role}.award"].max() == 0


def test_uzbek_deposits_stay_with_those_who_hold_them():
    decided = decide(Uzbekistan, january("uzbekistan", partner=0.0))
    award = functools.partial(target, decided, "uzbekistan.award")
    assert [PARTNERS[int(award(name)[0])] for name in ("k_tungsten", "sarykul", "ingichka")] == [
        "turkey", "state", "china",
    ]  # fmt: skip


@settings(max_examples=40)
@given(data=st.data())
def test_a_balancer_never_asks_for_more_processing_than_its_plants_can_take(data):
    seen = data.draw(observations("kazakhstan", 4))
    seen = rebuilt(seen, dict(seen) | {"temperament": np.zeros(4)}, 4)
    asked = decide(Kazakhstan, seen)["kazakhstan.processing_requirement"]
    assert (asked <= plant_room(seen["home_refining"], seen["home_mining"]) + 1e-12).all()


def test_the_requirement_grows_with_plants_and_skills():
    seen = january("kazakhstan", 3, home_refining=[0.0, 500.0, 500.0], skills=[0.9, 0.3, 0.9])
    none, few, many = decide(Kazakhstan, seen)["kazakhstan.processing_requirement"]
    assert 0 == none < few < many


@pytest.mark.parametrize("kind", [Kazakhstan, Uzbekistan])
@settings(max_examples=25)
@given(data=st.data())
def test_investment_stays_within_the_budget(kind, data):
    seen = data.draw(observations(kind.role, 4))
    decided, spent = decide(kind, seen), 0.0
    for lever in ("refinery_investment", "carbide_investment", "skills_investment", "power_readiness"):
        spent = spent + decided[f"{kind.role}.{lever}"]
    spent = spent + decided[f"{kind.role}.diplomacy"].sum(axis=0)
    assert (spent <= 1.1 * seen["budget"] + 1e-9).all()


def test_an_empty_treasury_slows_investment():
    rich, poor = decide(Kazakhstan, january("kazakhstan", 2, treasury=[600.0, -600.0]))[
        "kazakhstan.skills_investment"
    ]
    assert 0 < poor < rich


def test_a_nationalist_takes_more_royalty_and_an_open_door_less():
    seen = january("kazakhstan", 3, temperament=[0, 1, 2])
    balanced, nationalist, open_ = decide(Kazakhstan, seen)["kazakhstan.royalty"]
    assert open_ < balanced < nationalist


# --- allies and others -----------------------------------------------------------------------


def test_a_cautious_union_waits_for_its_pilot_and_an_activist_does_not():
    def bought(year):
        seen = january("european_union", 2, temperament=[0, 1], year=year, cover=0.0, stockpile=0.0)
        return decide(EuropeanUnion, seen)["european_union.stockpile_purchases"]

    assert bought(2025)[0] == 0 < bought(2025)[1]
    assert 0 < bought(2026)[0] < bought(2026)[1]


def test_the_union_backs_mines_at_home_and_its_own_partners():
    seen = needing(january("european_union", incentive=300.0), ("hemerdon", "sisson", "upper_kairakty"))
    offers = decide(EuropeanUnion, with_mine(seen, upper_kairakty={"partner": 3.0, "incentive": 290.0}))
    assert target(offers, "european_union.project_finance", "upper_kairakty")[0] > 0
    assert target(offers, "european_union.project_finance", "sisson")[0] == 0


def test_a_stockpiler_buys_through_the_cycle_and_the_market_does_not():
    seen = january("japan_korea", 2, temperament=[0, 1], price_apt_rotterdam=700.0, cover=60.0)
    bought = decide(JapanKorea, seen)["japan_korea.stockpile_purchases"]
    assert bought[0] > 0 == bought[1]


def test_refused_licences_make_a_stockpiler_buy_more():
    seen = january("japan_korea", 2, licence_approval=[1.0, 0.2], cover=130.0)
    calm, refused = decide(JapanKorea, seen)["japan_korea.stockpile_purchases"]
    assert refused > calm


def test_turkey_backs_turkish_mines_unless_it_is_absent():
    seen = needing(january("turkey", 2, temperament=[0, 1], budget=30.0), ["k_tungsten", "sisson"])
    offers = decide(Turkey, with_mine(seen, k_tungsten={"partner": 4.0}))
    assert (target(offers, "turkey.project_finance", "k_tungsten") > 0).tolist() == [True, False]
    assert target(offers, "turkey.project_finance", "sisson").max() == 0


def test_an_exporting_russia_sells_more_to_china():
    kept, sold = decide(Russia, january("russia", 2, temperament=[0, 1]))["russia.exports_to_china"]
    assert kept < sold == 1


# --- buyers ----------------------------------------------------------------------------------


def bought(lever, bloc="us", **changes):
    worlds = max(len(np.atleast_1d(value)) for value in changes.values())
    decided = buyer_rule.decide(bloc, january(f"buyers.{bloc}", worlds, **changes))
    return dict(by_lever(decided))[f"buyers.{bloc}.{lever}"]


def test_fear_fills_warehouses_and_ends_pooling():
    assert np.allclose(bought("cover", fear=[0.0, 0.5]), [2.8, 4.2])
    assert np.allclose(bought("pooling", fear=[0.0, 1.0]), [0.1, 0.0])


def test_refusals_and_stopped_lines_teach_a_higher_premium():
    ceiling = bought("premium_ceiling", refused=[0.0, 0.5, 1.0], unmet=[0.0, 0.0, 1.0])
    assert ceiling[0] == 0.05 < ceiling[1] < ceiling[2] == 0.35


def test_buyers_follow_what_they_have_learned_until_the_premium_is_past_bearing():
    share = bought("secure_share", secure_wish=[0.1, 0.3, 0.3], premium_secure=[0.0, 0.0, 100.0])
    assert share[0] == 0.1 < share[2] < share[1] == 0.3


def test_dear_tungsten_is_saved_and_recycled_and_a_wild_market_signs_long_contracts():
    for lever in ("recycling_effort", "substitution_effort"):
        calm, dear = bought(lever, bloc="europe", price_apt_rotterdam=[335.0, 900.0])
        assert 0 < calm < dear / 3
    assert np.allclose(bought("long_contracts", momentum_rotterdam=[0.0, 0.8]), [0.4, 0.75])
