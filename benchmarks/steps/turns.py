"""Contenders take turns: in each round all of them, each in a process of its own, so that neighbours in time are compared."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from benchmarks.steps.contenders import CONTENDERS, Contender
from benchmarks.steps.machine import described
from benchmarks.steps.peak import PEAK
from benchmarks.steps.process import Dropped, Process, Turn
from benchmarks.steps.workloads import WORKLOADS, operations

LENGTH = 0.4
"""Seconds that a turn is to last."""
FIRST = 8
"""Steps of which the second time tells how many make a turn."""
WARM = 2
"""The turns that do not count."""


@dataclass
class Record:
    """What one workload's rounds came to: steps a second of each contender in each round, and what the peak was."""

    workload: str
    title: str
    machine: str
    operations: int
    peak: float = 0.0
    rates: dict[str, list[float]] = field(default_factory=dict)
    cores: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def table(self) -> dict[str, object]:
        """The record as JSON keeps it."""
        return asdict(self)


def compare(workload: str, names: Sequence[str], rounds: int) -> Record:
    """Let these contenders take turns at a workload."""
    chosen = WORKLOADS[workload]
    record = Record(workload, chosen.title, described(), operations(chosen))
    present: dict[str, Contender] = {}
    for name in names:
        reason = CONTENDERS[name].missing()
        if reason:
            record.left_out[name] = reason
        else:
            present[name] = CONTENDERS[name]
    turns = _turns(workload, {**present, "": PEAK}, rounds, record.left_out)
    record.peak = max(turn.loss for turn in turns.pop(""))
    for name, taken in turns.items():
        record.rates[name] = [turn.rate for turn in taken]
        record.cores[name] = statistics.median(turn.processor / turn.seconds for turn in taken)
        record.versions |= CONTENDERS[name].versions()
    return record


def _turns(workload: str, contenders: Mapping[str, Contender], rounds: int, left_out: dict[str, str]) -> dict[str, list[Turn]]:
    """The turns of all who hold out to the end; why the others do not goes to `left_out`."""
    processes: dict[str, Process] = {}
    steps: dict[str, int] = {}
    turns: dict[str, list[Turn]] = {name: [] for name in contenders}
    try:
        for name, contender in contenders.items():
            print(f"{workload}: {contender.label} …", file=sys.stderr, flush=True)
            processes[name] = Process(contender, workload)
            with _dropping(name, processes, turns, left_out):
                processes[name].take(FIRST)
                steps[name] = max(1, round(LENGTH * processes[name].take(FIRST).rate))
        for number in range(-WARM, rounds):
            print(f"{workload}: round {number + 1} of {rounds} …", file=sys.stderr, flush=True)
            for name in order(list(processes), number):
                with _dropping(name, processes, turns, left_out):
                    turn = processes[name].take(steps[name])
                    if number >= 0:
                        turns[name].append(turn)
    finally:
        for process in processes.values():
            process.end()
    return turns


def order(names: Sequence[str], number: int) -> list[str]:
    """The order of a round: each time another is first, and every other time it goes backwards."""
    first = number % len(names)
    turned = [*names[first:], *names[:first]]
    return turned[::-1] if number % 2 else turned


@contextmanager
def _dropping(name: str, processes: dict[str, Process], turns: dict[str, list[Turn]], left_out: dict[str, str]) -> Iterator[None]:
    """Take a contender that fails out of all that is to come."""
    try:
        yield
    except Dropped as error:
        left_out[name] = str(error)
        processes.pop(name).end()
        del turns[name]
