"""Equations with many inputs for every world.

`by_world` is for equations whose inputs are all vectors over worlds. Their numbers pass through one small table with
constant strides, so that LLVM sees that nothing overlaps.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from sim.compiled import INLINE, OUTPUT, compiled, loop_of

_VECTOR = types.Array(types.float64, 1, "C", readonly=True)
_TILE = 256


class ByWorld:
    """Equations between the numbers of one world, applied to every world.

    Call it with vectors (worlds,), one for each argument; gives a table (results, worlds). Many
    inputs and results cost less here than in a `rule`, because they go through two tables.

    Inside, what is allowed in a `rule` is allowed.
    """

    def __init__(self, function: Callable[..., Any], results: int) -> None:
        self.results = results
        self.function = function
        self.arguments = function.__code__.co_argcount
        self.scalar = compiled(function, INLINE)
        functools.update_wrapper(self, function)

    @functools.cached_property
    def _loop(self) -> Callable[..., None]:
        name = re.sub(r"\W", "_", self.function.__qualname__)
        inputs = [f"input_{i}" for i in range(self.arguments)]
        lines = [
            f"def {name}(output, {', '.join(inputs)}):",
            f"    tile = np.empty(({self.arguments + self.results}, {_TILE}))",
            "    worlds = output.shape[1]",
            f"    for start in range(0, worlds, {_TILE}):",
            f"        width = min({_TILE}, worlds - start)",
        ]
        loop = "        for k in range(width):"
        for i, each in enumerate(inputs):
            lines += [f"        source = {each}[start : start + width]", loop, f"            tile[{i}, k] = source[k]"]
        taken = ", ".join(f"tile[{i}, k]" for i in range(self.arguments))
        given = ", ".join(f"tile[{self.arguments + i}, k]" for i in range(self.results)) + "," * (self.results == 1)
        lines += [loop, f"            {given} = rule({taken})"]
        for i in range(self.results):
            lines += [f"        target = output[{i}, start : start + width]", loop]
            lines += [f"            target[k] = tile[{self.arguments + i}, k]"]
        signature = types.void(OUTPUT, *[_VECTOR] * self.arguments)
        return loop_of(self.function, self.scalar, name, "\n".join(lines) + "\n", signature)

    def __call__(self, *vectors: np.ndarray) -> np.ndarray:
        output = np.empty((self.results, vectors[0].size))
        self._loop(output, *vectors)
        return output


def by_world(results: int) -> Callable[[Callable[..., Any]], ByWorld]:
    """Make equations for the numbers of one world, which give a tuple of results, work on all worlds."""
    return functools.partial(ByWorld, results=results)
