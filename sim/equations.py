"""Equations with many inputs for every world.

`by_world` is for equations whose inputs are all vectors over worlds, of which it takes LANES at once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from sim import lanes
from sim.compiled import INLINE, OUTPUT, compiled, loop_of

_VECTOR = types.Array(types.float64, 1, "C", readonly=True)


class ByWorld:
    """Equations between the numbers of one world, applied to every world.

    Call it with vectors (worlds,), one for each argument; gives a table (results, worlds).

    Inside it takes numbers by lane: what `sim.lanes` gives them is allowed, `where` in the place of `if`.
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
        taken = ", ".join(f"take({each}, k, here)" for each in inputs)
        lines = [
            f"from {lanes.__name__} import LANES, give_to, take, within",
            "",
            f"def {name}(output, {', '.join(inputs)}):",
            "    worlds = output.shape[1]",
            "    for k in range(0, worlds, LANES):",
            "        here = within(k, worlds)",
            f"        results = rule({taken})",
            *[f"        give_to(output, {i}, k, here, results[{i}])" for i in range(self.results)],
        ]
        signature = types.void(OUTPUT, *[_VECTOR] * self.arguments)
        return loop_of(self.function, self.scalar, name, "\n".join(lines) + "\n", signature)

    def __call__(self, *vectors: np.ndarray) -> np.ndarray:
        output = np.empty((self.results, vectors[0].size))
        self._loop(output, *vectors)
        return output


def by_world(results: int) -> Callable[[Callable[..., Any]], ByWorld]:
    """Make equations for the numbers of one world, which give a tuple of results, work on all worlds."""
    return functools.partial(ByWorld, results=results)
