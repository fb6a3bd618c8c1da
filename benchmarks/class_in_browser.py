"""A whole class in headless Chromium: teacher, board, four students and two who come late.

Everything that the pages offer is done through them; axe-core looks at each page, and pictures go into docs/pictures.
Needs the extras `test` and `browser`, and Chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from classroom import hall as halls
from classroom import launch
from tests.class_bots import post

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
PIN = "471147"
STUDENTS = (("Aigerim", "kazakhstan"), ("Bolat", "kazakhstan"), ("Dana", "china"), ("Emil", "united_states"))
LATE = (("Freya", "buyers.us"), ("Jonas", "buyers.europe"))
PHONE = {"viewport": {"width": 360, "height": 780}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
GRAVE = ("serious", "critical")
OPEN = "n => document.querySelectorAll('details').forEach(d => { d.open ||= d.textContent.includes(leverName(n)); })"
MOVE = "(r, v) => { r.value = v; r.dispatchEvent(new Event('input')); r.dispatchEvent(new Event('change')); }"
PROVOKED = ("403 (Forbidden)", "ERR_INTERNET_DISCONNECTED")
"""A wrong PIN, and a signal that is lost."""
Words = dict[str, str]


class Class:
    """Everybody's pages, and what was found on them."""

    def __init__(self, chromium: Browser, base: str, code: str, words: dict[str, str]) -> None:
        self.chromium, self.base, self.code, self.words = chromium, base, code, words
        self.found: Counter[str] = Counter()
        self.looked = 0
        self.grave: list[str] = []
        self.said: list[str] = []

    def page(self, where: str, **device) -> Page:
        page = self.chromium.new_context(**device).new_page()
        page.set_default_timeout(180_000)
        page.on("pageerror", lambda error: self.said.append(f"{where}: {error}"))
        page.on("console", lambda line: line.type == "error" and self.hear(f"{where}: {line.text}"))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(self.base + where)
        return page

    def hear(self, line: str) -> None:
        """Keep what a browser complains of, except for what this run provokes."""
        if not any(ours in line for ours in PROVOKED):
            self.said.append(line)

    def look(self, page: Page, name: str, picture: bool = True, whole: bool = False) -> None:
        """Let axe-core look at a page, and take its picture."""
        page.wait_for_timeout(400)
        found = Axe().run(page).response["violations"]
        self.looked += 1
        for each in found:
            self.found[each["impact"]] += 1
            where = "; ".join(" ".join(node["target"]) for node in each["nodes"][:3])
            line = f"{name}: {each['impact']} {each['id']}: {where}"
            print("  axe", line, flush=True)
            if each["impact"] in GRAVE:
                self.grave.append(line)
        if picture:
            page.screenshot(path=PICTURES / f"teach-{name}.png", full_page=whole)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            self.grave.append(f"{name}: {wide} px wider than the screen")
        print("looked at", name, flush=True)

    def join(self, name: str, role: str) -> Page:
        page = self.page(f"/?code={self.code}", **PHONE)
        page.fill("#name", name)
        if name == "Aigerim":
            self.look(page, "join")
        page.press("#name", "Enter")
        seat = page.locator(".card").first.get_by_role("button", name=self.words[f"role.{role}"], exact=False).first
        seat.wait_for()
        if name == "Aigerim":
            self.look(page, "seats")
        seat.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#tab-now")
        return page


def tab(page: Page, name: str) -> None:
    page.click(f"#tab-{name}")


def until(page: Page, true: str, given: object = None) -> None:
    page.wait_for_function(true, arg=given, timeout=300_000)


def wait_round(page: Page, number: int) -> None:
    until(page, "n => state && state.round >= n && state.state !== 'playing'", number)


def decide(page: Page, lever: str, value: float, target: str = "") -> None:
    """Move a lever with its slider and wait for what it would change."""
    tab(page, "decide")
    page.evaluate(OPEN, lever)
    slider = page.locator(f"[id='c-{lever}-{target}']")
    slider.wait_for()
    slider.evaluate(MOVE, str(value))
    until(page, "() => previews.size > 0")


