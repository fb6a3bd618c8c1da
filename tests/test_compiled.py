"""Rules written for single numbers work on arrays, and stale compiled code is never used."""

from __future__ import annotations

import functools
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim import calling, compiled, exact


@compiled.rule
def netback(price: float, cost: float, share: float = 1.0) -> float:
    """Price less cost, times a share."""
    return (price - cost) * share


@compiled.rule
def margin(price: float, cost: float) -> float:
    return exact.exp(netback(price, cost, 0.5)) / cost


@compiled.rules(2)
def parts(price: float, cost: float) -> tuple[float, float]:
    return netback(price, cost, 1.0), price / cost


X = np.linspace(1.0, 2.0, 21).reshape(3, 7)


@pytest.mark.parametrize(
    "cost",
    [2.0, 2, np.float32(2), X, X[0], X[:, :1], X[:, 0:1].copy(), X[::-1], X > 1.5],
    ids=lambda c: str(np.shape(c)),
)
def test_a_rule_broadcasts_like_arithmetic(cost):
    assert np.array_equal(netback(X, cost, 0.3), (X - cost) * 0.3)
    assert np.array_equal(netback(X[1], cost, X[0]), (X[1] - cost) * X[0])


def test_a_rule_takes_any_number_of_axes_blocks_wider_than_a_tile_and_no_worlds():
    cube = np.arange(3 * 4 * 1500, dtype=float).reshape(3, 4, 1500)
    assert np.array_equal(netback(cube, cube[:, :1], cube[0]), (cube - cube[:, :1]) * cube[0])
    assert netback(np.empty((3, 0)), 1.0).shape == (3, 0)


def test_a_rule_of_single_numbers_gives_a_number_and_knows_its_defaults_and_names():
    assert netback(3, 1) == 2.0 and isinstance(netback(3, 1), float)
    assert netback(cost=1, price=3.0, share=0.5) == 1.0
    assert netback.__doc__ == "Price less cost, times a share."
    with pytest.raises(TypeError):
        netback(1.0)
    with pytest.raises(ValueError, match="shape"):
        netback(np.ones(3), np.ones(4))


def test_rules_call_rules_and_give_several_results():
    assert np.array_equal(margin(X, 2.0), exact.exp((X - 2.0) * 0.5) / 2.0)
    difference, ratio = parts(X, X[0])
    assert np.array_equal(difference, X - X[0]) and np.array_equal(ratio, X / X[0])
    assert parts(3.0, 2.0) == (1.0, 1.5)


def test_division_by_zero_gives_infinity_without_a_warning():
    assert parts(1.0, 0.0)[1] == math.inf


def test_a_rule_leaves_its_arguments_alone_and_takes_frozen_ones():
    frozen = X.copy()
    frozen.flags.writeable = False
    result = netback(frozen, frozen)
    assert result.flags.writeable and not np.shares_memory(result, frozen)


def test_closures_with_other_captured_values_are_not_mixed_up():
    def times(factor: float) -> compiled.Rule:
        @compiled.rule
        def scaled(x: float) -> float:
            return x * factor

        return scaled

    assert [times(2.0)(3.0), times(5.0)(3.0)] == [6.0, 15.0]


def test_an_edit_in_an_imported_file_is_noticed(tmp_path):
    """numba alone would run the old code: its own check stops at the file that holds the caller."""
    package = tmp_path / "sim"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for module in (compiled, calling):
        (package / Path(module.__file__).name).write_bytes(Path(module.__file__).read_bytes())
    (package / "caller.py").write_text(
        "from sim.callee import half\nfrom sim.compiled import rule\n\n\n"
        "@rule\ndef doubled_half(x):\n    return 2.0 * half(x)\n"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = (
        "from sim.caller import doubled_half as f;"
        "print(f(1.0), 'kept' if f._loop.stats.cache_hits else 'new')"
    )
    results = []
    for factor in ("0.5", "0.5", "4.0"):
        (package / "callee.py").write_text(
            f"from sim.compiled import rule\n\n\n@rule\ndef half(x):\n    return {factor} * x\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", command],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        results.append(done.stdout.split())
    assert results == [["1.0", "new"], ["1.0", "kept"], ["8.0", "new"]]


def test_code_of_the_model_does_not_depend_on_the_agents_whatever_its_imports_are_called(tmp_path, monkeypatch):
    for part, name, text in (
        ("sim", "trading", "from sim.lessons import grant, decide\n"),
        ("sim", "lessons", "from sim import luck\n"),
        ("sim", "luck", ""),
        ("agents", "decide", ""),
        ("agents", "rules", "from agents import decide\nfrom sim.trading import play\n"),
    ):
        (tmp_path / part).mkdir(exist_ok=True)
        (tmp_path / part / f"{name}.py").write_text(text)
    monkeypatch.setattr(compiled, "_HOUSE", tmp_path)
    for known in (compiled._siblings, compiled._sources, compiled._text):
        monkeypatch.setattr(compiled, known.__name__, functools.cache(known.__wrapped__))

    def names(part: str, name: str) -> list[str]:
        return [path.stem for path in compiled._sources(tmp_path / part / f"{name}.py")]

    assert names("sim", "trading") == ["lessons", "luck", "trading"]
    assert names("agents", "rules") == ["decide", "rules", "lessons", "luck", "trading"]


@compiled.inline
def ratio(one: float, two: float) -> float:
    return one / two


@compiled.kernel
def shrink(row: np.ndarray, by: float) -> None:
    for k in range(row.size):
        row[k] = ratio(row[k], by)


@compiled.kernel
def shrink_twice(row: np.ndarray, by: float) -> None:
    shrink(row, by)
    shrink(row, by)


def begun(cache: Path, command: str) -> subprocess.Popen[str]:
    """A new process of Python, with kept code of its own."""
    words = f"import numpy as np; from tests.test_compiled import shrink, shrink_twice; {command}"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", words], env=environment, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip


def printed(process: subprocess.Popen[str]) -> list[str]:
    """Words that a process prints until it ends well."""
    words = process.communicate()[0].split()
    assert process.returncode == 0
    return words


RUN = "row = np.ones(2); shrink_twice(row, 4.0); print(row[0], shrink_twice.stats.cache_hits.total())"


def test_of_two_processes_one_compiles_a_kernel_where_it_stands_and_the_other_finds_it_on_disk(tmp_path):
    divides = "print(*['div' in ''.join(f.inspect_asm().values()) for f in (shrink, shrink_twice)])"
    processes = [begun(tmp_path, f"print(flush=True); input(); {RUN}; {divides}") for _ in range(2)]
    for each in processes:
        assert each.stdout.readline() == "\n"
    for each in processes:
        each.stdin.write("\n")
        each.stdin.flush()
    compiling, finding = sorted(map(printed, processes))
    assert compiling == ["0.0625", "0", "True", "False"]
    assert finding[:2] == ["0.0625", "1"]
    missing = list(tmp_path.rglob("*.shrink-*"))
    assert missing
    for kept in missing:
        kept.unlink()
    assert printed(begun(tmp_path, RUN)) == ["0.0625", "1"]


def test_code_for_another_processor_is_kept_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "cache_folder", lambda: tmp_path)
    folder_of, source = compiled._folder_of.__wrapped__, Path(exact.__file__)
    own = folder_of(source)
    assert own == folder_of(source)
    monkeypatch.setattr(compiled.numba.config, "CPU_NAME", "generic")
    assert own != folder_of(source)


def test_python_may_call_an_inline_function_though_it_has_no_way_in_of_its_own():
    assert ratio(1.0, 4.0) == 0.25 and ratio(1.0, 0.0) == math.inf
