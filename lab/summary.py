"""What a person reads after a headless run: prices, shares, mines, scores and the books, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lab import months
from lab.chart import Band, Line, chart
from lab.results import BALANCES, CHARTED, NEVER, Results, Vector, bands
from sim import outcomes, units

TITLES = {"price.apt.rotterdam": "Rotterdam", "price.apt.china_domestic": "China domestic"}
COLOURS = {"price.apt.rotterdam": "cyan", "price.apt.china_domestic": "red"}
NOTHING = "–"
BANDED = "median (and where four worlds in five lie)"


@dataclass(frozen=True)
class Column:
    """A column of a table of months."""

    title: str
    unit: str
    outcome: str
    decimals: int = 0
    factor: float = 1.0
    """What values are multiplied with before they are shown."""
    with_bands: bool = True
    """Whether it is shown for many worlds too, where columns are wide."""


CNY_PER_TONNE = units.apt_price_in_china(1.0)
THOUSAND_PER_YEAR = units.MONTHS_PER_YEAR / 1000

PRICES = (
    Column("Rotterdam", "USD/mtu", "price.apt.rotterdam"),
    Column("FOB China", "USD/mtu", "price.apt.fob_china"),
    Column("United States", "USD/mtu", "price.apt.us", with_bands=False),
    Column("China domestic", "USD/mtu", "price.apt.china_domestic"),
    Column("China domestic", "1,000 CNY/t*", "price.apt.china_domestic", 0, CNY_PER_TONNE / 1000),
    Column("Concentrate, China", "USD/mtu", "price.concentrate.china", with_bands=False),
    Column("Secure premium", "USD/mtu", "premium.secure"),
)
SHARES = (
    Column("China mines", "% of world", "share.china.mine", 1, 100),
    Column("China refines", "% of world", "share.china.refined", 1, 100),
    Column("Central Asia mines", "% of world", "share.central_asia.mine", 1, 100),
    Column("World mines", "1,000 t W/year", "supply.mine.world", 1, THOUSAND_PER_YEAR),
    Column("Scrap", "1,000 t W/year", "supply.scrap.world", 1, THOUSAND_PER_YEAR, with_bands=False),
    Column("Use", "1,000 t W/year", "demand.world", 1, THOUSAND_PER_YEAR, with_bands=False),
    Column("US defence cover", "months", "cover.us_defence", 1),
)
RARE = 0.01
"""Share of worlds below which an opening is rare."""

BLOCS = {"us": "United States", "europe": "Europe", "japan_korea": "Japan and Korea"}
STOPPED = ("care_and_maintenance", "exhausted", "abandoned")


def summary(results: Results, width: int = 98) -> Group:
    """The summary of a run, for a terminal at least 80 columns wide.

    Args:
        results: what the run left behind.
        width: columns of the chart.
    """
    job = results.job
    parts: list[RenderableType] = [_head(results), Text(), _chart(results, width), Text()]
    parts += [_months("Prices of APT, without VAT (* with VAT)", results, PRICES), Text()]
    parts += [_months("Shares and quantities", results, SHARES), Text()]
    parts += [_mines(results) if job.worlds == 1 else _openings(results), Text(), _scores(results), Text()]
    if not job.everything:
        parts += [_asked(results), Text()]
    parts.append(_books(results))
    return Group(*parts)


def _head(results: Results) -> Text:
    job = results.job
    head = Text(job.scenario.title, "bold")
    seeds = f"seed {job.seed}"
    if job.worlds > 1:
        seeds = f"{job.worlds:,} worlds, seeds {job.seed} to {job.last_seed}"
    head.append(f"   {job.scenario.start} to {job.end}, {seeds}\n", "not bold dim")
    head.append(job.scenario.description, "not bold")
    for item in job.settings:
        since = months.at(job.scenario.start, item.month)
        head.append(f"\nSet: {item.name} = {item.typed} from {since}", "not bold yellow")
    return head


def _chart(results: Results, width: int) -> RenderableType:
    start, times = results.job.scenario.start, results.times
    if results.job.worlds == 1:
        lines = [Line(TITLES[name], results.path(name)[:, 0], COLOURS[name]) for name in CHARTED]
        return Group(_title("APT price, USD/mtu without VAT"), chart(start, times, lines, width=width))
    low, middle, high = bands(results.path(CHARTED[0]))
    title = "APT price in Rotterdam, USD/mtu: median, and dotted where four worlds in five lie"
    line = Line("median", middle, COLOURS[CHARTED[0]])
    return Group(_title(title), chart(start, times, [line], Band(low, high), width=width))


def _months(title: str, results: Results, columns: Sequence[Column]) -> Group:
    """A row for each kept month, a column for each quantity; with many worlds, the median and the band."""
    many = results.job.worlds > 1
    table = _table()
    table.add_column("")
    cells = []
    for column in columns:
        if many and not column.with_bands:
            continue
        table.add_column(f"{column.title}\n[dim]{column.unit}[/dim]", justify="right")
        three = bands(results.of(column.outcome) * column.factor).T
        cells.append([_cell(item, column.decimals, many) for item in three])
    for month, *row in zip(results.shown_months, *cells, strict=True):
        table.add_row(f"[dim]{month}[/dim]", *row)
    return Group(_title(title, many), table)


def _mines(results: Results) -> Group:
    """Which mines opened and closed in a single world, and where the others stand."""
    mines = {mine.key: mine for mine in results.job.scenario.mines}
    opened = dict(zip(results.projects, results.opened[:, 0].tolist(), strict=True))
    table = _table()
    for name in ("", "Region", "Behind it"):
        table.add_column(name)
    for name in ("First output", "Announced", f"t W/year in {results.shown_months[-1]}"):
        table.add_column(name, justify="right")
    for key, place in sorted(opened.items(), key=lambda item: (item[1], item[0])):
        if place == NEVER:
            continue
        mine = mines[key]
        output = float(results.of(f"project.{key}.output")[-1, 0]) * units.MONTHS_PER_YEAR
        month = months.at(results.job.scenario.start, place)
        planned = mine.plan_first_output or NOTHING
        where = _title_of(results, mine.region)
        table.add_row(mine.title, where, _words(mine.backer), month, planned, _number(output, -1))
    running = [mine.key for mine in results.job.scenario.mines if mine.key not in opened]
    waiting = [key for key, place in opened.items() if place == NEVER]
    return Group(
        _title("Mines that opened"),
        table if table.row_count else Text("none"),
        *_stages(results, waiting, outcomes.STAGES, "Not opened, "),
        *_stages(results, running, STOPPED, "No longer running, "),
    )


def _stages(results: Results, keys: Sequence[str], wanted: Sequence[str], before: str) -> Iterator[Text]:
    """A line for each stage in which mines stand at the end."""
    titles = {mine.key: mine.title for mine in results.job.scenario.mines}
    for stage in wanted:
        place = outcomes.STAGES.index(stage)
        here = [titles[key] for key in keys if int(results.of(f"project.{key}.stage")[-1, 0]) == place]
        if here:
            yield Text.assemble((f"{before}{_words(stage)}: ", "dim"), ", ".join(here))


def _openings(results: Results) -> Group:
    """How often and when mines opened, over many worlds."""
    mines = {mine.key: mine for mine in results.job.scenario.mines}
    start = results.job.scenario.start
    table = _table()
    for name in ("", "Region", "Behind it"):
        table.add_column(name)
    for name in ("Opened in", "10 %", "Median", "90 %", "Announced"):
        table.add_column(name, justify="right")
    rows = dict(zip(results.projects, results.opened, strict=True))
    shares = {key: float(np.mean(row != NEVER)) for key, row in rows.items()}
    rare = []
    for key, row in sorted(rows.items(), key=lambda item: -shares[item[0]]):
        mine = mines[key]
        if shares[key] < RARE:
            rare.append(mine.title)
            continue
        when = [months.at(start, round(place)) for place in bands(row[row != NEVER].astype(float))]
        share = f"{shares[key]:.0%}"
        planned = mine.plan_first_output or NOTHING
        table.add_row(mine.title, _title_of(results, mine.region), _words(mine.backer), share, *when, planned)
    rest = [Text.assemble(("In fewer than one world in a hundred: ", "dim"), ", ".join(rare))] if rare else []
    title = _title("Mines that opened, and when in the worlds in which they did")
    return Group(title, table if table.row_count else Text("none"), *rest)


def _scores(results: Results) -> Group:
    """Scores of all roles, at the first and last record."""
    titles = {government.key: government.title for government in results.job.scenario.governments}
    titles |= {f"buyers.{bloc}": f"Buyers, {title}" for bloc, title in BLOCS.items()}
    titles["kazakhstan.sovereignty"] = "Kazakhstan's sovereignty"
    many = results.job.worlds > 1
    table = _table()
    table.add_column("")
    for month in (results.shown_months[0], results.shown_months[-1]):
        table.add_column(month, justify="right")
    table.add_column("")
    for name in [name for name in results.names if name.startswith("score.")] + ["kazakhstan.sovereignty"]:
        role = name.removeprefix("score.")
        first, last = bands(results.of(name)[[0, -1]]).T
        cells = [_cell(item, 0, many) for item in (first, last)]
        table.add_row(titles.get(role, _words(role)), *cells, _bar(float(last[1])))
    return Group(_title("Scores, 0 to 100", many), table)


def _asked(results: Results) -> Group:
    """The outcomes that were asked for by name, at a few of the kept months."""
    known = outcomes.registry(results.job.scenario)
    many = results.job.worlds > 1
    last, most = len(results.shown) - 1, 3 if many else 6
    picked = sorted({round(i * last / (most - 1)) for i in range(most)})
    table = _table()
    table.add_column("", overflow="fold")
    table.add_column("")
    for i in picked:
        table.add_column(results.shown_months[i], justify="right")
    for name in results.job.outcomes:
        three = bands(results.of(name)[picked])
        decimals = 0 if known[name].unit == "stage" else _decimals(three[1])
        cells = [_cell(item, decimals, many) for item in three.T]
        table.add_row(name, f"[dim]{known[name].unit}[/dim]", *cells)
    return Group(_title("Outcomes asked for", many), table)


def _books(results: Results) -> Text:
    tonnes, dollars = (results.imbalance[name] for name in BALANCES)
    said = f"{tonnes:.1e} t W, {dollars:.1e} million USD"
    return Text.assemble(
        ("Books", "bold"), f": in no month and world did they leave unexplained more than {said}"
    )


def _title(text: str, banded: bool = False) -> Text:
    return Text.assemble((text, "bold"), (f": {BANDED}" if banded else "", "dim"))


def _table() -> Table:
    return Table(box=None, padding=(0, 1, 0, 0), header_style="", pad_edge=False)


def _title_of(results: Results, region: str) -> str:
    return next((item.title for item in results.job.scenario.regions if item.key == region), region)


def _words(key: str) -> str:
    return key.replace("pre_", "pre-").replace("_", " ").replace(".", ", ")


def _bar(score: float, width: int = 20) -> str:
    filled = round(min(100.0, max(0.0, score)) / 100 * width) if np.isfinite(score) else 0
    return "█" * filled + "[dim]" + "░" * (width - filled) + "[/dim]"


def _number(value: float, decimals: int) -> str:
    """A number with thousands separated, rounded to so many decimals (tens and hundreds if negative)."""
    if not np.isfinite(value):
        return NOTHING
    text = f"{round(value, decimals):,.{max(0, decimals)}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def _cell(three: Vector, decimals: int, with_band: bool) -> str:
    """The median of percentiles 10, 50 and 90, with the other two behind it if wanted."""
    low, middle, high = (_number(float(value), decimals) for value in three)
    return f"{middle} [dim]({low}–{high})[/dim]" if with_band and middle != NOTHING else middle


def _decimals(values: Vector) -> int:
    """Decimals that show about three figures of the largest value."""
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    return 0 if largest >= 100 or largest == 0 else 1 if largest >= 10 else 2 if largest >= 1 else 3
