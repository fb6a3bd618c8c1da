"""A whole short campaign, 2025 to 2032, played in the real window with mouse and keys to the debrief, without a display.

Run `python benchmarks/playthrough.py [ROLE] [SEED]`; it prints how long the model took, how often the game stopped by
itself and why, and what each turn had to weigh.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))


PATIENCE = 15.0
"""Seconds that the others are given to make offers, which is much where other work goes on."""


def came(game) -> bool:
    """Whether an offer has come in this turn."""
    return any(o.state == "open" and o.month == game.state.view.month for o in game.state.view.offers)


def main(role: str, seed: str) -> None:
    os.environ["HEAVYSTONE_HOME"] = tempfile.mkdtemp(prefix="heavystone-")
    import pygame

    from ui.pictures import Player
    from ui.screens import game as screen

    screen.SECONDS_A_MONTH.update({1: 0.0, 2: 0.0, 3: 0.0})
    player = Player((1280, 720), sound=False)
    app = player.app
    player.wait(lambda: app.shelf is not None, "the model")
    began = time.perf_counter()
    player.click("title.start")
    player.click(f"new.role.{role}")
    player.click("new.seed")
    for _ in range(6):
        player.key(pygame.K_BACKSPACE)
    player.type(seed)
    player.click("new.start")
    player.wait(lambda: app.game is not None, "the game")
    game = app.game
    stops, turns, empty = 0, [], []
    while not game.state.view.is_over:
        end, first, items, offers = game.state.turn_end, game.state.view.month, 0, 0
        while game.state.view.month < end and not game.state.view.is_over:
            before = game.state.view.month
            player.key(pygame.K_RETURN)
            player.wait(lambda: not game.state.is_playing, "the end of the turn")
            stops += game.state.view.month < end
            if game.state.view.month == before:
                break
        if not game.state.view.is_over:
            player.wait(lambda: game.state.fan is not None, "the look-ahead")
            until = time.perf_counter() + PATIENCE
            while time.perf_counter() < until and not came(game):  # others weigh what they might offer
                player.frames()
                time.sleep(0.01)
        items = len([i for i in game.state.news if i.month >= first and i.weight])
        waiting = [o for o in game.state.view.offers if o.state == "open" and o.taker == role]
        for offer in sorted(waiting, key=lambda o: -o.number):  # as they lie on the table, the newest on top
            offers += 1
            player.click("side.page.offers")
            player.click(f"side.offer.{offer.number}.{'accept' if offers % 2 else 'decline'}")
            player.frames(20)
        turns.append((items, offers))
        if not items and not offers:
            empty.append(first)
        if len(turns) % 4 == 1 and not game.state.view.is_over:
            name, control = next((g, c[0]) for g, c in game.decide.groups.items() if not c[0].choices and not c[0].targets)
            player.click(f"decide.group.{name}")
            player.drag(f"decide.lever.{control.name}.", 0.2 + 0.02 * len(turns))
    player.key(pygame.K_RETURN)
    player.wait(lambda: getattr(app.screen, "found", None) is not None, "the debrief")
    found = app.screen.found  # type: ignore[attr-defined]
    player.close()
    rows = [
        ("months and turns played", f"{game.state.view.month} and {len(turns)}"),
        ("time from the title to the debrief", f"{time.perf_counter() - began:.0f} s"),
        ("stops by itself within a turn", str(stops)),
        (
            "weighty news a turn, least and mean",
            f"{min(t[0] for t in turns)} and {sum(t[0] for t in turns) / len(turns):.1f}",
        ),
        ("offers received", str(sum(t[1] for t in turns))),
        ("turns with neither", ", ".join(map(str, empty)) or "none"),
        ("score, and of the rule under the same luck", f"{found.score:.1f} and {found.rule:.1f}"),
        ("turning points measured", str(len(found.turnings))),
    ]
    for name, value in rows:
        print(f"{name:46s} {value}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", nargs="?", default="kazakhstan")
    parser.add_argument("seed", nargs="?", default="3")
    main(**vars(parser.parse_args()))
