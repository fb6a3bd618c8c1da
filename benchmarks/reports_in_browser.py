"""Reports of studies in headless Chromium, on a desk and on a phone: axe-core looks at each, and so can you.

Run as `python benchmarks/reports_in_browser.py STUDY... [--pictures FOLDER]`, with folders that `main.py report` has
written its page into. Needs the extras `lab` and `browser`, and Chromium.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

SIZES = {"desk": (1280, 900), "phone": (390, 844)}


def faults(page: Page) -> list[str]:
    """What axe-core finds on a page, and whether it is wider than the screen."""
    found = [
        f"{each['impact']} {each['id']}: {'; '.join(' '.join(node['target']) for node in each['nodes'][:3])}"
        for each in Axe().run(page).response["violations"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{wide} px wider than the screen"] if wide > 0 else [])]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", nargs="+", type=Path)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()
    said: list[str] = []
    with sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        for study in given.studies:
            for size, (width, height) in SIZES.items():
                page = chromium.new_page(viewport={"width": width, "height": height})
                page.goto((study / "report.html").resolve().as_uri())
                found = faults(page)
                print(f"{study.name}, {size}: {'; '.join(found) or 'nothing found'}", flush=True)
                said += found
                if given.pictures:
                    page.screenshot(path=given.pictures / f"{study.name}_{size}.png", full_page=True)
                page.close()
        chromium.close()
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
