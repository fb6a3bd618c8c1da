"""What goes wrong around the window: missing files, no device, a full disk, a window closed at a bad moment."""

import errno
import os
import shutil

import pygame
import pytest

from agents.session import Session
from sim import text
from tests.inner_window import opened
from tests.source_reading import ROOT
from ui import app as application
from ui import launch, sound, theme, worldmap
from ui import messages as say
from ui.screens.pause import Pause
from ui.screens.title import Title, saves

ASSETS = ROOT / "assets"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A copy of all assets that tests may spoil."""
    shutil.copytree(ASSETS, tmp_path / "assets", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(theme, "FONTS", tmp_path / "assets" / "fonts")
    monkeypatch.setattr(worldmap, "FOLDER", tmp_path / "assets" / "map")
    monkeypatch.setattr(sound, "FOLDER", tmp_path / "assets" / "sounds")
    monkeypatch.setattr(text, "FOLDER", tmp_path / "assets" / "strings")
    monkeypatch.setenv("HEAVYSTONE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    text.load.cache_clear()
    yield tmp_path / "assets"
    text.load.cache_clear()


@pytest.mark.parametrize("name", ["fonts/Inter-Bold.otf", "fonts/InterTabular-SemiBold.otf", "map/world.npz",
                                  "map/sites.toml", "strings/en.toml"])  # fmt: skip
@pytest.mark.parametrize("is_there", [False, True], ids=["missing", "damaged"])
def test_an_asset_that_is_missing_or_damaged_is_named_before_the_game_begins(elsewhere, monkeypatch, capsys, name, is_there):
    monkeypatch.setattr(application, "Engine", never)
    file = elsewhere / name
    content = file.read_bytes()
    file.unlink()
    if is_there:
        file.write_bytes(content[: len(content) // 2] + b"]]")
    with pytest.raises(SystemExit) as end:
        launch.play()
    said = capsys.readouterr().err.splitlines()
    assert end.value.code == 2
    assert len(said) == 1 and file.name in said[0] and "missing or damaged in assets/" in said[0]


def never():
    pytest.fail("the model has been started")


@pytest.mark.parametrize("spoil", ["device", "file"])
def test_without_a_sound_device_or_a_sound_the_game_is_silent_and_says_so(elsewhere, monkeypatch, spoil):
    if spoil == "device":
        monkeypatch.setattr(pygame.mixer, "init", refuse)
    else:
        (elsewhere / "sounds" / "bell.wav").write_bytes(b"RIFF")
    sounds = sound.Sounds(True)
    sounds.play("bell")
    assert sounds.problem == spoil
    assert f"app.no_sound_{spoil}" in text.load()


def refuse(*_):
    raise pygame.error("no device")


@pytest.fixture
def window(tmp_path, monkeypatch):
    """A window with a game of a month, saved, and the model in the same process."""
    app = opened(monkeypatch, tmp_path)
    app.push(Title(app))
    app.frame(0.1)
    app.engine.ask(say.Open("licence_squeeze", 3, "kazakhstan", has_offers=False))
    app.frame(0.1)
    app.engine.ask(say.Play())
    app.frame(0.1)
    app.push(Pause(app, app.game))
    app.save()
    app.frame(0.1)
    yield app
    app.close()


def test_a_full_disk_is_told_in_the_window_and_leaves_the_old_save(window, monkeypatch):
    assert "kazakhstan-2025-02-3.json" in window.screen.note
    saved = saves()[0]
    before = saved.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    window.save()
    window.frame(0.1)
    assert "No space left on device; nothing was changed." in window.screen.note
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    window.engine.ask(say.Play())
    window.frame(0.1)
    assert window.game.state.view.month == 2, "the game goes on"


def full(_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_game_is_kept_when_the_window_is_closed_or_left(window):
    window.engine.ask(say.Play())
    window.frame(0.1)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    window.frame(0.1)
    assert not window.is_running
    kept = next(path for path in saves() if "autosave" in path.name)
    assert Session.load(kept).month == 2
