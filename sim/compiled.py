"""Compiles kernels and economic rules to machine code; the only place that configures numba.

Three decorators, to which `sim.equations` adds two:

- `kernel` for a loop over arrays,
- `inline` for a small scalar function that kernels and rules call,
- `rule` (and `rules` for several results) for an equation written for single numbers, which then
  works on arrays of any shape that broadcast.

Nothing here may change a bit with the processor or with the width of a block: no fast maths, no
fused multiply-add, no calls of the processor's mathematical library. Division by zero gives
infinity or NaN, as in NumPy, and never a warning.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numba import types
from numba.core.codegen import get_host_cpu_features

from sim.calling import Copied, Inline, Kernel, alone

Function = TypeVar("Function", bound=Callable[..., Any])

KERNEL = {"fastmath": False, "error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True}
INLINE = {**KERNEL, "forceinline": True, "no_cpython_wrapper": True}
_FLOAT = np.dtype(np.float64)
INPUT = types.Array(types.float64, 2, "C", readonly=True)
OUTPUT = types.Array(types.float64, 2, "C")
_TILE = 512
_HOUSE = Path(__file__).resolve().parent.parent
_IMPORT = re.compile(r"^[ \t]*(?:from|import)\s[^()\n]*(?:\([^)]*\))?", re.MULTILINE)
_DAYS_KEPT = 30


# --- where compiled code is kept ---------------------------------------------------------------


@functools.cache
def cache_folder() -> Path:
    """Folder of compiled code: NUMBA_CACHE_DIR, else heavystone/ in the user's cache, else temporary."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "heavystone"
    folder = Path(named) if named else user
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="heavystone-"))


@functools.cache
def _text(source: Path) -> str:
    return source.read_text(encoding="utf-8")


@functools.cache
def _siblings() -> dict[str, Path]:
    """Modules that may hold compiled code by the last word of their name."""
    paths = [path for part in ("agents", "sim") for path in sorted((_HOUSE / part).rglob("*.py"))]
    return {(p.parent if p.stem == "__init__" else p).stem: p for p in paths}


@functools.cache
def _sources(source: Path) -> list[Path]:
    """The file and all modules of agents and sim that it imports, directly or not."""
    found, waiting, core = {source}, [source], _HOUSE / "sim"
    while waiting:
        reader = waiting.pop()
        words = set(re.findall(r"\w+", " ".join(_IMPORT.findall(_text(reader)))))
        # sim imports nothing of agents, whatever words its import lines share with names there
        below = core in reader.parents
        new = {p for word, p in _siblings().items() if word in words and (core in p.parents or not below)} - found
        found |= new
        waiting += new
    return sorted(found)


@functools.cache
def _folder_of(source: Path) -> Path:
    """Folder for the code compiled from one source file, named by all text it depends on and by the processor.

    numba itself notices edits of the file that holds a function, but not of the files that hold
    the functions it calls.
    """
    processor = f"{numba.config.CPU_NAME} {numba.config.CPU_FEATURES}"
    parts = [numba.__version__, sys.version, processor, _text(Path(__file__).resolve())]
    parts += [str(source), *(_text(path) for path in _sources(source))]
    key = hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()
    folder = cache_folder() / f"{source.stem}-{key}"
    if not folder.exists():
        _forget_old(source.stem)
        folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    return folder


