"""Everything that is measured each month: name, unit and help, in one registry."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from sim.levers import LICENCE_BLOCS
from sim.scenario import Scenario

STAGES = (
    "resource",
    "pre_feasibility",
    "feasibility",
    "financing",
    "construction",
    "ramp_up",
    "production",
    "care_and_maintenance",
    "exhausted",
    "abandoned",
)
"""A project's life; `project.<name>.stage` is the position in this list."""

SCORED = (
    "china",
    "united_states",
    "kazakhstan",
    "uzbekistan",
    "european_union",
    "japan_korea",
    "buyers.us",
    "buyers.europe",
    "buyers.japan_korea",
)
FEARFUL = ("china", "us", "europe", "japan_korea", "rest")

PRICE, MONTHLY, TONNES, SHARE = "USD/mtu", "t W/month", "t W", "share"


@dataclass(frozen=True)
class Outcome:
    """One measured quantity."""

    name: str
    unit: str
    help: str


def registry(scenario: Scenario) -> dict[str, Outcome]:
    """All outcomes of a scenario by name, in the order of tables."""
    regions = [region.key for region in scenario.regions]
    refining = list(dict.fromkeys(_region(arc.origin) for arc in scenario.arcs if arc.kind == "refine"))
    using = list(dict.fromkeys(demand.region for demand in scenario.demands))
    projects = [mine.key for mine in scenario.mines]
    rows: list[tuple[str, str, str]] = [
        ("price.apt.china_domestic", PRICE, "APT inside China, without VAT"),
        ("price.apt.fob_china", PRICE, "APT at Chinese ports: best net bid over licensed destinations"),
        ("price.apt.rotterdam", PRICE, "APT, spot, Rotterdam"),
        ("price.apt.us", PRICE, "APT, spot, United States"),
        ("price.concentrate.china", PRICE, "Concentrate inside China, without VAT"),
        ("price.long_run", PRICE, "Price to which holders expect APT in Rotterdam to return"),
        ("premium.secure", PRICE, "Premium of eligible over ordinary APT, West, by use"),
        *[(f"licence.shadow_price.{b}", PRICE, f"Worth of one more licence, {b}") for b in LICENCE_BLOCS],
        *[(f"supply.mine.{r}", MONTHLY, f"Mine output, {r}") for r in regions],
        ("supply.mine.world", MONTHLY, "Mine output"),
        ("supply.scrap.world", MONTHLY, "Tungsten recovered from scrap"),
        *[(f"refined.{r}", MONTHLY, f"Concentrate refined (output), {r}") for r in refining],
        *[(f"demand.{r}", MONTHLY, f"Use, {r}") for r in using],
        ("demand.world", MONTHLY, "Use"),
        *[(f"stock.{r}", TONNES, f"Commercial stock with goods under way, {r}") for r in regions],
        ("stock.hidden.china", TONNES, "Held back and hidden by traders, smelters and mines in China"),
        ("stock.hidden.west", TONNES, "Held back by traders outside China"),
        ("stockpile.us", TONNES, "National Defense Stockpile"),
        ("stockpile.china", TONNES, "Chinese state reserve"),
        ("stockpile.european_union", TONNES, "European stockpile"),
        ("stockpile.japan_korea", TONNES, "Japanese and Korean stockpiles"),
        ("exports.china.controlled", MONTHLY, "Chinese exports under licence"),
        ("exports.china.uncontrolled", MONTHLY, "Chinese exports of forms without licence"),
        ("imports.china.concentrate", MONTHLY, "Chinese imports of concentrate"),
        ("share.china.mine", SHARE, "China's share of mine output"),
        ("share.china.refined", SHARE, "China's share of refined output"),
        ("share.central_asia.mine", SHARE, "Kazakhstan's and Uzbekistan's share of mine output"),
        ("concentration.mine", SHARE, "Mine output in few regions: Herfindahl index, 1 if all comes from one"),
        ("concentration.refined", SHARE, "Refined output in few regions: Herfindahl index, 1 if all comes from one"),
        ("leverage.china", SHARE, "Chinese exports, licensed or not, over use outside China"),
        ("unmet.defence", MONTHLY, "Defence use that found nothing at any price it would pay"),
        ("unmet.world", MONTHLY, "Use lost to empty stocks"),
        ("cover.us_defence", "month", "American defence use covered by stockpile and eligible stock"),
        *[(f"fear.{b}", SHARE, f"Extra stock wished for out of fear, {b}") for b in FEARFUL],
        *[(f"project.{p}.stage", "stage", f"Stage of {p}: position in {', '.join(STAGES)}") for p in projects],
        *[(f"project.{p}.output", MONTHLY, f"Output of {p}") for p in projects],
        *[(f"score.{role}", "index", f"Score of {role}, 0 to 100") for role in SCORED],
        ("kazakhstan.sovereignty", "index", "Processing at home, partners, skills and independence, 0 to 100"),
        *[(f"spending.{role}", "million USD", f"Public money spent so far, {role}") for role in SCORED[:6]],
        ("balance.tonnes", TONNES, "Tungsten that the books cannot explain"),
        ("balance.dollars", "million USD", "Money that the books cannot explain"),
        ("solver.steps", "step", "Newton steps of the clearing"),
    ]
    return {name: Outcome(name, unit, text) for name, unit, text in rows}


def choose(scenario: Scenario, names: Sequence[str]) -> list[Outcome]:
    """The outcomes of these names, all if there are none.

    Raises:
        ValueError: an unknown name, with the nearest known ones.
    """
    known = registry(scenario)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 3)
            hint = f"; did you mean {' or '.join(near)}?" if near else "; `main.py outcomes` lists them"
            raise ValueError(f"unknown outcome '{name}'{hint}")
    return [known[name] for name in names] if names else list(known.values())


def _region(pool: str) -> str:
    return pool.split(".")[0]
