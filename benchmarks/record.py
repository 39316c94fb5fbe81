"""Records what a framework does here, for machines on which it cannot run.

    python -m benchmarks.record theano --machine "AMD EPYC, 2 cores, Debian 12"

Runs both trainings by the interpreter that is configured for the framework (docs/frameworks.md) and keeps what they tell in
`core/why_pytorch/frameworks/records/`, with the date, the machine and the versions. Numbers are rounded to 8 digits. Of several rounds the
fastest is kept: whatever else a machine does can only slow it down."""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
from typing import Any

from core.errands.batch import Batch, Event
from core.why_pytorch.frameworks.catalogue import FRAMEWORKS, RECORDS, Framework
from core.why_pytorch.frameworks.task import TASKS

STEPS, CHANGE = 300, 200
DIGITS = 8


def rounded(value: Any) -> Any:
    """A value of JSON, its numbers rounded to as many digits as float32 has."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return {key: rounded(item) for key, item in value.items()} if isinstance(value, dict) else value


def events(framework: Framework, task: str) -> list[Event]:
    """What a race tells; raises `SystemExit` where it fails."""
    errand = framework.errand(task, STEPS, CHANGE)
    if errand is None:
        raise SystemExit(f"{framework.label} cannot run here: {framework.variable or framework.package} must name its interpreter.")
    batch = Batch([errand])
    batch.wait()
    told = [event for event in batch.events() if event["who"] == framework.name]
    for event in told:
        if event["event"] == "failed":
            raise SystemExit(f"{framework.label} failed ({event['code']}): {event['complained']}")
    return told


def speed(told: list[Event]) -> float:
    """Steps a second before the change."""
    (done,) = (event for event in told if event["event"] == "done")
    return float(done["steps_per_second"])


def record(framework: Framework, task: str, machine: str, rounds: int) -> None:
    """Run one training and write its record."""
    told = max((events(framework, task) for _ in range(rounds)), key=speed)
    assert framework.python is not None
    program = "import platform; print(platform.python_version())"
    python = subprocess.run([framework.python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    (version,) = (event["version"] for event in told if event["event"] == "loaded")
    where = f"{machine}; Python {python}, {framework.label} {version}"
    content = {"date": datetime.date.today().isoformat(), "machine": where, "events": rounded(told)}
    file = RECORDS / f"{framework.name}-{task}.json"
    file.write_text(json.dumps(content) + "\n", encoding="utf-8")
    print(f"{file.name}: {speed(told):.0f} steps/s")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("framework", choices=sorted(name for name, framework in FRAMEWORKS.items() if framework.variable))
    parser.add_argument("--machine", required=True, help="processor, cores and operating system")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for task in TASKS:
        record(FRAMEWORKS[given.framework], task, given.machine, given.rounds)


if __name__ == "__main__":
    main()
