"""Find, read, extend, validate and list scenario files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from sim import scenario as types
from sim.quantity import Part, Quantity, measures
from sim.scenario_checks import contradictions
from sim.scenario_errors import ScenarioError, sentence, suggestion

__all__ = ["SCENARIOS", "ScenarioError", "Summary", "load", "shipped"]

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
"""Where the shipped scenarios lie."""

NO_SCENARIO = "experiments"
"""Folder beside them that holds questions asked of scenarios."""


class Kind(NamedTuple):
    """A list of a scenario file: where it goes, what its entries are, and what tells them apart."""

    field: str
    part: type[Part]
    key: tuple[str, ...] = ("key",)


LISTS: dict[str, Kind] = {
    "region": Kind("regions", types.Region),
    "pool": Kind("pools", types.Pool),
    "arc": Kind("arcs", types.Arc),
    "mine": Kind("mines", types.Mine),
    "letter": Kind("letters", types.Letter),
    "offtake": Kind("offtakes", types.Offtake),
    "demand": Kind("demands", types.Demand),
    "recycling": Kind("recycling", types.Recycling),
    "refinery_project": Kind("refinery_projects", types.RefineryProject),
    "stock": Kind("stocks", types.Stock),
    "government": Kind("governments", types.Government),
    "relation": Kind("relations", types.Relation, ("a", "b")),
    "membership": Kind("memberships", types.Membership),
    "decision": Kind("decisions", types.Decision, ("lever", "target", "date")),
    "event": Kind("events", types.Event),
    "opening": Kind("openings", types.Opening),
}
"""Lists of a scenario file by the name of their [[table]]."""

TABLES = ("scenario", "mechanisms", "behaviour")
HEADER = [
    name for name in types.Scenario.model_fields
    if name not in {"mechanisms", "behaviour"} and name not in {kind.field for kind in LISTS.values()}
]  # fmt: skip
"""Fields of the table [scenario]."""

OWN = ("name", "title", "description", "extends", "historical", "inherit_decisions")
"""What a scenario does not take over from the one that it extends."""

STAND_IN = {
    "name": "x", "title": "x", "description": "x", "extends": "", "start": "0001-01", "end": "9999-12",
    "periods": (), "temperaments": {}, "historical": False, "inherit_decisions": True,
}  # fmt: skip
"""Fields of [scenario] with which the rest of a scenario is checked when its own are at fault."""


@dataclass(frozen=True)
class Summary:
    """What a menu needs to know about a shipped scenario."""

    name: str
    title: str
    description: str
    start: str
    end: str


@dataclass
class _Entry:
    """An entry while it is put together: its fields, and the file that gave each."""

    file: str
    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


@dataclass
class _Draft:
    """A scenario while it is put together from its files, base first."""

    tables: dict[str, _Entry] = field(default_factory=dict)
    lists: dict[str, dict[tuple[str, ...], _Entry]] = field(
        default_factory=lambda: {name: {} for name in LISTS}
    )
    errors: list[str] = field(default_factory=list)


def load(name_or_path: str | Path, folder: Path = SCENARIOS) -> types.Scenario:
    """The scenario of that name, or at that path (a .toml file, or a folder of them), extension resolved.

    Args:
        name_or_path: name of a shipped scenario, or a path.
        folder: where the named scenarios lie.

    Returns:
        The validated scenario.

    Raises:
        ScenarioError: with every error of every file at once, each in one sentence.
    """
    draft = _Draft()
    _lay(draft, _find(str(name_or_path), folder, None), folder, ())
    scenario = _build(draft)
    if draft.errors:
        raise ScenarioError(draft.errors)
    return scenario


def shipped(folder: Path = SCENARIOS) -> list[Summary]:
    """The scenarios in the folder, by name; reads no more than the file that holds [scenario]."""
    summaries = []
    places = {path.stem: path for path in _places(folder)}
    for path in places.values():
        header = _header(path)
        base = places.get(str(header.get("extends", "")))
        if base is not None:
            header = _header(base) | header
        summaries.append(
            Summary(
                name=str(header.get("name", path.stem)),
                title=str(header.get("title", path.stem)),
                description=str(header.get("description", "")),
                start=str(header.get("start", "")),
                end=str(header.get("end", "")),
            )
        )
    return summaries


def _places(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    beside = (path for path in folder.iterdir() if path.name != NO_SCENARIO)
    found = (path for path in beside if path.suffix == ".toml" or any(path.glob("*.toml")))
    return sorted(found, key=lambda path: path.stem)


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.toml")) if path.is_dir() else [path]


def _header(path: Path) -> dict[str, Any]:
    files = _files(path)
    for file in sorted(files, key=lambda file: file.name != "scenario.toml"):
        try:
            header = tomllib.loads(file.read_text(encoding="utf-8")).get("scenario")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            continue
        if isinstance(header, dict):
            return header
    return {}


def _find(name: str, folder: Path, beside: Path | None) -> Path:
    """Path of a scenario given by name or path; `beside` is the folder of the file that names it."""
    places = {path.stem: path for path in _places(folder)}
    if name in places:
        return places[name]
    for path in ([beside / name] if beside else []) + [Path(name)]:
        if path.is_file() or (path.is_dir() and _files(path)):
            return path
    if name.endswith(".toml") or "/" in name:
        raise ScenarioError(
            [f"{name}: there is no such scenario file, and no folder with .toml files in it."]
        )
    close = suggestion(name, places)
    raise ScenarioError(
        [f"There is no scenario '{name}'{close}; shipped are {', '.join(places) or 'none'}, or give a path."]
    )


def _lay(draft: _Draft, path: Path, folder: Path, above: tuple[Path, ...]) -> None:
    """Put the scenario at the path, and first the one that it extends, onto the draft."""
    path = path.resolve()
    if path in above:
        draft.errors.append(f"{path.name}: scenario: extends: '{path.stem}' extends itself in a circle.")
        return
    contents = [(file.name, _parse(file, draft.errors)) for file in _files(path)]
    header: dict[str, Any] = {}
    for file, content in contents:
        given = content.get("scenario", {})
        if isinstance(given, dict) and isinstance(given.get("extends", ""), str):
            header |= given
            if given.get("extends"):
                try:
                    base = _find(given["extends"], folder, path.parent)
                except ScenarioError as error:
                    draft.errors += [f"{file}: scenario: extends: {text}" for text in error.errors]
                else:
                    _lay(draft, base, folder, (*above, path))
                    for name in OWN:
                        draft.tables.get("scenario", _Entry(file)).fields.pop(name, None)
    if header.get("inherit_decisions") is False:
        draft.lists["decision"].clear()
    fresh: set[tuple[str, tuple[str, ...]]] = set()
    for file, content in contents:
        for name, value in content.items():
            if name in TABLES:
                _lay_table(draft, file, name, value)
            elif name in LISTS:
                _lay_list(draft, file, name, value, fresh)
            else:
                known = [*TABLES, *LISTS]
                close = suggestion(name, known)
                draft.errors.append(f"{file}: '{name}' is not known{close}; allowed are {', '.join(known)}.")


def _parse(file: Path, errors: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        errors.append(f"{file.name}: this is not valid TOML: {error}.")
    except (UnicodeDecodeError, OSError) as error:
        errors.append(f"{file.name}: the file cannot be read as UTF-8 text: {error}.")
    return {}


def _lay_table(draft: _Draft, file: str, name: str, value: Any) -> None:
    if not isinstance(value, dict):
        draft.errors.append(f"{file}: {name}: {value!r} is not allowed; allowed is one table, [{name}].")
        return
    table = draft.tables.setdefault(name, _Entry(file))
    for key, content in value.items():
        nested = name == "behaviour" or key == "temperaments"
        if nested and isinstance(content, dict) and isinstance(table.fields.get(key), dict):
            content = table.fields[key] | content
        table.fields[key] = content
        table.files[key] = file


def _lay_list(
    draft: _Draft, file: str, name: str, value: Any, fresh: set[tuple[str, tuple[str, ...]]]
) -> None:
    if not isinstance(value, list) or not all(isinstance(fields, dict) for fields in value):
        draft.errors.append(f"{file}: {name}: {value!r} is not allowed; allowed is a list, [[{name}]].")
        return
    kind = LISTS[name]
    entries = draft.lists[name]
    for number, given in enumerate(value, 1):
        key = tuple(str(given.get(part, "")) for part in kind.key)
        if not any(key):
            wanted = " and ".join(kind.key)
            draft.errors.append(
                f"{file}: {name} number {number}: {wanted} is missing; every {name} needs it."
            )
            continue
        here = f"{file}: {name} '{' '.join(filter(None, key))}'"
        if (name, key) in fresh:
            draft.errors.append(f"{here}: is given twice; allowed is once.")
            continue
        fresh.add((name, key))
        if "remove" in given:
            if given["remove"] is not True:
                draft.errors.append(f"{here}: remove: {given['remove']!r} is not allowed; allowed is true.")
            elif entries.pop(key, None) is None:
                draft.errors.append(f"{here}: remove: there is nothing of that name to remove.")
            continue
        entry = entries.setdefault(key, _Entry(file))
        fields = _with_source(given, entry.fields, kind.part)
        entry.fields |= fields
        entry.files |= dict.fromkeys(fields, file)


def _with_source(given: dict[str, Any], base: dict[str, Any], part: type[Part]) -> dict[str, Any]:
    """The fields with each quantity's source and confidence filled in from its entry."""
    inherited = {name: given.get(name, base.get(name, "E")) for name in ("source", "confidence")}
    fields = {}
    for name, value in given.items():
        if isinstance(value, dict) and name in measures(part):
            value = inherited | value
        fields[name] = _tuples(value)
    return fields


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _build(draft: _Draft) -> types.Scenario:
    """Validate every entry, then what entries say of one another; the draft gathers the errors."""
    parts: dict[str, dict[tuple[str, ...], Part]] = {name: {} for name in LISTS}
    for name, kind in LISTS.items():
        for key, entry in draft.lists[name].items():
            part = _validated(draft, f"{name} '{' '.join(filter(None, key))}'", kind.part, entry)
            if part is not None:
                parts[name][key] = part
    header = draft.tables.get("scenario", _Entry("scenario.toml"))
    whole: dict[str, Any] = {}
    for name, value in header.fields.items():
        if name in HEADER:
            whole[name] = _tuples(value)
            continue
        close, allowed = suggestion(name, HEADER), ", ".join(HEADER)
        file = header.files[name]
        draft.errors.append(f"{file}: scenario: '{name}' is not a known field{close}; allowed are {allowed}.")
    if "mechanisms" in draft.tables:
        mechanisms = _validated(draft, "mechanisms", types.Mechanisms, draft.tables["mechanisms"])
        whole |= {} if mechanisms is None else {"mechanisms": mechanisms}
    whole["behaviour"] = _behaviour(draft, draft.tables.get("behaviour", _Entry("behaviour")))
    for name, kind in LISTS.items():
        whole[kind.field] = tuple(parts[name].values())
    try:
        scenario = types.Scenario.model_validate(whole)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            file = header.files.get(str(detail["loc"][0]), header.file)
            draft.errors.append(sentence(file, "scenario", types.Scenario, detail))
            name = str(detail["loc"][0])
            whole[name] = STAND_IN[name]
        scenario = types.Scenario.model_validate(whole)
    names = {name: list(entries) for name, entries in draft.lists.items()}
    for name, key, field_name, text in contradictions(scenario, names):
        entry = draft.lists[name][key] if name in LISTS else header
        label = f"{name} '{' '.join(filter(None, key))}'" if key else name
        file = entry.files.get(field_name, entry.file)
        draft.errors.append(f"{file}: {label}: {field_name}: {text}.")
    return scenario


