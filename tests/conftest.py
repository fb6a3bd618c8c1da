"""Settings and fixtures that every test shares."""

import os

import pytest
from hypothesis import settings

from lab.experiments.run import cores
from tests.golden_files import Goldens
from tests.source_reading import ROOT

# A compiled kernel may be cold in the first example, so no example has a deadline. Examples are the
# same in every run: a red test is red for everybody.
settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("house")


FIRST = (
    "test_worlds", "test_validation", "test_economics", "test_golden",
    "test_window", "test_explore", "test_classroom", "test_search", "test_window_fits",
)  # fmt: skip
"""Files that are begun first: four that play markets, so that all is compiled before a window or a server waits for it,
and those that take longest, so that at the end no process is left with one while the others are done."""

# What is printed is as wide as without a terminal. GNU readline, which pytest loads, sets this for all processes it begins.
os.environ.pop("COLUMNS", None)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A process a core for the whole suite, and none but this one for chosen files: most take less time than a start."""
    chosen = any(".py" in argument for argument in config.args)
    return 0 if chosen or cores() == 1 else min(cores(), 4)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-goldens", action="store_true", help="write the goldens instead of comparing")


@pytest.fixture(scope="session")
def goldens(request: pytest.FixtureRequest) -> Goldens:
    """The records of whole runs, in `tests/goldens/`."""
    return Goldens(ROOT / "tests" / "goldens", renew=request.config.getoption("--renew-goldens"))
