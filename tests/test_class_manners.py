"""What people are told when something cannot be: one clear sentence, and the class goes on."""

import asyncio
import io
import socket

import pytest
from rich.console import Console

from classroom import console, kit, launch, messages
from classroom.links import Link
from classroom.plans import SEATS
from classroom.room import LOBBY, Unwelcome
from classroom.sockets import MOST_LINKS_OF_ONE, Sockets
from main import main
from sim import scenario_files, text
from sim.levers import registry
from tests.class_bots import PIN, free_port


@pytest.fixture
def hall(tmp_path):
    """A class of one table that nobody serves."""
    made, _ = launch.prepare("classroom_short", tmp_path / "class", 1, "45", PIN, 1)
    yield made
    made.close()


def told(hall, message):
    """What a student's message is answered with, as a sentence; "" if it is done."""
    say = text.load()
    try:
        asyncio.run(hall.student(Link("seat", 2), messages.STUDENT.validate_python(message)))
    except Unwelcome as error:
        return say(error.sentence, **error.gaps)
    return ""


def test_a_full_class_and_a_full_seat_say_so(hall):
    for number in range(28):
        hall.join(f"student {number}")
    with pytest.raises(Unwelcome, match=r"class\.error\.full"):
        hall.join("one too many")
    for person in list(hall.room.people)[:4]:
        hall.record({"kind": "sit", "person": person, "table": 1, "role": "china"})
    with pytest.raises(Unwelcome, match="seat_full"):
        hall.room.free_seat(1, "china")


def test_decisions_that_come_late_or_lie_outside_their_range_are_told_why(hall):
    hall.join("Dana")
    assert told(hall, {"kind": "sit", "id": "sits-down", "table": 1, "role": "china"}) == ""
    wish = {"kind": "decide", "id": "decides", "round": 0, "lever": "china.licence_military", "target": "", "value": 3.0}
    assert "closed" in told(hall, wish)
    hall.record({"kind": "start"})
    assert "allowed: 0 to 1" in told(hall, wish)
    assert "closed" in told(hall, {**wish, "round": 1, "value": 0.5})
    assert told(hall, {**wish, "value": 0.5}) == ""


def test_a_machine_in_no_network_serves_itself_and_says_so(monkeypatch, tmp_path):
    class Unconnected(socket.socket):
        def connect(self, where):
            raise OSError("Network is unreachable")

    monkeypatch.setattr(socket, "socket", Unconnected)
    assert launch.address() == "127.0.0.1"
    out = io.StringIO()
    launch.tell(Console(file=out, width=100), launch.address(), 8000, "abcde", PIN, tmp_path)
    assert "in no network" in out.getvalue()


@pytest.mark.parametrize("key", ["start", "end"])
def test_a_scenario_that_no_timetable_fits_is_refused_before_anything_is_written(key, tmp_path, capsys):
    date = {"start": "2025-04", "end": "2025-06"}[key]
    file = tmp_path / "odd.toml"
    lines = ['name = "odd"', 'title = "Odd"', 'description = "Odd."', 'extends = "central_asia_2025"', f'{key} = "{date}"']
    file.write_text("\n".join(["[scenario]", *lines, "inherit_decisions = false", ""]))
    assert main(["classroom", str(file), "--port", str(free_port()), "--data", str(tmp_path / "class")]) == 2
    said = capsys.readouterr().err
    assert {"start": "begins in 2025-04", "end": "has 6 months"}[key] in said
    assert not (tmp_path / "class").exists()


def test_every_shipped_scenario_can_be_taught_with_every_law():
    for each in scenario_files.shipped():
        loaded = scenario_files.load(each.name)
        launch.check_playable(each.name, loaded)
        assert [law["name"] for law in console.offered_laws(registry(loaded))] == list(console.LAWS)


def test_the_newest_pages_of_a_student_are_served_and_the_oldest_rests(hall):
    sockets = Sockets(hall, text.load())
    links = [Link("seat", 7) for _ in range(MOST_LINKS_OF_ONE + 1)]
    for link in links:
        assert sockets.make_room(link)
        hall.links.add(link)
    assert [link.replaced for link in links] == [True] + [False] * MOST_LINKS_OF_ONE


def test_a_minute_left_changes_this_round_alone_and_the_pace_the_next_ones(hall):
    usual = hall.seconds
    asyncio.run(console.teach(hall, messages.Clock(kind="deadline", id="one-minute", seconds=60)))
    assert (hall.seconds, hall.room.state) == (usual, LOBBY)
    asyncio.run(console.teach(hall, messages.Clock(kind="pace", id="slower", seconds=600)))
    assert hall.seconds == 600


def test_the_kit_has_a_brief_for_every_seat_that_names_its_levers():
    assert kit.page("../app") is None
    for role in SEATS:
        brief = kit.page(f"role_{role.replace('.', '_')}")
        assert brief is not None
        assert brief.count("<h1>") == 1
        assert "<script" not in brief
    whole = kit.page("all")
    assert whole is not None
    assert whole.count("<article>") == 1 + len(SEATS)
