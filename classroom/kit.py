"""The printed kit as pages: the facilitator's guide and a brief of one page for each role."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from classroom.plans import SEATS

FOLDER = Path(__file__).parent.parent / "docs" / "teach"
SHEETS = ("guide", *(f"role_{role.replace('.', '_')}" for role in SEATS))
LINK = re.compile(r'href="(\w+)\.md"')


@cache
def page(name: str) -> str | None:
    """A sheet of the kit, ready to be printed; "all" is the whole kit; None if there is no such sheet."""
    from markdown_it import MarkdownIt

    if name not in (*SHEETS, "all"):
        return None
    parts = []
    for sheet in SHEETS if name == "all" else (name,):
        words = MarkdownIt("commonmark").enable("table").render((FOLDER / f"{sheet}.md").read_text(encoding="utf-8"))
        linked = LINK.sub(r'href="/kit/\1"', words)
        parts.append(f"<article>{linked}</article>")
    return (
        '<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Heavystone</title>'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/style.css"></head>'
        f'<body><main class="sheet">{"".join(parts)}</main></body></html>'
    )
