"""What leaves the class as files: the map for its pages, the table for grading, the debrief in one file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.text import Text

if TYPE_CHECKING:
    from classroom.hall import Hall

HERE = Path(__file__).parent
MAP = HERE.parent / "assets" / "map"
HUBS = {
    "china": [112.5, 27.5],
    "europe": [9.0, 50.5],
    "north_america": [-80.0, 40.5],
    "japan": [138.5, 35.8],
    "korea": [128.3, 36.6],
    "russia": [44.0, 44.2],
    "dprk": [126.8, 39.8],
}
"""Where arcs meet, where that is not the middle of the region."""
LEAST_POINTS = 8
"""Islands with fewer points are left out."""


@cache
def _land() -> list[Any]:
    import numpy as np

    with np.load(MAP / "world.npz") as held:
        points, starts, names = held["points"] / 100.0, held["starts"], held["names"]
    ends = [*starts[1:], len(points)]
    found = []
    for start, end, name in zip(starts, ends, names, strict=True):
        if end - start >= LEAST_POINTS and str(name) != "Antarctica":
            found.append([str(name), [round(float(v), 1) for v in points[start:end].reshape(-1)]])
    return found


def map_json(regions: Mapping[str, Any]) -> str:
    """Land, places of regions and of mines."""
    import tomllib

    sites = tomllib.loads((MAP / "sites.toml").read_text(encoding="utf-8"))
    return json.dumps({"land": _land(), "regions": {**regions, **HUBS}, "sites": sites}, separators=(",", ":"))


def students_csv(hall: Hall, names: bool) -> str:
    """A row for each student: seat, what the student put in, and the score of the seat; names only if asked for."""
    counts: dict[int, dict[str, int]] = {}
    for entry in hall.store.entries():
        if entry["kind"] in ("decide", "propose", "vote", "submit", "offer", "answer") and "person" in entry:
            row = counts.setdefault(entry["person"], {})
            row[entry["kind"]] = row.get(entry["kind"], 0) + 1
    teams = {each["table"]: each["teams"] for each in hall.debrief.get("tables", [])}
    out = io.StringIO()
    head = ["student", *(["name"] if names else []), "table", "seat", "decisions", "proposals", "votes", "offers", "answers",
            "score", "score_of_rule"]  # fmt: skip
    sheet = csv.writer(out)
    sheet.writerow(head)
    for person in hall.room.people.values():
        done = counts.get(person.number, {})
        team = teams.get(person.table, {}).get(person.role, {})
        # a leading sign would make a spreadsheet take a name for a formula
        shown = f"'{person.name}" if person.name[:1] in "=+-@" else person.name
        sheet.writerow(
            [f"S{person.number:04d}", *([shown] if names else []), person.table or "", person.role]
            + [done.get(kind, 0) for kind in ("decide", "propose", "vote", "offer", "answer")]
            + [team.get("score", ""), team.get("rule", "")]
        )
    return out.getvalue()


def debrief_html(found: dict[str, Any], say: Text) -> str:
    """The debrief as one file that needs nothing else."""
    said = {name: say._entries[name] for name in say.names() if not name.startswith(("term.", "tutorial."))}

    def held(data: Any) -> str:
        return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")

    pages = HERE / "pages"
    style = (pages / "style.css").read_text(encoding="utf-8")
    scripts = "\n".join((pages / name).read_text(encoding="utf-8") for name in ("common.js", "charts.js", "debrief.js"))
    body = (pages / "debrief.html").read_text(encoding="utf-8").split("<body>")[1].split("<script")[0]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Heavystone</title>'
        f"<style>{style}</style></head><body>{body}"
        f"<script>window.STRINGS={held(said)};window.DEBRIEF={held(found)};</script><script>{scripts}</script></body></html>"
    )

