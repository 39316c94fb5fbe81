"""The network of an experiment: an `nn.Sequential` of a scaling, `Linear` layers and activations.

Initial weights: Glorot and Bengio 2010 ("Xavier", normal); biases zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from core.experiment import Experiment


class Scale(nn.Module):
    """Maps the box [low, high] to [−1, 1] in each coordinate, so that every input has the size Xavier's argument assumes."""

    def __init__(self, low: Sequence[float], high: Sequence[float], dtype: torch.dtype) -> None:
        super().__init__()
        below, above = torch.tensor(low, dtype=torch.float64), torch.tensor(high, dtype=torch.float64)
        self.register_buffer("factor", (2 / (above - below)).to(dtype))  # (d,)
        self.register_buffer("shift", (-(above + below) / (above - below)).to(dtype))  # (d,)

    factor: Tensor
    shift: Tensor

    def forward(self, points: Tensor) -> Tensor:
        """(n, d) → (n, d)."""
        return torch.addcmul(self.shift, points, self.factor)


class Sine(nn.Module):
    """sin, element by element."""

    def forward(self, values: Tensor) -> Tensor:
        """(n, width) → (n, width)."""
        return torch.sin(values)


ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "tanh": nn.Tanh,
    "sin": Sine,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "sigmoid": nn.Sigmoid,
    "relu": nn.ReLU,
}

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def build(experiment: Experiment, device: torch.device) -> nn.Sequential:
    """The untrained network (n, coordinates) → (n, unknowns), on `device`.

    The weights are drawn on the CPU from the experiment's seed alone: the same on every device, and without touching the global generator.
    """
    problem, dtype = experiment.bound, DTYPES[experiment.precision]
    generator = torch.Generator().manual_seed(experiment.seed)
    sizes = [len(problem.coordinates), *[experiment.width] * experiment.depth, len(problem.unknowns)]
    layers: list[nn.Module] = [Scale(problem.low, problem.high, dtype)]
    for fan_in, fan_out in pairwise(sizes):
        layers += [_linear(fan_in, fan_out, dtype, generator), ACTIVATIONS[experiment.activation]()]
    return nn.Sequential(*layers[:-1]).to(device)  # no activation after the last layer


def _linear(fan_in: int, fan_out: int, dtype: torch.dtype, generator: torch.Generator) -> nn.Linear:
    layer: nn.Linear = nn.utils.skip_init(nn.Linear, fan_in, fan_out, dtype=dtype)  # draws nothing from the global generator
    nn.init.xavier_normal_(layer.weight, generator=generator)
    nn.init.zeros_(layer.bias)
    return layer