def give(page: Page) -> None:
    page.locator(".row .yes").first.click()
    page.wait_for_timeout(500)


def offer(one: Page, other: Page, maker: str, taker: str, kind: str, answer: str, words: Words) -> Callable[[], None]:
    """Make an offer of a kind through the maker's page; what is given back answers it through the taker's."""
    tab(one, "deals")
    box = one.locator(f"[id='deal-{taker}']")
    box.evaluate("b => { b.open = true; }")
    choice = box.locator(".target").filter(has=one.get_by_role("heading", name=words[f"offer.{kind}"], exact=True)).first
    choice.get_by_role("button").click()
    until(other, "([m, k]) => mine.offers.some(o => o.maker === m && o.deal === k && o.state === 'open')", [maker, kind])

    def answered() -> None:
        tab(other, "deals")
        asked = other.locator("section.card").filter(has=other.locator(".three"))
        card = asked.filter(has_text=words[f"offer.{kind}"]).first
        card.get_by_role("button", name=words[f"game.{answer}"]).click()
        state = "accepted" if answer == "accept" else "refused"
        until(one, "([k, s]) => mine.offers.some(o => o.deal === k && o.state === s)", [kind, state])
        print("offer", kind, state, flush=True)

    return answered


def first_round(c: Class, hall, teacher: Page, one: Page, two: Page, china: Page, america: Page) -> None:
    """Levers with previews, a proposal that is adopted, four kinds of offers, and a decision by keyboard alone."""
    for page in (one, two, china, america):
        until(page, "() => state.state === 'running' && !!view")
    c.look(one, "brief")
    decide(china, "china.licence_approval", 0.3, "us")
    give(china)
    decide(one, "kazakhstan.processing_requirement", 0.4)
    c.look(one, "decide")
    give(one)
    decide(two, "kazakhstan.royalty", 0.12)
    give(two)
    c.look(two, "member")
    tab(one, "decide")
    one.evaluate("scrollTo(0, 0)")
    c.look(one, "proposal")
    one.get_by_role("button", name=c.words["class.seat.adopt"]).click()
    tab(america, "decide")
    slider = america.locator("[id='c-united_states.tariff_china-']")
    slider.focus()
    for _ in range(12):
        america.keyboard.press("ArrowRight")
    until(america, "() => previews.size > 0")
    america.keyboard.press("Tab")
    assert america.evaluate("document.activeElement.textContent") == c.words["game.decide"]
    america.keyboard.press("Enter")
    until(america, "() => mine.decided.length === 1")
    answers = [
        offer(china, one, "china", "kazakhstan", "loan", "accept", c.words),
        offer(america, one, "united_states", "kazakhstan", "offtake", "decline", c.words),
        offer(america, china, "united_states", "china", "licence", "accept", c.words),
    ]
    tab(one, "deals")
    one.evaluate("scrollTo(0, 0)")
    c.look(one, "offer")
    for each in answers:
        each()
    china.evaluate("scrollTo(0, 0)")
    c.look(china, "deals")
    for page in (one, china, america):
        page.click("#submit")
    wait_round(teacher, 1)


def console(c: Class, hall, teacher: Page, two: Page) -> None:
    """Everything on the teacher's console."""
    teacher.click("#b-pause")
    until(two, "() => state.state === 'paused'")
    c.look(two, "paused", picture=False)
    teacher.click("#b-resume")
    until(two, "() => state.state === 'running'")
    left = hall.seconds_left
    teacher.click("#b-extend")
    until(two, "n => state.left > n + 30", left)
    teacher.click("#b-shorten")
    until(two, "() => state.left < 61")
    teacher.select_option("#pace", "600")
    until(two, "() => state.seconds === 600")
    teacher.click("#b-extend")
    teacher.fill("#say", "Look at the gap between the two prices: who pays it?")
    teacher.press("#say", "Enter")
    until(two, "() => state.messages.length === 1")
    teacher.select_option("#event", "khorgos_closed")
    teacher.click("#strikeform button")
    teacher.select_option("#law", index=2)
    teacher.click("#lawform button")
    until(teacher, "() => document.getElementById('toast').textContent.length > 10")


