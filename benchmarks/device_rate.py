"""Training steps a second on a GPU and on the processor, for work of growing size: from where on a GPU pays.

    python -m benchmarks.device_rate [--device cuda:0] [--workloads A P] [--points 2000 100000] [--rounds 5] [--json FILE]

float32, Adam, points that stay; the processor has one thread. All take turns of about 0.3 s, after some that do not count, in one process,
and medians count. `jets, step by step` is the engine without the recording of a step as a CUDA graph.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from unittest import mock

import torch

from benchmarks.steps import plain, tangente
from benchmarks.steps.machine import described
from benchmarks.steps.workloads import WORKLOADS, Steps, Workload
from core.engines import cuda_graphs, kernel
from core.training.devices import labels

LENGTH = 0.3
"""Seconds of a turn."""
WARM = 12
"""Steps of each that do not count, those recorded among them."""
NEVER = 2**31

Build = Callable[[Workload], Steps]


def unrecorded(workload: Workload) -> Steps:
    """Jets, each of whose steps is launched operation by operation."""
    steps = tangente.build(workload, "jets")

    def taken(count: int) -> float:
        with mock.patch.object(cuda_graphs, "WARM", NEVER):
            return steps(count)

    return taken


ON_PROCESSOR: dict[str, Build] = {
    "plain, processor": plain.build,
    "native, processor": lambda workload: tangente.build(workload, "native"),
}
ON_DEVICE: dict[str, Build] = {
    "plain": plain.build,
    "autograd": lambda workload: tangente.build(workload, "autograd"),
    "jets, step by step": unrecorded,
    "jets": lambda workload: tangente.build(workload, "jets"),
}


def rates(workload: Workload, device: str, rounds: int) -> dict[str, float]:
    """Steps a second of each contender."""
    built = {name: build(workload) for name, build in ON_PROCESSOR.items()}
    built |= {name: build(replace(workload, device=device)) for name, build in ON_DEVICE.items()}
    counts = {}
    for name, steps in built.items():
        steps(WARM if "processor" not in name else 1)
        begun = time.perf_counter()
        steps(1)
        counts[name] = max(1, round(LENGTH / (time.perf_counter() - begun)))
    found: dict[str, list[float]] = {name: [] for name in built}
    for _ in range(rounds):
        for name, steps in built.items():
            begun = time.perf_counter()
            steps(counts[name])
            found[name].append(counts[name] / (time.perf_counter() - begun))
    return {name: median(taken) for name, taken in found.items()}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=["O", "A", "P"])
    parser.add_argument("--points", nargs="*", type=int, default=[100_000, 1_000_000], help="sizes of A besides")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    torch.set_num_threads(1)
    kernel.prepare("float32")
    chosen = [(name, WORKLOADS[name]) for name in options.workloads]
    chosen += [(f"A, {points:,} points", replace(WORKLOADS["A"], points=points)) for points in options.points]
    print(f"{labels()[options.device]}; {described()}; torch {torch.__version__}")
    names = [*ON_PROCESSOR, *ON_DEVICE]
    print(f"| workload | {' | '.join(names)} |\n|-|{'-:|' * len(names)}")
    rows = {}
    for title, workload in chosen:
        rows[title] = rates(workload, options.device, options.rounds)
        print(f"| {title} | {' | '.join(f'{rows[title][name]:,.4g}' for name in names)} |", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"device": labels()[options.device], "rates": rows}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
