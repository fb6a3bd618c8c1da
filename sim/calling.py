"""How compiled functions call one another: kernels where their code stands, other functions as copies.

numba by itself copies a function into each one that calls it, directly or not, and optimises all of it again. It also
gives each a way in from Python, which costs more to compile than a small function does.
"""

from __future__ import annotations

import copy
import functools
import gc
import hashlib
import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import llvmlite.binding
import numba
from numba import types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.imputils import user_function
from numba.core.registry import CPUDispatcher

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_RARELY = (20_000, 10, 10)
"""Thresholds of Python's garbage collector: compiling makes many objects that live, and little garbage."""


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


_held: set[Path] = set()


@contextmanager
def alone(path: Path | None) -> Iterator[None]:
    """Let other threads wait meanwhile, and other processes that name this file: they then find on disk what was compiled.

    numba by itself would compile it in each of them, and two that compile a function for different types at the same
    moment may take each other's code, for it numbers what it keeps. Functions cannot wait for each other in a ring,
    since none is called by those that it calls.
    """
    with global_compiler_lock:
        if path is None or path in _held or fcntl is None:
            yield
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _held.add(path)
            try:
                yield
            finally:
                _held.remove(path)
                fcntl.flock(file, fcntl.LOCK_UN)


class Copied(CPUDispatcher):
    """A function that is copied into each function that calls it."""

    def compile(self, signature: Any) -> Any:
        """Have code for some types of arguments: compiled before, on disk, or new."""
        kept = self._cache.cache_path
        line = self.py_func.__code__.co_firstlineno
        with alone(Path(kept) / f"{self.__qualname__}-{line}.lock" if kept else None), _collecting_rarely():
            return super().compile(signature)


class Inline(Copied):
    """A function that compiled code calls; its way in from Python is made when Python calls it."""

    @functools.cached_property
    def _from_python(self) -> Any:
        names = ", ".join(inspect.signature(self.py_func).parameters)
        space: dict[str, Any] = {"inner": self}
        exec(f"def outer({names}):\n    return inner({names})\n", space)
        return numba.njit(error_model=self.targetoptions["error_model"])(space["outer"])

    def __call__(self, *values: Any) -> Any:
        return self._from_python(*values)


@dataclass(frozen=True)
class _Callee:
    """A kernel for some types of arguments, as other machine code asks for it."""

    module: str
    name: str
    arguments: tuple[types.Type, ...]

    @property
    def symbol(self) -> str:
        """Name by which LLVM finds where its code stands."""
        key = hashlib.blake2b(repr(self.arguments).encode(), digest_size=16).hexdigest()
        return f"heavystone.{self.module}.{self.name}.{key}"

    def __call__(self) -> None:
        """Have its code in memory; numba calls this before it loads code that calls it."""
        importlib.import_module(self.module)
        Kernel.by_name[self.module, self.name].compile(self.arguments)


class Kernel(Copied):
    """A function of a module that others call where its code stands, wherever that is in a process."""

    by_name: ClassVar[dict[tuple[str, str], Kernel]] = {}

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.by_name[self.__module__, self.__name__] = self

    def add_overload(self, result: Any) -> None:
        """Take code for some types of arguments, compiled or loaded, and say where it stands."""
        super().add_overload(result)
        callee = _Callee(self.__module__, self.__name__, tuple(result.signature.args))
        address = result.library.get_pointer_to_function(result.fndesc.llvm_func_name)
        llvmlite.binding.add_symbol(callee.symbol, address)
        described = copy.copy(result.fndesc)
        described.mangled_name = callee.symbol
        called = user_function(described, ())

        def call(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            context.active_code_library._reload_init.add(callee)
            return called(context, builder, signature, arguments)

        call.signature, call.libs = called.signature, ()  # type: ignore[attr-defined]
        self.targetctx.remove_user_function(result.entry_point)
        self.targetctx._defns[result.entry_point].append(call, call.signature)  # type: ignore[attr-defined]
