"""The pictures of the documentation: Solve with a trained ODE and a trained PDE, the editor, and the frameworks beside one another.

    python -m benchmarks.screenshots [--into docs/images] [--pages solve editor pytorch]

Starts the real server with an empty store, trains each problem as the page opens it with a click on Train, runs the frameworks that are
installed with a click on "Run all", and takes the pictures in Chromium, light and dark, on a screen and a phone.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.harness import NO_BROWSER, ROOT, Editor, Server, Solve, chromium

PROBLEMS = ("damped-oscillator", "burgers")
PRESET = "watch"
PAGES = ("solve", "editor", "pytorch")
SCHEMES = ("light", "dark")
WIDTHS = (1440, 420)
RACE = 600
"""Seconds that all frameworks may take."""
WRITTEN = {
    "Title": "A rope that is plucked",
    "Description": "Its ends are held; the pluck travels, and friction takes it away.",
    "Coordinate 1: its letter": "x",
    "Coordinate 1: low end": "0",
    "Coordinate 1: high end": "1",
    "Coordinate 2: its letter": "t",
    "Coordinate 2: low end": "0",
    "Coordinate 2: high end": "2",
    "Equations": "u_tt + k*u_t = u_xx",
    "Conditions": "u(x, 0) = sin(pi*x) + sin(2*pi*x)/2\nu_t(x, 0) = 0\nu(0, t) = 0\nu(1, t) = 0",
}
"""What is typed into the editor's fields."""


def train(browser: Browser, server: Server, problem: str) -> None:
    """Train a problem as a visitor would."""
    solve = Solve(browser.new_page(), server).open(problem=problem, preset=PRESET)
    solve.click("Train")
    solve.wait_status("done", seconds=600)
    solve.page.context.close()


def picture(browser: Browser, server: Server, scheme: str, width: int, path: Path, *, problem: str) -> None:
    """Take the window with a film at its end: the stage is as high as that."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": 900})
    solve = Solve(context.new_page(), server).open(problem=problem, preset=PRESET)
    solve.wait_status("done")
    solve.number("Loss")  # once all of the film is there, at its end
    solve.page.wait_for_timeout(1500)
    solve.page.screenshot(path=path)
    context.close()
    assert solve.faults == [], solve.faults


def editor(browser: Browser, server: Server, scheme: str, width: int, path: Path) -> None:
    """Take the editor with a problem that somebody has written."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": 900})
    page = Editor(context.new_page(), server).open()
    page.button("+ Coordinate").click()
    for label, text in WRITTEN.items():
        page.field(label).fill(text)
    page.wait_right()
    expect(page.solution.locator(".js-plotly-plot")).to_be_visible()
    whole(page.page, path)
    context.close()


def race(browser: Browser, server: Server) -> None:
    """Run all frameworks, as a visitor would, and wait for the last."""
    page = Solve(browser.new_page(), server)
    page.page.goto(f"{server.address}/pytorch")
    page.click("Run all")
    expect(page.button("Run all")).to_be_disabled()
    expect(page.button("Run all")).to_be_enabled(timeout=RACE * 1000)
    page.page.context.close()


def pytorch(browser: Browser, server: Server, scheme: str, width: int, path: Path) -> None:
    """Take what the race came to, down to the programs."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{server.address}/pytorch")
    expect(page.get_by_text("PyTorch followed the change at once.")).to_be_visible()
    expect(page.locator(".as-plot .scatterlayer .trace").first).to_be_visible()
    whole(page, path)
    context.close()


def whole(page: Page, path: Path) -> None:
    """Take all of a page, however long it is."""
    height = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": (page.viewport_size or {"width": WIDTHS[0]})["width"], "height": height})
    page.wait_for_timeout(1500)  # for charts to fit their places again
    page.screenshot(path=path)


Take = Callable[[Browser, Server, str, int, Path], None]


def _solve(browser: Browser, server: Server) -> dict[str, Take]:
    """Train all problems; how a picture of each is taken."""
    for problem in PROBLEMS:
        train(browser, server, problem)
    return {problem: partial(picture, problem=problem) for problem in PROBLEMS}


def _pytorch(browser: Browser, server: Server) -> dict[str, Take]:
    """Run the race; how a picture of it is taken."""
    race(browser, server)
    return {"pytorch": pytorch}


PICTURES: Mapping[str, Callable[[Browser, Server], dict[str, Take]]] = {
    "solve": _solve,
    "editor": lambda _browser, _server: {"editor": editor},
    "pytorch": _pytorch,
}
"""The pages: a function that does what comes before their pictures, and tells how each is taken."""


def main() -> None:
    """Train and take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "images", metavar="FOLDER")
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=PAGES)
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, tempfile.TemporaryDirectory() as store:
        if browser is None:
            parser.exit(1, f"{NO_BROWSER}\n")
        with Server(Path(store)) as server:
            for page in options.pages:
                for name, take in PICTURES[page](browser, server).items():
                    for scheme in SCHEMES:
                        for width in WIDTHS:
                            path = options.into / f"{name}-{scheme}-{width}.png"
                            take(browser, server, scheme, width, path)
                            print(path)


if __name__ == "__main__":
    main()
