"""The network of an experiment: an `nn.Sequential` of a scaling, `Linear` layers and activations; a trial function, with hard constraints.

Initial weights: Glorot and Bengio 2010 ("Xavier", normal), those of the first layer times `frequency` (as ω₀ of Sitzmann et al. 2020,
Implicit neural representations with periodic activation functions); biases zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from core import constraints
from core.experiment import Experiment
from core.expressions import Coordinate, Leaf, compile
from core.torch_functions import TORCH


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


class Periodic(nn.Module):
    """Replaces each scaled coordinate that is periodic by a cosine and a sine of one period, so that all derivatives are periodic too."""

    def __init__(self, periodic: Sequence[bool]) -> None:
        super().__init__()
        self._periodic = [axis for axis, repeats in enumerate(periodic) if repeats]
        self._others = [axis for axis, repeats in enumerate(periodic) if not repeats]
        self.features = 2 * len(self._periodic) + len(self._others)

    def forward(self, points: Tensor) -> Tensor:
        """(n, d), the period being [−1, 1] → (n, features)."""
        angles = math.pi * points[:, self._periodic]
        return torch.cat([points[:, self._others], torch.cos(angles), torch.sin(angles)], dim=1)


class Trial(nn.Sequential):
    """u = A + B·N (see `core/constraints.py`), N being what the layers give: the conditions hold whatever the weights are."""

    def __init__(self, trial: constraints.Trial, coordinates: Sequence[str], *layers: nn.Module) -> None:
        super().__init__(*layers)
        self._coordinates = tuple(coordinates)
        self._shifts = [compile(tree, TORCH) for tree in trial.shifts]
        self._factors = [compile(tree, TORCH) for tree in trial.factors]

    def forward(self, points: Tensor) -> Tensor:
        """(n, d) → (n, unknowns)."""
        shifts, factors = self.parts(dict(zip(self._coordinates, points.split(1, dim=1), strict=True)))
        trials = zip(shifts, factors, self.inside(points).split(1, dim=1), strict=True)
        return torch.cat([shift + factor * output for shift, factor, output in trials], dim=1)

    def inside(self, points: Tensor) -> Tensor:
        """N alone, (n, d) → (n, unknowns)."""
        for layer in self:
            points = layer(points)
        return points

    def parts(self, columns: Mapping[str, Tensor]) -> tuple[list[Tensor | float], list[Tensor | float]]:
        """A and B of each unknown, (n, 1) or a number, at `columns`, (n, 1) each."""
        leaves: dict[Leaf, Tensor] = {Coordinate(name): column for name, column in columns.items()}
        return [shift(leaves) for shift in self._shifts], [factor(leaves) for factor in self._factors]


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
    problem, dtype, trial = experiment.bound, DTYPES[experiment.precision], experiment.trial
    names = tuple(coordinate.name for coordinate in problem.coordinates)
    inputs: list[nn.Module] = [Scale(problem.low, problem.high, dtype)]
    features = len(names)
    if trial is not None and trial.periodic:
        periodic = Periodic([name in trial.periodic for name in names])
        inputs.append(periodic)
        features = periodic.features
    layers = [*inputs, *_perceptron(experiment, features, dtype)]
    network = nn.Sequential(*layers) if trial is None else Trial(trial, names, *layers)
    return network.to(device)


def _perceptron(experiment: Experiment, features: int, dtype: torch.dtype) -> list[nn.Module]:
    """Linear layers with activations between them, (n, features) → (n, unknowns)."""
    generator = torch.Generator().manual_seed(experiment.seed)
    sizes = [features, *[experiment.width] * experiment.depth, len(experiment.bound.unknowns)]
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(sizes):
        gain = 1.0 if layers else experiment.frequency
        layers += [_linear(fan_in, fan_out, dtype, generator, gain), ACTIVATIONS[experiment.activation]()]
    return layers[:-1]  # no activation after the last layer


def _linear(fan_in: int, fan_out: int, dtype: torch.dtype, generator: torch.Generator, gain: float) -> nn.Linear:
    layer: nn.Linear = nn.utils.skip_init(nn.Linear, fan_in, fan_out, dtype=dtype)  # draws nothing from the global generator
    nn.init.xavier_normal_(layer.weight, gain, generator=generator)
    nn.init.zeros_(layer.bias)
    return layer
