"""The linter and the type checker, so that one command runs everything."""

import subprocess
import sys

from tests.source_reading import ROOT, python_files


def run_tool(*arguments: str) -> None:
    """Run a tool of this environment on the project and fail with what it says."""
    result = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_linter_has_nothing_to_say():
    run_tool("ruff", "check", ".")


def test_the_types_of_the_model_hold():
    typed = [folder for folder in ("sim", "agents") if python_files(folder)]
    run_tool("mypy", *typed)
