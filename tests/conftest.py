"""Settings and fixtures that every test shares."""

import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import elsewhere
from tests.golden_files import Goldens
from tests.source_reading import ROOT

# A compiled kernel may be cold in the first example, so no example has a deadline. Examples are the
# same in every run: a red test is red for everybody.
settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-goldens", action="store_true", help="write the goldens instead of comparing")


@pytest.fixture(scope="session")
def goldens(request: pytest.FixtureRequest) -> Goldens:
    """The records of whole runs, in `tests/goldens/`."""
    return Goldens(ROOT / "tests" / "goldens", renew=request.config.getoption("--renew-goldens"))


@pytest.fixture(scope="session", autouse=True)
def started_elsewhere(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str] | None]:
    """Begun before the first test, since it compiles everything anew, and only if a test asks for it."""
    if not any("another_processor" in item.fixturenames for item in request.session.items):
        yield None
        return
    with elsewhere.start() as process:
        yield process
        process.kill()


@pytest.fixture
def another_processor(started_elsewhere: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """A process in which another processor plays the worlds of `tests.elsewhere`."""
    return started_elsewhere
