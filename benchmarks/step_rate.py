"""Training steps a second: `train(experiment)` against a plain hand-written PyTorch loop that does the same work.

    python -m benchmarks.step_rate [--rounds 15] [--steps 40]

Burgers' equation, 2,000 + 300 points that stay, 4 × 32, float32, one thread: the work of
`python -m core solve burgers --depth 4 --width 32 --points 2000 --resampling fixed`. Each loop has a process of its own, set up as its
author would, and the two take turns: each round compares neighbours in time, so that a machine whose speed drifts does not decide.
"""

from __future__ import annotations

import argparse
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import torch
from torch import nn

from core.experiment import Experiment
from core.problem import load
from core.process import prepare
from core.training import train

POINTS, CONDITION_POINTS = 2000, 100
Step = Callable[[], float]


def plain() -> Step:
    """One step of the loop a person would write."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    layers: list[nn.Module] = [nn.Linear(2, 32), nn.Tanh()]
    for _ in range(3):
        layers += [nn.Linear(32, 32), nn.Tanh()]
    network = nn.Sequential(*layers, nn.Linear(32, 1))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    mse = nn.MSELoss()
    nu = 0.01 / math.pi
    x = (2 * torch.rand(POINTS, 1) - 1).requires_grad_()
    t = torch.rand(POINTS, 1).requires_grad_()
    x0, t0 = 2 * torch.rand(CONDITION_POINTS, 1) - 1, torch.zeros(CONDITION_POINTS, 1)
    left, right, times = -torch.ones(CONDITION_POINTS, 1), torch.ones(CONDITION_POINTS, 1), torch.rand(CONDITION_POINTS, 1)

    def step() -> float:
        optimiser.zero_grad()
        u = network(torch.cat([x, t], dim=1))
        u_x, u_t = torch.autograd.grad(u, (x, t), torch.ones_like(u), create_graph=True)
        (u_xx,) = torch.autograd.grad(u_x, x, torch.ones_like(u_x), create_graph=True)
        residual = u_t + u * u_x - nu * u_xx
        start = network(torch.cat([x0, t0], dim=1)) + torch.sin(math.pi * x0)
        at_left, at_right = network(torch.cat([left, times], dim=1)), network(torch.cat([right, times], dim=1))
        loss = mse(residual, torch.zeros_like(residual)) + 10 * (
            mse(start, torch.zeros_like(start)) + mse(at_left, torch.zeros_like(at_left)) + mse(at_right, torch.zeros_like(at_right))
        )
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def tangente() -> Step:
    """One step of `train`, with a look at its losses."""
    prepare()
    settings = {"depth": 4, "width": 32, "points": POINTS, "condition_points": CONDITION_POINTS, "steps": 200_000, "resampling": "fixed"}
    snapshots = train(Experiment.of(load("burgers"), settings=settings))
    return lambda: float(next(snapshots).losses[0])


LOOPS: dict[str, Callable[[], Step]] = {"plain": plain, "tangente": tangente}


def serve(step: Step) -> None:
    """For each number that comes in, take so many steps and answer with the seconds they took."""
    for line in sys.stdin:
        begun = time.perf_counter()
        for _ in range(int(line)):
            step()
        print(time.perf_counter() - begun, flush=True)


class Loop:
    """One of the loops in a process of its own."""

    def __init__(self, name: str) -> None:
        command = [sys.executable, "-m", "benchmarks.step_rate", "--loop", name]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, steps: int) -> float:
        """Seconds that so many steps take."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(steps, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())

    def end(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def compare(rounds: int, steps: int) -> None:
    """Print both medians and their ratio, pair by pair."""
    loops = {name: Loop(name) for name in LOOPS}
    times: dict[str, list[float]] = {name: [] for name in LOOPS}
    for loop in loops.values():
        loop.run(10)
    for number in range(rounds):
        for name in sorted(loops, reverse=bool(number % 2)):  # each goes first as often as the other
            times[name].append(loops[name].run(steps))
    for loop in loops.values():
        loop.end()
    for name, spent in times.items():
        print(f"{name:10} {steps / statistics.median(spent):8.1f} steps/s (median of {rounds})")
    ratios = sorted(a / b for a, b in zip(times["plain"], times["tangente"], strict=True))
    print(f"ratio tangente/plain: median {statistics.median(ratios):.3f}, from {ratios[0]:.3f} to {ratios[-1]:.3f} (must be at least 1)")


def main() -> None:
    """Compare the loops, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=40, help="steps of each loop in a round")
    parser.add_argument("--loop", choices=LOOPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.loop:
        serve(LOOPS[options.loop]())
    else:
        compare(options.rounds, options.steps)


if __name__ == "__main__":
    main()
