"""Structure: output, use, scrap, trade and stocks by region, the cost curve, the fate of projects, and shares to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lab.validation import backtest, sets
from lab.validation.play import Played, Task
from lab.validation.targets import Part, Table
from sim.outcomes import STAGES
from sim.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

WATCHED = (
    "price.apt.rotterdam", "price.apt.china_domestic", "price.long_run", "supply.mine.world", "supply.scrap.world",
    "demand.world", "share.china.mine", "share.china.refined", "share.central_asia.mine", "stock.china", "stock.europe",
    "stock.north_america", "stock.hidden.china", "stock.hidden.west", "imports.china.concentrate",
)  # fmt: skip
MINED = {
    "china": (67_000, 67_000), "russia": (2_000, None), "dprk": (1_700, None),
    "kazakhstan": (0, 3_000), "latin_america": (1_600, None), "africa": (1_200, None), "australia": (1_000, None),
    "europe": (2_000, None),
}  # fmt: skip
"""t W of 2024 and 2025 by region where published (USGS MCS 2025 and 2026; Kazakhstan 2025 estimated 2,500 to 3,500)."""
USED = {"china": 71_000, "europe": 16_000, "north_america": 11_500, "japan": 7_500, "korea": 4_000, "rest": 11_000}
"""t W of 2024 by region (Guosen, USGS and estimates)."""
RISK = {
    "construction": ("late_construction", 0.85, "plan and a quarter to a half"),
    "feasibility": ("late_feasibility", 0.50, "4"),
    "pre_feasibility": ("late_pre_feasibility", 0.30, "6.5"),
    "resource": ("late_resource", 0.15, "9"),
    "care_and_maintenance": ("late_restart", 0.65, "2"),
}
"""Target, chance of output within ten years and median years to it, by stage (estimated from named projects)."""
GIVEN_UP = (float(STAGES.index("abandoned")), float(STAGES.index("care_and_maintenance")))


def outcomes(scenario: Scenario) -> tuple[str, ...]:
    """What the long run records."""
    regions = [region.key for region in scenario.regions]
    using = dict.fromkeys(demand.region for demand in scenario.demands)
    return (
        *WATCHED, *(f"supply.mine.{region}" for region in regions), *(f"demand.{region}" for region in using),
        *(f"project.{mine.key}.output" for mine in new_mines(scenario)),
    )  # fmt: skip


def new_mines(scenario: Scenario) -> list:
    """Mines outside China that did not produce at the start, or had only begun to."""
    return [mine for mine in scenario.mines if mine.region != "china" and mine.stage not in ("production",)]


def task(scenario: Scenario, seeds: range, months: int) -> Task:
    """The long run."""
    own = sets.drawn(scenario, seeds)
    return Task("long", scenario, tuple(seeds), months, outcomes(scenario), own=own, projects=True)


def judge(run: Played) -> Part:
    """All targets of structure."""
    part = Part("structure")
    scenario = run.task.scenario
    year = {
        name: np.median(run.of(name)[:12].sum(axis=0)) for name in run.task.outcomes if name.startswith(("supply", "demand"))
    }
    part.judge("world_mined", year["supply.mine.world"])
    part.judge("world_used", year["demand.world"])
    scrap = year["supply.scrap.world"]
    part.judge("scrap_share", scrap / (scrap + year["supply.mine.world"]))
    abroad = sum(r.scrap.value for r in scenario.recycling if r.region != "china")
    use = sum(d.use.value for d in scenario.demands if d.region != "china")
    part.judge(
        "scrap_abroad",
        abroad / use,
        "what closes the balance of regions: trade in products and scrap is not published by tonnage",
    )
    pools = [pool for pool in scenario.pools if pool.region == "china"]
    start = sum(pool.stock.value for pool in pools)
    part.judge("china_stock_fall", np.median(run.of("stock.china")[8]) / start - 1)
    _balance(part, run, year)
    _costs(part, scenario)
    if len(run.values) >= 120:
        _projects(part, run)
        _shares(part, run)
    return part


def _balance(part: Part, run: Played, year: dict[str, float]) -> None:
    scenario = run.task.scenario
    start = dict.fromkeys((region.key for region in scenario.regions), 0.0)
    for mine in scenario.mines:
        start[mine.region] += mine.output.value
    rows = []
    for region in start:
        known = MINED.get(region, (None, None))
        cells = [f"{v:,.0f}" if v is not None else "not published" for v in known]
        rows.append((region, cells[0], f"{start[region]:,.0f}", cells[1], f"{year[f'supply.mine.{region}']:,.0f}"))
    head = ("region", "mined in 2024", "model, start", "mined in 2025", "model, 2025")
    part.tables.append(
        Table(
            "Mine output, t W a year",
            head,
            tuple(rows),
            "Vietnam alone: 3,400 t W in 2024. Regions without a published figure share what remains of the world's.",
        )
    )
    use = dict.fromkeys((d.region for d in scenario.demands), 0.0)
    for demand in scenario.demands:
        use[demand.region] += demand.use.value
    scrap = {r.region: r.scrap.value for r in scenario.recycling}
    rows = [
        (
            region, f"{USED[region]:,.0f}" if region in USED else "not published", f"{use[region]:,.0f}",
            f"{year[f'demand.{region}']:,.0f}", f"{100 * scrap.get(region, 0) / use[region]:.0f} %",
        )
        for region in use
    ]  # fmt: skip
    head = ("region", "use of 2024", "model, start", "model, 2025", "scrap over use, start")
    note = "Published: scrap about 15 % of use in China, 42 % in the EU, 40 to 50 % in the United States."
    part.tables.append(Table("Use and scrap, t W a year", head, tuple(rows), note))
    stocks = []
    for name, title, wanted in (
        ("stock.china", "China, commercial, weeks of use", "8 to 12"),
        ("stock.europe", "Europe, commercial, weeks of use", "10 to 14"),
        ("stock.north_america", "North America, commercial, weeks of use", "10 to 14"),
    ):
        region = name.split(".")[1]
        held = sum(pool.stock.value for pool in scenario.pools if pool.region == region)
        weeks = 52 / use[region]
        path = np.median(run.of(name), axis=1)
        stocks.append((title, wanted, f"{held * weeks:.1f}", f"{path[8] * weeks:.1f}", f"{path[12] * weeks:.1f}"))
    for name in ("stock.hidden.china", "stock.hidden.west"):
        path = np.median(run.of(name), axis=1)
        stocks.append(
            (f"{name.split('.')[-1]}, hidden, t W", "unknown", f"{path[0]:,.0f}", f"{path[8]:,.0f}", f"{path[12]:,.0f}")
        )
    head = ("stock", "published", "January 2025", "September 2025", "January 2026")
    part.tables.append(Table("Stocks", head, tuple(stocks), "Goods under way are counted."))
    usual = backtest.at_start(scenario, "controlled"), backtest.at_start(scenario, "uncontrolled")
    imports = np.median(run.of("imports.china.concentrate")[:12].sum(axis=0))
    rows = (
        (
            "Chinese exports under control, year before",
            "about 780 t of APT and as much oxide and carbide",
            f"{12 * usual[0]:,.0f}",
        ),
        ("Chinese exports, other forms, year before", "12,000 to 13,000 together", f"{12 * usual[1]:,.0f}"),
        ("Chinese concentrate imports, 2025", "about 5,000", f"{imports:,.0f}"),
    )
    part.tables.append(Table("Chinese trade, t W a year", ("flow", "published", "model"), rows))


def _costs(part: Part, scenario: Scenario) -> None:
    blocks = []
    for mine in scenario.mines:
        if mine.output.value >= 1:
            steps = np.linspace(mine.cost_low.value, mine.cost_high.value, 9)
            blocks += [(float(cost), mine.output.value / 9) for cost in steps]
    blocks.sort()
    cost = np.array([cost for cost, _ in blocks])
    tonnes = np.cumsum([amount for _, amount in blocks])
    netback = {pool.key: pool.price.value for pool in scenario.pools}["china.concentrate.any"]
    part.figures["costs"] = {"cost": cost, "tonnes": tonnes, "price": netback}
    places = [float(np.interp(share * tonnes[-1], tonnes, cost)) for share in (0.25, 0.5, 0.75, 0.9)]
    rows = (
        ("first quarter", "90 to 140: by-product and large scheelite", f"{places[0]:.0f}"),
        ("median", "150 to 190: Chinese wolframite", f"{places[1]:.0f}"),
        ("third quarter", "200 to 280: small Chinese mines", f"{places[2]:.0f}"),
        ("ninth tenth", "200 to 280", f"{places[3]:.0f}"),
        ("price of concentrate in China, January 2025", "266", f"{netback:.0f}"),
    )
    part.tables.append(Table("Cash cost of output, USD/mtu in concentrate", ("place on the curve", "facts", "model"), rows))


def _projects(part: Part, run: Played) -> None:
    scenario, fate = run.task.scenario, run.projects
    opened = fate["opened"]
    rows = []
    for stage, (target, chance, years) in RISK.items():
        here = [i for i, mine in enumerate(scenario.mines) if mine.stage == stage and mine.region != "china"]
        if not here:
            continue
        months = opened[here]
        within = (months >= 0) & (months < 120)
        part.judge(target, within.mean(), f"{len(here)} projects")
        median = np.median(months[within]) / 12 if within.any() else float("nan")
        given_up = (fate["stage"][here] == STAGES.index("abandoned")).mean()
        percent = [f"{100 * share:.0f} %" for share in (chance, within.mean(), given_up)]
        rows.append((stage.replace("_", " "), str(len(here)), *percent[:2], years, f"{median:.1f}", percent[2]))
    head = (
        "stage in January 2025",
        "projects",
        "facts, within ten years",
        "model",
        "facts, years",
        "model",
        "abandoned by the end",
    )
    part.tables.append(
        Table("Projects outside China", head, tuple(rows), "Median years of those that open within ten years.")
    )
    costly = [i for i, mine in enumerate(scenario.mines) if mine.capex.value > 0 and mine.region != "china"]
    part.judge("overrun", fate["overrun"][costly].mean())
    _delays(part, run, costly)
    rows = []
    for i, mine in enumerate(scenario.mines):
        if mine.region == "china" or mine.stage == "production":
            continue
        months = opened[i]
        by = [f"{100 * ((months >= 0) & (months < limit)).mean():.0f} %" for limit in (60, 72, 132)]
        later = months[months >= 0]
        when = f"{2025 + np.median(later) / 12:.1f}" if later.size else "never"
        rows.append((mine.title, mine.stage.replace("_", " "), mine.plan_first_output or "none", *by, when))
    rows.sort(key=lambda row: row[-1])
    head = ("project", "stage in January 2025", "announced", "open by end of 2029", "2030", "2035", "median date")
    part.tables.append(Table("Each project", head, tuple(rows)))


def _delays(part: Part, run: Played, costly: list[int]) -> None:
    """Slips, overruns and failures of what has to be built, by stage and together."""
    mines, fate = run.task.scenario.mines, run.projects
    rows = []
    for stage in (*RISK, ""):
        here = [i for i in costly if mines[i].stage == stage or not stage]
        if not here:
            continue
        slip, overrun = fate["slip"][here], fate["overrun"][here]
        shares = (
            (slip <= 1.1).mean(), (overrun <= 1.1).mean(), (fate["ceiling"][here] < 1).mean(),
            np.isin(fate["stage"][here], GIVEN_UP).mean(),
        )  # fmt: skip
        words = [f"{100 * share:.0f} %" for share in shares]
        rows.append((
            stage.replace("_", " ") or "all", str(len(here)), f"{slip.mean():.2f}", words[0], f"{overrun.mean():.2f}",
            *words[1:],
        ))  # fmt: skip
    facts = ("facts", "", "1.25 (tungsten 1.3 to 2)", "54 %", "1.40", "42 %", "25 to 30 %", "see above")
    head = (
        "stage in January 2025", "projects", "planned time, multiple", "within a tenth of it", "capital cost, multiple",
        "within a tenth of it", "weak ramp-ups", "abandoned or closed at the end",
    )  # fmt: skip
    note = (
        "Facts: McKinsey 2024 on 80 mining projects of all metals (above a billion USD cost 1.8 and time 1.5), and nine"
        " tungsten starts. Time is that of studies and building before winters, power cuts and lack of money slow it."
    )
    part.tables.append(Table("Delays, overruns and failures by stage", head, (facts, *rows), note))


def _shares(part: Part, run: Played) -> None:
    scenario = run.task.scenario
    added = sum(run.of(f"project.{mine.key}.output") for mine in new_mines(scenario))
    in_2030 = added[60:72].sum(axis=0)
    low, middle, high = np.quantile(in_2030, [0.1, 0.5, 0.9])
    part.judge("additions", middle, f"80 % of worlds: {low:,.0f} to {high:,.0f}")
    part.figures["additions"] = {"tonnes": in_2030}
    shown = [f"{value:,.0f}" for value in np.quantile(in_2030, [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])]
    part.tables.append(
        Table(
            "New mines outside China in 2030, t W: share of worlds below",
            ("5 %", "10 %", "25 %", "50 %", "75 %", "90 %", "95 %"),
            (tuple(shown),),
            f"Facts: 15,000 to 18,000 weighted by risk, 45,000 announced. In the model {_worlds(in_2030 >= 15_000)} of"
            f" worlds reach 15,000, {_worlds(in_2030 >= 18_000)} 18,000 and {_worlds(in_2030 >= 45_000)} 45,000.",
        )
    )
    _central_asia(part, run)
    share = run.of("share.central_asia.mine")
    part.figures["central_asia"] = {"band": np.quantile(share, [0.1, 0.25, 0.5, 0.75, 0.9], axis=1)}
    if len(share) >= 132:
        refined = run.of("share.china.refined")[120:132].mean(axis=0)
        part.judge("china_refines", (refined > 0.5).mean(), f"median share {100 * np.median(refined):.0f} %")
        part.text.append(
            f"In 2035 China refines more than half of the world's tungsten in {_worlds(refined > 0.5)} of worlds: new mines"
            " redraw the map and do not replace China, as the trader said."
        )


def _central_asia(part: Part, run: Played) -> None:
    """Shares of world mine output in 2030 and 2035, beside what sources claim, said plainly."""
    world = run.of("supply.mine.world")
    both = run.of("project.northern_katpar.output") + run.of("project.upper_kairakty.output")
    rows = []
    for title, mined, claim, least in (
        ("Kazakhstan and Uzbekistan", run.of("share.central_asia.mine") * world, "none", 0.15),
        ("Northern Katpar and Upper Kairakty", both, "15 % from 2029 (announced)", 0.15),
        ("Uzbekistan", run.of("supply.mine.uzbekistan"), "14.8 % (promotion)", 0.148),
        ("Uzbekistan", run.of("supply.mine.uzbekistan"), "2.7 % (USGS)", 0.027),
    ):
        for year in (2030, 2035):
            months = slice(12 * (year - 2025), 12 * (year - 2025) + 12)
            if months.stop > len(world):
                continue
            share = mined[months].sum(axis=0) / world[months].sum(axis=0)
            words = [f"{100 * value:.1f} %" for value in np.quantile(share, [0.1, 0.5, 0.9])]
            rows.append((title, str(year), claim, *words, _worlds(share >= least)))
    head = (
        "mined in", "year", "claim, share of the world", "a tenth below", "median", "a tenth above",
        "worlds at the claim or above",
    )  # fmt: skip
    note = (
        "For both countries together the last column counts worlds at 15 % or above. Where it is small, the model disagrees"
        " with the claim: studies, money and building take longer in most of its worlds, and some deposits do not pay at"
        " the price that it expects for the long run."
    )
    part.tables.append(Table("Central Asia's share of mine output", head, tuple(rows), note))


def _worlds(here: NDArray[np.bool_]) -> str:
    """A share of worlds in words."""
    return f"{100 * here.mean():.0f} %"
