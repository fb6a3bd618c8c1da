"""Saves: they hold the whole session, appear whole or not at all, and old ones keep loading."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from agents import expectations, offers, save_format, versions
from agents.save_format import SaveError
from agents.session import Session
from agents.terms import Term
from tests.session_games import decide_at_random, game, random_game, scenario_of
from tests.source_reading import ROOT

ROYALTY = ("kazakhstan", "kazakhstan.royalty", "")
OLD = sorted((ROOT / "tests" / "saves").glob("form_*.json"))
LOADED = 5
"""Months of the shared game."""


def expect(session, project, month):
    """Keep with the month where a session stands that a project will open in another month."""
    stages = np.where(np.arange(90) + session.month + 1 >= month, 5.0, 3.0) * np.ones((5, 1))
    expectations.keep(session, {project: stages})


def eventful():
    """A game with branches, a change of seats, an agreement, and decisions that wait."""
    session = random_game(LOADED, ("kazakhstan", "china"))
    session.leave("china")
    terms = [Term("kazakhstan.reserved_share", "us", 0.3)], [Term("united_states.offtake_share", "upper_kairakty", 0.3)]
    offers.accept(session, offers.make(session, "kazakhstan", "united_states", *terms, LOADED + 4, "offtake"))
    session.play(2)
    expect(session, "mactung", 40)
    session.rewind(LOADED - 2)
    session.branch("calm")
    session.play(2)
    session.go("main")
    session.rewind(LOADED + 1)
    session.decide(*ROYALTY, 0.15)
    return session


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """An eventful session and its save; tests must leave both as they are."""
    path = tmp_path_factory.mktemp("saves") / "game.json"
    session = eventful()
    session.save(path)
    return session, path


def same(one, other):
    """Whether two sessions hold the same."""
    names = ("hashes", "log", "coming", "offers", "people", "branches", "current_branch", "tree", "month", "seed",
             "temperaments", "is_practice")  # fmt: skip
    return [name for name in names if getattr(one, name) != getattr(other, name)] == []


def test_a_saved_session_comes_back_with_all_that_it_holds(saved, tmp_path):
    session, path = saved
    loaded = Session.load(path)
    assert same(loaded, session)
    assert loaded.notes == ()
    loaded.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_a_loaded_session_goes_on_as_the_one_that_was_saved(saved):
    _, path = saved
    one, other = Session.load(path), eventful()
    assert [report.events for report in one.play(2)] == [report.events for report in other.play(2)]
    assert same(one, other)
    for name in one.branches:
        one.go(name)
        other.go(name)
        assert same(one, other)
    assert one.differs_from is None


def test_a_save_names_a_shipped_scenario_and_holds_any_other(saved, tmp_path):
    content = json.loads(saved[1].read_text())["session"]
    assert "content" not in content["scenario"]
    own = scenario_of("licence_squeeze").model_copy(update={"name": "my_own", "end": "2026-06"})
    session = game(2, scenario=own)
    session.save(tmp_path / "own.json")
    loaded = Session.load(tmp_path / "own.json")
    assert loaded.scenario.digest == own.digest
    assert loaded.hashes == session.hashes


def test_former_expectations_outlive_loading_and_going_back_and_stay_with_their_branch(saved, tmp_path):
    session = eventful()
    expect(session, "mactung", 52)
    assert expectations.told(session) == {"mactung": [(LOADED + 1, 52)]}
    session.play()
    expect(session, "mactung", 53)
    assert expectations.told(session) == {"mactung": [(LOADED + 1, 52)]}, "a month is no slip worth telling"
    session.save(tmp_path / "game.json")
    loaded = Session.load(tmp_path / "game.json")
    assert expectations.told(loaded) == expectations.told(session)
    loaded.go("calm")
    assert expectations.told(loaded) == {}
    loaded.go("main 2")
    assert expectations.told(loaded) == {"mactung": [(LOADED + 1, 52), (LOADED + 2, 40)]}
    loaded.rewind(LOADED)
    assert expectations.told(loaded) == {}


@pytest.mark.parametrize("old", OLD, ids=lambda path: path.stem)
def test_an_old_save_keeps_loading(old):
    session = Session.load(old)
    content = json.loads(old.read_text())["session"]
    assert session.month == content["month"]
    assert [d.number for d in session.log] == [d["number"] for m in content["branches"][0]["months"]
                                              for d in m.get("decisions", ())]  # fmt: skip
    assert {offer.state for offer in session.offers} == {"accepted"}
    session.play()
    for name in session.branches:
        session.go(name)
    if content["versions"]["model"] == versions.model():
        assert session.differs_from is None


def test_a_world_that_comes_out_another_way_in_another_version_is_told(saved, tmp_path):
    path = forged(saved[1], tmp_path, lambda session: session["versions"].update(model="0" * 16) or other_hash(session, 2))
    session = Session.load(path)
    assert session.differs_from == 2
    assert "another version" in session.notes[0]
    assert session.hashes[2] == saved[0].hashes[2]


def test_a_world_that_comes_out_another_way_in_this_version_is_damage(saved, tmp_path):
    with pytest.raises(SaveError, match="does not come out as it was saved"):
        Session.load(forged(saved[1], tmp_path, lambda session: other_hash(session, 2)))


def other_hash(session, month):
    session["branches"][0]["months"][month - 1]["hash"] = "0" * 32


def forged(path, folder, change):
    """A save whose content was changed by someone who knows how to sign it."""
    content = json.loads(path.read_text())
    change(content["session"])
    content["check"] = save_format._check(content["session"])
    (folder / "forged.json").write_text(json.dumps(content))
    return folder / "forged.json"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: "", "not a saved game of Heavystone"),
        (lambda text: "Once upon a time", "not a saved game of Heavystone"),
        (lambda text: "[" * 100_000, "not a saved game of Heavystone"),
        (lambda text: '{"game": "chess"}', "not a saved game of Heavystone"),
        (lambda text: "[1, 2]", "not a saved game of Heavystone"),
        (lambda text: text[: len(text) // 2], "cut short or damaged"),
        (lambda text: text[:-5], "cut short or damaged"),
        (lambda text: text.replace('"month": 6', '"month": 5'), "changed or damaged after it was saved"),
        (lambda text: text.replace('"format": 2', '"format": 3'), "newer version of Heavystone .form 3"),
        (lambda text: text.replace('"format": 2', '"format": "2"'), "damaged at 'format'"),
    ],
)
def test_what_is_no_save_is_refused_in_one_sentence(saved, tmp_path, change, said):
    path = tmp_path / "bad.json"
    path.write_text(change(saved[1].read_text()))
    with pytest.raises(SaveError, match=said) as refusal:
        Session.load(path)
    assert str(refusal.value).startswith(f"{path} cannot be loaded: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.update(seed=-1), "damaged at 'seed'"),
        (lambda s: s.update(extra=1), "damaged at 'extra'"),
        (lambda s: s.pop("month"), "damaged at 'month'"),
        (lambda s: s.update(month=99), "allowed: 0 to 7"),
        (lambda s: s.update(current="nowhere"), "it names 'nowhere', which it does not hold"),
        (lambda s: s.update(people=["france"]), "names role 'france'"),
        (lambda s: s["scenario"].update(name="lost"), "has no scenario 'lost'"),
        (lambda s: s["scenario"].update(content={"name": "x"}), "does not fit this version"),
        (lambda s: s["coming"][0].update(lever="kazakhstan.salt_tax"), "unknown lever 'kazakhstan.salt_tax'"),
        (lambda s: s["coming"][0].update(role="china"), "is not for china to decide"),
        (lambda s: s["branches"][1].update(parent="nowhere"), "it names 'nowhere'"),
        (lambda s: s["branches"][1].update(start=99), "begins where its parent has not come"),
    ],
)
def test_a_save_with_impossible_content_is_refused(saved, tmp_path, change, said):
    with pytest.raises(SaveError, match=said):
        Session.load(forged(saved[1], tmp_path, change))


def test_files_that_are_none_are_refused(tmp_path):
    (tmp_path / "bytes.json").write_bytes(bytes(range(256)))
    for path, said in ((tmp_path / "none.json", "No such file"), (tmp_path, "Is a directory"),
                       (tmp_path / "bytes.json", "not a saved game")):  # fmt: skip
        with pytest.raises(SaveError, match=said):
            Session.load(path)


def test_a_full_disk_leaves_the_old_save_as_it_was(saved, tmp_path, monkeypatch):
    session, path = saved
    old = tmp_path / "game.json"
    old.write_bytes(path.read_bytes())

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError, match="No space left on device; nothing was changed"):
        session.save(old)
    assert old.read_bytes() == path.read_bytes()
    assert os.listdir(tmp_path) == ["game.json"]


def test_a_save_into_a_folder_that_is_not_there_is_refused(saved, tmp_path):
    with pytest.raises(SaveError, match="cannot be written: No such file"):
        saved[0].save(tmp_path / "nowhere" / "game.json")


def test_saving_does_not_disturb_the_session(tmp_path):
    import numpy as np

    session, rng = game(people=("kazakhstan",)), np.random.default_rng(2)
    for month in range(4):
        decide_at_random(session, rng)
        session.save(Path(tmp_path) / f"{month}.json")
        session.play()
    assert session.hashes == Session.load(tmp_path / "3.json").hashes + session.hashes[-1:]
