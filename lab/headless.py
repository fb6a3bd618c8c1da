"""A headless run from its job to what is printed and written."""

from __future__ import annotations

from contextlib import ExitStack, closing

from rich.console import Console

from lab import progress, run
from lab.as_json import dumped, report
from lab.options import Job
from lab.results import Results, summarised
from lab.store import TABLES, Store
from lab.summary import summary
from sim import outcomes

WIDEST_CHART = 110


def go(
    job: Job, output: Console, errors: Console, *, as_json: bool = False, build: run.Build = run.build
) -> None:
    """Play the worlds, write the tables if a folder is given, and print a summary or JSON.

    Args:
        job: the run.
        output: where results are printed.
        errors: where progress is shown.
        as_json: print one JSON object in place of the summary.
        build: makes the model.

    Raises:
        InputError: the folder exists and is not empty, or cannot be written; nothing is left in it.
    """
    needed = summarised(job)
    recorded = needed
    if as_json or job.out is not None:
        known = outcomes.registry(job.scenario)
        recorded = tuple(name for name in known if name in {*needed, *job.outcomes})
    results = Results(job, job.outcomes if as_json else needed)
    text = "One world" if job.worlds == 1 else f"{job.worlds:,} worlds"
    with ExitStack() as stack:
        store = stack.enter_context(Store(job, job.out)) if job.out is not None else None
        tick = stack.enter_context(progress.shown(errors, text, job.months * job.worlds))
        for block in stack.enter_context(closing(run.play(job, recorded, build=build, tick=tick))):
            results.add(block)
            if store is not None:
                store.add(block)
            del block  # the next one is played before this name is bound again
    if as_json:
        output.file.write(dumped(report(results)) + "\n")
        return
    output.print(summary(results, min(output.width - 2, WIDEST_CHART)))
    if job.out is not None:
        tables = f"\nTables in {job.out}: {', '.join(TABLES)}"
        output.print(tables, markup=False, highlight=False, soft_wrap=True)
