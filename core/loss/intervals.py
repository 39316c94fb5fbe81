"""Intervals of the constants that a run has found: how far noise in the data moves them.

Near its minimum the loss is |R + J δ|², where R are the weighted residuals of equations, conditions and data, and J is their Jacobian by
all that is learned, the weights of the network included (Laplace's approximation, with the matrix of Gauss and Newton). Noise ε in the
data moves the minimum by δ = (JᵀJ)⁻¹ J_dᵀ A ε, where J_d are the rows of the data and A their factors. So the covariance of what is found
is that of A. C. Davison, "Statistical Models" (2003), section 4.6: (JᵀJ)⁻¹ J_dᵀ A Σ A J_d (JᵀJ)⁻¹. The equations count as weights, not as
measurements: they bring no noise of their own. Σ is diagonal; each unknown's variance is that of what is left of its data, where every
degree of freedom that the network spends on them is taken off.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import t as student
from torch import nn

from core.experiment.experiment import Experiment
from core.loss.jacobian import jacobian
from core.loss.losses import Losses
from core.network import constants
from core.ranges import NO_CURRICULUM

Array = NDArray[np.float64]

LEVEL = 0.95
MOST_POINTS, MOST_WEIGHTS = 1000, 3000
"""Collocation points that are looked at, and weights of a network of which intervals are computed, at most: it takes seconds."""
SMALLEST = 1e-9
"""The singular values, relative to the largest, below which a direction is free."""
FREE = 0.01
"""How much of a constant may lie in free directions before the data are said not to determine it."""
VAGUE = 1.0
"""The half width of an interval, relative to the constant, from which on the data are said not to determine it."""


@dataclass(frozen=True)
class Found:
    """A constant as a run has found it, with its 95 % interval, None where there is none; `determined`: the data tell its value."""

    value: float
    low: float | None = None
    high: float | None = None
    determined: bool = True

    def plain(self) -> dict[str, float | bool | None]:
        """The constant as JSON holds it."""
        return dict(vars(self))


def bare(experiment: Experiment, network: nn.Sequential) -> dict[str, Found]:
    """Each constant of a network, by name, without an interval."""
    return {name: Found(value) for name, value in constants.values(network, experiment.asked.estimates).items()}


def found(experiment: Experiment, network: nn.Sequential) -> dict[str, Found]:
    """Each constant of a network that has been trained, by name; empty where none is to be found."""
    values = constants.values(network, experiment.asked.estimates)
    if not values:
        return {}
    spread = None if experiment.parameters > MOST_WEIGHTS else _deviations(experiment, network)
    if spread is None:
        return bare(experiment, network)
    deviations, freedom = spread
    factor = float(student.ppf((1 + LEVEL) / 2, freedom)) if freedom > 0 else np.inf
    return {name: _found(value, factor * deviations[name]) for name, value in values.items()}


def _found(value: float, half: float) -> Found:
    if not np.isfinite(half):
        return Found(value, None, None, determined=False)
    return Found(value, value - half, value + half, determined=half < VAGUE * abs(value))


def _deviations(experiment: Experiment, network: nn.Sequential) -> tuple[Mapping[str, float], float] | None:
    """The standard deviation of each constant, infinite where the data leave it free, and the data's degrees of freedom."""
    losses, precise = _losses(experiment), deepcopy(network).to("cpu", torch.float64)
    data, estimates = losses.asked.data, experiment.asked.estimates
    if data is None:
        return None
    residuals, rows, _ = (item.detach().numpy() for item in jacobian(losses, precise, losses.draws.at_step(0)))
    learned = constants.free(precise, len(estimates))
    assert learned is not None
    places = constants.places(precise, len(estimates))
    count, columns = data.values.shape
    factor = float(np.sqrt(losses.weights[-1].item() / data.values.numel()))  # of a row of data
    wide = _Wide(rows * learned.numpy(), count * columns)
    if factor == 0.0:
        return dict.fromkeys((item.name for item in estimates), np.inf), 0.0
    misfits = residuals[-count * columns :].reshape(columns, count) / factor
    freedom = count - wide.spent / columns  # of each unknown that is measured
    if freedom <= 0:
        return dict.fromkeys((item.name for item in estimates), np.inf), 0.0
    noise = np.sqrt((misfits**2).sum(axis=1) / freedom).repeat(count)  # (columns × count)
    moved = {item.name: item.scale * factor * wide.moved(place) for item, place in zip(estimates, places, strict=True)}
    return {name: float(np.linalg.norm(by * noise)) for name, by in moved.items()}, columns * freedom


def _losses(experiment: Experiment) -> Losses:
    """The loss that is asked for in the end, in float64, at few points that stay."""
    asked = replace(experiment, points=min(experiment.points, MOST_POINTS), precision="float64", device="cpu", engine="jets")
    return Losses(replace(asked, curriculum=NO_CURRICULUM, windows=1, resampling="fixed"), torch.device("cpu"))


class _Wide:
    """J, (rows, parameters), of which the last `data` rows are those of the data, by its singular value decomposition."""

    def __init__(self, rows: Array, data: int) -> None:
        _, sizes, self._right = np.linalg.svd(rows, full_matrices=False)
        kept = sizes > SMALLEST * sizes[0]
        self._sizes, self._right = sizes[kept], self._right[kept]  # (k,), (k, parameters)
        self._data = rows[-data:] @ self._right.T / self._sizes  # (data, k): J_d V S⁻¹

    @property
    def spent(self) -> float:
        """The degrees of freedom that are spent on the data: the trace of J_d (JᵀJ)⁻¹ J_dᵀ."""
        return float(np.sum(self._data**2))

    def moved(self, place: int) -> Array:
        """How each row of the data moves the parameter number `place`, (data,): J_d (JᵀJ)⁻¹ e; infinite where it is free."""
        parts = self._right[:, place]
        if 1 - float(parts @ parts) > FREE:
            return np.full(len(self._data), np.inf)
        moved: Array = self._data @ (parts / self._sizes)
        return moved
