"""What leaves the class as files: the map for its pages, the table for grading, the debrief in one file."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
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
NEEDED = ("class.debrief.", "class.chart.", "class.unit.", "class.seat.rule", "role.", "short.", "lever.", "month.")
"""Beginnings of the names of sentences that the debrief says."""
PARTS = ("usual", "luck", "others", "play")
"""What a score is made of; see debrief."""
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
            "score", *PARTS]  # fmt: skip
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
            + [team.get(part, "") for part in ("score", *PARTS)]
        )
    return out.getvalue()


def debrief_html(found: dict[str, Any], say: Text) -> str:
    """The debrief as one file that needs nothing else, not even fonts."""
    said = {name: say._entries[name] for name in say.names() if name.startswith(NEEDED)}

    def held(data: Any) -> str:
        return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")

    def font(named: re.Match[str]) -> str:
        content = (HERE.parent / "assets" / "fonts" / named[1]).read_bytes()
        return f"url(data:font/otf;base64,{base64.b64encode(content).decode()})"

    def style(named: re.Match[str]) -> str:
        return f"<style>{re.sub(r'url[(]/fonts/([^)]+)[)]', font, _page(named[1]))}</style>"

    whole = re.sub(r'<link rel="stylesheet" href="/static/([^"]+)">', style, _page("debrief.html"))
    whole = re.sub(r'<script src="/static/([^"]+)"></script>', lambda named: f"<script>{_page(named[1])}</script>", whole)
    first = f"<script>window.STRINGS={held(said)};window.DEBRIEF={held(found)};</script>"
    return whole.replace("<script>", first + "<script>", 1)


def _page(name: str) -> str:
    return (HERE / "pages" / name).read_text(encoding="utf-8")