def coming_and_going(c: Class, hall, teacher: Page, pages: dict[str, Page]) -> None:
    """A lost signal, another device, a captain who is gone, a seat that is empty and given back."""
    one, two = pages["Aigerim"], pages["Bolat"]
    two.context.set_offline(True)
    two.evaluate("line.socket.close()")
    until(two, "text => document.getElementById('notice').textContent === text", c.words["class.seat.lost"])
    c.look(two, "lost")
    two.context.set_offline(False)
    until(two, "() => line.socket.readyState === 1 && line.silence() < 3")
    print("back after a lost signal", flush=True)
    asleep = two.context.new_cdp_session(two)
    asleep.send("Page.setWebLifecycleState", {"state": "frozen"})
    time.sleep(2)
    asleep.send("Page.setWebLifecycleState", {"state": "active"})
    until(two, "() => line.socket.readyState === 1")
    own = one.evaluate("ownCode")
    other = c.page("/", **PHONE)
    other.fill("#own", own)
    other.press("#own", "Enter")
    until(other, "() => typeof mine !== 'undefined' && mine && mine.role === 'kazakhstan' && mine.name === 'Aigerim'")
    print("on another device", flush=True)
    for page in (one, other):
        page.context.close()
    until(two, "() => mine.captain === mine.number")
    print("captaincy passed on", flush=True)
    two.context.close()
    deadline = time.monotonic() + 60
    while any(hall.is_here(n) for n in hall.room.tables[1].seats["kazakhstan"].people) and time.monotonic() < deadline:
        time.sleep(0.2)
    now = hall.room.round
    teacher.click("#b-next")
    wait_round(teacher, now + 1)
    assert "kazakhstan" not in hall.room.tables[1].seated
    back = c.page("/", **PHONE)
    back.fill("#own", own)
    back.press("#own", "Enter")
    until(back, "() => typeof view !== 'undefined' && view && mine.role === 'kazakhstan' && state.state === 'running'")
    teacher.click("#b-next")
    wait_round(teacher, now + 2)
    assert "kazakhstan" in hall.room.tables[1].seated
    print("an empty seat was played by its rule and given back", flush=True)
    pages["Aigerim"] = back


