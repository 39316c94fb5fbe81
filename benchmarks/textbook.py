"""Problems from textbooks that are not in the library, typed into the editor as a visitor would, trained, and scored.

    python -m benchmarks.textbook [--only NAME …] [--seconds 15] [--pictures FOLDER]

Starts the real server with an empty store. Every text is typed letter by letter in Chromium; the network is the one that stands there by
default, trained for the given time; the score is the automatic classical reference's. The exit code is 1 where a problem has none.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.harness import NO_BROWSER, Editor, Server, Solve, chromium


@dataclass(frozen=True)
class Text:
    """A problem as it is typed: coordinates and parameters as rows of the form, equations and conditions one a line."""

    source: str
    coordinates: tuple[tuple[str, str, str], ...]
    unknowns: str
    equations: str
    conditions: str
    parameters: tuple[tuple[str, str], ...] = ()


UNIT, TIME = ("x", "0", "1"), ("t", "0", "1")
TEXTS = {
    "Airy": Text("Bender and Orszag 1978, section 3.5", (("x", "-5", "1"),), "u", "u_xx = x*u", "u(-5) = 1\nu(1) = 0"),
    "SIR epidemic": Text(
        "Kermack and McKendrick 1927; Murray 2002, chapter 10",
        (("t", "0", "30"),),
        "S, I",
        "S_t = -beta*S*I\nI_t = beta*S*I - gamma*I",
        "S(0) = 0.99\nI(0) = 0.01",
        (("beta", "0.5"), ("gamma", "0.2")),
    ),
    "Brusselator": Text(
        "Prigogine and Lefever 1968; Hairer, Nørsett and Wanner 1993, section I.16",
        (("t", "0", "5"),),
        "u, v",
        "u_t = 1 + u^2*v - 4*u\nv_t = 3*u - u^2*v",
        "u(0) = 1.5\nv(0) = 3",
    ),
    "Blasius": Text("Schlichting 1979, chapter VII", (("x", "0", "8"),), "f", "2*f_xxx + f*f_xx = 0", "f(0) = 0\nf_x(0) = 0\nf_x(8) = 1"),
    "Troesch": Text("Ascher, Mattheij and Russell 1995", (UNIT,), "u", "u_xx = n*sinh(n*u)", "u(0) = 0\nu(1) = 1", (("n", "3"),)),
    "Telegraph": Text(
        "Evans 2010, section 2.4",
        (UNIT, TIME),
        "u",
        "u_tt + 2*u_t = u_xx",
        "u(x, 0) = sin(pi*x)\nu_t(x, 0) = 0\nu(0, t) = 0\nu(1, t) = 0",
    ),
    "Ornstein-Uhlenbeck": Text(
        "Risken 1996, section 5.3",
        (("x", "-4", "4"), TIME),
        "p",
        "p_t = D(x*p, x) + 0.5*p_xx",
        "p(x, 0) = exp(-2*(x - 1)^2)\np(-4, t) = 0\np(4, t) = 0",
    ),
    "Gray-Scott": Text(
        "Pearson 1993, Science 261",
        (UNIT, ("t", "0", "10")),
        "u, v",
        "u_t = 0.01*u_xx - u*v^2 + 0.04*(1 - u)\nv_t = 0.005*v_xx + u*v^2 - 0.1*v",
        "u(x, 0) = 1 - 0.5*sin(pi*x)^2\nv(x, 0) = 0.25*sin(pi*x)^2\nu(0, t) = 1\nu(1, t) = 1\nv(0, t) = 0\nv(1, t) = 0",
    ),
    "Bratu": Text("Mohsen 2014", (UNIT, ("y", "0", "1")), "u", "lap(u) + exp(u) = 0", "u(boundary) = 0"),
    "Hinged beam": Text(
        "Timoshenko 1937, chapter V",
        (UNIT, ("t", "0", "0.5")),
        "u",
        "u_tt = -0.1*u_xxxx",
        "u(x, 0) = sin(pi*x)\nu_t(x, 0) = 0\nu(0, t) = 0\nu(1, t) = 0\nu_xx(0, t) = 0\nu_xx(1, t) = 0",
    ),
    "Benjamin-Bona-Mahony": Text(
        "Benjamin, Bona and Mahony 1972",
        (("x", "-10", "10"), ("t", "0", "2")),
        "u",
        "u_t + u_x + u*u_x - u_xxt = 0",
        "u(x, 0) = 1.5/cosh(x/2)^2\nu(-10, t) = u(10, t)",
    ),
    "Heated plate": Text(
        "Carslaw and Jaeger 1959, chapter V",
        (UNIT, ("y", "0", "1"), ("t", "0", "0.1")),
        "u",
        "u_t = lap(u)",
        "u(x, y, 0) = sin(pi*x)*sin(pi*y)\nu(boundary) = 0",
    ),
}


def write(editor: Editor, name: str, text: Text) -> None:
    """Type a problem over the example that stands in the form."""
    editor.open()
    editor.page.get_by_role("button", name="Remove parameter 1").click()
    for kind, rows, cells in (
        ("Coordinate", text.coordinates, ("its letter", "low end", "high end")),
        ("Parameter", text.parameters, ("its name", "value")),
    ):
        for number, row in enumerate(rows, 1):
            if kind == "Parameter" or number > 1:
                editor.page.get_by_role("button", name=f"+ {kind}").click()
            for cell, value in zip(cells, row, strict=True):
                editor.type(f"{kind} {number}: {cell}", value)
    for label, typed in (("Title", name), ("Unknowns", text.unknowns), ("Equations", text.equations), ("Conditions", text.conditions)):
        editor.type(label, typed)
    editor.wait_right()


def report(browser: Browser, server: Server, name: str, text: Text, seconds: float, pictures: Path | None) -> bool:
    """Type, train and print one problem; whether it had a reference."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    editor = Editor(page, server)
    write(editor, name, text)
    note = page.get_by_text(re.compile("estimated relative error"))
    none = editor.solution.locator(".tg-hint, .ed-none").filter(has_text=re.compile("reaches|needs|none|cannot"))
    expect(note.or_(none).first).to_be_visible(timeout=60_000)
    said = note.or_(none).first.inner_text()
    if pictures is not None:
        page.screenshot(path=pictures / f"{name}.png")
    editor.button("Solve this").click()
    solve = Solve(page, server).wait_usable()
    page.goto(f"{page.url}&seconds={seconds:g}&steps=none")
    solve.wait_usable().click("Train")
    status = solve.wait_status("done", "failed", "diverged", seconds=120)
    numbers = page.locator(".tg-numbers").inner_text().replace("\n", " ")
    print(f"{name:22} {status}: {numbers}\n{'':22} {said}", flush=True)
    if pictures is not None:
        page.screenshot(path=pictures / f"{name}-trained.png")
    context.close()
    return "estimated" in said and "–" not in numbers.split("Largest")[0]


def main() -> None:
    """Type all of them, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=TEXTS, default=list(TEXTS))
    parser.add_argument("--seconds", type=float, default=15.0, help="of training, each")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="keep screenshots there")
    options = parser.parse_args()
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        if browser is None:
            parser.exit(1, f"{NO_BROWSER}\n")
        with Server(Path(folder)) as server:
            found = [report(browser, server, name, TEXTS[name], options.seconds, options.pictures) for name in options.only]
    print(f"{sum(found)} of {len(found)} were scored by a classical reference")
    sys.exit(0 if all(found) else 1)


if __name__ == "__main__":
    main()
