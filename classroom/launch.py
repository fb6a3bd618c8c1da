"""Opens a class from the command line: checks what was typed, prints where to go, and serves until stopped."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom import guard
from classroom.plans import LEAST_MONTHS, MOST_TABLES, PLANS

if TYPE_CHECKING:
    from rich.console import Console


class ClassError(ValueError):
    """A class cannot be opened as asked for; one sentence says why."""


def go(
    scenario: str,
    port: int,
    data: Path,
    tables: int,
    plan: str,
    pin: str | None,
    seed: int,
    console: Console,
    seconds: int | None = None,
) -> None:
    """Serve a class until it is stopped.

    Raises:
        ClassError: a wrong option, or a port that is in use.
        ScenarioError: everything that is wrong with the scenario.
    """
    if plan not in PLANS:
        raise ClassError(f"--plan {plan} is not allowed; allowed: {', '.join(PLANS)} (minutes).")
    if not 1 <= tables <= MOST_TABLES:
        raise ClassError(f"--tables {tables} is not allowed; allowed: 1 to {MOST_TABLES}.")
    if not 1 <= port <= 65535:
        raise ClassError(f"--port {port} is not allowed; allowed: 1 to 65535.")
    if pin is not None and not (pin.isdigit() and 4 <= len(pin) <= 12):
        raise ClassError("--pin is not allowed as given; allowed: 4 to 12 digits.")
    listening = listen(port)
    try:
        hall, told = prepare(scenario, data, tables, plan, pin, seed, seconds)
    except BaseException:
        listening.close()
        raise
    tell(console, address(), port, hall.room.code, told, data)
    serve(hall, listening)


def prepare(
    scenario: str, data: Path, tables: int, plan: str, pin: str | None, seed: int, seconds: int | None = None
) -> tuple[Any, str]:
    """The class that lies in a folder, or a new one there; and the teacher's number, "" if it is an older one."""
    from classroom.store import FILE, Store, StoreError
    from sim import scenario_files

    if not (data / FILE).exists():
        # a wrong scenario leaves no folder behind
        check_playable(scenario, scenario_files.load(scenario))
    try:
        store = Store(data)
    except StoreError as error:
        raise ClassError(str(error)) from None
    try:
        return _opened(store, scenario, tables, plan, pin, seed, seconds)
    except BaseException:
        store.close()
        raise


def _opened(
    store: Any, scenario: str, tables: int, plan: str, pin: str | None, seed: int, seconds: int | None
) -> tuple[Any, str]:
    """The class in a log, begun if the log is empty; and the teacher's number, "" if it was begun before."""
    from classroom import console
    from classroom.hall import Hall
    from sim import levers, scenario_files

    entries = store.entries()
    if entries:
        scenario = entries[0]["scenario"]
    loaded = scenario_files.load(scenario)
    months = _months(loaded)
    told = ""
    if not entries:
        told = pin or guard.pin()
        store.add(
            {
                "kind": "class",
                "scenario": scenario,
                "seed": seed,
                "tables": tables,
                "plan": plan,
                "months": months,
                "code": guard.code(5),
                "pin": guard.proof(told),
            }
        )
    registry = levers.registry(loaded)
    about = {
        "title": loaded.title,
        "start": loaded.start,
        "laws": console.offered_laws(registry),
        "regions": {r.key: [r.lon, r.lat] for r in loaded.regions},
        "events": [{"key": e.key, "title": e.title} for e in loaded.events],
    }
    return Hall(store, registry, about, seconds), told


def check_playable(name: str, scenario: Any) -> None:
    """Refuse a scenario that no timetable fits.

    Raises:
        ClassError: it is too short, or its years are no calendar years.
    """
    months = _months(scenario)
    if months < LEAST_MONTHS:
        raise ClassError(f"{name} has {months} months; a class needs {LEAST_MONTHS} or more.")
    if not scenario.start.endswith("-01"):
        raise ClassError(f"{name} begins in {scenario.start}; a class plays quarters and years and begins in a January.")


def _months(scenario: Any) -> int:
    first, last = ([int(part) for part in date.split("-")] for date in (scenario.start, scenario.end))
    return (last[0] - first[0]) * 12 + last[1] - first[1] + 1


def listen(port: int) -> socket.socket:
    """A socket on the port.

    Raises:
        ClassError: somebody else uses it, or it may not be used.
    """
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("0.0.0.0", port))
        found.listen(512)
    except OSError as error:
        found.close()
        raise ClassError(
            f"Port {port} cannot be used ({error.strerror}); close what uses it, or choose another with --port."
        ) from None
    return found


def address() -> str:
    """Address of this machine in its network; that of the machine itself if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; asks which way packets would leave
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def tell(console: Console, host: str, port: int, code: str, pin: str, data: Path) -> None:
    """Print where students, teacher and projector go."""
    import io

    import segno

    base = f"http://{host}:{port}"
    picture = io.StringIO()
    segno.make(f"{base}/?code={code}", error="l").terminal(out=picture, compact=True, border=1)
    console.print(picture.getvalue(), highlight=False, markup=False, soft_wrap=True)
    console.print(f"Students   {base}     code {code}", highlight=False, soft_wrap=True)
    console.print(f"Teacher    {base}/teach     PIN {pin or 'as when the class began'}", highlight=False, soft_wrap=True)
    console.print(f"Projector  {base}/board", highlight=False, soft_wrap=True)
    console.print(f"The class is kept in {data}; the same command goes on with it. Ctrl-C stops.", soft_wrap=True)
    if host == "127.0.0.1":
        console.print("This machine is in no network: only pages on this machine can join.", soft_wrap=True)


def serve(hall: Any, listening: socket.socket) -> None:
    """Serve until stopped."""
    import uvicorn

    from classroom.app import build

    config = uvicorn.Config(
        build(hall),
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=8192,
        ws_ping_interval=15,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listening])
