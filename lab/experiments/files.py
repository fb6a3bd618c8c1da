"""Find, read and check experiment files; every error at once, each in one sentence."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lab import months
from lab.experiments.root import Root
from lab.experiments.schema import Experiment, Measure, Policy, Setting, Uncertainty, Varied
from lab.options import InputError, read_scenario
from sim import levers, outcomes
from sim.quantity import Part
from sim.scenario import Scenario
from sim.scenario_errors import ScenarioError, sentence, suggestion
from sim.scenario_files import SCENARIOS

EXPERIMENTS = SCENARIOS / "experiments"
"""Where the shipped experiments lie."""

TABLES: dict[str, tuple[str, type[Part]]] = {
    "policy": ("policies", Policy),
    "lever": ("levers", Varied),
    "uncertainty": ("uncertainties", Uncertainty),
    "measure": ("measures", Measure),
}
"""Lists of an experiment file by the name of their [[table]]."""

RESERVED = {"world", "cell", "future", "replication", "seed", "policy", "block"}


class ExperimentError(ScenarioError):
    """Everything that is wrong with an experiment, one sentence an error."""


def shipped(folder: Path = EXPERIMENTS) -> list[str]:
    """Names of the experiments in the folder."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load(name_or_path: str, root: Root | None = None) -> tuple[Experiment, Scenario]:
    """The experiment of that name or at that path, with its scenario, or that of a saved game in which it begins.

    Raises:
        InputError: the file cannot be opened.
        ExperimentError: everything that is wrong with it.
        ScenarioError: everything that is wrong with its scenario.
    """
    path = EXPERIMENTS / f"{name_or_path}.toml"
    if not path.is_file():
        path = Path(name_or_path)
        if path.suffix != ".toml" or not path.is_file():
            close = suggestion(name_or_path, shipped())
            raise InputError(
                f"{name_or_path}: there is no such experiment{close}; shipped are {', '.join(shipped())}."
            )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExperimentError([f"{path.name}: it is not valid TOML: {error}."]) from None
    except OSError as error:
        raise InputError(f"{path}: the experiment cannot be opened: {error.strerror or error}.") from None
    experiment = _build(path.name, content)
    scenario = root.scenario if root else read_scenario(experiment.scenario)
    found = contradictions(experiment, scenario) + (_over(experiment, scenario, root.date) if root else [])
    errors = [f"{path.name}: {text}." for text in found]
    if errors:
        raise ExperimentError(errors)
    return experiment, scenario


def _build(file: str, content: dict[str, Any]) -> Experiment:
    known = {"experiment", *TABLES}
    errors = [
        f"{file}: '{key}' is not a known table{suggestion(key, known)}; allowed are {', '.join(sorted(known))}."
        for key in content
        if key not in known
    ]
    fields: dict[str, Any] = _tuples(dict(content.get("experiment", {})))
    for table, (field, part) in TABLES.items():
        entries = []
        for i, raw in enumerate(content.get(table, ())):
            name = raw.get("name") or raw.get("parameter") or str(i + 1)
            try:
                entries.append(part.model_validate(_tuples(raw)))
            except ValidationError as error:
                errors += [sentence(file, f"{table} '{name}'", part, item) for item in error.errors()]
        fields[field] = tuple(entries)
    try:
        experiment = Experiment.model_validate(fields)
    except ValidationError as error:
        faults = [item for item in error.errors() if not (errors and item["loc"][:1] == ("measures",))]
        errors += [sentence(file, "experiment", Experiment, item) for item in faults]
    if errors:
        raise ExperimentError(errors)
    return experiment


def _tuples(value: Any) -> Any:
    """The same with tuples for lists, as strict frozen types want them."""
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else value


