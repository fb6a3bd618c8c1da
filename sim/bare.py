"""Compiles kernels that make no array of their own, so that nothing in them counts references.

Each row that a kernel takes of a table would otherwise be counted when it is taken and when it is done with, which in a
loop over lanes costs more than its arithmetic. All that such a kernel fills is given to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sim.compiled import INLINE, KERNEL, compiled

Function = TypeVar("Function", bound=Callable[..., Any])


def bare(function: Function) -> Function:
    """Compile a loop over arrays that makes none and gives none back; otherwise as `sim.compiled.kernel`."""
    return compiled(function, {**KERNEL, "_nrt": False})


def bare_inline(function: Function) -> Function:
    """Compile a function that takes arrays into each bare kernel that calls it; otherwise as `sim.compiled.inline`."""
    return compiled(function, {**INLINE, "_nrt": False})