def play(c: Class, hall) -> None:
    gate = c.page("/teach", viewport={"width": 1440, "height": 980})
    gate.fill("#pin", "000000")
    gate.press("#pin", "Enter")
    expect(gate.locator("#pinerror")).to_have_text(c.words["class.error.pin"])
    c.look(gate, "pin", picture=False)
    gate.fill("#pin", PIN)
    gate.press("#pin", "Enter")
    gate.wait_for_selector("#seats tbody")
    teacher = gate
    board = c.page("/board", viewport={"width": 1920, "height": 1080})
    until(board, "() => state && state.state === 'lobby'")
    pages = {name: c.join(name, role) for name, role in STUDENTS}
    one, two, china, america = pages.values()
    one.get_by_role("button", name=c.words["class.seat.another"]).click()
    one.locator(".seats button").first.wait_for()
    one.locator(".card").first.get_by_role("button", name=c.words["role.kazakhstan"]).click()
    one.wait_for_selector("#tab-now")
    for number in range(24):
        post(c.base.removeprefix("http://"), "/join", {"room": c.code, "name": f"Student {number + 1}"})
    teacher.click("#b-assign")
    until(teacher, "() => state.people.length === 28 && state.people.every(p => p.table)")
    c.look(board, "board-lobby")
    teacher.click("#b-start")
    wait_round(teacher, 0)
    until(one, "() => state.state === 'running'")
    captain = one.evaluate("mine.captain === mine.number")
    first_round(c, hall, teacher, *((one, two) if captain else (two, one)), china, america)
    console(c, hall, teacher, two)
    fresh, europe = (c.join(name, role) for name, role in LATE)
    for page in (fresh, europe):
        until(page, "() => state.state === 'running' && !!view")
    answers = [
        offer(fresh, europe, "buyers.us", "buyers.europe", "pooling", "accept", c.words),
        offer(america, one if captain else two, "united_states", "kazakhstan", "processing", "accept", c.words),
    ]
    for each in answers:
        each()
    decide(fresh, "buyers.us.cover", 8)
    give(fresh)
    number = next(person for person in hall.room.people.values() if person.name == "Student 24")
    last = len(hall.room.tables)
    row = teacher.locator(".person").filter(has_text=number.name).first
    row.locator("select").select_option(f"{last} uzbekistan")
    until(teacher, "([n, t]) => state.people.find(p => p.number === n).table === t", [number.number, last])
    teacher.locator(".person").filter(has_text=number.name).first.locator("button").click()
    until(teacher, "n => !state.people.some(p => p.number === n)", number.number)
    print("moved and removed", flush=True)
    rounds = len(hall.room.plan.months)
    while hall.room.round < 4:
        now = hall.room.round
        teacher.click("#b-next")
        wait_round(teacher, now + 1)
    until(board, "n => Object.keys(state.why).length === n", last)
    teacher.click("body", position={"x": 5, "y": 5})
    c.look(teacher, "console")
    c.look(board, "board")
    board.click("#theme")
    c.look(board, "board-light")
    board.click("#theme")
    tab(china, "now")
    until(china, "() => mine.why")
    c.look(china, "now")
    coming_and_going(c, hall, teacher, pages)
    while hall.room.round < rounds:
        now = hall.room.round
        teacher.click("#b-next")
        wait_round(teacher, now + 1)
        print("round", now + 1, hall.room.state, flush=True)
    since = time.monotonic()
    until(board, "() => state.debriefed")
    print(f"debrief after {time.monotonic() - since:.1f} s", flush=True)
    c.look(board, "board-over")
    tab(china, "now")
    c.look(china, "over")
    debrief = c.page("/debrief", viewport={"width": 1100, "height": 1400})
    debrief.wait_for_selector("#questions")
    c.look(debrief, "debrief", whole=True)
    phone = c.page("/debrief", **PHONE)
    phone.wait_for_selector("#questions")
    c.look(phone, "debrief-phone", picture=False)
    kept = Path(tempfile.mkdtemp()) / "debrief.html"
    kept.write_bytes(debrief.request.get(f"{c.base}/debrief.html").body())
    alone = c.chromium.new_context(offline=True).new_page()
    alone.goto(kept.as_uri())
    alone.wait_for_selector("#questions")
    c.look(alone, "debrief-file", picture=False)
    print("the file of the debrief opens without a server:", f"{kept.stat().st_size / 1024:.0f} kB", flush=True)


def kit(c: Class) -> None:
    """Print the kit: how many pages each sheet has."""
    from classroom.kit import SHEETS

    for name in SHEETS:
        page = c.page(f"/kit/{name}")
        c.look(page, f"kit-{name}", picture=False)
        pages = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
        print("printed", name, pages, flush=True)
        if name != "guide" and pages != 1:
            c.grave.append(f"{name} takes {pages} pages")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--plan", default="45")
    parser.add_argument("--tables", type=int, default=8)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()
    halls.CAPTAIN_GRACE, halls.GRACE = 2.0, 4.0
    hall, _ = launch.prepare("classroom_short", Path(tempfile.mkdtemp()), given.tables, given.plan, PIN, 1, 900)
    listening = launch.listen(given.port)
    threading.Thread(target=launch.serve, args=(hall, listening), daemon=True).start()
    base = f"http://127.0.0.1:{given.port}"
    with sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        c = Class(chromium, base, hall.room.code, {})
        c.words = c.page("/board").request.get(f"{base}/strings.json").json()
        try:
            kit(c)
            play(c, hall)
        finally:
            chromium.close()
            hall.engine.close()
    print(f"axe-core looked at {c.looked} pages: {dict(c.found) or 'nothing found'}")
    print("errors in browsers:", c.said or "none")
    for line in c.grave:
        print("MEND", line)
    return 1 if c.grave or c.said else 0


if __name__ == "__main__":
    sys.exit(main())
