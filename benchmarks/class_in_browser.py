"""A whole class in headless Chromium: teacher, board and four students; pictures go into docs/pictures."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from classroom import launch

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
PIN = "471147"
STUDENTS = (("Aigerim", "kazakhstan"), ("Bolat", "kazakhstan"), ("Dana", "china"), ("Emil", "buyers.us"))


def browser(wide: int, high: int, phone: bool = False) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    for each in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(each)
    options.add_argument(f"--window-size={wide},{high}")
    if phone:
        device = {"deviceMetrics": {"width": wide, "height": high, "pixelRatio": 2.0, "touch": True}}
        options.add_experimental_option("mobileEmulation", device)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = shutil.which("chromedriver")
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver) if driver else None)


def see(page: webdriver.Chrome, selector: str, seconds: float = 120):
    return WebDriverWait(page, seconds).until(
        lambda p: next((e for e in p.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()), None)
    )


def click(page: webdriver.Chrome, selector: str) -> None:
    for _ in range(20):
        try:
            page.execute_script("arguments[0].click()", see(page, selector))
            return
        except Exception:
            time.sleep(0.2)
    raise TimeoutError(selector)


def wait_round(page: webdriver.Chrome, number: int, seconds: float = 240) -> None:
    WebDriverWait(page, seconds, 0.3).until(
        lambda p: p.execute_script("return state && (state.round >= arguments[0] && state.state !== 'playing')", number)
    )
    time.sleep(0.7)


def picture(page: webdriver.Chrome, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.save_screenshot(str(PICTURES / f"teach-{name}.png"))
    print(f"{name}: {page.title}", flush=True)


def decide(page: webdriver.Chrome, lever: str, value: float, target: str = "") -> None:
    click(page, "#tab-decide")
    page.execute_script(
        "const d=[...document.querySelectorAll('details')].find(x=>x.querySelector('summary').textContent"
        ".includes(leverName(arguments[0])));if(d)d.open=true",
        lever,
    )
    time.sleep(0.3)
    control = page.find_element(By.ID, f"c-{lever}-{target}")
    page.execute_script(
        "const r=arguments[0];r.scrollIntoView({block:'center'});r.value=arguments[1];"
        "r.dispatchEvent(new Event('input'));r.dispatchEvent(new Event('change'))",
        control, str(value),
    )  # fmt: skip
    WebDriverWait(page, 60).until(lambda p: p.execute_script("return previews.size > 0"))


def give(page: webdriver.Chrome) -> None:
    click(page, ".row .yes")
    time.sleep(0.6)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--plan", default="45")
    parser.add_argument("--rounds", type=int, default=99)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    hall, _ = launch.prepare("classroom_short", folder, 2, given.plan, PIN, 1, 900)
    listening = launch.listen(given.port)
    threading.Thread(target=launch.serve, args=(hall, listening), daemon=True).start()
    base = f"http://127.0.0.1:{given.port}"
    pages = {}
    try:
        teacher = pages["teacher"] = browser(1440, 980)
        teacher.get(f"{base}/teach")
        see(teacher, "#pin").send_keys(PIN)
        click(teacher, "#pinform button")
        see(teacher, "#console")
        board = pages["board"] = browser(1600, 900)
        board.get(f"{base}/board")
        see(board, "#scores .score", 180)
        for name, role in STUDENTS:
            page = pages[name] = browser(360, 780, phone=True)
            page.get(f"{base}/?code={hall.room.code}")
            see(page, "#name").send_keys(name)
            if name == "Aigerim":
                time.sleep(0.5)
                picture(page, "join")
            click(page, "#join button")
            see(page, ".seats button")
            if name == "Aigerim":
                picture(page, "seats")
            page.execute_script(
                "[...document.querySelectorAll('.card')][arguments[1]].querySelectorAll('button')[arguments[0]].click()",
                ("china", "united_states", "kazakhstan", "uzbekistan", "buyers.us").index(role), 0,
            )  # fmt: skip
            see(page, "#tab-now")
        click(teacher, "#b-start")
        wait_round(teacher, 0)
        one, two, china, buyers = (pages[name] for name, _ in STUDENTS)
        WebDriverWait(one, 60).until(lambda p: p.execute_script("return state.state==='running' && !!view"))
        decide(china, "china.licence_approval", 0.3, "us")
        give(china)
        decide(buyers, "buyers.us.cover", 8)
        give(buyers)
        decide(one, "kazakhstan.processing_requirement", 0.4)
        picture(one, "decide")
        give(one)
        decide(two, "kazakhstan.royalty", 0.12)
        give(two)
        time.sleep(1)
        one.execute_script("tab='decide';draw(true);window.scrollTo(0,0)")
        picture(one, "proposal")
        click(china, "#tab-deals")
        china.execute_script(
            "const d=[...document.querySelectorAll('details')].find(x=>x.textContent.includes('Astana'));if(d)d.open=true"
        )
        found = china.find_elements(By.CSS_SELECTOR, "details[open] .yes")
        if found:
            china.execute_script("arguments[0].click()", found[0])
            time.sleep(1)
            one.execute_script("tab='deals';draw(true);window.scrollTo(0,0)")
            picture(one, "offer")
        for page in (one, china, buyers):
            click(page, "#submit")
        rounds = min(given.rounds, len(hall.room.plan.months))
        for number in range(1, rounds + 1):
            if number > 1 and hall.room.state == "running":
                click(teacher, "#b-next")
            wait_round(teacher, number)
            print("round", number, hall.room.state, flush=True)
            if number == 4:
                time.sleep(1.5)
                picture(board, "board")
                picture(teacher, "console")
                one.execute_script("tab='now';draw(true);window.scrollTo(0,0)")
                picture(one, "now")
                click(board, "#theme")
                time.sleep(1)
                picture(board, "board-light")
                click(board, "#theme")
        if hall.room.state == "over":
            since = time.monotonic()
            WebDriverWait(board, 400).until(lambda p: p.execute_script("return state.debriefed"))
            print(f"debrief after {time.monotonic() - since:.1f} s", flush=True)
            page = pages["debrief"] = browser(1100, 1400)
            page.get(f"{base}/debrief")
            see(page, "#questions", 60)
            time.sleep(1)
            high = page.execute_script("return document.body.scrollHeight")
            page.set_window_size(1100, min(high + 200, 9000))
            time.sleep(0.7)
            picture(page, "debrief")
        said = [line for page in pages.values() for line in page.get_log("browser") if line["level"] == "SEVERE"]
        print("errors in browsers:", said)
        return 1 if said else 0
    finally:
        for page in pages.values():
            page.quit()
        hall.engine.close()


if __name__ == "__main__":
    sys.exit(main())
