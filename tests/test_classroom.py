"""A class over real sockets: what is accepted, what is turned down, and that it is the world that anybody can replay."""

import asyncio
import json
import random
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from agents import envoys, weighing
from classroom import envoy, guard, launch, messages, room, worlds
from classroom.plans import PLANS, SEATS, fitted
from classroom.room import Room
from classroom.store import Store, StoreError
from tests.class_bots import Bot, free_port, get, go, headless, improvise, plainly, post, running, seated, teacher
from tests.source_reading import ROOT


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A class of two tables in its lobby."""
    with running(tmp_path_factory.mktemp("class"), tables=2) as (base, hall):
        yield base, hall


async def until_ready(hall):
    while not hall.ready:
        await asyncio.sleep(0.1)


def test_a_class_of_bots_equals_the_headless_run_of_what_they_decided(tmp_path):
    with running(tmp_path, seed=7) as (base, hall):
        accepted = go(improvise(base, hall, 3, random.Random(7)))
    hashes = hall.room.tables[1].hashes
    assert len(hashes) == 3
    assert plainly(hall, accepted) == hashes
    assert headless(hall) == [hashes]


def test_a_server_killed_twice_goes_on_and_loses_nothing(tmp_path):
    folder, port = tmp_path / "class", free_port()
    options = ["--port", str(port), "--data", str(folder), "--plan", "45", "--pin", "471147", "--seconds", "900"]
    command = [sys.executable, str(ROOT / "main.py"), "classroom", *options]
    base = f"127.0.0.1:{port}"

    def begin():
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                if get(base, "/")[0] == 200:
                    return process
            except OSError:
                time.sleep(0.2)
        raise TimeoutError

    def kill(process):
        process.send_signal(signal.SIGKILL)
        process.wait()

    async def first():
        console = await teacher(base)
        bot = await seated(base, console.state["code"], "Dana", "china")
        await console.send(kind="start")
        await bot.until(lambda: bot.state["state"] == "running")
        done = await bot.send(kind="decide", round=0, lever="china.licence_military", target="", value=0.9, id_="once-only")
        assert done["ok"]
        return bot.cookie

    async def second(cookie):
        bot = Bot(base, "/ws/seat", cookie)
        await bot.open()
        await bot.until(lambda: bot.state.get("state") == "running")
        assert bot.state["me"]["decided"] == [["china.licence_military", "", 0.9]]
        again = await bot.send(kind="decide", round=0, lever="china.licence_military", target="", value=0.9, id_="once-only")
        assert again["again"]
        assert (await bot.send(kind="submit", round=0, done=True))["ok"]
        await bot.until(lambda: bot.state.get("round") == 1)
        done = await bot.send(kind="decide", round=1, lever="china.licence_military", target="", value=0.1)
        assert done["ok"]

    async def third(cookie):
        bot = Bot(base, "/ws/seat", cookie)
        await bot.open()
        await bot.until(lambda: bot.state.get("state") == "running" and bot.state["round"] == 1)
        assert bot.state["me"]["decided"] == [["china.licence_military", "", 0.1]]
        await bot.send(kind="submit", round=1, done=True)
        await bot.until(lambda: bot.state.get("round") == 2)

    process = begin()
    try:
        cookie = go(first())
        kill(process)
        process = begin()
        go(second(cookie))
        kill(process)
        process = begin()
        go(third(cookie))
    finally:
        kill(process)
    hall, _ = launch.prepare("classroom_short", folder, 1, "45", None, 1)
    hall.record({"kind": "close", "round": 2, "seated": {"1": ["china"]}})  # as if it had died while it played

    async def once_more():
        await hall.open()
        hall.close()

    asyncio.run(once_more())
    table = hall.room.tables[1]
    accepted = [act["value"] for acts, _ in table.rounds for act in acts if act["kind"] == "decide"]
    assert accepted == [0.9, 0.1]
    assert len(table.hashes) == 3
    assert headless(hall) == [table.hashes]


def test_nobody_gets_at_another_s_view_or_decides_for_another(served):
    base, hall = served

    async def work():
        await until_ready(hall)
        one = await seated(base, hall.room.code, "One", "kazakhstan")
        two = await seated(base, hall.room.code, "Two", "china", table=2)
        console = await teacher(base)
        await console.send(kind="start")
        await one.until(lambda: one.state["state"] == "running" and one.view)
        await two.until(lambda: two.state["state"] == "running" and two.view)
        assert one.view["role"] == "kazakhstan"
        assert "stock_home" not in json.dumps(one.view)
        decision = {"kind": "decide", "round": 0, "lever": "china.licence_military", "target": "", "value": 0.0}
        forged = await one.send(**decision)
        assert "not for kazakhstan" in forged["error"]
        for extra in ({"role": "china"}, {"table": 2}, {"person": 2}):
            assert not (await one.send(**decision, **extra))["ok"]
        hop = await one.send(kind="sit", table=2, role="china")
        assert "only the teacher" in hop["error"]
        assert (await two.send(**decision, id_="the-very-same"))["ok"]
        assert (await two.send(**{**decision, "value": 1.0}, id_="the-very-same"))["again"]
        assert hall.room.tables[2].seats["china"].decided == {("china.licence_military", ""): 0.0}
        assert hall.room.tables[1].seats["china"].decided == {}
        too_much = await two.send(**{**decision, "value": 7.0})
        assert "allowed: 0 to 1" in too_much["error"]
        for path, cookie in (("/ws/teacher", one.cookie), ("/ws/seat", "heavystone_seat=guessed"), ("/ws/teacher", "")):
            stranger = Bot(base, path, cookie)
            await stranger.open()
            await stranger.until(lambda s=stranger: s.closed)
            assert stranger.closed == 4401
        board = Bot(base, "/ws/board", "")
        await board.open()
        assert not (await board.send(kind="start"))["ok"]
        return one.cookie

    cookie = go(work())
    assert get(base, "/students.csv", cookie)[0] == 403
    assert get(base, "/debrief.json", cookie)[0] == 409
    assert post(base, "/join", {"room": hall.room.code, "name": "X"}, "http://elsewhere.example")[0] == 403


def test_names_and_messages_are_words_never_markup(served):
    base, hall = served
    name = "<b onload=x>"
    status, _, _ = post(base, "/join", {"room": hall.room.code, "name": name})
    assert status == 200
    assert name in {person.name for person in hall.room.people.values()}
    scripts = "".join(path.read_text() for path in (ROOT / "classroom" / "pages").glob("*.js"))
    assert not [way for way in ("innerHTML", "outerHTML", "document.write", "eval(", "insertAdjacent") if way in scripts]
    status, answer, _ = post(base, "/join", {"room": hall.room.code, "name": name})
    assert (status, answer["error"]) == (409, f"The nickname {name} is taken; choose another.")


def test_a_wrong_number_makes_whoever_guesses_wait(served):
    base, _ = served
    told = [post(base, "/pin", {"pin": "000000"})[0] for _ in range(5)]
    assert told[0] == 403
    assert told[-1] == 429


def test_whoever_sends_too_much_is_told_so(served):
    base, hall = served

    async def work():
        bot = await seated(base, hall.room.code, "Fast", "uzbekistan", table=2)
        told = [await bot.send(kind="sit", table=2, role="uzbekistan") for _ in range(8)]
        assert told
        long = await bot.raw(json.dumps({"kind": "sit", "id": "x" * 3000}))
        assert "too long" in long["error"]

    go(work())


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=80) | anything.map(lambda v: json.dumps(v).encode()),
       where=st.sampled_from(["/join", "/return", "/pin"]))  # fmt: skip
def test_no_body_makes_the_server_fail(served, body, where):
    assert 400 <= post(served[0], where, body)[0] < 500


@settings(max_examples=80, deadline=None)
@given(anything)
def test_what_is_no_message_is_turned_down(value):
    for kind in (messages.STUDENT, messages.TEACHER):
        with pytest.raises(ValidationError):
            kind.validate_json(json.dumps(value))


def test_a_class_can_only_be_opened_as_it_makes_sense(tmp_path, capsys):
    from main import main

    port = free_port()
    taken = launch.listen(port)
    try:
        assert main(["classroom", "--port", str(port), "--data", str(tmp_path)]) == 2
        assert f"{port} cannot be used" in capsys.readouterr().err
        for wrong in (["--tables", "9"], ["--plan", "60"], ["--pin", "abc"], ["--port", "0"]):
            assert main(["classroom", "--data", str(tmp_path), *wrong]) == 2
    finally:
        taken.close()
    assert main(["classroom", "nowhere_2025", "--port", str(free_port()), "--data", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists()
    (tmp_path / "class.sqlite").write_bytes(b"no log " * 200)
    with pytest.raises(StoreError):
        Store(tmp_path)


def test_rules_bring_a_table_one_offer_a_round_which_its_team_has_not_heard(monkeypatch):
    for name, value in {"AHEAD": 4, "FAR_AHEAD": 6, "FEW": 2, "MOST": 5}.items():
        monkeypatch.setattr(weighing, name, value)
    for name in ("SERVED", "BEARABLE", "NOTICEABLE"):
        monkeypatch.setattr(envoys, name, -100.0)
    here = ("china", "kazakhstan")
    worlds.replay("classroom_short", 5, 9, [([{"kind": "take", "role": role} for role in here], 3)])
    session = worlds.TABLES[9]
    asked, entries = [], []

    async def ask(question, *given):
        asked.append(given)
        return worlds.proposal(*given)

    seats = {role: SimpleNamespace(people=[place] if role in here else []) for place, role in enumerate(SEATS)}
    table = SimpleNamespace(seats=seats, deals={})
    hall = SimpleNamespace(
        room=SimpleNamespace(round=1, state=room.RUNNING, tables={9: table}),
        engine=SimpleNamespace(ask=ask),
        is_here=lambda number: True,
        record=entries.append,
        tell=lambda *_: None,
    )
    for number in (1, 2):
        asyncio.run(envoy.bring_offers(hall))
        act = entries[-1]["act"]
        assert act["taker"] == "kazakhstan" and act["maker"] not in here and act["why"]
        table.deals[number] = SimpleNamespace(act=act)
    assert len(entries) == 2 and asked[1][3] == [(entries[0]["act"]["maker"], entries[0]["act"]["deal"])]
    assert (entries[0]["act"]["maker"], entries[0]["act"]["deal"]) != (act["maker"], act["deal"])
    assert session.offers == () and worlds.put(session, act).state == "accepted"
    hall.room.state = room.PLAYING
    asyncio.run(envoy.bring_offers(hall))
    assert len(entries) == 2


def test_every_plan_ends_with_2034_and_counts_quarters_first():
    for plan in PLANS.values():
        assert sum(plan.months) == 120
        assert plan.months[:8] == (3,) * 8
        assert len(plan.months) in (12, 16)
    assert fitted(PLANS["90"], 10).months == (3, 3, 3, 1)


def test_the_captaincy_passes_on_and_late_comers_find_the_emptiest_seat():
    room = Room()
    room.apply({"kind": "class", "scenario": "s", "seed": 1, "code": "c", "pin": "", "plan": "45", "months": 120,
                "tables": 2, "number": 1})  # fmt: skip
    for number in (2, 3):
        room.apply({"kind": "join", "name": f"n{number}", "proof": f"p{number}", "number": number})
        room.apply({"kind": "sit", "person": number, "table": 1, "role": "china", "number": 10 + number})
    assert room.tables[1].seats["china"].captain == 2
    room.apply({"kind": "remove", "person": 2, "number": 20})
    assert room.tables[1].seats["china"].captain == 3
    assert room.places()[0] == (1, "united_states")


def test_guesses_wait_longer_and_longer():
    patience = guard.Patience()
    for _ in range(6):
        patience.wrong("a")
    assert patience.wait("a") > 10
    assert patience.wait("b") == 0
