"""The window's parts that need no model: words, layout, colours, charts, the map's geometry, settings, the catalogue."""

import json
import re
from itertools import combinations, pairwise

import numpy as np
import pygame
import pytest

from sim import text
from tests.source_reading import ROOT, python_files
from ui import layout, palette, words
from ui.chart import Chart, Line, Plot, nice
from ui.projection import Lens
from ui.settings import Settings

SIZES = [(1024, 640), (1280, 720), (1600, 900), (1920, 1080), (2560, 1440), (3840, 2160)]


def test_every_sentence_that_the_window_says_is_in_the_catalogue():
    known = text.load()
    said = set()
    for path in python_files("ui"):
        source = path.read_text(encoding="utf-8")
        said |= set(re.findall(r'\bsay_?\(\s*"([a-z_]+\.[a-z_.]+)"', source))
    assert len(said) > 100
    assert sorted(name for name in said if name not in known) == []


def test_every_lever_of_the_game_has_a_name_and_a_purpose():
    from sim import levers, scenario_files

    registry = levers.registry(scenario_files.load("central_asia_2025"))
    names = {words.suffix(lever.name) for lever in registry} - {"temperament"}
    purposes = {name for group in words.GROUPS.values() for name in group}
    assert names <= purposes
    assert sorted(name for name in names if f"lever.{name}" not in text.load()) == []


def test_every_part_of_a_score_and_of_a_number_has_a_name():
    scores, anatomy = ((ROOT / "agents" / f"{name}.py").read_text() for name in ("scores", "readings"))
    parts = {f"part.{name}" for name in re.findall(r'^ +"([a-z_]+)": \(', scores, re.MULTILINE)}
    pieces = set(re.findall(r'\("([a-z_]+)", (?:""|region,|exchange|"[a-z]+",)', anatomy)) - {"project"}
    pieces = {f"piece.{name}" for name in pieces}
    assert len(parts) > 15 and len(pieces) > 20
    assert sorted(name for name in parts | pieces if name not in text.load()) == []


def test_the_encyclopedia_has_a_title_and_a_text_for_every_entry():
    names = text.load().names("term.")
    entries = {name.split(".")[1] for name in names}
    assert len(entries) >= 25
    assert {f"term.{entry}.{part}" for entry in entries for part in ("title", "text")} == set(names)


@pytest.mark.parametrize(("language", "count", "form"), [
    ("en", 1, "one"), ("en", 5, "other"), ("ru", 1, "one"), ("ru", 3, "few"), ("ru", 11, "many"), ("ru", 21, "one"),
    ("ru", 112, "many"), ("zh", 1, "other"), ("kk", 1, "one"),
])  # fmt: skip
def test_plural_forms_follow_unicode(language, count, form):
    assert text.plural_form(language, count) == form


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_panels_never_overlap_and_never_leave_the_window(size, scale):
    whole = pygame.Rect((0, 0), size)
    pages = ("map", "decide", "prices", "market", "side", "news")
    seen = set()
    for page in pages:
        places = layout.arrange(*size, scale, page)
        seen |= set(places.rects)
        assert all(whole.contains(rect) for rect in places.rects.values())
        assert not any(a.colliderect(b) for a, b in combinations(places.rects.values(), 2))
    assert set(pages) <= seen


@pytest.mark.parametrize("colours", [palette.DARK, palette.LIGHT, palette.choose("dark", True)], ids=lambda p: p.name)
def test_words_stand_out_from_their_ground(colours):
    for ground in (colours.panel, colours.ground):
        for ink in (colours.ink, colours.secondary, colours.good, colours.bad):
            assert palette.contrast(ink, ground) >= 4.5


def seen_by_a_deuteranope(colour):
    """Simulated after Machado, Oliveira and Fernandes 2009, full deuteranopia, on linear light."""
    linear = [((v / 255 + 0.055) / 1.055) ** 2.4 if v > 10 else v / 255 / 12.92 for v in colour]
    matrix = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
    return np.array([sum(a * b for a, b in zip(row, linear, strict=True)) for row in matrix])


def test_the_safe_colours_of_the_leading_actors_stay_apart_for_colour_blind_eyes():
    colours = palette.choose("dark", True)
    leading = ("china", "united_states", "kazakhstan", "uzbekistan")
    seen = [seen_by_a_deuteranope(colours.actors[name]) for name in leading]
    assert min(float(np.abs(a - b).max()) for a, b in combinations(seen, 2)) > 0.15


def test_a_place_on_the_map_is_found_again_under_its_point():
    lens = Lens(70.0, 30.0, 1.7, pygame.Rect(0, 0, 900, 500))
    for lon, lat in ((78.0, 44.5), (-4.0, 50.4), (145.0, -16.5)):
        back = lens.degrees(tuple(lens.points(np.array([lon]), np.array([lat]))[0]))
        assert back == pytest.approx((lon, lat), abs=1e-4)


def test_zooming_keeps_the_place_under_the_pointer():
    lens = Lens(70.0, 30.0, 1.0, pygame.Rect(0, 0, 900, 500))
    before = lens.degrees((600, 200))
    assert lens.zoomed(1.5, (600, 200)).degrees((600, 200)) == pytest.approx(before, abs=0.05)


def test_a_chart_finds_the_month_under_the_pointer():
    chart = Chart([Line("a", "a", (0, 0, 0), np.arange(1.0, 41.0))], 40, 0, 64)
    plot = Plot(chart, pygame.Rect(10, 10, 320, 200))
    assert [plot.month_at(plot.x(month)) for month in (0, 17, 40, 64)] == [0, 17, 40, 64]
    assert all(plot.y(a) > plot.y(b) for a, b in pairwise((1.0, 10.0, 40.0)))


def test_ticks_are_round_and_evenly_spaced():
    ticks = nice(0, 870, 4)
    assert ticks == [0, 250, 500, 750]


def test_numbers_have_true_minus_signs_and_units():
    assert words.money(-1234) == "−$1.2 bn"
    assert words.price(1043.4) == "$1,043/mtu"
    assert words.signed(-0.04, 1) == "−0.0" or words.signed(-0.04, 1)
    assert words.change(114, 100) == "+14 %"


def test_damaged_settings_are_replaced_by_the_defaults(tmp_path, monkeypatch):
    monkeypatch.setenv("HEAVYSTONE_HOME", str(tmp_path))
    (tmp_path / "settings.json").write_text("{not json")
    assert Settings.read() == Settings()
    (tmp_path / "settings.json").write_text(json.dumps({"scale": 9, "theme": 3, "sound": False}))
    assert Settings.read() == Settings(scale=2.0, sound=False)


def test_a_missing_font_is_named_in_one_sentence(monkeypatch, tmp_path):
    from ui import theme

    pygame.font.init()
    monkeypatch.setattr(theme, "FONTS", tmp_path)
    with pytest.raises(theme.Missing, match=r"^The font Inter-Bold\.otf is missing or damaged in assets/fonts\.$"):
        theme.Theme(palette.DARK).render("a", 12, (0, 0, 0), "Bold")


def test_fonts_map_and_sounds_are_named_with_their_licences():
    readme = (ROOT / "assets" / "README.md").read_text(encoding="utf-8")
    for name in ("fonts/OFL.txt", "Natural Earth", "sounds/make.py", "map/make.py"):
        assert name in readme
