"""Evaluations a second of the compiled kernel, with a step of fused Adam, against a plain PyTorch loop that does the same work.

    python -m benchmarks.native_kernel [A A10 B B10 O P] [--rounds 15] [--seconds 0.1]

Float32, one thread; the two take turns in one process.
"""

from __future__ import annotations

import argparse
import itertools
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.engines.kernel import CODES, AdamMoments, Group, Network, PackedTape, Plan, Term, Terms

Equation = Callable[[Callable[..., Tensor], Tensor], Tensor]


@dataclass(frozen=True)
class Workload:
    """Points of an equation and conditions of a number of points each, on a network with two inputs or one."""

    equation: str
    sizes: tuple[int, ...]
    points: int
    conditions: tuple[int, ...]


def _sizes(ins: int, depth: int, width: int) -> tuple[int, ...]:
    return (ins, *[width] * depth, 1)


WORKLOADS = {
    "A": Workload("burgers", _sizes(2, 4, 32), 2000, (100, 100, 100)),
    "A10": Workload("burgers", _sizes(2, 4, 32), 10000, (100, 100, 100)),
    "B": Workload("burgers", _sizes(2, 8, 20), 2000, (100, 100, 100)),
    "B10": Workload("burgers", _sizes(2, 8, 20), 10000, (100, 100, 100)),
    "O": Workload("oscillator", _sizes(1, 3, 32), 256, (1, 1)),
    "P": Workload("poisson", _sizes(2, 4, 64), 4096, ()),
}
NU = 0.01 / math.pi


