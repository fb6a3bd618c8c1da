"""Reads the project's own sources, for the tests that hold them to the house rules."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

IGNORED_FOLDERS = {".git", ".venv", "venv", "build", "dist", "runs", "results", ".hypothesis"}


def project_files() -> list[Path]:
    """Every file that belongs to the project: known to git or about to be, or all there is without git."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        files = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        files = [path for path in ROOT.rglob("*") if not is_ignored(path)]
    return sorted({path for path in files if path.is_file()})


def is_ignored(path: Path) -> bool:
    """Whether a path lies in an environment, a cache or an output folder."""
    parts = path.relative_to(ROOT).parts
    return any(
        part in IGNORED_FOLDERS or part.endswith((".egg-info", "_cache")) or part == "__pycache__"
        for part in parts
    )


def python_files(*places: str) -> list[Path]:
    """Python files of the project in the given top-level folders or files, or all of them."""
    found = [path for path in project_files() if path.suffix == ".py"]
    if not places:
        return found
    return [path for path in found if path.relative_to(ROOT).parts[0] in places]


def parse(path: Path) -> ast.Module:
    """Syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_modules(tree: ast.AST, package: str = "") -> Iterator[tuple[int, str]]:
    """Line and full dotted name of every import, those inside functions included.

    Args:
        tree: syntax tree of a module.
        package: dotted name of the package it is in, against which relative imports are resolved.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield node.lineno, alias.name
            case ast.ImportFrom(module=module, names=names, level=level):
                origin = ".".join(part for part in [above(package, level), module] if part)
                if origin:
                    yield node.lineno, origin
                for alias in names:
                    yield node.lineno, f"{origin}.{alias.name}".removeprefix(".")
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name


def above(package: str, level: int) -> str:
    """Dotted name of the package that `level` leading dots mean inside `package`."""
    parts = package.split(".")
    return ".".join(parts[: len(parts) - level + 1]) if level else ""


def package_of(path: Path) -> str:
    """Dotted name of the package that holds a file of the project."""
    return ".".join(path.relative_to(ROOT).parts[:-1])
