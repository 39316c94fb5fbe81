"""Measure how large the picture on the stage is, how smoothly its film plays, and how soon it follows a hand, in Chromium.

    python -m benchmarks.screen [--problem burgers] [--rounds 20] [--json OUT]

Prints, each beside what it must be:

- the hero's share of the window, and how far below its top it begins, in windows of four sizes, before anything is trained;
- while a film of maps plays: pictures a second at the usual speed, and how many a second there can be;
- from a move of the timeline to the picture on the screen, in milliseconds;
- the layout's shifts while the page opens (CLS), in a browser that has seen it before.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.harness import NO_BROWSER, SHIFTS, Server, Solve, chromium

WINDOWS: tuple[ViewportSize, ...] = (
    {"width": 390, "height": 844},
    {"width": 1440, "height": 900},
    {"width": 1920, "height": 1080},
    {"width": 2560, "height": 1440},
)
HERO = """() => {
    const { y, width, height } = document.querySelector(".tg-hero").getBoundingClientRect();
    return [width * height / innerWidth / innerHeight, y, width / innerWidth];
}"""

# Moves the timeline, and tells after how many milliseconds the browser has painted what the hero shows then.
SCRUB = """async (place) => {
    const slider = document.querySelector(".tg-rail .tg-slider");
    const stage = document.querySelector(".tg-stage");
    const before = stage.dataset.step;
    const begun = performance.now();
    slider.value = String(place);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    while (stage.dataset.step === before && performance.now() - begun < 5000) await new Promise((resolve) => setTimeout(resolve));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - begun;
}"""

# Counts the pictures of a film from one place to another, by the clock of the browser.
PLAYED = """async ([speed, seconds]) => {
    const stage = document.querySelector(".tg-stage");
    const choice = document.querySelector(".tg-speed");
    choice.value = String(speed);
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    const slider = document.querySelector(".tg-rail .tg-slider");
    slider.value = "0";
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    let [pictures, last] = [0, stage.dataset.step];
    document.querySelector(".tg-timeline .tg-play").click();
    const begun = performance.now();
    while (performance.now() - begun < 1000 * seconds && document.querySelector(".tg-timeline .tg-play").dataset.playing === "true") {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (stage.dataset.step !== last) [pictures, last] = [pictures + 1, stage.dataset.step];
    }
    return pictures / (performance.now() - begun) * 1000;
}"""


def sizes(browser: Browser, server: Server, problem: str) -> list[dict[str, Any]]:
    """The hero's share of each window."""
    found = []
    for window in WINDOWS:
        page = browser.new_context(viewport=window).new_page()
        Solve(page, server).open(problem=problem)
        share, top, width = page.evaluate(HERO)
        found.append({"window": f"{window['width']}×{window['height']}", "share": share, "top": top, "width": width})
        page.context.close()
    return found


def trained(browser: Browser, server: Server, problem: str) -> Page:
    """A page on which the film of a run is at its end."""
    page = browser.new_context(viewport=WINDOWS[1]).new_page()
    solve = Solve(page, server).open(problem=problem, preset="watch")
    solve.click("Train")
    solve.wait_status("done")
    page.wait_for_timeout(3000)  # until the last moments are there
    solve.slider("Moment to look at").press("End")
    return page


def shifts(browser: Browser, server: Server) -> float:
    """The sum of the layout's shifts within five seconds of a visitor's first page, its files being there already."""
    context = browser.new_context(viewport=WINDOWS[1])
    page = context.new_page()
    page.goto(server.address)
    page.wait_for_timeout(5000)
    page.add_init_script(SHIFTS)
    page.goto(server.address)
    page.wait_for_timeout(5000)
    found: float = page.evaluate("() => window.shifts")
    context.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problem", default="burgers")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server, chromium() as browser:
        if browser is None:
            parser.error(NO_BROWSER)
        found: dict[str, Any] = {"sizes": sizes(browser, server, options.problem)}
        page = trained(browser, server, options.problem)
        found["moments"] = int(page.locator(".tg-stage").get_attribute("data-moments") or 0)
        found["usual"], found["most"] = page.evaluate(PLAYED, [1, 6]), page.evaluate(PLAYED, [4, 4])
        places = [50 + number * 900 // options.rounds for number in range(options.rounds)]  # thousandths of the timeline
        found["scrub"] = [page.evaluate(SCRUB, place) for place in places]
        found["shifts"] = shifts(browser, server)
    for item in found["sizes"]:
        told = f"{100 * item['share']:.0f} % of the window, {item['top']:.0f} px below its top, {100 * item['width']:.0f} % wide"
        print(f"hero at {item['window']}: {told}")
    print("  must be: 45 % at 1440×900 and 1920×1080, within 200 px of the top; the full width of a phone")
    print(f"a film of {found['moments']} moments: {found['usual']:.1f} pictures/s at the usual speed, at most {found['most']:.1f}")
    print("  must be: 15 a second of a 101×101 map")
    scrub = sorted(found["scrub"])
    print(f"timeline to picture: {statistics.median(scrub):.0f} ms ({scrub[0]:.0f} to {scrub[-1]:.0f}); must be: 50")
    print(f"layout shifts: {found['shifts']:.3f}; must be: 0.05")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
