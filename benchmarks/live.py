"""How soon and how smoothly the page shows a training, in Chromium, and what being watched costs it.

    python -m benchmarks.live [--rounds 10] [--pairs 5] [--seconds 8]

Prints, each beside what it must be:

- from the server's first answer to a page that can be used, of a server just started, whose workers are starting meanwhile;
- with warm workers, from the click on Train to the first frame of the network's solution on the screen;
- from the key press that moves a slider back to a setting trained before, to that result on the screen;
- steps a second (by the clock on the wall) while the page is open, over those while nobody looks: one long training, its page opened and
  left in turn, each pair compared by itself, so that a machine whose speed drifts does not decide.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.harness import NO_BROWSER, Server, Solve, chromium

PROBLEM = {"problem": "burgers", "depth": 4, "width": 32, "points": 2000, "steps": 200_000}
SCREEN: ViewportSize = {"width": 1440, "height": 1000}
QUICK = {"problem": "burgers", "depth": 2, "width": 8, "points": 100, "steps": 100}

# Notes when the first click or key came, and when a chart of a network's solution had been drawn and the browser had painted it.
WATCH = """() => {
    const times = (window.times = {});
    const begin = () => (times.begin ??= performance.now());
    for (const event of ["click", "keydown"]) document.addEventListener(event, begin, { capture: true, once: true });
    const react = window.Plotly.react;
    const ofSolution = (trace) => Object.values(trace.meta?.fill ?? {}).some((name) => name.startsWith("solution."));
    window.Plotly.react = (plot, data, ...rest) => {
        const drawn = react.call(window.Plotly, plot, data, ...rest);
        if (times.begin && !times.seen && data.some((trace) => ofSolution(trace) && (trace.z ?? trace.y)?.length)) {
            times.seen = true;
            drawn.then(() => requestAnimationFrame(() => setTimeout(() => (times.end = performance.now()))));
        }
        return drawn;
    };
}"""


# Notes when a visitor could press Train and see where the run stands, in ms since the navigation began; Playwright looks too seldom.
USABLE = """() => {
    const look = () => {
        const buttons = [...document.querySelectorAll("button:enabled")];
        const train = buttons.some((button) => /Train( again)?/.test(button.innerText));
        if (train && document.querySelector(".tg-state")?.textContent) window.usable = performance.now();
        else requestAnimationFrame(look);
    };
    look();
}"""


def measured(page: Page) -> float:
    """Seconds from the click or key to the picture."""
    page.wait_for_function("() => window.times.end")
    milliseconds: float = page.evaluate("() => window.times.end - window.times.begin")
    return milliseconds / 1000


def first_usable(browser: Browser, folder: Path) -> float:
    """Seconds from the first answer of a new server until a visitor can press Train."""
    folder.mkdir()
    page = browser.new_context(viewport=SCREEN).new_page()
    page.add_init_script(f"({USABLE})()")
    with Server(folder) as server:
        page.goto(server.address)
        page.wait_for_function("() => window.usable")
        seconds = page.evaluate("() => window.usable") / 1000
        page.context.close()
    return float(seconds)


def first_frame(browser: Browser, server: Server, seed: int) -> float:
    """Seconds from the click on Train to the first frame."""
    solve = visit(browser, server, {**PROBLEM, "seed": seed})
    solve.page.wait_for_function("() => document.querySelector('.tg-plot.js-plotly-plot')")
    solve.page.evaluate(WATCH)
    solve.click("Train")
    seconds = measured(solve.page)
    solve.click("Stop")
    solve.wait_status("stopped")
    solve.page.context.close()
    return seconds


def from_store(browser: Browser, server: Server, seed: int) -> float:
    """Seconds from moving a slider back to what was trained, to its result."""
    solve = visit(browser, server, {**QUICK, "seed": seed})
    solve.click("Train")
    solve.wait_status("done")
    solve.slide("Depth", "3")
    solve.wait_status("none")
    solve.page.wait_for_timeout(1000)
    solve.page.evaluate(WATCH)
    solve.slide("Depth", "2")
    seconds = measured(solve.page)
    solve.page.context.close()
    return seconds


def watched_rates(browser: Browser, server: Server, pairs: int, seconds: float) -> tuple[list[float], list[float], list[float]]:
    """Steps a second with the page open and without, and frames a second of the open page, for each pair."""
    starter = visit(browser, server, PROBLEM)
    starter.train_button.click()
    starter.wait_status("running")
    starter.page.wait_for_timeout(1000)
    run = starter.page.evaluate(
        "() => performance.getEntriesByType('resource').map((entry) => entry.name.match(/runs\\/([^/]+)/)?.[1]).findLast((id) => id)"
    )
    starter.page.context.close()
    watched, alone, frames = [], [], []
    for _ in range(pairs):
        solve = visit(browser, server, PROBLEM)
        solve.wait_status("running")
        page = solve.page
        page.wait_for_timeout(3000)  # loading the page itself is not watching
        page.evaluate("() => { performance.clearResourceTimings(); performance.setResourceTimingBufferSize(100000); }")
        begun = time.perf_counter()
        watched.append(rate(server, run, seconds))
        fetched = page.evaluate(
            "() => performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => name.includes('/film?'))"
        )
        frames.append(len(set(fetched)) / (time.perf_counter() - begun))
        page.context.close()
        time.sleep(4)  # until nobody is taken to look any more
        alone.append(rate(server, run, seconds))
    return watched, alone, frames


def rate(server: Server, run: str, seconds: float) -> float:
    """Steps a second by the clock on the wall, between two moments at which the run's progress was written."""
    first, begun = progress(server, run)
    time.sleep(seconds)
    last, ended = progress(server, run)
    return (last - first) / (ended - begun)


