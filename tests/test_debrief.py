"""The debrief of a class: everything in it is another world of the same class, played to the last bit."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from agents import lines
from agents.lines import Block
from agents.replay import Variant, compare, without
from agents.session import Session
from classroom import debrief, paper, worlds
from classroom.plans import SEATS
from classroom.room import Room
from sim import text

SCENARIO, MONTHS = "classroom_short", 9
HOARD = {"kind": "decide", "role": "buyers.us", "lever": "buyers.us.cover", "target": "", "value": 9.0}
REFUSE = {"kind": "decide", "role": "china", "lever": "china.licence_approval", "target": "us", "value": 0.1}
LAW = {"kind": "law", "role": "china", "lever": "china.licence_approval", "target": "europe", "value": 0.5}
DEAL = {"kind": "deal", "deal": "processing", "maker": "china", "taker": "kazakhstan", "until": 6,
        "mine": [["china.licence_approval", "korea", 0.9]],
        "yours": [["kazakhstan.processing_requirement", "", 0.1]]}  # fmt: skip
EVENT = {"kind": "strike", "event": "khorgos_closed"}
TAKE = [{"kind": "take", "role": role} for role in ("china", "kazakhstan", "buyers.us")]


@pytest.fixture(scope="module")
def played():
    """Two tables under the same law and event: one refuses, hoards and agrees on something; one leaves all to its rules."""
    worlds.replay(SCENARIO, 5, 1, [([*TAKE, HOARD, REFUSE, LAW], 3), ([DEAL, EVENT], 3), ([], 3)])
    worlds.replay(SCENARIO, 5, 2, [([LAW], 3), ([EVENT], 3), ([], 3)])
    return worlds.TABLES[1], worlds.TABLES[2]


@pytest.fixture(scope="module")
def found(played):
    return debrief.whole([1, 2])


def test_worlds_of_one_block_come_out_as_the_sessions_that_they_retell(played):
    block = Block(played[0].scenario, debrief.MEASURED)
    places = [block.add(lines.of(session), [5])[0] for session in played]
    elsewhere = block.add(lines.of(played[0]), [6])[0]
    values = block.play()
    for place, session in zip(places, played, strict=True):
        for row, name in enumerate(debrief.MEASURED):
            assert np.array_equal(values[row, :, place], session.series(name)), name
    other = Session.new(SCENARIO, 6)
    for acts, months in ([[*TAKE, HOARD, REFUSE, LAW], 3], [[DEAL, EVENT], 3], [[], 3]):
        worlds.play_round(other, acts, months)
    assert np.array_equal(values[0, :, elsewhere], other.series(debrief.PRICE))


def test_a_rule_in_the_seat_lives_under_the_same_law_and_without_what_was_agreed(played):
    session = played[0]
    line = without(lines.of(session), debrief._left(session, ["china"]))
    kept = [d for made in line.made for d in made]
    assert [d.source for d in kept if d.role == "china"] == ["teacher"]
    assert not [d for d in kept if d.lever == "kazakhstan.processing_requirement"]
    alone = compare(session, [Variant(roles=("buyers.us",))])[0]
    assert not [d for d in alone.decisions if d.source == "teacher"]


def test_scores_are_taken_apart_without_a_rest(found):
    one, two = found["tables"]
    for team in (*one["teams"].values(), *two["teams"].values()):
        assert team["score"] == pytest.approx(team["usual"] + team["luck"] + team["others"] + team["play"], abs=0.03)
    assert [seat for seat in SEATS if one["teams"][seat]["people"]] == ["china", "kazakhstan", "buyers.us"]
    for team in two["teams"].values():
        assert team["others"] == team["play"] == 0.0
        assert "elsewhere" not in team
    assert all(low <= mean <= high for low, mean, high in (one["teams"][r]["elsewhere"] for r in ("china", "buyers.us")))


def test_hoarding_is_what_lifted_the_price(found):
    one, two = found["tables"]
    assert one["lifted"]["buyers.us"] > 10
    assert one["lifted"]["all"] > two["lifted"]["all"]
    hoarding = next(turn for turn in one["turning"] if turn["lever"] == "buyers.us.cover")
    assert max(hoarding["price"]) == pytest.approx(hoarding["peak"], abs=0.1)
    assert hoarding["peak"] > 10
    assert hoarding["scores"]["buyers.us"] < 0
    assert one["asked"] == 5  # stock, licences, law, agreement, event


def test_worlds_of_comparison_share_the_class_s_events_and_nothing_else(found, played):
    assert found["benchmarks"]["rules"]["price"] == [round(float(v), 1) for v in played[1].series(debrief.PRICE)]
    prices = {name: tuple(each["price"]) for name, each in found["benchmarks"].items()}
    assert len(dict.fromkeys(prices.values())) == 3
    assert all(low <= high for low, high in zip(found["luck"]["low"], found["luck"]["high"], strict=True))


def test_the_debrief_in_one_file_asks_for_nothing_else(found):
    page = paper.debrief_html({**found, "done": True}, text.load())
    said = page.replace("http://www.w3.org/2000/svg", "")
    assert not [way for way in ('src="', 'href="/', "url(/", "http://", "https://") if way in said]
    assert json.dumps(found["luck"], separators=(",", ":")) in page


def test_the_table_for_grading_names_nobody_unless_asked_to(found):
    room = Room()
    entries = [
        {"kind": "class", "scenario": SCENARIO, "seed": 5, "code": "c", "pin": "", "plan": "45", "months": 9, "tables": 2},
        {"kind": "join", "name": "=Dana", "proof": "p"},
        {"kind": "sit", "person": 2, "table": 1, "role": "china"},
        {"kind": "decide", "person": 2, "id": "i", "table": 1, **{k: v for k, v in REFUSE.items() if k != "kind"}},
    ]
    for number, entry in enumerate(entries, 1):
        room.apply({**entry, "number": number})
    hall = SimpleNamespace(room=room, store=SimpleNamespace(entries=lambda: entries), debrief=found)
    head, row = (line.split(",") for line in paper.students_csv(hall, False).splitlines())
    said = dict(zip(head, row, strict=True))
    assert (said["student"], said["seat"], said["decisions"]) == ("S0002", "china", "1")
    parts = [float(said[name]) for name in ("usual", "luck", "others", "play")]
    assert float(said["score"]) == pytest.approx(sum(parts), abs=0.03)
    assert "Dana" not in ",".join(row)
    assert "'=Dana" in paper.students_csv(hall, True)


def test_a_table_lets_go_of_its_past_and_can_still_go_back(played):
    session = played[0]
    line = session.at.line()
    assert [node.month for node in line if node.mark is not None] == [0, 6, MONTHS]  # 6: why its price moved since
    tip, hashes = session.at, session.hashes
    session.rewind(4)
    assert session.market.month == 4
    session.rewind(MONTHS)
    assert (session.at, session.hashes, session.differs_from) == (tip, hashes, None)