def contradictions(experiment: Experiment, scenario: Scenario) -> list[str]:
    """What is wrong with an experiment in the light of its scenario, without full stops."""
    found: list[str] = []
    known = levers.registry(scenario)
    end = scenario.end
    if experiment.until != "end":
        found += _fault("until", experiment.until, scenario.start, scenario.end)
        end = min(experiment.until, end)
    for policy in experiment.policies:
        for setting in policy.set:
            what = f"{setting.lever}[{setting.target}]" if setting.target else setting.lever
            found += _decision(known, f"policy '{policy.name}', {what}", setting, [setting.value], scenario.start, end)
    for lever in experiment.levers:
        where = f"lever '{lever.name}'"
        found += _decision(known, where, lever, list(lever.values), scenario.start, end)
        found += _range(known, where, lever, experiment.sampling.method)
    for item in experiment.uncertainties:
        found += _parameter(scenario, item)
    if experiment.futures.method == "calibrated":
        found += _calibrated(experiment, scenario)
    names = outcomes.registry(scenario)
    for outcome in (*experiment.paths, *(measure.outcome for measure in experiment.measures)):
        if outcome not in names:
            found.append(f"'{outcome}' is not a known outcome{suggestion(outcome, names)}; `main.py outcomes` lists them")
    for measure in experiment.measures:
        first = scenario.start if measure.first == "start" else measure.first
        last = end if measure.last == "end" else measure.last
        where = f"measure '{measure.name}'"
        faults = _fault(where, first, scenario.start, end) + _fault(where, last, scenario.start, end)
        found += faults or ([f"{where}: {first} to {last} holds no month"] if first > last else [])
        if measure.enough is not None and measure.prefer == "none":
            found.append(f"{where}: enough = {measure.enough:g} needs prefer = 'high' or 'low'")
    return found + _whole(experiment)


def _over(experiment: Experiment, scenario: Scenario, start: str) -> list[str]:
    """What lies wholly before the month of a saved game in which a study begins."""
    end = scenario.end if experiment.until == "end" else experiment.until
    if end < start:
        return [f"until: {end} lies before {start}, where the saved game stands"]
    return [
        f"measure '{measure.name}': {measure.last} lies before {start}, where the saved game stands"
        for measure in experiment.measures
        if measure.last != "end" and measure.last < start
    ]


def _whole(experiment: Experiment) -> list[str]:
    """Contradictions between the parts of an experiment."""
    found = []
    columns = [part.name for part in (*experiment.levers, *experiment.measures)]
    columns += [item.parameter for item in experiment.uncertainties]
    for name, count in Counter(columns).items():
        if count > 1 or name in RESERVED:
            found.append(f"'{name}' names more than one column; choose another name")
    for name, count in Counter(policy.name for policy in experiment.policies).items():
        if count > 1:
            found.append(f"policy '{name}' is given {count} times; allowed is once")
    sampling, stopping = experiment.sampling, experiment.stopping
    if sampling.method == "list":
        for i, row in enumerate(sampling.rows):
            if len(row) != len(experiment.levers):
                found.append(f"sampling: row {i + 1} has {len(row)} values; needed are {len(experiment.levers)}")
        if experiment.levers and not sampling.rows:
            found.append("sampling: method 'list' needs rows, one value for each lever")
    elif not experiment.levers:
        found.append(f"sampling: method '{sampling.method}' needs at least one [[lever]]")
    if sampling.method == "search":
        if len(experiment.policies) > 1:
            found.append("sampling: method 'search' finds its policies; allowed is one [[policy]] that they start from")
        if sum(measure.prefer != "none" for measure in experiment.measures) < 2:
            found.append("sampling: method 'search' needs two [[measure]]s with prefer = 'high' or 'low'")
        if sampling.cells % 2 or sampling.cells < 4:
            found.append(f"sampling: cells = {sampling.cells} is not allowed; search needs an even number from 4")
        if stopping.by == "ranking":
            found.append("stopping: by = 'ranking' is not for a search, which stops after its generations")
    if sampling.method == "sobol" and sampling.cells & (sampling.cells - 1):
        found.append(f"sampling: cells = {sampling.cells} is not allowed; sobol needs a power of two")
    if experiment.futures.count > 1 and not experiment.uncertainties and experiment.futures.method != "calibrated":
        found.append(f"futures: count = {experiment.futures.count} needs at least one [[uncertainty]]")
    measures = {measure.name: measure for measure in experiment.measures}
    if stopping.by == "ranking" and stopping.measure not in measures:
        found.append(f"stopping: measure '{stopping.measure}' is not one of {', '.join(measures)}")
    return found


