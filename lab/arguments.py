"""What may be typed after a command: the arguments and options that commands share, with their help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Every(StrEnum):
    """Period of the records."""

    month = "month"
    quarter = "quarter"
    year = "year"


def whole(text: str | int) -> int:
    """A whole number as typed.

    Raises:
        typer.BadParameter: it is none.
    """
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not allowed; allowed is a whole number.") from None


OUTPUT = "Output"

Scenario = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Name of a shipped scenario, or path of a file or folder.")
]
Seed = Annotated[
    int,
    typer.Option(metavar="N", parser=whole, help="Seed of the first world; the next have the next seeds."),
]
Worlds = Annotated[
    int, typer.Option(metavar="N", parser=whole, help="Number of worlds, with seeds from --seed on.")
]
Workers = Annotated[
    int,
    typer.Option(
        metavar="N", parser=whole, help="Processes that share the worlds; the numbers stay the same."
    ),
]
Until = Annotated[
    str | None,
    typer.Option(metavar="YYYY-MM", help="Last month, if not the scenario's own.", show_default=False),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="LEVER=VALUE[@YYYY-MM]",
        help="Decide something from a month on, or from the start. If the lever has targets, write"
        " LEVER[TARGET]=VALUE (in quotes, as shells read brackets). It takes the place of the scenario's"
        " decisions from then on; the value [bold]rule[/bold] lets the role's own rule decide. May be"
        " repeated. See [bold]main.py levers[/bold].",
        show_default=False,
    ),
]
Outcome = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Report and write only this outcome. A pattern such as 'project.*.stage' stands for all that"
        " match. May be repeated. See [bold]main.py outcomes[/bold].",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
Period = Annotated[
    Every, typer.Option(help="Record each month, or the ends of quarters or years.", rich_help_panel=OUTPUT)
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Write monthly.parquet, flows.parquet, decisions.parquet, events.parquet and manifest.json into"
        " this folder, which must be new or empty.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print JSON, for programs (docs/output.md).", rich_help_panel=OUTPUT)
]
Save = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Save the world as a game that can be replayed, compared and played on; needs --worlds 1.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
Saved = Annotated[Path, typer.Argument(metavar="FILE", help="A saved game, or what `run --save` wrote.")]
Without = Annotated[
    list[str],
    typer.Option(
        metavar="DECISION",
        help="Decision to leave out: its number, as [bold]main.py replay[/bold] lists them, or LEVER@YYYY-MM, or"
        " LEVER[TARGET]@YYYY-MM, which may be one of the scenario's. May be repeated.",
        show_default=False,
    ),
]
Roles = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ROLE...", help="Seats that are played; all that have a score if none is named.", show_default=False
    ),
]
Role = Annotated[
    str | None,
    typer.Option(
        metavar="ROLE", help="Take this seat at once, such as kazakhstan or buyers.europe.", show_default=False
    ),
]
Load = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Go on with this saved game.", show_default=False),
]
Experiment = Annotated[
    str, typer.Argument(metavar="EXPERIMENT", help="Name of a shipped experiment, or path of a .toml file.")
]
AboutWorlds = Annotated[
    int | None,
    typer.Option(
        metavar="N", parser=whole, show_default=False, help="About how many worlds; the experiment's own if not given."
    ),
]
AllCores = Annotated[
    int | None,
    typer.Option(
        metavar="N", parser=whole, show_default=False, help="Processes that share the worlds; one a core if not given."
    ),
]
Dask = Annotated[
    str, typer.Option(metavar="ADDRESS", show_default=False, help="Run on the Dask cluster at this address instead.")
]
StudyFolder = Annotated[
    Path | None,
    typer.Option(metavar="DIR", show_default=False, help="Folder of the study; study_EXPERIMENT if not given."),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the study in the folder.")]
Yes = Annotated[bool, typer.Option("--yes", help="Run even a very large study without asking.")]
OneWorld = Annotated[
    int | None,
    typer.Option(metavar="N", parser=whole, show_default=False, help="Run nothing; save this world as a game."),
]
AtMonth = Annotated[
    str | None,
    typer.Option(metavar="YYYY-MM", show_default=False, help="Month at which that game stands; its last if not given."),
]
Root = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", show_default=False, help="Begin every world in the month of this saved game."),
]
ParameterFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        show_default=False,
        help="CSV file with one parameter set (names such as fear.rise, then values) in place of the scenario's.",
    ),
]
CardFolder = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder for report.html and card.json.", rich_help_panel=OUTPUT)
]
CardDocument = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        show_default=False,
        help="Write validation.md and its pictures too, as in docs.",
        rich_help_panel=OUTPUT,
    ),
]
Sees = Annotated[str, typer.Option(metavar="NAME", help="Prices that it may see: december_2024, august_2025 or all.")]
Seeds = Annotated[int, typer.Option(metavar="N", parser=whole, help="Seeds of each strategy against each profile.")]
LastMonth = Annotated[str, typer.Option(metavar="YYYY-MM", help="Last month of a game.")]
StrategiesDocument = Annotated[
    Path | None,
    typer.Option(metavar="DIR", show_default=False, help="Write strategies.md into this folder, as in docs."),
]
Generations = Annotated[int, typer.Option(metavar="N", parser=whole, help="Generations of the search.")]
SearchSeed = Annotated[int, typer.Option(metavar="N", parser=whole, help="Seed of the search and of its worlds.")]
SetsFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", show_default=False, help="File for the accepted sets, if not the scenario's own."),
]
BacktestWorlds = Annotated[
    int | None,
    typer.Option(metavar="N", parser=whole, show_default=False, help="Worlds of the backtest: 1000, or 200 with --short."),
]
Short = Annotated[bool, typer.Option("--short", help="Fewer worlds and no sensitivity, as for CI.")]
Processes = Annotated[int, typer.Option(metavar="N", parser=whole, help="Processes that share the worlds.")]
Study = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a study that explore has written.")]
ParametersDocument = Annotated[
    Path | None,
    typer.Option(metavar="DIR", show_default=False, help="Write parameters.md into this folder, as in docs."),
]
Port = Annotated[int, typer.Option(metavar="N", parser=whole, help="Port to serve on.")]
ClassFolder = Annotated[Path, typer.Option(metavar="DIR", help="Folder of the class; if it holds one, that class goes on.")]
Tables = Annotated[int, typer.Option(metavar="N", parser=whole, help="Tables of seven seats, 1 to 8.")]
Lesson = Annotated[str, typer.Option(metavar="45|90|180", help="Minutes of teaching; 180 is two lessons.")]
Pin = Annotated[
    str | None, typer.Option(metavar="DIGITS", help="The teacher's PIN; random if not given.", show_default=False)
]
RoundSeconds = Annotated[
    int | None, typer.Option(metavar="N", parser=whole, help="Time for a round, if not the plan's.", show_default=False)
]
