"""Errors of scenario files, each said in one sentence: file, place, value and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from sim.quantity import Part, measures

_SHAPES = {
    "model_type": 'a table such as { value = 1.0, unit = "..." }',
    "tuple_type": "a list",
    "dict_type": "a table",
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_too_short": "text that is not empty",
}
_PATTERNS = {
    r"^\d{4}-(0[1-9]|1[0-2])$": 'a month such as "2025-01"',
    r"^(\d{4}-(0[1-9]|1[0-2]))?$": 'a month such as "2025-01", or ""',
    r"^[a-z0-9_]+(\.[a-z0-9_]+)*$": "lower-case letters, digits and underscores, with dots between parts",
}


class ScenarioError(ValueError):
    """Everything that is wrong with a scenario, one sentence an error."""

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors: list[str] = list(errors)
        super().__init__("\n".join(self.errors))


def suggestion(name: object, known: Iterable[str]) -> str:
    """The known name closest to a wrong one, as words to put behind it, or ""."""
    close = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""


def sentence(file: str, where: str, part: type[Part], detail: Mapping[str, Any]) -> str:
    """One error of a part, as pydantic reports it, in a sentence.

    Args:
        file: name of the file at fault.
        where: the entry, such as "mine 'bakuta'".
        part: type of the entry.
        detail: an item of `ValidationError.errors()`.
    """
    place = [str(step) for step in detail["loc"]]
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        allowed = fields_at(part, place[:-1])
        close = suggestion(place[-1], allowed)
        field = f": {'.'.join(place[:-1])}" if place[:-1] else ""
        names = ", ".join(allowed)
        return f"{file}: {where}{field}: '{place[-1]}' is not a known field{close}; allowed are {names}."
    if kind == "missing":
        measure = measures(part).get(place[-1])
        wanted = f"; needed is {measure.allowed()}" if measure else ""
        return f"{file}: {where}: {'.'.join(place)}: the field is missing{wanted}."
    if place and place[-1] in ("float", "str") and place[:-1]:
        place = place[:-1]
    shown = ".".join(place)
    prefix = f"{file}: {where}: {shown}: " if shown else f"{file}: {where}: "
    if kind in ("measure", "own_range"):
        return f"{prefix}{detail['msg']}."
    if kind == "literal_error":
        return f"{prefix}{value!r} is not allowed; allowed is {context['expected']}."
    allowed_text = _PATTERNS.get(context.get("pattern", ""), "") or _SHAPES.get(kind, "")
    if kind == "model_type" and place and place[-1] in measures(part):
        allowed_text = (
            f"a table with value, unit, source and confidence, {measures(part)[place[-1]].allowed()}"
        )
    if not allowed_text:
        allowed_text = str(detail["msg"]).removeprefix("Input should be ").lower()
    return f"{prefix}{_short(value)} is not allowed; allowed is {allowed_text}."


def fields_at(part: type[Part], place: list[str]) -> list[str]:
    """Names, as in files, of the fields of a part, or of a quantity or part inside it."""
    for step in place:
        info = part.model_fields.get(step)
        inner = _inner(info.annotation) if info else None
        part = inner or part
    return [info.alias or name for name, info in part.model_fields.items()]


def _inner(annotation: Any) -> type[Part] | None:
    """The part that a field's type is or holds, if any."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner(argument)
        if found is not None:
            return found
    return None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
