"""One training on one device with wider and wider networks, told as JSON lines: where a GPU begins to win.

    python -m core.why_pytorch.frameworks.scaling DEVICE [--widths 16 32 …] [--seconds 1]

The events: `rate`, for each width: `device`, `width`, the `parameters` of the network, and `steps_per_second`; on CUDA
a second one with `graph` true, for the step recorded once as a CUDA graph and played back, which spares the processor the launches.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from core.errands.telling import end_with_parent, tell
from core.running import process

WIDTHS = (16, 32, 64, 128, 256, 512, 1024)
DEPTH, POINTS = 4, 2000
STRETCHES = 5
WARM = 3
"""Steps that are not timed."""


class Training:
    """Burgers' equation on a network of a width, on a device, with first and second derivatives by autograd in the loss."""

    def __init__(self, device: str, width: int) -> None:
        torch.manual_seed(0)
        sizes = [2, *[width] * DEPTH, 1]
        layers = [part for inputs, outputs in pairwise(sizes) for part in (nn.Linear(inputs, outputs), nn.Tanh())]
        self.network = nn.Sequential(*layers[:-1]).to(device)
        self.points = torch.rand(POINTS, 2, device=device).mul_(2).sub_(1).requires_grad_()
        capturable = device == "cuda"  # its counter of steps stays on the device, as a graph needs it
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=1e-3, capturable=capturable)
        self.mse = nn.MSELoss()

    @property
    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.network.parameters())

    def step(self) -> Tensor:
        """One step of Adam; the loss, a tensor that is not waited for."""
        self.optimiser.zero_grad(set_to_none=False)
        u = self.network(self.points)
        (first,) = torch.autograd.grad(u.sum(), self.points, create_graph=True)
        (second,) = torch.autograd.grad(first[:, 0].sum(), self.points, create_graph=True)
        residual = first[:, 1:] + u * first[:, :1] - 0.01 * second[:, :1]
        loss: Tensor = self.mse(residual, torch.zeros_like(residual))
        loss.backward()
        self.optimiser.step()
        return loss

    def recorded(self) -> Callable[[], object]:
        """The step as a CUDA graph, after steps on a stream of their own, as capturing asks for."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _step in range(WARM):
                self.step()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.step()
        return graph.replay


def rate(step: Callable[[], object], device: str, seconds: float) -> float:
    """Steps a second, the median of stretches that together take about `seconds`; of one step where that takes longer by itself."""
    for _step in range(WARM):
        step()
        wait(device)
        begun = time.perf_counter()
        step()
        wait(device)
        once = time.perf_counter() - begun
        if once > seconds:
            return 1 / once
    steps = max(1, int(seconds / STRETCHES / once))
    rates = []
    for _stretch in range(STRETCHES):
        begun = time.perf_counter()
        for _step in range(steps):
            step()
        wait(device)
        rates.append(steps / (time.perf_counter() - begun))
    return statistics.median(rates)


def wait(device: str) -> None:
    """Wait until the device has done what it was given."""
    if device == "cuda":
        torch.cuda.synchronize()
    elif device == "mps":
        torch.mps.synchronize()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.why_pytorch.frameworks.scaling")
    parser.add_argument("device", choices=("cpu", "cuda", "mps"))
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each width")
    given = parser.parse_args()
    end_with_parent()
    process.prepare()
    for width in given.widths:
        training = Training(given.device, width)
        told = {"device": given.device, "width": width, "parameters": training.parameters}
        tell("rate", **told, graph=False, steps_per_second=rate(training.step, given.device, given.seconds))
        if given.device == "cuda":
            again = Training(given.device, width)
            tell("rate", **told, graph=True, steps_per_second=rate(again.recorded(), given.device, given.seconds))


if __name__ == "__main__":
    main()
