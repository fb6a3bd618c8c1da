"""A class under siege for longer than the tests have time for: every route and every message, without one failure."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from tests.class_bots import PIN, post, running
from tests.class_fuzz import Intruder, failures, letters, requests, status_of, unhurried


def sent_by(intruder: Intruder, door: str, told: Counter[str]) -> Callable[[str], None]:
    """Sends a message, and counts how it was answered."""

    def messages(text: str) -> None:
        answer = intruder.send(text)
        told[f"{door}: {'hung up' if not answer else 'done' if answer['ok'] else 'turned down'}"] += 1
        assert not answer or answer["ok"] or answer["error"], text

    return messages


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=3000, help="of requests, and of messages at each door")
    given_ = parser.parse_args()
    warnings.simplefilter("ignore")
    usual = settings(max_examples=given_.examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    with running(Path(tempfile.mkdtemp()), tables=2) as (base, hall), unhurried(), failures() as said:
        while not hall.ready:
            time.sleep(0.1)
        told: Counter[str] = Counter()
        cookies = [post(base, "/join", {"room": hall.room.code, "name": "somebody"})[2], post(base, "/pin", {"pin": PIN})[2]]

        @usual
        @given(requests(hall, cookies))
        def routes(request):
            status = status_of(base, request)
            told[f"requests answered {status // 100}xx"] += 1
            assert status < 500, request

        routes()
        teacher = Intruder(base, "teacher", hall)
        teacher.send('{"kind": "start", "id": "begins"}')
        teacher.leave()
        for door in ("seat", "teacher"):
            intruder = Intruder(base, door, hall)
            since = time.monotonic()
            usual(given(letters(door, hall))(sent_by(intruder, door, told)))()
            intruder.leave()
            print(f"{door}: {given_.examples / (time.monotonic() - since):.0f} messages a second", flush=True)
    print(json.dumps(told, indent=1))
    print("failures of the server:", said or "none")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
