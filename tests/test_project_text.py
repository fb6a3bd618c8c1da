"""What the project's files may say, and that the documents agree with the code."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.source_reading import ROOT, parse, project_files, python_files

# Written in pieces, so that this file does not hold what it looks for.
MACHINE_FOLDERS = ["work", "root", "tmp", "home", "opt", "Users"]
HOSTS = ["pypi org", "pythonhosted org", "npmjs org", "npmjs com", "yarnpkg com", "anaconda org", "crates io",
         "debian org"]  # fmt: skip
MARKS = ["TO" + "DO", "FIX" + "ME", "X" * 3]

MACHINE_PATH = re.compile(rf"(?<![\w.~)}}\]-])(?:[A-Za-z]:)?[/\\]+(?:{'|'.join(MACHINE_FOLDERS)})[/\\]\w")
REGISTRY_HOST = re.compile(rf"\b(?:{'|'.join(host.replace(' ', '[.]') for host in HOSTS)})\b", re.IGNORECASE)
UNFINISHED = re.compile(rf"\b(?:{'|'.join(MARKS)})\b")

LOCK_FILES = {"uv.lock", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "poetry.lock", "pdm.lock"}


def text_of(path: Path) -> str:
    """Text of a file, or nothing for a binary one."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def places(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """File, line number and text of every line in which the pattern occurs."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_lock_file_is_in_the_project():
    assert [path.name for path in project_files() if path.name in LOCK_FILES] == []


def test_no_file_names_a_path_of_somebody_s_machine():
    assert places(MACHINE_PATH, project_files()) == []


def test_no_file_names_the_host_of_a_package_registry():
    assert places(REGISTRY_HOST, project_files()) == []


def test_no_code_is_marked_as_unfinished():
    assert places(UNFINISHED, python_files()) == []


def test_the_patterns_find_what_they_look_for():
    for folder in MACHINE_FOLDERS:
        assert MACHINE_PATH.search(f"open('/{folder}/me/data.csv')")
    assert not MACHINE_PATH.search("docs/home/page.md")
    assert not MACHINE_PATH.search("~/opt/tool")
    assert REGISTRY_HOST.search("https://pypi" + ".org/simple")
    assert UNFINISHED.search("# TO" + "DO: later")


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path):
    tree = parse(path)
    is_empty_package = path.name == "__init__.py" and not tree.body
    assert is_empty_package or ast.get_docstring(tree)


def command_blocks(markdown: str) -> list[str]:
    """Lines of every fenced shell block of a Markdown text."""
    blocks = re.findall(r"^```(?:sh|bash|console)\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_the_readme_s_test_command_is_what_ci_runs():
    readme = command_blocks((ROOT / "README.md").read_text(encoding="utf-8"))
    in_readme = [line for line in readme if "pytest" in line and "venv" in line]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    in_script = [line.strip() for line in script.splitlines() if "pytest" in line and line[0] != "#"]
    assert len(in_readme) == 1
    assert in_readme == in_script


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(line for extra in extras for line in extra)]
    names = {re.split(r"[\[<>=!~; ]", line)[0].lower() for line in wanted}
    names.discard(project["name"])
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+( ; [\w.\" <>=]+)?", line)] == []
    assert names - {line.split("==")[0].lower() for line in pins} == set()


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\nversion: {project['version']}\n" in citation
    assert f"## [{project['version']}]" in changelog
