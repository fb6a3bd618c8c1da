"""Whatever is sent to a class, it answers with a sentence, nothing fails, and nobody decides for another seat."""

import time

import pytest
from hypothesis import given, settings

from tests.class_bots import PIN, post, running
from tests.class_fuzz import Intruder, failures, letters, requests, status_of, unhurried

EXAMPLES = {"routes": 80, "seat": 100, "teacher": 60, "board": 15}

# the server's own thread draws random numbers for its pings while messages are made up
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")


@pytest.fixture(scope="module")
def besieged(tmp_path_factory):
    """A class of two tables in its first round."""
    with running(tmp_path_factory.mktemp("class"), tables=2) as (base, hall), unhurried(), failures() as said:
        while not hall.ready:
            time.sleep(0.05)
        teacher = Intruder(base, "teacher", hall)
        assert teacher.send('{"kind": "start", "id": "begins"}')["ok"]
        teacher.leave()
        yield base, hall, said


def test_no_request_to_any_route_makes_the_server_fail(besieged):
    base, hall, said = besieged
    student = post(base, "/join", {"room": hall.room.code, "name": "somebody"})[2]
    cookies = [student, post(base, "/pin", {"pin": PIN})[2]]

    @settings(max_examples=EXAMPLES["routes"])
    @given(requests(hall, cookies))
    def check(request):
        assert status_of(base, request) < 500

    check()
    assert said == []


@pytest.mark.parametrize("door", ["seat", "teacher", "board"])
def test_every_message_is_answered_and_reaches_no_other_seat(besieged, door):
    base, hall, said = besieged
    intruder = Intruder(base, door, hall)

    @settings(max_examples=EXAMPLES[door])
    @given(letters("seat" if door == "board" else door, hall))
    def check(text):
        answer = intruder.send(text)
        assert not answer or answer["ok"] or answer["error"]

    check()
    intruder.leave()
    assert said == []
    if door == "seat":
        others = [seat for table in hall.room.tables.values() for role, seat in table.seats.items() if role != "china"]
        others.append(hall.room.tables[2].seats["china"])
        assert not any(seat.people or seat.decided or seat.proposals or seat.done for seat in others)
