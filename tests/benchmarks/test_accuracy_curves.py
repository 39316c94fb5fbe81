"""The page and the figure about accuracy: what they say is what the runs hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.accuracy_curves import MADE, at, by_row, page, table
from benchmarks.accuracy_figure import WAYS, figure

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def run(way: str, seed: int, *errors: float, row: str = "poisson") -> dict[str, Any]:
    """A training of eight seconds, seen after 2, 4 and 8."""
    curve = list(zip((2.1, 4.1, 8.1), errors, strict=True))
    return {"row": row, "way": way, "seed": seed, "machine": "A processor", "seconds": 8, "curve": curve}


RUNS = [
    run("accurate", 0, 1e-2, 1e-4, 1e-6),
    run("accurate", 1, 3e-2, 3e-4, 3e-6),
    run("accurate", 2, 2e-2, 2e-4, 2e-6),
    run("adam", 0, 1e-1, 5e-2, 4e-2),
    run("deepxde", 0, 1e-1, 1e-2, 1e-3),
]


def lines(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]


def test_the_table_tells_medians_ranges_and_who_overtakes() -> None:
    title, rule, accurate, adam, deepxde = lines(table(by_row(RUNS), {"poisson": 8}))
    assert len({len(title), len(rule), len(accurate), len(adam), len(deepxde)}) == 1
    assert accurate[2:4] == [WAYS["accurate"].label, "3"] and accurate[-1] == "4.1 s"
    assert accurate[4:-1] == ["2.0e-02 (1.0e-02 to 3.0e-02)", "2.0e-04 (1.0e-04 to 3.0e-04)", "2.0e-06 (1.0e-06 to 3.0e-06)"]
    assert adam[3:] == ["1", "1.0e-01", "5.0e-02", "4.0e-02", "never"]
    assert deepxde[3:] == ["1", "1.0e-01", "1.0e-02", "1.0e-03", ""]


def test_without_the_peer_nobody_overtakes() -> None:
    assert lines(table(by_row(RUNS[:1]), {"poisson": 8}))[2][-1] == ""


def test_the_last_error_of_a_training_that_ended_stands() -> None:
    assert at([(1.0, 0.5), (2.0, 0.25)], 1.5) == 0.25 and at([(1.0, 0.5), (2.0, 0.25)], 4.0) == 0.25


def test_the_page_keeps_what_is_written_by_hand() -> None:
    text = f"Above\n{MADE[0]}\nold\n{MADE[1]}\nbelow\n"
    made = page(text, RUNS)
    assert made.startswith("Above\n") and made.endswith("\nbelow\n") and "old" not in made and "A processor" in made
    assert page(made, RUNS) == made


@pytest.mark.parametrize("text", ["", MADE[0], f"{MADE[1]} {MADE[0]}"])
def test_a_page_without_the_marks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must hold"):
        page(text, RUNS)


def test_the_figure_has_a_panel_a_row_and_a_line_a_way() -> None:
    runs = [*RUNS, run("deepxde", 0, 1, 1, 1, row="one & flat")]
    tree = ElementTree.fromstring(figure(by_row(runs)))
    names = [text.text for text in tree.iter(f"{SVG}text") if text.get("class") == "name"]
    drawn = [path.get("class") for path in tree.iter(f"{SVG}path")]
    assert names == ["poisson", "one & flat"]
    assert drawn == ["band accurate", "accurate", "adam", "deepxde", "deepxde", "accurate", "adam", "deepxde"]  # the last three: legend


def test_a_line_falls_where_its_error_does() -> None:
    tree = ElementTree.fromstring(figure(by_row([RUNS[0]])))
    path = next(path for path in tree.iter(f"{SVG}path") if path.get("class") == "accurate").get("d") or ""
    points = [tuple(map(float, point.split())) for point in path.strip("M").split("L")]
    xs, ys = zip(*points, strict=True)
    assert list(xs) == sorted(xs) and list(ys) == sorted(ys)  # down is larger
    assert ys[1] - ys[0] == pytest.approx(ys[2] - ys[1], abs=0.2)  # equal factors, equal distances


def test_the_command_writes_what_is_in_the_documentation(tmp_path: Path) -> None:
    kept, document, drawing = ROOT / "benchmarks" / "accuracy.json", tmp_path / "accuracy.md", tmp_path / "accuracy.svg"
    document.write_bytes((ROOT / "docs" / "accuracy.md").read_bytes())
    asked = [sys.executable, "-m", "benchmarks.accuracy_curves", str(kept), str(document), "--figure", str(drawing)]
    subprocess.run(asked, cwd=ROOT, check=True, timeout=60)
    assert document.read_bytes() == (ROOT / "docs" / "accuracy.md").read_bytes()
    assert drawing.read_bytes() == (ROOT / "docs" / "images" / "accuracy.svg").read_bytes()
    assert json.loads(kept.read_text(encoding="utf-8"))
