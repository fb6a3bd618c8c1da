"""Three years of one world of each shipped scenario, kept as text: whatever moves results shows here."""

from __future__ import annotations

import pytest

from agents.market import Plan
from sim.outcomes import STAGES
from sim.scenario_files import shipped
from tests.market_runs import played

NAMES = [summary.name for summary in shipped()]
SEED, MONTHS = 2025, 36
OUTCOMES = (
    "price.apt.china_domestic",
    "price.apt.fob_china",
    "price.apt.rotterdam",
    "price.apt.us",
    "price.concentrate.china",
    "price.long_run",
    "premium.secure",
    "licence.shadow_price.us",
    "supply.mine.world",
    "supply.scrap.world",
    "refined.china",
    "demand.world",
    "exports.china.controlled",
    "share.central_asia.mine",
    "stock.china",
    "stock.hidden.china",
    "stockpile.us",
    "fear.europe",
    "kazakhstan.sovereignty",
    "score.china",
    "score.united_states",
    "score.kazakhstan",
)
PREFIX = "playthrough_"


def playthrough(scenario):
    """The record of a world as text: outcomes by quarter, then what happened and what stages were reached."""
    market = played(MONTHS, scenario, seeds=[SEED], record=Plan(OUTCOMES, every="quarter"))
    first_year, first_month = (int(part) for part in market.scenario.start.split("-"))

    def date(month):
        years, months = divmod(first_month - 1 + month, 12)
        return f"{first_year + years}-{months + 1:02d}"

    dates = "".join(date(month).rjust(13) for month in market.record.times)
    lines = [f"{scenario}, seed {SEED}", "", "outcome".ljust(26) + dates]
    for name, values in zip(OUTCOMES, market.record.values.swapaxes(0, 1)[..., 0], strict=True):
        lines.append(name.ljust(26) + "".join(f"{value:.6g}".rjust(13) for value in values))
    lines += ["", "events"]
    lines += [f"{date(month)} {key} {target}".rstrip() for month, key, target, _ in market.events_seen]
    lines += ["", "projects whose stage has changed"]
    for mine, stage in zip(market.scenario.mines, market.mines.stage[:, 0], strict=True):
        if STAGES[int(stage)] != mine.stage:
            lines.append(f"{mine.key}: {mine.stage} to {STAGES[int(stage)]}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("scenario", NAMES)
def test_a_playthrough_is_the_one_that_was_kept(goldens, scenario):
    goldens.check(PREFIX + scenario, playthrough(scenario))


def test_no_playthrough_is_kept_of_a_scenario_that_is_gone(goldens):
    kept = {path.stem.removeprefix(PREFIX) for path in goldens.folder.glob(f"{PREFIX}*.txt")}
    assert kept <= set(NAMES)
