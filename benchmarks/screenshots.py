"""The pictures of the documentation: Solve with a trained ODE and a trained PDE, light and dark, on a wide screen and on a phone.

    python -m benchmarks.screenshots [--into docs/images]

Starts the real server with an empty store, trains each problem by its recipe with a click on Train, and takes the pictures in Chromium.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.harness import NO_BROWSER, ROOT, Server, Solve, chromium

PROBLEMS = ("damped-oscillator", "burgers")
SCHEMES = ("light", "dark")
WIDTHS = (1440, 420)


def train(browser: Browser, server: Server, problem: str) -> None:
    """Train a problem by its recipe, as a visitor would."""
    solve = Solve(browser.new_page(), server).open(problem=problem)
    solve.click("Train")
    solve.wait_status("done", seconds=600)
    solve.page.context.close()


def picture(browser: Browser, server: Server, problem: str, scheme: str, width: int, path: Path) -> None:
    """Take the whole page, however long it is."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": 900})
    solve = Solve(context.new_page(), server).open(problem=problem)
    solve.wait_status("done")
    expect(solve.button("Replay")).to_be_enabled()
    height = solve.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    solve.page.set_viewport_size({"width": width, "height": height})
    solve.page.wait_for_timeout(1500)  # for charts to fit their places again
    solve.page.screenshot(path=path)
    context.close()
    assert solve.faults == [], solve.faults


def main() -> None:
    """Train and take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "images", metavar="FOLDER")
    folder = parser.parse_args().into
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, tempfile.TemporaryDirectory() as name:
        if browser is None:
            parser.exit(1, f"{NO_BROWSER}\n")
        with Server(Path(name)) as server:
            for problem in PROBLEMS:
                train(browser, server, problem)
                for scheme in SCHEMES:
                    for width in WIDTHS:
                        path = folder / f"{problem}-{scheme}-{width}.png"
                        picture(browser, server, problem, scheme, width, path)
                        print(path)


if __name__ == "__main__":
    main()
