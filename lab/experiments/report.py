"""`main.py report`: one page that answers a study's question, with everything in it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lab import months
from lab.experiments import analysis, plots
from lab.experiments.command import is_study
from lab.experiments.design import Cell, Design, design
from lab.experiments.discovery import discovered
from lab.experiments.play import year_ends
from lab.experiments.results import MANIFEST, TABLE, Study
from lab.experiments.root import FILE as ROOT
from lab.experiments.root import read as read_root
from lab.experiments.schema import Experiment, Measure
from lab.experiments.search import judged, unbeaten
from lab.experiments.sensitivity import EXPLAINED, LABELS, sensitivity
from lab.experiments.sentences import answer, box_in_words
from lab.experiments.words import SILENT, figure, headed, inputs, level, named, path_title, setting, share
from lab.options import InputError, read_scenario
from sim import outcomes

PAGE = Path(__file__).parent / "report.html.j2"
MOST_COLUMNS = 8
"""Columns of levers and measures beside one another; where there are more, levers are told in words."""

MOST_SETTINGS = 12
"""Settings of the levers in the table of those worth choosing from."""

HIGHLIGHTED = 5
"""Settings that stand out among all."""

MOST_BROKEN = 5
"""Worlds named for each policy that breaks."""


def opened(folder: Path) -> tuple[Study, Design]:
    """The study in a folder, and its worlds.

    Raises:
        InputError: there is no finished study, or its scenario has changed since.
    """
    if not is_study(folder):
        raise InputError(f"{folder}: no finished study is here; `main.py explore EXPERIMENT --out {folder}` makes one.")
    study = Study(folder)
    return study, planned(study)


def planned(study: Study) -> Design:
    """The worlds of a study, made again from its manifest.

    Raises:
        InputError: its scenario is not what it was.
    """
    manifest = study.read(MANIFEST)
    experiment = Experiment.model_validate_json(json.dumps(manifest["definition"]))
    root = read_root(study.folder / ROOT) if manifest["root"] else None
    scenario = root.scenario if root else read_scenario(experiment.scenario)
    if scenario.digest != manifest["scenario"]["digest"]:
        raise InputError(f"{study.folder}: the scenario {scenario.name} has changed since this study; run it again.")
    plan = design(experiment, scenario, manifest["worlds"], manifest["width"], root)
    return replace(plan, cells=_searched(study, plan)) if experiment.sampling.method == "search" else plan


def _searched(study: Study, plan: Design) -> tuple[Cell, ...]:
    """The settings that a search came to, from its table."""
    names = [lever.name for lever in plan.experiment.levers]
    table = study.table(["cell", "generation", *names]).to_pandas().drop_duplicates("cell").sort_values("cell")
    rows = table[names].to_numpy(float)
    return tuple(Cell(0, tuple(row), int(g)) for row, g in zip(rows.tolist(), table["generation"], strict=True))


def write(folder: Path) -> Path:
    """Write report.html into the folder of a study, and give its path."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    study, plan = opened(folder)
    room = Environment(loader=FileSystemLoader(PAGE.parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    room.filters |= {"figure": figure, "share": share}
    room.filters["named"] = lambda measure: named(plan, measure)
    room.filters["headed"] = lambda measure: headed(plan, measure)
    text = room.get_template(PAGE.name).render(**content(study, plan))
    path = folder / "report.html"
    draft = folder / ".report.html.part"
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise InputError(f"{path}: the report cannot be written: {error.strerror or error}.") from error
    return path


def content(study: Study, plan: Design) -> dict[str, Any]:
    """Everything that the page shows."""
    experiment, path = plan.experiment, study.folder / TABLE
    data = analysis.frame(path, plan)
    titles = {policy.name: policy.title for policy in experiment.policies} or {"as_it_stands": "All settings"}
    measures = experiment.measures
    wanted = [measure for measure in measures if measure.prefer != "none"]
    asked = [measure for measure in measures if measure.enough is not None]
    by_policy = len(titles) > 1
    boxes = [box for m in asked for box in discovered(data, plan, m)]
    groups = {"futures": data["future"].nunique(), "runs of luck": data["replication"].nunique()}
    moved = _sensitivity(data, plan)
    resampled = [name for name, count in groups.items() if count >= analysis.FEWEST_GROUPS]
    return {
        "experiment": experiment,
        "manifest": study.read(MANIFEST),
        "outcome": study.read("outcome.json"),
        "titles": titles,
        "answer": answer(data, plan, titles),
        "resampled": " and of ".join(resampled),
        "inputs": inputs(plan),
        "silent": SILENT,
        "since": plan.root.date if plan.root else "",
        "measures": measures,
        "wanted": wanted if by_policy else [],
        "asked": asked,
        "means": {measure.name: dict(analysis.best(data, measure)) for measure in measures},
        "regret": {measure.name: analysis.regret(data, measure) for measure in wanted} if by_policy else {},
        "satisfied": analysis.satisficing(data, measures),
        "compared": _comparisons(data, wanted, list(titles)) if by_policy else [],
        "fans": _fans(path, plan, titles),
        "sensitivity": moved,
        "explained": EXPLAINED[moved[0]["kind"]] if moved else "",
        "parallel": _parallel(data, plan, titles),
        "boxes": {
            by: [box_in_words(box, data, plan, titles) for box in boxes if box.by == by] for by in ("PRIM", "tree")
        },
        "data_cells": f"{len(plan.cells):,}",
        "settings": _settings(data, plan, by_policy),
        "is_search": experiment.sampling.method == "search",
        "broken": _broken(data, asked, titles),
        "folder": study.folder,
    }


def _comparisons(data: Any, measures: list[Measure], policies: list[str]) -> list[dict[str, Any]]:
    return [
        {"policy": other, "measure": m, "difference": analysis.compared(data, m.name, policies[0], other)}
        for m in measures
        for other in policies[1:]
    ]


def _fans(path: Path, plan: Design, titles: dict[str, str]) -> list[dict[str, str]]:
    known = outcomes.registry(plan.scenario)
    start = months.count(plan.scenario.start) + plan.first
    years = [(start + place + 1) / 12 for place in year_ends(plan)]
    found = []
    for i, name in enumerate(plan.experiment.paths):
        bands = analysis.fan(path, name)
        ordered = {policy: bands[policy] for policy in titles if policy in bands}
        title = path_title(plan.scenario, name)
        shown = titles if len(titles) > 1 else dict.fromkeys(titles, "")
        found.append({"title": title, "svg": plots.fans(f"fan{i}", title, years, ordered, shown, known[name].unit)})
    return found


def _sensitivity(data: Any, plan: Design) -> list[dict[str, str]]:
    found = []
    for i, measure in enumerate(plan.experiment.measures):
        indices = sensitivity(data, plan, measure.name)
        if indices:
            kind = next(iter(indices.values())).kind
            title = named(plan, measure)
            svg = plots.bars(f"bars{i}", f"What moves it: {title}", indices, LABELS[kind])
            found.append({"title": title, "kind": kind, "svg": svg})
    return found


def _settings(data: Any, plan: Design, by_policy: bool) -> list[dict[str, Any]]:
    """Settings of the levers worth choosing from: those that nothing beats in a search, else the best ones."""
    experiment = plan.experiment
    if by_policy or not experiment.levers:
        return []
    if experiment.sampling.method == "search":
        cells = sorted(data["cell"].unique())
        kept = np.array(cells)[unbeaten(judged(experiment, data, cells))]
        data = data[data.cell.isin(kept)]
    rows = analysis.best_cells(data, experiment.measures, MOST_SETTINGS)
    is_wide = len(experiment.levers) + len(experiment.measures) > MOST_COLUMNS
    for row in rows:
        pairs = zip(experiment.levers, plan.cells[row["cell"]].values, strict=True)
        row["levers"] = [level(plan, lever.lever, value) for lever, value in pairs]
        row["words"] = setting(plan, row["cell"]) if is_wide else ""
    return rows


def _parallel(data: Any, plan: Design, titles: dict[str, str]) -> str:
    measures = plan.experiment.measures
    means = data.groupby(["policy", "cell"], sort=False)[[measure.name for measure in measures]].mean().reset_index()
    columns: list[tuple[str, str]] = [(headed(plan, measure), measure.prefer) for measure in measures]
    values = means[[measure.name for measure in measures]].to_numpy(float)
    groups, names = [titles[p] for p in means["policy"]], list(titles.values())
    kept = None
    if plan.experiment.sampling.method == "search":
        kept = unbeaten(judged(plan.experiment, data, means["cell"].tolist()))
        names = ["beaten", "beaten by no other"]
    elif len(names) < 2 and len(means) > HIGHLIGHTED:
        best = [row["cell"] for row in analysis.best_cells(data, measures, HIGHLIGHTED)]
        kept, names = means["cell"].isin(best).to_numpy(), ["other settings", f"the {HIGHLIGHTED} best (table above)"]
    if kept is not None:
        order = np.argsort(kept, kind="stable")
        values, groups = values[order], [names[int(kept[i])] for i in order]
    return plots.parallel("parallel", columns, values, groups, names)


def _broken(data: Any, asked: list[Measure], titles: dict[str, str]) -> list[dict[str, Any]]:
    """The worlds that miss a measure by most, for each policy."""
    found = []
    for measure in asked:
        for policy in titles:
            part = data[data.policy == policy]
            missed = part[~np.asarray(analysis.is_enough(measure, part[measure.name]))]
            if len(missed):
                worst = missed.sort_values(measure.name, ascending=measure.prefer == "high").head(MOST_BROKEN)
                columns = zip(worst.world, worst.seed, worst[measure.name], strict=True)
                worlds = [(int(world), int(seed), float(value)) for world, seed, value in columns]
                share = len(missed) / len(part)
                found.append({"policy": titles[policy], "measure": measure, "share": share, "worlds": worlds})
    return found
