"""The command line of Heavystone: puts a scenario, the model and a door together."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lab import arguments
from lab.arguments import Every

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

Without a command the game opens in a window.

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
    scenario: arguments.Scenario = DEFAULT,
    seed: arguments.Seed = 1,
    worlds: arguments.Worlds = 1,
    until: arguments.Until = None,
    set_: arguments.Set = None,
    workers: arguments.Workers = 1,
    outcome: arguments.Outcome = None,
    every: arguments.Period = Every.month,
    out: arguments.Out = None,
    save: arguments.Save = None,
    json: arguments.Json = False,
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
def play(
    context: typer.Context,
    scenario: arguments.Scenario = DEFAULT,
    role: arguments.Role = None,
    seed: arguments.Seed = 1,
    load: arguments.Load = None,
) -> None:
    """Play the game in a window; without a display, run the scenario as `run` does."""
    from ui import launch

    if launch.has_display():
        launch.play(scenario, role, seed, load)
        return
    from sim import text

    print(text.load()("app.no_display", scenario=scenario), file=sys.stderr)
    run(context, scenario, seed)


@app.command()
def replay(file: arguments.Saved, json: arguments.Json = False) -> None:
    """Play a saved game again, and check that every month comes out as it was saved."""
    from lab import again

    again.go_replay(file, console(sys.stdout), console(sys.stderr), as_json=json)


@app.command()
def whatif(
    file: arguments.Saved,
    without: arguments.Without,
    outcome: arguments.Outcome = None,
    json: arguments.Json = False,
) -> None:
    """Play a saved game again without a decision, under the same luck, and show what that changes."""
    from lab import again

    again.go_what_if(file, without, outcome or (), console(sys.stdout), console(sys.stderr), as_json=json)


@app.command()
def explore(
    experiment: arguments.Experiment,
    worlds: arguments.AboutWorlds = None,
    workers: arguments.AllCores = None,
    dask: arguments.Dask = "",
    out: arguments.StudyFolder = None,
    resume: arguments.Resume = False,
    yes: arguments.Yes = False,
    from_: arguments.Root = None,
    world: arguments.OneWorld = None,
    at: arguments.AtMonth = None,
) -> None:
    """Run an experiment over many worlds and keep what each left behind; see docs/explore.md."""
    from lab.experiments import command

    request = command.Request(experiment, worlds, workers, dask, out, resume, yes, from_, world, at)
    code = command.go(request, console(sys.stdout), console(sys.stderr))
    if code:
        raise typer.Exit(code)


@app.command()
def validate(
    worlds: arguments.BacktestWorlds = None,
    short: arguments.Short = False,
    workers: arguments.Processes = 2,
    parameters: arguments.ParameterFile = None,
    out: arguments.CardFolder = Path("validation"),
    document: arguments.CardDocument = None,
    json: arguments.Json = False,
) -> None:
    """Hold the model against real prices and trade; exit code 1 if a target is missed."""
    from lab.validation import command

    request = command.read_request(worlds, short, workers, parameters, out, document)
    code = command.go(request, console(sys.stdout), console(sys.stderr), as_json=json)
    if code:
        raise typer.Exit(code)


@app.command()
def report(folder: arguments.Study) -> None:
    """Write report.html, one self-contained page, into the folder of a study."""
    from lab.experiments import report as page

    path = page.write(folder)
    print(f"Report: {path}")


@app.command()
def experiments() -> None:
    """List the experiments that are shipped."""
    from lab.experiments import command

    console(sys.stdout).print(command.listed())


@app.command()
def calibrate(
    sees: arguments.Sees = "all",
    generations: arguments.Generations = 60,
    seed: arguments.SearchSeed = 1,
    out: arguments.SetsFile = None,
) -> None:
    """Fit the uncertain parameters of behaviour to 2025 and to the habits of prices before; takes some minutes."""
    from lab.calibration import command

    command.go(command.read_request(sees, generations, seed, out), console(sys.stdout), console(sys.stderr))


@app.command()
def parameters(
    scenario: arguments.Scenario = DEFAULT,
    document: arguments.ParametersDocument = None,
    json: arguments.Json = False,
) -> None:
    """List every number of a scenario with its unit, range, source and confidence."""
    from lab import options, parameters_page
    from lab.validation.report import write

    world = options.read_scenario(scenario)
    if document is not None:
        write(document, {"parameters.md": parameters_page.page(world)})
    elif json:
        show(world, json, parameters_page.page, parameters_page.data)
    else:
        print(parameters_page.page(world), end="")


@app.command()
def strategies(
    roles: arguments.Roles = None,
    seeds: arguments.Seeds = 12,
    until: arguments.LastMonth = "2032-12",
    document: arguments.StrategiesDocument = None,
    json: arguments.Json = False,
) -> None:
    """Play every seat by eight strategies, by rules, dice and constants; exit code 1 if it is no good game somewhere."""
    from lab.strategies import command

    request = command.read_request(roles or (), seeds, until, document)
    code = command.go(request, console(sys.stdout), console(sys.stderr), as_json=json)
    if code:
        raise typer.Exit(code)


@app.command()
def classroom(
    scenario: arguments.Scenario = "classroom_short",
    port: arguments.Port = 8000,
    data: arguments.ClassFolder = Path("class"),
    tables: arguments.Tables = 1,
    plan: arguments.Lesson = "90",
    pin: arguments.Pin = None,
    seconds: arguments.RoundSeconds = None,
    seed: arguments.Seed = 1,
) -> None:
    """Open a class: students join from their phones, a board for the projector, a console for the teacher."""
    from classroom import launch

    launch.go(scenario, port, data, tables, plan, pin, seed, console(sys.stdout), seconds)


@app.command()
def scenarios(json: arguments.Json = False) -> None:
    """List the scenarios that are shipped."""
    from lab import listing
    from sim.scenario_files import shipped

    show(shipped(), json, listing.scenarios_table, listing.scenarios_data)


@app.command()
def levers(scenario: arguments.Scenario = DEFAULT, json: arguments.Json = False) -> None:
    """List every decision that a role can take, with unit, range, default and targets."""
    from lab import listing, options
    from sim.levers import registry

    show(registry(options.read_scenario(scenario)), json, listing.levers_text, listing.levers_data)


@app.command()
def outcomes(scenario: arguments.Scenario = DEFAULT, json: arguments.Json = False) -> None:
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


def main(words: Sequence[str] | None = None, build: Any = None) -> int:
    """Do what the command line asks for.

    Args:
        words: of the command line; those of the process if not given.
        build: makes the model in place of the market; see `lab.run.Build`.

    Returns:
        0 done, 2 bad input, 1 a fault of ours, 130 stopped by the person.
    """
    try:
        code = app(words, standalone_mode=False, prog_name="main.py", obj=build) or 0
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
