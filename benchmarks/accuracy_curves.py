"""Draw error against seconds, and write the table of the page about it, from what `benchmarks.accuracy --json FILE` has kept.

    python -m benchmarks.accuracy_curves benchmarks/accuracy.json docs/accuracy.md [--figure docs/images/accuracy.svg]

Nothing is trained. The medians of the seeds are told; where there are more seeds than one, with the smallest and the largest error.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.accuracy_figure import WAYS, Curve, figure, middle

SHARES = {"a quarter": 0.25, "half": 0.5, "the end": 1.0}
PEER = "deepxde"
MADE = "<!-- made from here on -->", "<!-- as far as here -->"
"""The marks around what of the page is made; the rest of it is written by hand."""

Rows = Mapping[str, Mapping[str, Sequence[Curve]]]


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path)
    parser.add_argument("page", type=Path)
    parser.add_argument("--figure", type=Path, help="images/accuracy.svg beside the page, unless given")
    options = parser.parse_args()
    drawing = options.figure or options.page.parent / "images" / "accuracy.svg"
    runs = json.loads(options.runs.read_text(encoding="utf-8"))
    drawing.write_text(figure(by_row(runs)), encoding="utf-8")
    options.page.write_text(page(options.page.read_text(encoding="utf-8"), runs), encoding="utf-8")


def by_row(runs: Sequence[Mapping[str, Any]]) -> Rows:
    """The seeds' curves of each row and way, in the order of the runs."""
    rows: dict[str, dict[str, list[Curve]]] = {}
    for run in runs:
        rows.setdefault(run["row"], {}).setdefault(run["way"], []).append(run["curve"])
    return rows


def page(text: str, runs: Sequence[Mapping[str, Any]]) -> str:
    """The page with the table and the machine of these runs. Raises `ValueError` where nothing marks their place."""
    begin, end = MADE
    if not 0 <= text.find(begin) < text.find(end):
        raise ValueError(f"the page must hold {begin} and, below it, {end}; put them where the table belongs")
    machine = ", ".join(dict.fromkeys(run["machine"] for run in runs))
    made = table(by_row(runs), {run["row"]: run["seconds"] for run in runs})
    made = f"{begin}\n\n{made}\n\nMachine: {machine}; one thread for each training.\n\n{end}"
    return text[: text.index(begin)] + made + text[text.index(end) + len(end) :]


def table(rows: Rows, seconds: Mapping[str, float]) -> str:
    """A line for each row and way."""
    lines = [
        f"| problem | seconds | way | seeds | error at {' | at '.join(SHARES)} | as good as DeepXDE after |",
        "|-" * (5 + len(SHARES)) + "|",
    ]
    for name, ways in rows.items():
        for way in (way for way in WAYS if way in ways):
            curves = ways[way]
            errors = [told([at(curve, share * seconds[name]) for curve in curves]) for share in SHARES.values()]
            cells = [name, f"{seconds[name]:g}", WAYS[way].label, str(len(curves)), *errors, overtaken(ways, way)]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def at(curve: Curve, seconds: float) -> float:
    """The error after so long: of the first moment no earlier, else the last."""
    return next((error for spent, error in curve if spent >= seconds), curve[-1][1])


def told(errors: Sequence[float]) -> str:
    """The median, with the smallest and the largest of several."""
    median = f"{middle([(0, error) for error in errors], 1):.1e}"
    return median if len(errors) == 1 else f"{median} ({min(errors):.1e} to {max(errors):.1e})"


def overtaken(ways: Mapping[str, Sequence[Curve]], way: str) -> str:
    """The time at which a way is as good as the peer at its end; empty for the peer, and where there is none."""
    if way == PEER or PEER not in ways:
        return ""
    goal = middle([curve[-1] for curve in ways[PEER]], 1)
    medians = [(middle(moment, 0), middle(moment, 1)) for moment in zip(*ways[way], strict=True)]
    return next((f"{seconds:.2g} s" for seconds, error in medians if error <= goal), "never")


if __name__ == "__main__":
    main()
