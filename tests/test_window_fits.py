"""No line of text leaves its panel or lies over another, at any size of window and type, and every control is in reach."""

import pygame
import pytest

from tests.inner_window import Reader, opened
from ui import messages as say
from ui.mapview import MapView
from ui.screens import deal, debrief, encyclopedia, load, newgame, number, options, pause, timeline
from ui.screens.title import Title

ROOMS = [((1024, 640), 1.0), ((1024, 640), 1.5), ((1024, 640), 2.0), ((1280, 720), 1.5), ((1280, 720), 2.0),
         ((1920, 1080), 2.0), ((3840, 2160), 2.0)]  # fmt: skip
LEVER = "kazakhstan.processing_requirement"


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    """The window in the middle of a game, and who reads what it writes."""
    patch = pytest.MonkeyPatch()
    app = opened(patch, tmp_path_factory.mktemp("home"))
    patch.setattr(MapView, "finish", lambda self: None)  # names on the map keep clear of one another by themselves
    reader = Reader(patch)
    app.push(Title(app))
    app.frame(0.1)
    app.engine.ask(say.Open("classroom_short", 3, "kazakhstan", has_offers=False))
    app.frame(0.1)
    for _ in range(4):
        app.engine.ask(say.Play())
        app.frame(0.1)
    app.engine.ask(say.Decide(LEVER, "", 0.4))
    app.game.state.look_ahead(None)
    app.frame(0.1)
    app.save()
    app.frame(0.1)
    yield app, reader
    app.close()
    patch.undo()


def stand(app, screen, size, scale):
    """Show a screen in a window of a size, with type of a scale."""
    app.size, app.surface = size, pygame.display.set_mode(size)
    app.theme.__init__(app.theme.palette, scale, app.theme.accent)
    screen.resize(size)


DIALOGS = {
    "title": Title,
    "new": newgame.NewGame,
    "load": load.LoadGame,
    "options": options.Options,
    "encyclopedia": lambda app: encyclopedia.Encyclopedia(app, "bakuta"),
    "menu": lambda app: pause.Pause(app, app.game),
    "price": lambda app: number.Number(app, app.game, "price.apt.rotterdam"),
    "score": lambda app: number.Number(app, app.game, "standing.kazakhstan"),
    "flow": lambda app: number.Number(app, app.game, "flow.china>europe>controlled"),
    "lever": lambda app: number.Number(app, app.game, f"lever.{LEVER}"),
    "offer": lambda app: deal.MakeOffer(app, app.game),
    "timeline": lambda app: timeline.Timeline(app, app.game),
    "debrief": lambda app: debrief.Debrief(app, app.game),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_every_line_of_a_screen_has_room(window, name):
    app, reader = window
    app.push(DIALOGS[name](app))
    for _ in range(4):
        app.frame(0.1)
    found = []
    for room in ROOMS:
        stand(app, app.screen, *room)
        found += [f"{room}: {fault}" for fault in reader.faults(app.screen)]
    app.pop()
    assert found == []


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_every_line_of_the_game_has_room(window, room):
    app, reader = window
    game, found = app.game, []
    groups, pages = list(game.decide.groups), ("offers", "projects", "relations", "scoreboard")
    for page in ("map", "decide", "prices", "market", "side", "news"):
        game.page = page
        stand(app, game, *room)
        for i in range(max(len(groups), len(pages))):
            game.state.group, game.side.page = groups[i % len(groups)], pages[i % 4]
            game.market.page, game.prices.page = ("why", "curve", "stocks", "shares")[i % 4], ("apt", "premium")[i % 2]
            found += [f"{page}: {fault}" for fault in reader.faults(game)]
        if not game.strip.is_shown:
            break
    game.page = "map"
    assert found == []
