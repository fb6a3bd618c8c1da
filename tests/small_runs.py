"""Short headless runs on the market without economics, for tests."""

from pathlib import Path

from lab.options import Job, read
from lab.results import Results
from lab.run import play
from lab.store import Store
from sim import outcomes
from tests.fake_market import build


def job(**wanted) -> Job:
    """A run of the first two years, with whatever else is wanted."""
    return read("central_asia_2025", **({"until": "2026-12"} | wanted))


def results(job: Job) -> Results:
    """What a run leaves behind for summaries, with all outcomes kept."""
    names = tuple(outcomes.registry(job.scenario))
    found = Results(job, names)
    for block in play(job, names, build=build):
        found.add(block)
    return found


def written(folder: Path, build=build, **wanted) -> Path:
    """A folder with the tables of a run."""
    wanted_job = job(out=folder, **wanted)
    with Store(wanted_job, folder) as store:
        for block in play(wanted_job, tuple(outcomes.registry(wanted_job.scenario)), build=build):
            store.add(block)
    return folder
