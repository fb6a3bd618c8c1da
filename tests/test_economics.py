"""Economics that can fail: experiments under common luck, each effect as large as it must be at least."""

from __future__ import annotations

import numpy as np
import pytest

from lab.economics.experiment import Change, Claim, Experiment, Setting
from lab.economics.measure import measure
from lab.economics.page import page
from lab.economics.table import EXPERIMENTS, SETTINGS

WORLDS = 40
CLAIMS = [(experiment, claim) for experiment in EXPERIMENTS for claim in experiment.claims]
PRICE = "price.apt.rotterdam"


@pytest.fixture(scope="module")
def found():
    """What all experiments show in a few worlds, in the order of CLAIMS."""
    return measure(EXPERIMENTS, SETTINGS, WORLDS)


@pytest.mark.parametrize("row", range(len(CLAIMS)), ids=[f"{e.key}: {c.says}" for e, c in CLAIMS])
def test_what_must_follow_from_a_change_follows_and_is_large_enough(found, row):
    measured = found[row]
    assert (measured.experiment, measured.claim) == CLAIMS[row]
    assert np.isfinite(measured.effect)
    assert measured.holds or measured.claim.known_miss, measured.line


def test_most_of_a_dozen_experiments_and_more_hold_without_any_miss(found):
    missed = {measured.experiment.key for measured in found if not measured.holds}
    assert len(EXPERIMENTS) - len(missed) >= 12
    assert len(missed) <= 0.2 * len(EXPERIMENTS)


def test_every_experiment_has_a_setting_claims_and_a_least_size():
    for experiment in EXPERIMENTS:
        assert experiment.setting in SETTINGS and experiment.changes and experiment.claims
        for claim in experiment.claims:
            assert claim.at_least is not None or claim.at_most is not None


def test_the_page_shows_every_claim_and_names_what_is_missed(found):
    text = page(found)
    for measured in found:
        assert measured.claim.says in text
        assert measured.holds or measured.claim.known_miss in text


def an_experiment(*changes, outcome=PRICE):
    return Experiment("x", "x", "plain", changes, (Claim("x", outcome, ("2025-01", "2025-06"), at_least=0.0),))


def test_a_change_that_changes_nothing_has_an_effect_of_exactly_zero():
    same = an_experiment(Change("2025-01", "united_states.tariff_china", "", 0.25, until="2025-03"))
    measured = measure([same], {"plain": Setting()}, 3)[0]
    assert (measured.effect, measured.low, measured.high) == (0.0, 0.0, 0.0)


def test_an_unknown_lever_target_event_or_outcome_is_refused():
    for faulty in (
        an_experiment(Change("2025-01", "united_states.tarif", "", 1.0)),
        an_experiment(Change("2025-01", "china.licence_approval", "mars", 1.0)),
        an_experiment(Change("2025-01", event="meteorite")),
        an_experiment(Change("2025-01", "united_states.tariff_china", "", 1.0), outcome="price.apt.luna"),
    ):
        with pytest.raises(ValueError, match=r"unknown|not a target|there is no event"):
            measure([faulty], {"plain": Setting()}, 1)
