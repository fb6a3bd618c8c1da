"""Settings and fixtures that every test shares."""

import pytest
from hypothesis import settings

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