def _network(sizes: tuple[int, ...]) -> nn.Sequential:
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for ins, outs in itertools.pairwise(sizes):
        layers += [nn.Linear(ins, outs), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def _derivative(of: Tensor, by: Tensor) -> Tensor:
    return torch.autograd.grad(of, by, torch.ones_like(of), create_graph=True)[0]


def plain(work: Workload) -> Callable[[], None]:
    """One step of the loop a person would write."""
    network = _network(work.sizes)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    mse = nn.MSELoss()
    columns = [torch.rand(work.points, 1).requires_grad_() for _ in range(work.sizes[0])]
    conditions = [torch.rand(count, work.sizes[0]) for count in work.conditions]
    source = torch.rand(work.points, 1)
    start = torch.zeros(1, 1).requires_grad_()

    def step() -> None:
        optimiser.zero_grad()
        u = network(torch.cat(columns, dim=1))
        if work.equation == "burgers":
            x, t = columns
            u_x, u_t = torch.autograd.grad(u, (x, t), torch.ones_like(u), create_graph=True)
            residual = u_t + u * u_x - NU * _derivative(u_x, x)
        elif work.equation == "poisson":
            x, y = columns
            u_x, u_y = torch.autograd.grad(u, (x, y), torch.ones_like(u), create_graph=True)
            residual = _derivative(u_x, x) + _derivative(u_y, y) - source
        else:
            u_t = _derivative(u, columns[0])
            residual = _derivative(u_t, columns[0]) + 0.2 * u_t + u
        loss = mse(residual, torch.zeros_like(residual))
        if work.equation == "oscillator":
            first = network(start)
            loss = loss + (first - 1).square().mean() + _derivative(network(start), start).square().mean()
        else:
            for rows in conditions:
                value = network(rows)
                loss = loss + 10 * mse(value, torch.zeros_like(value))
        loss.backward()
        optimiser.step()
        loss.item()

    return step


def _tape(rows: list[tuple[str, int, int]], constants: list[float], result: int) -> PackedTape:
    return PackedTape(
        np.array(constants),
        np.array([(CODES[name], x, y) for name, x, y in rows], np.int32).reshape(-1, 3),
        np.array([result], np.int32),
    )


def groups(work: Workload) -> list[Group]:
    """The groups of points for the kernel."""
    ins, random = work.sizes[0], np.random.default_rng(0)
    pure = {"burgers": 2, "poisson": 2, "oscillator": 1}[work.equation]
    entries = [Term(1 + k, 1, (1 + k,)) for k in range(pure)]
    seconds = {"burgers": 1, "poisson": 2, "oscillator": 1}[work.equation]
    for k in range(seconds):
        stream = 1 + pure + k
        entries += [Term(stream, 1, (stream,)), Term(stream, 2, (1 + k, 1 + k))]
    streams = 1 + pure + seconds
    inputs = np.zeros((1, streams, ins, work.points))
    inputs[0, 0] = random.random((ins, work.points))
    for k in range(pure):
        inputs[0, 1 + k, k] = 1.0
    columns = random.random((1 if work.equation == "poisson" else 0, work.points))
    tape = {
        "burgers": _tape([("*", 0, 1), ("+", 2, 5), ("*", 4, 3), ("-", 6, 7)], [NU], 8),
        "poisson": _tape([("+", 3, 4), ("-", 6, 5)], [], 7),
        "oscillator": _tape([("*", 3, 1), ("+", 2, 4), ("+", 5, 0)], [0.2], 6),
    }[work.equation]
    found = [Group(Terms(streams, tuple(entries)), inputs, columns, tape, np.full((1, 1), 1 / work.points))]
    if work.equation == "oscillator":
        one = np.zeros((1, 2, 1, 1))
        one[0, 1] = 1.0
        found.append(Group(Terms(1), one[:, :1], np.zeros((0, 1)), _tape([("-", 0, 1)], [1.0], 2), np.ones((1, 1))))
        found.append(Group(Terms(2, (Term(1, 1, (1,)),)), one, np.zeros((0, 1)), _tape([], [], 1), np.ones((1, 1))))
    else:
        for count in work.conditions:
            values = random.random((1, 1, ins, count))
            found.append(Group(Terms(1), values, np.zeros((0, count)), _tape([], [], 0), np.full((1, 1), 10 / count)))
    return found


def kernel(work: Workload, adam: str = "") -> Callable[[], None]:
    """One evaluation, and a step of torch's or the kernel's Adam on the flat parameters."""
    network = _network(work.sizes)
    theta = torch.cat([parameter.detach().flatten() for parameter in network.parameters()])
    theta.requires_grad_()
    theta.grad = torch.zeros_like(theta)
    optimiser = torch.optim.Adam([theta], lr=1e-3, fused=True)
    plan = Plan(Network(work.sizes, "tanh"), groups(work), "float32")
    values, gradient = theta.detach().numpy(), theta.grad.numpy()

    native = AdamMoments(values, gradient)

    def step() -> None:
        plan.evaluate(values, gradient)
        if adam == "torch":
            optimiser.step()
        elif adam:
            native.step(1e-3)

    return step


def rate(step: Callable[[], None], seconds: float) -> float:
    """Steps a second."""
    count, begun = 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < seconds:
        step()
        count += 1
    return count / spent


def main() -> None:
    """Print the rates of each workload."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.1)
    parser.add_argument("--kernel-only", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name in options.names:
        work = WORKLOADS[name]
        loops = {"alone": kernel(work), "with torch's Adam": kernel(work, "torch"), "with its own": kernel(work, "native")}
        if not options.kernel_only:
            loops["plain"] = plain(work)
        found: dict[str, list[float]] = {key: [] for key in loops}
        for step in loops.values():
            rate(step, 0.05)
        for _ in range(options.rounds):
            for key, step in loops.items():
                found[key].append(rate(step, options.seconds))
        rates = {key: statistics.median(values) for key, values in found.items()}
        print(name, *(f"{key} {value:.1f}/s" for key, value in rates.items()), sep="  ")
        if "plain" in rates:
            pairs = {key: [a / b for a, b in zip(values, found["plain"], strict=True)] for key, values in found.items() if key != "plain"}
            print("  × plain:", *(f"{key} {statistics.median(values):.2f}" for key, values in pairs.items()), sep="  ")


if __name__ == "__main__":
    main()
