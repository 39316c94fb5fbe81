"""What a step of Tangente's engines costs as its work grows: more points, a wider or deeper network, derivatives of higher order.

    python -m benchmarks.step_scaling [--series points width] [--engines NAME …] [--json FILE] [--markdown FILE]

One thread, float32, Adam, points that stay. Each measurement is a process of its own and takes about a second, after a first step that does
not count; its memory is the most that the process ever held, Python and PyTorch included. What takes more than 20 s or 2 GB is left out,
and all that is larger in the same series. The slope is d log time / d log size between a size and the one before: 1 where twice the size
takes twice the time. FILE of `--json` holds the figures and, as `figure`, a Plotly figure of them; that of `--markdown` is a page with
marks, as docs/speed.md.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from benchmarks.steps.machine import described
from benchmarks.steps.page import page
from benchmarks.steps.tangente import engines
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.making import experiment_of
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from core.ranges import Integer
from core.running.process import prepare
from core.training.training import train

LONGEST, LARGEST = 20.0, 2e9
"""Seconds of a step, and bytes of a process, beyond which it is not measured."""
ENOUGH, STRETCHES = 0.7, 7
"""Seconds of all stretches together, the fastest of which counts: what others do on the machine only adds."""
TOO_LARGE = "more than 2 GB"
MILLION = 1_000_000
PATIENCE = 90.0
"""Seconds after which a process is given up."""
MARKS = "<!-- made by step_scaling from here on -->", "<!-- as far as here -->"
BASE: Mapping[str, Any] = {"depth": 3, "width": 32, "points": 2000}


def high_order(order: int) -> Problem:
    """The derivative of that order is a cosine, and all lower ones are zero at the start."""
    conditions = [f"{_derivative(lower)}(0) = 0" for lower in range(order)]
    equation = f"{_derivative(order)} = cos(3*t)"
    stated = {"coordinates": {"t": [0, 1]}, "unknowns": ["u"], "equations": [equation], "conditions": conditions, "reference": "none"}
    return problem_from_table(stated)


def _derivative(order: int) -> str:
    return "u" + ("_" + order * "t" if order else "")


@dataclass(frozen=True)
class Series:
    """A series: `sizes`, each of which gives a problem and settings other than `BASE`."""

    label: str
    sizes: Sequence[int]
    of: Callable[[int], tuple[Problem, Mapping[str, Any]]]


def _burgers(name: str) -> Callable[[int], tuple[Problem, Mapping[str, Any]]]:
    return lambda size: (load("burgers"), {name: size})


def _points() -> list[int]:
    """The sizes, two a decade, from 100 to as many as an experiment may have, at most a million."""
    known = HYPERPARAMETERS["points"].range
    assert isinstance(known, Integer)
    sizes = [round(10 ** (half / 2)) for half in range(4, 13)]
    return [size for size in sizes if size <= known.high]


SERIES = {
    "points": Series("points (Burgers, 3 × 32)", _points(), _burgers("points")),
    "width": Series("width (Burgers, 3 layers, 2,000 points)", (8, 16, 32, 64, 128, 256), _burgers("width")),
    "depth": Series("depth (Burgers, width 32, 2,000 points)", (1, 2, 3, 4, 6, 8, 10), _burgers("depth")),
    "order": Series("order of the derivative (one coordinate, 3 × 32, 2,000 points)", (1, 2, 3, 4), lambda size: (high_order(size), {})),
}


@dataclass
class Curve:
    """One engine's costs in one series: seconds a step and bytes of the process at each size, as far as it came, and what ended it."""

    series: str
    engine: str
    sizes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    slopes: list[float | None] = field(default_factory=list)
    note: str = ""


def slopes(sizes: Sequence[float], seconds: Sequence[float]) -> list[float | None]:
    """d log seconds / d log size, at each size since the one before; none at the first."""
    pairs = zip(pairwise(sizes), pairwise(seconds), strict=True)
    return [None, *(math.log(after / before) / math.log(larger / smaller) for (smaller, larger), (before, after) in pairs)][: len(sizes)]


def experiment(series: str, size: int, engine: str) -> Experiment:
    """What is trained for a measurement."""
    problem, changed = SERIES[series].of(size)
    settings = {
        **{"activation": "tanh", "frequency": 1.0, "constraints": "soft", "condition_points": 100, "optimiser": "adam"},
        **{"learning_rate": 1e-3, "steps": 200_000, "precision": "float32", "resampling": "fixed"},
        **({"engine": engine} if engine else {}),
    }
    return experiment_of(problem, None, {**settings, **BASE, **changed})


def measure(series: str, size: int, engine: str) -> dict[str, Any]:
    """Seconds a step and the memory of this process, or a note why there are none."""
    try:
        return _measured(series, size, engine)
    except (MemoryError, RuntimeError) as error:
        if "memory" not in str(error).lower():
            raise
        return {"note": TOO_LARGE}