def _forget_old(stem: str) -> None:
    """Remove code that no run has asked for in a month."""
    limit = time.time() - _DAYS_KEPT * 86400
    for folder in cache_folder().glob(f"{stem}-" + "[0-9a-f]" * 16):
        if folder.is_dir() and folder.stat().st_mtime < limit:
            import shutil

            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _kept_beside(source: Path) -> Iterator[None]:
    """Let numba keep what is decorated inside in the folder of that source file."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_folder_of(source))
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


def _use_whole_vectors() -> None:
    """Ask LLVM for 512-bit vectors where the processor has them: about 1.7 times as fast here."""
    if numba.config.CPU_NAME is None and numba.config.CPU_FEATURES is None:
        features = get_host_cpu_features()
        if "+avx512f" in features:
            numba.config.CPU_FEATURES = features + ",-prefer-256-bit"


_use_whole_vectors()


# --- decorators --------------------------------------------------------------------------------


def compiled(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """A function compiled with these options, at its first call; kept on disk if it stands in a file."""
    source = Path(function.__code__.co_filename)
    stands = source.is_file()
    kind = Inline if options.get("forceinline") else Kernel if stands and "<locals>" not in function.__qualname__ else Copied
    made = kind(function, targetoptions={"nopython": True, "boundscheck": None, **options})
    if stands:
        with _kept_beside(source.resolve()):
            made.enable_caching()
    return made


def kernel(function: Function) -> Function:
    """Compile a loop over arrays, at its first call, for the types of that call.

    Arrays that forbid writing have another type than those that allow it: pass one kind.
    """
    return compiled(function, KERNEL)


def inline(function: Function) -> Function:
    """Compile a scalar function into each kernel and rule that calls it, so that loops vectorise."""
    return compiled(function, INLINE)


class Rule:
    """An equation between numbers, applied to every element of arrays that broadcast.

    Call it with floats, arrays (worlds,), arrays (members, worlds) or any mix that broadcasts; all
    arguments are taken as float64, integers and booleans too. Gives float64 of the broadcast
    shape, a NumPy scalar if all arguments are scalars, and a tuple of these if it has several
    results. Kernels and other rules may call it too, with single numbers.

    It is compiled at its first call and kept on disk. Inside, plain arithmetic, comparisons,
    `if`, `min`, `max`, `abs`, `math.sqrt` and other rules are allowed.
    """

    def __init__(self, function: Callable[..., Any], results: int = 1) -> None:
        self.results = results
        self.function = function
        self.scalar = compiled(function, INLINE)
        functools.update_wrapper(self, function)

    @property
    def _numba_type_(self) -> Any:
        return self.scalar._numba_type_

    @functools.cached_property
    def _loop(self) -> Callable[..., None]:
        return _elementwise(self)

    def __call__(self, *values: Any, **named: Any) -> Any:
        if named or len(values) != self.function.__code__.co_argcount:
            bound = inspect.signature(self.function).bind(*values, **named)
            bound.apply_defaults()
            values = bound.args
        arrays = [np.asarray(value, _FLOAT) for value in values]
        shape = arrays[0].shape
        for array in arrays:
            if array.shape != shape:
                shape = np.broadcast_shapes(*{array.shape: None for array in arrays})
                break
        outputs = [np.empty(shape) for _ in range(self.results)]
        if outputs[0].size:
            table = _table_of(outputs[0].size, shape, arrays)
            self._loop(*[output.reshape(table) for output in outputs], *[_laid_out(x, shape, table) for x in arrays])
        if shape == ():
            outputs = [output[()] for output in outputs]
        return outputs[0] if self.results == 1 else tuple(outputs)


def rule(function: Callable[..., Any]) -> Rule:
    """Make a scalar equation with one result work on arrays."""
    return Rule(function)


def rules(results: int) -> Callable[[Callable[..., Any]], Rule]:
    """Make a scalar equation that returns a tuple of so many results work on arrays."""
    return functools.partial(Rule, results=results)


# --- elementwise loops -------------------------------------------------------------------------


def _table_of(size: int, shape: tuple[int, ...], arrays: list[np.ndarray]) -> tuple[int, int]:
    """Rows and columns in which a loop runs over results of this shape: one row wherever nothing is repeated."""
    for array in arrays:
        if array.size != 1 and array.size != size:
            return size // shape[-1], shape[-1]
    return 1, size


def _laid_out(array: np.ndarray, shape: tuple[int, ...], table: tuple[int, int]) -> np.ndarray:
    """An argument as a table in which an axis of length 1 repeats; only odd shapes are copied."""
    if array.size == 1:
        return array.reshape(1, 1)
    if table[0] == 1:
        return array.reshape(1, -1)
    last = array.shape[-1]
    if array.size == last:
        return array.reshape(1, last)
    if len(shape) > 2:
        array = np.broadcast_to(array, (*shape[:-1], last)).reshape(-1, last)
    return np.ascontiguousarray(array)


def _source_of_loop(name: str, arguments: int, results: int) -> str:
    """Python text of a loop that applies a scalar function `rule` to tables whose axes of length 1 repeat.

    Values go through a small table of rows of equal length, so that the innermost loop reads
    and writes one stretch of memory with constant strides, which LLVM vectorises whatever the
    mixture of scalars and arrays.
    """
    outputs = [f"output_{i}" for i in range(results)]
    inputs = [f"input_{i}" for i in range(arguments)]
    lines = [
        f"def {name}({', '.join(outputs + inputs)}):",
        f"    tile = np.empty(({arguments + results}, {_TILE}))",
        "    rows, columns = output_0.shape",
        "    for row in range(rows):",
        f"        for start in range(0, columns, {_TILE}):",
        f"            width = min({_TILE}, columns - start)",
    ]
    for i, each in enumerate(inputs):
        lines += [
            f"            source = {each}[row if {each}.shape[0] > 1 else 0]",
            "            if source.size == 1:",
            "                single = source[0]",
            "                for k in range(width):",
            f"                    tile[{i}, k] = single",
            "            else:",
            "                source = source[start : start + width]",
            "                for k in range(width):",
            f"                    tile[{i}, k] = source[k]",
        ]
    called = f"rule({', '.join(f'tile[{i}, k]' for i in range(arguments))})"
    given = ", ".join(f"tile[{arguments + i}, k]" for i in range(results))
    lines += ["            for k in range(width):", f"                {given} = {called}"]
    for i, each in enumerate(outputs):
        lines += [
            f"            target = {each}[row, start : start + width]",
            "            for k in range(width):",
            f"                target[k] = tile[{arguments + i}, k]",
        ]
    return "\n".join(lines) + "\n"


def _elementwise(rule: Rule) -> Callable[..., None]:
    """Compile the loop of a rule."""
    arguments = rule.function.__code__.co_argcount
    name = re.sub(r"\W", "_", rule.function.__qualname__)
    text = _source_of_loop(name, arguments, rule.results)
    signature = types.void(*[OUTPUT] * rule.results, *[INPUT] * arguments)
    return loop_of(rule.function, rule.scalar, name, text, signature)


def loop_of(function: Callable[..., Any], scalar: Any, name: str, text: str, signature: Any) -> Callable[..., None]:
    """Compile the text of a loop that calls `rule`; it stands in a file because numba keeps code by file."""
    code = function.__code__
    source = Path(code.co_filename)
    # numba cannot tell two closures with other captured values apart
    keeps = source.is_file() and function.__closure__ is None
    file = "<rule>"
    if keeps:
        path = _folder_of(source.resolve()) / f"{source.stem}_{name}_{code.co_firstlineno}.py"
        _write_once(path, text)
        file = str(path)
    space: dict[str, Any] = {"__name__": __name__, "np": np, "rule": scalar}
    exec(compile(text, file, "exec"), space)
    if not keeps:
        return numba.njit(signature, **KERNEL)(space[name])
    with _kept_beside(source.resolve()), alone(path.with_suffix(".lock")):
        return numba.njit(signature, cache=True, **KERNEL)(space[name])


def _write_once(path: Path, text: str) -> None:
    """Write the file in one step unless it stands: its date is part of numba's key."""
    if path.exists():
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)
