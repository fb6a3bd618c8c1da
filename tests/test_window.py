"""A whole game in the real window, played with mouse and keys to the debrief, without a display."""

import json

import pygame
import pytest

from ui import engine
from ui import messages as say
from ui.pictures import Player
from ui.screens import game as game_screen
from ui.screens import newgame
from ui.screens.title import saves


@pytest.fixture(scope="module")
def player(tmp_path_factory):
    """The window with a game of one year as Kazakhstan."""
    patch = pytest.MonkeyPatch()
    patch.setenv("HEAVYSTONE_HOME", str(tmp_path_factory.mktemp("home")))
    patch.setattr(game_screen, "SECONDS_A_MONTH", {1: 0.0, 2: 0.0, 3: 0.0})
    patch.setattr(newgame, "SHORT_END", "2025-06")
    player = Player((1280, 720), sound=False)
    player.wait(lambda: player.app.shelf is not None, "the model")
    yield player
    player.close()
    patch.undo()


def test_a_person_plays_from_the_title_to_the_debrief(player):
    app = player.app
    player.click("title.start")
    player.click("new.scenario.classroom_short")
    player.click("new.role.kazakhstan")
    player.click("new.temper.china")
    player.click("new.length.True")
    player.click("new.seed")
    for _ in range(6):
        player.key(pygame.K_BACKSPACE)
    player.type("5")
    player.click("new.start")
    player.wait(lambda: app.game is not None, "the game")
    game = app.game
    assert (game.state.setup.seed, game.state.setup.months) == (5, 6)

    player.click("decide.group.processing")
    player.drag("decide.lever.kazakhstan.processing_requirement.", 0.6)
    player.wait(lambda: game.state.view.pending, "the decision")
    slot = ("kazakhstan.processing_requirement", "")
    assert game.state.view.pending == (slot,)
    player.click("decide.lever.kazakhstan.processing_requirement..undo")
    player.wait(lambda: not game.state.view.pending, "the undoing")
    player.drag("decide.lever.kazakhstan.processing_requirement.", 0.7)
    player.wait(lambda: game.state.view.pending, "the decision")
    decided = game.state.view.values[slot]

    rested = app.screen.stack.find("decide.lever.kazakhstan.refinery_investment.")
    box = rested[0].on_screen(rested[1])
    player.point((box.left + box.width // 2, box.centery))
    player.wait(lambda: game.decide.ghost is not None, "the pointer's rest")
    considered = game.state.proposal
    assert considered.lever == "kazakhstan.refinery_investment" and considered.value > 0
    player.wait(lambda: game.state.far and game.state.far.proposal == considered, "the look far ahead")
    assert game.state.effects()
    assert game.state.view.pending == (slot,), "resting decides nothing"
    player.point((game.prices.rect.left + 4, game.prices.rect.top + 4))
    player.wait(lambda: game.decide.ghost is None, "the look ahead without it")
    assert game.state.proposal != considered

    player.click("top.play")
    player.wait(lambda: game.state.view.month >= 1 and not game.state.is_playing, "a month")
    if game.state.view.month < 3:
        player.quarter()
    assert game.state.view.month == 3
    assert game.state.view.values[slot] == pytest.approx(decided)
    assert not game.state.view.ruled[slot]

    for page in ("offers", "projects", "relations", "scoreboard"):
        player.click(f"side.page.{page}")
    for page in ("why", "curve", "stocks", "shares"):
        player.click(f"market.page.{page}")
    player.point((game.prices.plot.area.centerx + game.prices.rect.left, game.prices.rect.centery))
    assert game.state.hover_month is not None

    for key in ("top.price", "top.score", "top.treasury"):
        player.click(key)
        player.wait(lambda: app.screen.found is not None, "the number")
        found = app.screen.found
        assert sum(part.now for part in found.parts) == pytest.approx(found.now)
        player.key(pygame.K_ESCAPE)
    player.key(pygame.K_t)
    player.wait(lambda: app.screen.found is not None, "the timeline")
    player.click(f"timeline.without.{app.screen.found.taken[0].number}")
    player.wait(lambda: app.screen.omitted is not None, "the what-if")
    assert app.screen.omitted.start == 0
    player.key(pygame.K_ESCAPE)

    while not game.state.view.is_over:
        player.quarter()
    assert game.state.view.month == 6
    player.key(pygame.K_RETURN)
    player.wait(lambda: getattr(app.screen, "found", None) is not None, "the debrief")
    assert app.screen.found.turnings[0].lever == slot[0]
    assert 0 < app.screen.found.score < 100
    player.click("debrief.export")
    assert app.screen.note.endswith(".html")


def test_an_autosave_is_loaded_and_a_damaged_save_is_refused_in_a_sentence(player):
    from ui.screens.title import saves

    app = player.app
    app.open_title()
    player.wait(lambda: bool(saves()), "the autosave")
    saved = saves()[0]
    broken = saved.with_name("broken-2025-01-1.json")
    broken.write_text(saved.read_text()[:500])
    player.click("title.load")
    app.engine.ask(say.Load(str(broken)))
    app.screen.is_waiting = True
    player.wait(lambda: bool(app.screen.problem), "the refusal")
    assert "broken-2025-01-1.json" in app.screen.problem
    assert "Traceback" not in app.screen.problem
    player.click(f"load.{saved.name}")
    player.wait(lambda: app.game is not None, "the loaded game")
    assert app.game.state.view.month == 6
    assert app.game.state.setup.months == 6, "a campaign ends where it was meant to end, loaded or not"


def test_any_month_can_be_gone_to_and_what_lay_ahead_stays_as_a_branch(player):
    app = player.app
    before = app.game
    player.key(pygame.K_t)
    player.wait(lambda: app.screen.found is not None, "the timeline")
    player.drag("timeline.month", 0.5)
    month = app.screen.month
    assert 0 < month < 6
    player.click("timeline.go")
    player.wait(lambda: app.game is not None and app.game is not before, "the month")
    assert app.game.state.view.month == month
    assert app.game.state.view.is_practice
    player.click("decide.group.processing")
    player.drag("decide.lever.kazakhstan.processing_requirement.", 0.2)
    player.wait(lambda: app.game.state.view.pending, "the decision")
    player.quarter()
    player.key(pygame.K_t)
    player.wait(lambda: app.screen.found is not None, "the timeline")
    assert [(line.start, line.end) for line in app.screen.found.lines] == [(0, app.game.state.view.month), (month, 6)]


def test_the_keyboard_alone_reaches_every_control(player):
    app = player.app
    app.open_title()
    player.frames(3)
    reached = set()
    for _ in range(12):
        player.key(pygame.K_TAB)
        reached.add(app.screen.stack.pointing.focus)
    usable = {r.key for p in app.screen.stack.listening() for r in p.regions if r.is_reached_by_key}
    assert usable <= reached
    while app.screen.stack.pointing.focus != "title.options":
        player.key(pygame.K_TAB)
    player.key(pygame.K_RETURN)
    assert type(app.screen).__name__ == "Options"
    player.key(pygame.K_ESCAPE)
    assert type(app.screen).__name__ == "Title"


def test_drawing_changes_nothing_in_the_view(player):
    app = player.app
    app.engine.ask(say.Open("classroom_short", 6, "china", has_offers=False))
    player.wait(lambda: app.game is not None or player.app.screen.__class__.__name__ == "Game", "the game")
    view = app.game.state.view
    before = {name: values.copy() for name, values in view.series.items()}
    player.frames(30)
    assert all((view.series[name] == values).all() for name, values in before.items())
    assert view.month == 0


def test_a_model_that_dies_is_started_again_and_the_autosave_goes_on(player):
    app = player.app
    app.open_title()
    player.click("title.resume")
    player.wait(lambda: app.game is not None, "the autosave")
    app.engine.process.kill()
    player.wait(lambda: app.game is None and app.shelf is not None, "another model")
    player.click("title.resume")
    player.wait(lambda: app.game is not None, "the autosave again")
    assert app.game.state.view.month > 0


def test_a_window_closed_in_the_middle_of_a_month_ends_its_processes_and_keeps_the_game(player, monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE", 60.0)
    app = player.app
    app.engine.ask(say.Open("classroom_short", 8, "kazakhstan", has_offers=False))
    player.wait(lambda: app.game is not None and app.game.state.setup.seed == 8, "the game")
    app.game.play()
    player.wait(lambda: app.game.state.view.month > 0, "a month")
    for _ in range(3):
        app.engine.ask(say.Play())
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    app.run()
    assert app.engine.process.exitcode == 0
    assert json.loads(saves()[0].read_text())["session"]["month"] >= 4
