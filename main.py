"""The command line of Heavystone: puts a scenario, the model and a door together."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

DEFAULT = "central_asia_2025"
WIDTH = 100
"""Columns of what is printed where there is no terminal to ask."""

DEBUG = "HEAVYSTONE_DEBUG"

STOPPED = 130
"""Exit code after an interruption, as shells have it."""

HELP = """Heavystone simulates the world market for tungsten: China licenses what leaves, the United \
States lends and buys ahead, Kazakhstan stands between them, Uzbekistan hurries, and buyers learn what \
secure supply is worth.

This version runs scenarios without a window. The game in a window, studies over many policies (explore, \
report) and the comparison with real prices (validate) are not part of it.

Exit code 0: done. 2: something typed, or a scenario file, is wrong, and a sentence says what. 1: a fault of \
ours."""

EXAMPLES = r"""Examples:

main.py run --until 2030-12 --set 'china.licence_approval\[us]=0.2@2026-05'

main.py run --worlds 200 --outcome 'price.apt.*' --out results

main.py run my_scenario.toml --every year --json"""

app = typer.Typer(
    help=HELP,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Without a command, do what `play` does."""
    if version:
        from lab.version import heavystone

        print(f"heavystone {heavystone()}")
    elif context.invoked_subcommand is None:
        play(context)


@app.command(epilog=EXAMPLES)
def run(
    context: typer.Context,
    scenario: Scenario = DEFAULT,
    seed: Seed = 1,
    worlds: Worlds = 1,
    until: Until = None,
    set_: Set = None,
    workers: Workers = 1,
    outcome: Outcome = None,
    every: Period = Every.month,
    out: Out = None,
    save: Save = None,
    json: Json = False,
) -> None:
    """Run a scenario without a window: print a summary, and write tables if asked to."""
    from lab import options

    job = options.read(
        scenario,
        seed=seed,
        worlds=worlds,
        until=until,
        every=every.value,
        names=outcome or (),
        set_=set_ or (),
        out=out,
        workers=workers,
    )
    if save is not None:
        from lab import saved_run

        saved_run.go(job, save, console(sys.stdout), console(sys.stderr), as_json=json)
        return
    from lab import headless

    build = context.obj or headless.run.build
    headless.go(job, console(sys.stdout), console(sys.stderr), as_json=json, build=build)


@app.command()
def play(context: typer.Context, scenario: Scenario = DEFAULT, seed: Seed = 1) -> None:
    """Until the game is there: say so, and run the scenario without a window."""
    said = f"No display is used: this version has no window yet, and runs {scenario} without one.\n"
    print(said, file=sys.stderr)
    run(context, scenario, seed)


@app.command()
def replay(file: Saved, json: Json = False) -> None:
    """Play a saved game again, and check that every month comes out as it was saved."""
    from lab import again

    again.go_replay(file, console(sys.stdout), console(sys.stderr), as_json=json)


@app.command()
def whatif(file: Saved, without: Without, outcome: Outcome = None, json: Json = False) -> None:
    """Play a saved game again without a decision, under the same luck, and show what that changes."""
    from lab import again

    again.go_what_if(file, without, outcome or (), console(sys.stdout), console(sys.stderr), as_json=json)


@app.command()
def classroom(
    scenario: Scenario = "classroom_short",
    port: Annotated[int, typer.Option(metavar="N", parser=whole, help="Port to serve on.")] = 8000,
    data: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the class; if it holds one, that class goes on.")
    ] = Path("class"),
    tables: Annotated[int, typer.Option(metavar="N", parser=whole, help="Tables of seven seats, 1 to 8.")] = 1,
    plan: Annotated[str, typer.Option(metavar="45|90|180", help="Minutes of teaching; 180 is two lessons.")] = "90",
    pin: Annotated[
        str | None, typer.Option(metavar="DIGITS", help="The teacher's PIN; random if not given.", show_default=False)
    ] = None,
    seconds: Annotated[
        int | None, typer.Option(metavar="N", parser=whole, help="Time for a round, if not the plan's.", show_default=False)
    ] = None,
    seed: Seed = 1,
) -> None:
    """Open a class: students join from their phones, a board for the projector, a console for the teacher."""
    from classroom import launch

    launch.go(scenario, port, data, tables, plan, pin, seed, console(sys.stdout), seconds)


@app.command()
def scenarios(json: Json = False) -> None:
    """List the scenarios that are shipped."""
    from lab import listing
    from sim.scenario_files import shipped

    show(shipped(), json, listing.scenarios_table, listing.scenarios_data)


@app.command()
def levers(scenario: Scenario = DEFAULT, json: Json = False) -> None:
    """List every decision that a role can take, with unit, range, default and targets."""
    from lab import listing, options
    from sim.levers import registry

    show(registry(options.read_scenario(scenario)), json, listing.levers_text, listing.levers_data)


@app.command()
def outcomes(scenario: Scenario = DEFAULT, json: Json = False) -> None:
    """List everything that is measured, with its unit."""
    from lab import listing, options
    from sim.outcomes import registry

    known = registry(options.read_scenario(scenario)).values()
    show(known, json, listing.outcomes_table, listing.outcomes_data)


def show(items: Any, json: bool, table: Callable[[Any], Any], data: Callable[[Any], Any]) -> None:
    """Print a list as a table, or as JSON."""
    if json:
        from lab.as_json import dumped

        print(dumped(data(items)))
    else:
        console(sys.stdout).print(table(items))


def console(file: Any) -> Console:
    """A console of the terminal's width, or of a fixed width where there is no terminal."""
    from rich.console import Console

    known = file.isatty() or "COLUMNS" in os.environ
    return Console(file=file, width=None if known else WIDTH)


def main(arguments: Sequence[str] | None = None, build: Any = None) -> int:
    """Do what the command line asks for.

    Args:
        arguments: words of the command line; those of the process if not given.
        build: makes the model in place of the market; see `lab.run.Build`.

    Returns:
        0 done, 2 bad input, 1 a fault of ours, 130 stopped by the person.
    """
    try:
        code = app(arguments, standalone_mode=False, prog_name="main.py", obj=build) or 0
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as end:
        if end.code != 1:
            raise
        return 0  # the libraries below leave like this when the reader of a pipe has gone
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return refused(error) or failed(error)
    if code == STOPPED:
        print("Stopped; nothing was written.", file=sys.stderr)
    return code


def refused(error: Exception) -> int:
    """Say what is wrong with the input, one sentence a line; 0 if the input is not at fault."""
    if hasattr(error, "format_message"):  # what the command line's own parser raises
        message = " ".join(error.format_message().split())
        sentences = [message if message.endswith((".", "?")) else f"{message}."]
    else:
        from lab.options import InputError
        from sim.scenario_errors import ScenarioError

        if not isinstance(error, InputError | ScenarioError) and type(error).__name__ != "ClassError":
            return 0
        sentences = getattr(error, "errors", [str(error)])
    print(*sentences, sep="\n", file=sys.stderr)
    return 2


def failed(error: Exception) -> int:
    """Own up to a fault of ours, briefly."""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    print(f"Heavystone failed, and the fault is ours ({what}).", file=sys.stderr)
    print(f"Nothing was written. Set {DEBUG}=1 to see where it happened.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