def _measured(series: str, size: int, engine: str) -> dict[str, Any]:
    prepare()
    snapshots = train(experiment(series, size, engine))
    once = _timed(snapshots, 2)  # what is set up, and the first step
    if memory() > LARGEST:
        return {"note": TOO_LARGE}
    if once > LONGEST:
        return {"note": "a step takes more than 20 s"}
    once = _timed(snapshots, 1)
    count = max(1, int(ENOUGH / STRETCHES / once))
    seconds = once if once > ENOUGH else min(_timed(snapshots, count) / count for _ in range(STRETCHES))
    return {"seconds": seconds, "memory": memory(), **({"note": TOO_LARGE} if memory() > LARGEST else {})}


def _timed(snapshots: Iterator[object], count: int) -> float:
    begun = time.perf_counter()
    for _ in range(count):
        next(snapshots)
    return time.perf_counter() - begun


def memory() -> float:
    """Bytes that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def curve(series: str, engine: str) -> Curve:
    """Measure size after size, each in a process of its own, until one is too large."""
    found = Curve(series, engine)
    for size in SERIES[series].sizes:
        print(f"{engine or 'Tangente'}, {series} {size:,} …", file=sys.stderr, flush=True)
        told = _asked(series, size, engine)
        if "note" in told:
            found.note = f"{size:,}: {told['note']}"
            break
        found.sizes.append(size)
        found.seconds.append(told["seconds"])
        found.memory.append(told["memory"])
    found.slopes = slopes(found.sizes, found.seconds)
    return found


def _asked(series: str, size: int, engine: str) -> dict[str, Any]:
    """What a process of its own says."""
    command = [sys.executable, "-m", "benchmarks.step_scaling", "--measure", series, str(size), engine]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return {"note": f"nothing after {PATIENCE:.0f} s"}
    if answer.returncode:
        return {"note": (answer.stderr.strip().splitlines() or [f"ended with code {answer.returncode}"])[-1].replace("|", "/")}
    told: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return told


def limit_memory() -> None:
    """Refuse this process what is far beyond `LARGEST`, before the machine suffers from it."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (int(2 * LARGEST), resource.RLIM_INFINITY))


def table(curves: Sequence[Curve]) -> str:
    """A table for each series: a row for each engine and size."""
    parts = []
    for name in dict.fromkeys(item.series for item in curves):
        lines = [f"| {name} | engine | ms a step | slope | memory, MB |", "|-:|-|-:|-:|-:|"]
        notes = []
        for item in (item for item in curves if item.series == name):
            engine = item.engine or "Tangente"
            for size, seconds, held, slope in zip(item.sizes, item.seconds, item.memory, item.slopes, strict=True):
                told = "" if slope is None else f"{slope:.2f}"
                lines.append(f"| {size:,} | {engine} | {1000 * seconds:,.2f} | {told} | {held / 1e6:,.0f} |")
            notes += [f"{engine} ended at {item.note}."] if item.note else []
        parts += [f"**Growing {SERIES[name].label}**", "\n".join(lines), *notes]
    return "\n\n".join(parts)


def figure(curves: Sequence[Curve]) -> go.Figure:
    """Milliseconds a step against size, both logarithmic, a panel for each series."""
    names = list(dict.fromkeys(item.series for item in curves))
    drawn = make_subplots(rows=1, cols=len(names), subplot_titles=[SERIES[name].label for name in names], shared_yaxes=True)
    for item in curves:
        line = go.Scatter(
            x=item.sizes,
            y=[1000 * seconds for seconds in item.seconds],
            name=item.engine or "Tangente",
            legendgroup=item.engine,
            showlegend=item.series == names[0],
        )
        drawn.add_trace(line, row=1, col=1 + names.index(item.series))
    drawn.update_xaxes(type="log").update_yaxes(type="log")
    return drawn.update_layout(template="none", yaxis_title="ms a step")


def verdict(curves: Sequence[Curve]) -> str:
    """The contenders that train at a million points within 2 GB."""
    lines = []
    for item in (item for item in curves if item.series == "points"):
        held = dict(zip(item.sizes, item.memory, strict=True)).get(MILLION)
        most = max(item.sizes, default=0)
        told = f"yes, {held / 1e9:.1f} GB" if held else f"no, {item.note}" if item.note else f"not measured, as {most:,} are the most"
        lines.append(f"- a million points within 2 GB, {item.engine or 'Tangente'}: {told}")
    return "\n".join(lines)


def written(curves: Sequence[Curve], machine: str) -> str:
    """What of the page is made."""
    parts = [table(curves), verdict(curves), f"Machine: {machine}; one thread."]
    return "\n\n".join(part for part in parts if part)


def main() -> None:
    """Measure, print the tables, and keep them; or be one measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", nargs="+", choices=SERIES, default=list(SERIES), metavar="NAME", help=", ".join(SERIES))
    parser.add_argument("--engines", nargs="+", choices=engines(), default=engines(), metavar="NAME", help=", ".join(engines()))
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        limit_memory()
        series, size, engine = options.measure
        print(json.dumps(measure(series, int(size), engine)))
        return
    curves = [curve(series, engine) for series in options.series for engine in options.engines]
    print(written(curves, described()))
    if options.json:
        kept = {"machine": described(), "curves": [asdict(item) for item in curves], "figure": json.loads(figure(curves).to_json())}
        options.json.write_text(json.dumps(kept, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.markdown:
        text = page(options.markdown.read_text(encoding="utf-8"), MARKS, written(curves, described()))
        options.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