def progress(server: Server, run: str) -> tuple[int, float]:
    """The step that is written next, and when."""
    address = f"{server.address}/api/runs/{run}/status"
    before = httpx.get(address).json()["step"]
    while (state := httpx.get(address).json())["step"] == before:
        assert state["status"] == "running", state
        time.sleep(0.005)
    step: int = state["step"]
    return step, time.perf_counter()


def visit(browser: Browser, server: Server, settings: dict[str, object]) -> Solve:
    """A new visitor, without anything in the browser's cache."""
    return Solve(browser.new_context(viewport=SCREEN).new_page(), server).open(**settings)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10, help="clicks on Train, and results from the store")
    parser.add_argument("--pairs", type=int, default=5, help="turns of watching and leaving")
    parser.add_argument("--seconds", type=float, default=8, help="of each turn")
    options = parser.parse_args()
    with chromium() as browser, tempfile.TemporaryDirectory() as name:
        if browser is None:
            parser.exit(1, f"{NO_BROWSER}\n")
        folder = Path(name)
        report("page usable after the server answers", [first_usable(browser, folder / f"start-{number}") for number in range(3)], "≤ 3 s")
        with Server(folder) as server:
            first_frame(browser, server, 0)  # warms the workers up
            report(
                "click on Train to first frame", [first_frame(browser, server, seed) for seed in range(1, options.rounds + 1)], "≤ 0.3 s"
            )
            report("result from the store", [from_store(browser, server, seed) for seed in range(1, options.rounds + 1)], "≤ 0.5 s")
            watched, alone, frames = watched_rates(browser, server, options.pairs, options.seconds)
            print(f"{'steps/s watched':38} {statistics.median(watched):7.1f}   at {statistics.median(frames):.1f} frames/s")
            print(f"{'steps/s alone':38} {statistics.median(alone):7.1f}")
            report("watched / alone", [one / other for one, other in zip(watched, alone, strict=True)], "≥ 0.9")


def report(name: str, values: list[float], aim: str) -> None:
    """Print the median of `values`, their ends, and what it must be."""
    print(
        f"{name:38} {statistics.median(values):7.3f}   from {min(values):.3f} to {max(values):.3f}, {len(values)} times   must be {aim}",
        flush=True,
    )


if __name__ == "__main__":
    main()