def _behaviour(draft: _Draft, table: _Entry) -> dict[str, dict[str, Quantity]]:
    """Behavioural parameters; each needs its own source and a range."""
    groups: dict[str, dict[str, Quantity]] = {}
    for group, names in table.fields.items():
        file = table.files[group]
        if not isinstance(names, dict):
            draft.errors.append(f"{file}: behaviour: {group}: {names!r} is not allowed; allowed is a table.")
            continue
        groups[group] = {}
        for name, fields in names.items():
            where = f"behaviour '{group}.{name}'"
            if not isinstance(fields, dict):
                draft.errors.append(
                    f"{file}: {where}: {fields!r} is not allowed; allowed is a table with value, unit,"
                    " low, high, source and confidence."
                )
                continue
            missing = [bound for bound in ("low", "high") if bound not in fields]
            if missing:
                draft.errors.append(f"{file}: {where}: {' and '.join(missing)} missing; a range is needed.")
            quantity = _validated(draft, where, Quantity, _Entry(file, fields))
            if isinstance(quantity, Quantity):
                groups[group][name] = quantity
    return groups


def _validated(draft: _Draft, where: str, part: type[Part], entry: _Entry) -> Part | None:
    """The entry as a part, or None, with its errors added to the draft."""
    fields = dict(entry.fields)
    for name, measure in measures(part).items():
        if measure.default is not None and name not in fields:
            inherited = {key: fields.get(key, "E") for key in ("source", "confidence")}
            fields[name] = {"value": measure.default, "unit": measure.unit} | inherited
    try:
        return part.model_validate(fields)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            file = entry.files.get(str(detail["loc"][0]), entry.file) if detail["loc"] else entry.file
            draft.errors.append(sentence(file, where, part, detail))
        return None
