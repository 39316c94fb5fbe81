"""The network of an experiment: an `nn.Sequential` of a scaling, affine layers and activations; a trial function, with hard constraints.

Initial weights: Glorot and Bengio 2010 ("Xavier", normal), those of the first layer times `frequency` (as ω₀ of Sitzmann et al. 2020,
Implicit neural representations with periodic activation functions) unless it is that of random features; biases zero.
"""

from __future__ import annotations

import torch
from torch import nn

from core.experiment.experiment import Experiment
from core.network import constants
from core.network.activations import ACTIVATIONS, SLOPES
from core.network.architectures import ARCHITECTURES, last
from core.network.inputs import Bend, Cusps, Fourier, Periodic, Scale
from core.network.layers import FACTORISATIONS, Affine, linear
from core.network.trial import TrialNetwork

DTYPES = {"float32": torch.float32, "float64": torch.float64}

_WEIGHTS, _FEATURES, _SCALES = range(3)
"""What is drawn, each from a generator of its own: so one choice does not change what another draws."""


def build(experiment: Experiment, device: torch.device) -> nn.Sequential:
    """The untrained network (n, coordinates) → (n, unknowns), on `device`.

    The weights are drawn on the CPU from the experiment's seed alone: the same on every device, and without touching the global generator.
    """
    trial = experiment.trial
    names = [coordinate.name for coordinate in experiment.bound.coordinates]
    sizes = [len(experiment.inputs), *[experiment.width] * experiment.depth, len(experiment.asked.outputs)]
    inputs = _inputs(experiment, names)
    layers = [*inputs, *ARCHITECTURES[experiment.architecture](_Parts(experiment, inputs), sizes)]
    network = nn.Sequential(*layers) if trial is None else TrialNetwork(trial, names, *layers)
    constants.start(network, experiment.asked.estimates)
    _fit(network, experiment)
    return network.to(device)


def _fit(network: nn.Sequential, experiment: Experiment) -> None:
    """Have a network that follows data, alone or to find constants, begin with outputs as large as these are, and around their mean.

    Temperatures of 60 to 80 degrees are then as near as numbers around zero.
    """
    alone = not experiment.problem.equations
    found = experiment.measured if (alone or experiment.asked.estimates) and experiment.trial is None else None
    if found is None:
        return
    layer, values = last(network), found.values[~found.held]
    with torch.no_grad():
        for unknown, mean, deviation in zip(found.unknowns, values.mean(axis=0), values.std(axis=0), strict=True):
            row = experiment.bound.unknowns.index(unknown)
            constants.matrix(layer)[row] *= float(deviation) or 1.0
            layer.bias[row] = float(mean)


def _inputs(experiment: Experiment, names: list[str]) -> list[nn.Module]:
    """The layers that lead from the coordinates, (n, d), to `experiment.inputs`, (n, features)."""
    problem, dtype = experiment.bound, DTYPES[experiment.precision]
    periodic = [name in experiment.periodic for name in names]
    bends = _bends(experiment)
    halves = tuple(1.0 if bend.jumps else (problem.high[bend.axis] - problem.low[bend.axis]) / 2 for bend in bends)
    layers: list[nn.Module] = [Cusps(bends, dtype)] if bends else []
    layers.append(Scale((*problem.low, *(-half for half in halves)), (*problem.high, *halves), dtype))  # slopes as those of coordinates
    if any(periodic):
        layers.append(Periodic([*periodic, *(False for _ in bends)]))
    if experiment.features and not all(periodic):
        random = _generator(experiment.seed, _FEATURES)
        layers.append(Fourier(periodic.count(False), experiment.features, experiment.frequency, dtype, random))
    return layers


def _bends(experiment: Experiment) -> list[Bend]:
    """A function that bends, or jumps, at each of the problem's cusps."""
    axes = {item.name: (axis, item.high - item.low) for axis, item in enumerate(experiment.bound.coordinates)}
    found = []
    for cusp in experiment.cusps:
        axis, period = axes[cusp.coordinate]
        found.append(Bend(axis, cusp.place, cusp.jumps, period if cusp.coordinate in experiment.periodic else None))
    return found


class _Parts:
    """The layers and activations that an experiment asks for."""

    def __init__(self, experiment: Experiment, inputs: list[nn.Module]) -> None:
        self._experiment, self._dtype = experiment, DTYPES[experiment.precision]
        random = any(isinstance(layer, Fourier) for layer in inputs)
        self._gain = 1.0 if random else experiment.frequency
        self._weights, self._scales = (_generator(experiment.seed, purpose) for purpose in (_WEIGHTS, _SCALES))

    def layer(self, fan_in: int, fan_out: int, *, first: bool = False) -> Affine:
        gain = self._gain if first else 1.0
        drawn = linear(fan_in, fan_out, self._dtype, self._weights, gain)
        return FACTORISATIONS[self._experiment.factorisation](drawn, self._scales)

    def activation(self) -> nn.Module:
        return SLOPES[self._experiment.slopes](ACTIVATIONS[self._experiment.activation](), self._dtype)


def _generator(seed: int, purpose: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed + (purpose << 31))  # seeds have 31 bits