def _fault(where: str, month: str, start: str, end: str) -> list[str]:
    try:
        months.place(month, start, end)
    except ValueError as error:
        return [f"{where}: {error}"]
    return []


def _decision(
    known: levers.Levers, where: str, item: Setting | Varied, values: list[float | str], start: str, end: str
) -> list[str]:
    try:
        known.slot(item.lever, item.target)
    except ValueError as error:
        return [f"{where}: {str(error).rstrip('?')}"]
    found = [] if item.date == "start" else _fault(where, item.date, start, end)
    for value in values:
        try:
            number(known[item.lever], value)
        except ValueError as error:
            found.append(f"{where}: {error}")
    return found


def number(lever: levers.Lever, value: float | str) -> float:
    """A value of a lever as the model takes it; NaN for "rule".

    Raises:
        ValueError: one sentence that says what is allowed.
    """
    if value == "rule":
        return math.nan
    return lever.value(value if isinstance(value, str) else repr(float(value)))


def _range(known: levers.Levers, where: str, item: Varied, method: str) -> list[str]:
    if item.lever not in known.by_name:
        return []
    lever = known[item.lever]
    if item.values:
        return [f"{where}: give values, or low and high, not both"] if item.low is not None or item.high is not None else []
    if method == "list":
        return []
    if method == "full_factorial" or lever.choices:
        return [f"{where}: values are needed here, a list of what is tried"]
    low, high = item.low, item.high
    if low is None or high is None:
        return [f"{where}: values, or low and high, are needed; allowed is {lever.range()}"]
    if not lever.low <= low < high <= lever.high:
        return [f"{where}: the range {low:g} to {high:g} is not allowed; it must not be empty and lie in {lever.range()}"]
    return []


def _parameter(scenario: Scenario, item: Uncertainty) -> list[str]:
    group, _, name = item.parameter.partition(".")
    names = [f"{g}.{n}" for g, members in scenario.behaviour.items() for n in members]
    if item.parameter not in names:
        close = suggestion(item.parameter, names)
        return [f"uncertainty '{item.parameter}' is not a known parameter of behaviour{close}"]
    low, high = bounds(scenario, item)
    if not low < high:
        return [f"uncertainty '{item.parameter}': the range {low:g} to {high:g} is empty"]
    own = scenario.behaviour[group][name]
    floor, ceiling = own.low, own.high
    if (floor is not None and low < floor) or (ceiling is not None and high > ceiling):
        return [
            f"uncertainty '{item.parameter}': the range {low:g} to {high:g} leaves what is thought plausible,"
            f" {floor:g} to {ceiling:g} {own.unit}"
        ]
    return []


def accepted(scenario: Scenario) -> dict[str, Any]:
    """Sets of parameters that the calibration accepted, which had seen everything: name to the values of all sets.

    Raises:
        InputError: the scenario does not have these parameters.
    """
    from lab.validation.sets import FILES, read_sets

    return read_sets(FILES["all"], scenario)


def _calibrated(experiment: Experiment, scenario: Scenario) -> list[str]:
    sets = accepted(scenario)
    count = len(next(iter(sets.values())))
    found = [
        f"uncertainty '{item.parameter}' is not part of the calibration's sets; these hold {', '.join(sets)}"
        for item in experiment.uncertainties
        if item.parameter not in sets
    ]
    if experiment.futures.count > count + 1:
        wanted = experiment.futures.count
        found.append(f"futures: count = {wanted} is not allowed; there are {count} sets and the scenario's own")
    return found


def bounds(scenario: Scenario, item: Uncertainty) -> tuple[float, float]:
    """Lowest and highest value of an uncertain parameter, in its unit."""
    group, _, name = item.parameter.partition(".")
    own = scenario.behaviour[group][name]
    low = item.low if item.low is not None else own.low
    high = item.high if item.high is not None else own.high
    return (own.value if low is None else low), (own.value if high is None else high)
