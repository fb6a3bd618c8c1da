"""A first study: a question in a file, its worlds in a folder, a report, and one of its worlds as a game.

Run as `python docs/explore/first_study.py FOLDER [--short]` from the checkout.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import duckdb

import main as heavystone

QUESTION = """
[experiment]
name = "first_study"
title = "Half the licences"
question = "If China halved licences for the United States from January 2026, how much would Rotterdam pay in 2027?"
source = "an example"
until = "2027-12"
replications = 100
paths = ["price.apt.rotterdam"]

[[policy]]
name = "as_decided"
title = "As the scenario has it"

[[policy]]
name = "half"
title = "Half the licences"
set = [{ lever = "china.licence_approval", target = "us", value = 0.5, date = "2026-01" }]

[[policy]]
name = "none"
title = "No licence"
set = [{ lever = "china.licence_approval", target = "us", value = 0.0, date = "2026-01" }]

[[measure]]
name = "price"
title = "Rotterdam APT, mean of 2027, USD/mtu"
outcome = "price.apt.rotterdam"
first = "2027-01"
prefer = "low"
enough = 700.0

[[measure]]
name = "premium"
title = "Secure premium, mean of 2027, USD/mtu"
outcome = "premium.secure"
first = "2027-01"
prefer = "low"
"""


def study(folder: Path, is_short: bool = False) -> list[tuple[str, float]]:
    """Ask, run, report, and open world 0 as a game; give the mean price by policy."""
    text = QUESTION
    if is_short:
        text = text.replace("2027-12", "2025-04").replace("2027-01", "2025-02").replace("2026-01", "2025-02")
        text = text.replace("replications = 100", "replications = 4")
    folder.mkdir(parents=True, exist_ok=True)
    asked, out = folder / "question.toml", folder / "study"
    asked.write_text(text, encoding="utf-8")
    heavystone.main(["explore", str(asked), "--out", str(out), "--workers", "1"])
    heavystone.main(["report", str(out)])
    heavystone.main(["explore", str(asked), "--out", str(out), "--world", "0"])
    query = "select policy, avg(price) from read_parquet(?) group by policy order by policy"
    with duckdb.connect() as base:
        return base.execute(query, [str(out / "worlds.parquet")]).fetchall()


if __name__ == "__main__":
    for policy, price in study(Path(sys.argv[1]), "--short" in sys.argv):
        print(f"{policy}: {price:.0f} USD/mtu")
