"""The layers of the house: who may import whom, lazy imports included."""

import ast
import subprocess
import sys
import tomllib

import pytest

from tests.source_reading import ROOT, imported_modules, package_of, parse, python_files

DOORS = {"ui", "lab", "classroom"}
LAYERS = {"sim", "agents", *DOORS}

# What the files of each layer may import of the house. Tests and benchmarks may import everything.
MAY_IMPORT = {
    "sim": {"sim"},
    "agents": {"agents", "sim"},
    "ui": {"ui", "agents", "sim"},
    "lab": {"lab", "agents", "sim"},
    "classroom": {"classroom", "agents", "sim"},
    "main.py": LAYERS,
}

WEB_FRAMEWORKS = {
    "aiohttp", "bottle", "django", "fastapi", "flask", "litestar", "quart", "sanic", "starlette",
    "tornado", "uvicorn", "websockets",
}  # fmt: skip

# The only layers that may import a package from outside; a package not named here is free.
HOME_OF = {
    "mesa": {"agents"},
    "pygame": {"ui"},
    "pygame_gui": {"ui"},
    "typer": {"main.py", *DOORS},
    "click": {"main.py", *DOORS},
    "rich": {"main.py", *DOORS},
    **{framework: {"classroom"} for framework in WEB_FRAMEWORKS},
}

IMPORT_NAMES = {
    "Platypus-Opt": ["platypus"],
    "markdown-it-py": ["markdown_it"],
    "pydantic": ["pydantic", "pydantic_core"],
    "pygame-ce": ["pygame"],
    "scikit-learn": ["sklearn"],
}


def misplaced_imports(tree: ast.AST, layer: str, package: str = "") -> list[str]:
    """One sentence for each import that a file of `layer` may not make."""
    faults = []
    for line, name in imported_modules(tree, package):
        top = name.split(".")[0]
        if top in LAYERS | {"main", "tests", "benchmarks"} and top not in MAY_IMPORT[layer]:
            faults.append(f"line {line}: {layer} may not import {name}")
        if layer not in HOME_OF.get(top, {layer}):
            faults.append(f"line {line}: {top} is imported in {', '.join(sorted(HOME_OF[top]))} only")
    return faults


def house_files():
    return python_files(*MAY_IMPORT)


@pytest.mark.parametrize("path", house_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_downwards_only(path):
    layer = path.relative_to(ROOT).parts[0]
    assert misplaced_imports(parse(path), layer, package_of(path)) == []


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("sim", "import agents"),
        ("sim", "from lab.store import Store"),
        ("sim", "def f():\n    import mesa"),
        ("sim", "from mesa import Agent"),
        ("sim", "import pygame.draw"),
        ("sim", "def f():\n    import typer"),
        ("sim", "import rich.table"),
        ("sim", "from .. import agents"),
        ("sim", "from ..agents.mine import Mine"),
        ("sim", "from importlib import import_module\nimport_module('agents.mine')"),
        ("agents", "import ui.window"),
        ("agents", "import main"),
        ("agents", "from tests.markets import markets"),
        ("lab", "def f():\n    from classroom import server"),
        ("lab", "import pygame"),
        ("lab", "import mesa"),
        ("ui", "import lab"),
        ("ui", "import fastapi"),
        ("classroom", "from ui.fan import Fan"),
        ("main.py", "import mesa"),
    ],
)
def test_an_import_upwards_or_sideways_is_found(layer, source):
    assert misplaced_imports(ast.parse(source), layer, layer)


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("sim", "import numpy as np\nfrom sim import units"),
        ("sim", "from . import units\nfrom .units import Vector"),
        ("agents", "import mesa\nfrom sim.clearing import clear"),
        ("ui", "import pygame\nfrom agents.session import Session"),
        ("classroom", "import starlette"),
        ("main.py", "import typer\n\ndef play():\n    import ui.window"),
    ],
)
def test_an_import_downwards_is_allowed(layer, source):
    assert misplaced_imports(ast.parse(source), layer, layer) == []


def modules_loaded_by(statement: str) -> set[str]:
    """Top-level names in `sys.modules` after a statement in a fresh interpreter."""
    script = f"{statement}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


def light_modules():
    """Modules of sim that every door imports first, so that they must load at once."""
    names = ["sim"]
    for path in python_files("sim"):
        if path.stem in {"units", "levers", "outcomes"} or path.stem.startswith("scenario"):
            names.append(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    return names


@pytest.mark.parametrize("module", light_modules())
def test_a_light_module_loads_nothing_heavy(module):
    heavy = {"numba", "llvmlite", "pyarrow", "pandas", "scipy", "mesa", "pygame", "typer", "rich"}
    assert modules_loaded_by(f"import {module}") & heavy == set()


def test_importing_sim_loads_no_package_from_outside():
    assert modules_loaded_by("import sim") & set(imported_names_of_dependencies()) == set()


def imported_names_of_dependencies(extras: bool = False) -> list[str]:
    """Import names of the packages that pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    if extras:
        wanted += [line for name, extra in project["optional-dependencies"].items() if name != "test"
                   for line in extra]  # fmt: skip
    names = []
    for requirement in wanted:
        name = requirement
        for mark in "[<>=!~; ":
            name = name.split(mark)[0]
        names += IMPORT_NAMES.get(name, [name.replace("-", "_")])
    return names


def test_what_the_house_imports_is_declared_in_pyproject():
    known = {*sys.stdlib_module_names, *LAYERS, *imported_names_of_dependencies(extras=True)}
    strangers = {
        (str(path.relative_to(ROOT)), name.split(".")[0])
        for path in house_files()
        for _, name in imported_modules(parse(path), package_of(path))
        if name.split(".")[0] not in known
    }
    assert strangers == set()
