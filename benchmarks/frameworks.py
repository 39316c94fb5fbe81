"""The two trainings in every framework that can run here, one after the other on one core, as a table.

    python -m benchmarks.frameworks [--only NAME …] [--tasks ode burgers] [--steps 200] [--rounds 1]

To have more than PyTorch and NumPy: `python -m core frameworks`. A race is a process of its own, with empty caches of
compiled code, so that the first step is cold; `again` is a second program in the same process. After `--steps` the equation is exchanged:
a framework follows at once, or is stale until it has rebuilt its step. Of several rounds, each of which runs all in turn, the medians are
shown, and of the steps a second the smallest and the largest too. The exit code is 1 where a race fails, or where one of the first 100
losses differs from PyTorch's by more than 1e-4 of itself.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errands.batch import Batch, Event
from core.why_pytorch.frameworks.catalogue import FRAMEWORKS
from core.why_pytorch.frameworks.task import TASKS

COMPARED = 100
AGREE = 1e-4
SILENCE = 600.0
CACHES = {"TORCHINDUCTOR_CACHE_DIR": "{}", "PYTENSOR_FLAGS": "base_compiledir={}", "THEANO_FLAGS": "base_compiledir={}"}
"""Where compiled code is kept, by the variable that says so."""


@dataclass(frozen=True)
class Race:
    """What one race told, by event; `losses` are one a step."""

    told: dict[str, Event]
    losses: list[float]

    @property
    def failure(self) -> str:
        """What went wrong, in the last words of the program; empty where nothing did."""
        failed = self.told.get("failed")
        return "" if failed is None else (str(failed["complained"]).strip().splitlines() or [str(failed["code"])])[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(FRAMEWORKS), default=list(FRAMEWORKS), metavar="NAME")
    parser.add_argument("--tasks", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--steps", type=int, default=200, help="before the equation is exchanged, at least 100")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    if options.steps < COMPARED:
        parser.error(f"--steps must be at least {COMPARED}")
    here = pinned()
    names = [name for name in options.only if FRAMEWORKS[name].errand("ode", 1, 1)]
    races: dict[tuple[str, str], list[Race]] = {(name, task): [] for name in names for task in options.tasks}
    for _ in range(options.rounds):
        for name, task in races:
            print(f"{name}, {task} …", file=sys.stderr, flush=True)
            races[name, task].append(raced(name, task, options.steps))
    print(f"{date.today()}, {platform.machine()}, Python {platform.python_version()}, {here}; {' / '.join(options.tasks)}\n")
    table(races, options.tasks)
    for name in options.only:
        if name not in names:
            found = FRAMEWORKS[name]
            print(f"{found.label}: not run, {f'no interpreter in {found.variable}' if found.variable else f'no {found.package} installed'}")
    return 0 if verdict(races) else 1


def pinned() -> str:
    """Keep this process and those that it starts to one core, where the system can; says what came of it."""
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned"
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"pinned to core {core}"


def raced(name: str, task: str, steps: int) -> Race:
    """Race one framework, with no compiled code kept from before."""
    errand = FRAMEWORKS[name].errand(task, steps + 10, steps)
    assert errand is not None
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({variable: value.format(folder) for variable, value in CACHES.items()})
        batch = Batch([errand], silence=SILENCE)
        batch.wait()
    told = {event["event"]: event for event in batch.events()}
    losses = [loss for event in batch.events() if event["event"] == "steps" for loss in event["losses"]]
    return Race(told, [told["built"]["loss"], *losses] if "built" in told else [])


def table(races: dict[tuple[str, str], list[Race]], tasks: list[str]) -> None:
    """Print a row for each framework, each figure for all tasks."""
    print("| framework | d²u/dx² | steps/s | first step, cold, s | again, s | the changed equation | memory, MB | lines |")
    print("|-|-|-|-|-|-|-|-|")
    for name in dict.fromkeys(name for name, _ in races):
        found = FRAMEWORKS[name]
        mine = [[race for race in races[name, task] if not race.failure] for task in tasks]
        version = next((race.told["loaded"]["version"] for each in mine for race in each), "")

        def each_task(show: Callable[[list[Race]], str], mine: list[list[Race]] = mine) -> str:
            return " / ".join(show(each) if each else "failed" for each in mine)

        cells = [
            f"{found.label} {version}",
            found.derivatives,
            each_task(rate),
            each_task(lambda each: f"{median(each, 'built', 'seconds'):.2f}"),
            each_task(lambda each: f"{median(each, 'again', 'seconds'):.2f}"),
            each_task(after_change),
            each_task(lambda each: f"{median(each, 'done', 'memory') / 1e6:.0f}"),
            str(found.lines),
        ]
        print("|", " | ".join(cells), "|")
    print()


def rate(each: list[Race]) -> str:
    rates = [race.told["done"]["steps_per_second"] for race in each]
    spread = f" ({min(rates):,.0f}–{max(rates):,.0f})" if len(rates) > 1 else ""
    return f"{statistics.median(rates):,.0f}{spread}"


def median(each: list[Race], event: str, value: str) -> float:
    return statistics.median(float(race.told[event][value] or 0) for race in each)


def after_change(each: list[Race]) -> str:
    changed: list[dict[str, Any]] = [race.told["changed"] for race in each]
    if all(said["follows"] for said in changed):
        return "follows"
    seconds = [said["rebuild"] for said in changed if said["rebuild"] is not None]
    return f"stale, {statistics.median(seconds):.2f} s" if seconds else "stale for good"


def verdict(races: dict[tuple[str, str], list[Race]]) -> bool:
    """Whether no framework has failed and all agree with PyTorch; prints what does not."""
    good, worst = True, 0.0
    for (name, task), mine in races.items():
        for race in mine:
            if race.failure:
                good = False
                print(f"{FRAMEWORKS[name].label}, {task}, failed: {race.failure}")
            elif races.get(("pytorch", task)) and not races["pytorch", task][0].failure:
                pairs = zip(race.losses[:COMPARED], races["pytorch", task][0].losses, strict=False)
                differs = max(abs(loss - right) / right for loss, right in pairs)
                worst = max(worst, differs)
                if not differs <= AGREE:
                    good = False
                    print(f"{FRAMEWORKS[name].label}, {task}: losses differ from PyTorch's by {differs:.1e}")
    print(f"the first {COMPARED} losses differ from PyTorch's by at most {worst:.1e} of themselves; they must by at most {AGREE:.0e}")
    return good


if __name__ == "__main__":
    sys.exit(main())
