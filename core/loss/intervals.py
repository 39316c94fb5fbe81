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
from torch import nn

from core.experiment.experiment import Experiment
from core.expressions import Derivative, compile, derivatives_in, partial
from core.expressions.torch_functions import TORCH
from core.loss.jacobian import jacobian
from core.loss.losses import Losses
from core.loss.sizes import rms, summed
from core.network import constants
from core.problem.bound import derivatives
from core.ranges import NO_CURRICULUM

Array = NDArray[np.float64]

LEVEL = 0.95
MOST_POINTS, MOST_WEIGHTS = 1000, 3000
"""Collocation points that are looked at, and weights of a network of which intervals are computed, at most: it takes seconds."""
HARD = 1e3
"""What the rows of equations and conditions are multiplied by where they are taken for constraints."""
SMALLEST = 1e-9
"""The singular values, relative to the largest, below which a direction is free."""
FREE = 0.01
"""How much of a constant may lie in free directions before the data are said not to determine it."""
WORTH = 1e-5
"""The singular values, relative to the largest, of the directions along which a run has to be at its minimum."""
UNDETERMINED, UNSETTLED, UNMET, ENTANGLED = "undetermined", "unsettled", "unmet", "entangled"
"""The doubts about a constant: it is not determined; training still moved it; the equations do not hold; another one is not determined, and
what that does to it no linearisation tells."""
LEFT = 0.3
"""The part of the loss, beside that of the data, from which on the equations are taken for unmet: the network bends them to the data."""
TINY = 1e-6
"""The part of the size of the data below which what is left of the equations is nothing."""
CANCELS = 0.05
"""The part of the size of what a constant multiplies, beside that of its summands, below which noise in them decides its value."""
VAGUE = 1.0
"""The half width of an interval, relative to the constant, from which on the data are said not to determine it."""


@dataclass(frozen=True)
class Found:
    """A constant as a run has found it, with its 95 % interval, None where there is none.

    `doubt` is what makes one doubt it, `UNDETERMINED`, `UNSETTLED`, `UNMET` or `ENTANGLED`, if anything does; then there is no interval.
    """

    value: float
    low: float | None = None
    high: float | None = None
    doubt: str | None = None

    def plain(self) -> dict[str, float | str | None]:
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
    losses, precise = _losses(experiment), deepcopy(network).to("cpu", torch.float64)
    spread = None if experiment.parameters > MOST_WEIGHTS else _spread(losses, precise)
    if spread is None:
        return bare(experiment, network)
    deviations, moves, freedom, met = spread
    if not met:
        return {name: Found(value, doubt=UNMET) for name, value in values.items()}
    factor = _quantile((1 + LEVEL) / 2, freedom) if freedom > 0 else np.inf
    felt = _felt(losses, precise)
    halves = {name: factor * deviations[name] if felt[name] else np.inf for name in values}
    told = {name: judged(value, halves[name], moves[name]) for name, value in values.items()}
    free = any(item.doubt == UNDETERMINED for item in told.values())
    return {name: Found(item.value, doubt=ENTANGLED) if free and item.doubt is None else item for name, item in told.items()}


def _quantile(part: float, freedom: float) -> float:
    """The quantile of Student's distribution with so many degrees of freedom."""
    from scipy.special import stdtrit  # a worker that begins has no need of it yet

    return float(stdtrit(freedom, part))


def judged(value: float, half: float, move: float) -> Found:
    """A constant with half the width of its interval, and the `move` to the minimum of the loss, as far as the Jacobian tells."""
    if not np.isfinite(half):
        return Found(value, doubt=UNDETERMINED)
    if abs(move) > half:
        return Found(value, doubt=UNSETTLED)
    return Found(value, value - half, value + half) if half < VAGUE * abs(value) else Found(value, doubt=UNDETERMINED)


def _spread(losses: Losses, network: nn.Sequential) -> tuple[Mapping[str, float], Mapping[str, float], float, bool] | None:
    """The standard deviation of each constant, infinite where the data leave it free, and its move to the minimum; the data's degrees of
    freedom, and whether the equations and conditions hold.
    """
    data, estimates = losses.asked.data, losses.problem.estimates
    if data is None:
        return None
    residuals, rows, _ = (item.detach().numpy() for item in jacobian(losses, network, losses.draws.at_step(0)))
    learned = constants.free(network, len(estimates))
    assert learned is not None
    places = constants.places(network, len(estimates))
    count, columns = data.all.values.shape
    factor = float(np.sqrt(losses.weights[-1].item() / data.all.values.numel()))  # of a row of data
    soft, hard = (Decomposed(rows * learned.numpy() * scale, count * columns) for scale in _scales(len(rows), count * columns))
    freedom = count - soft.spent / columns  # of each unknown that is measured
    if factor == 0.0 or freedom <= 0:
        return dict.fromkeys((item.name for item in estimates), np.inf), dict.fromkeys((item.name for item in estimates), 0.0), 0.0, True
    misfits = residuals[-count * columns :].reshape(columns, count) / factor
    noise = np.sqrt((misfits**2).sum(axis=1) / freedom).repeat(count)  # (columns × count)
    found = {}
    for item, place in zip(estimates, places, strict=True):
        deviations = [item.scale * factor * float(np.linalg.norm(rows.moved(place) * noise)) for rows in (soft, hard)]
        found[item.name] = max(deviations)
    steps = soft.step(residuals)
    moves = {item.name: item.scale * float(steps[place]) for item, place in zip(estimates, places, strict=True)}
    return found, moves, columns * freedom, _met(residuals, data.all.values.numpy(), factor)


def _met(residuals: Array, data: Array, factor: float) -> bool:
    """Whether equations and conditions hold, as far as noise in the data bends them; residuals are weighted, those of the data last."""
    asked, measured = (float(np.sum(part**2)) for part in (residuals[: -data.size], residuals[-data.size :]))
    return asked <= LEFT * measured or asked <= TINY * factor**2 * float(np.sum(data**2))


def _scales(rows: int, data: int) -> tuple[Array, Array]:
    """The factors of the rows of J, (rows, 1): as the loss weighs them, and with equations and conditions that nothing bends.

    Where a constant cancels out of the solution, a network that bends the equations to the noise still seems to know it.
    """
    hard = np.full((rows, 1), HARD)
    hard[-data:] = 1.0
    return np.ones((rows, 1)), hard


def _losses(experiment: Experiment) -> Losses:
    """The loss that is asked for in the end, in float64, at few points that stay."""
    asked = replace(experiment, points=min(experiment.points, MOST_POINTS), precision="float64", device="cpu", engine="jets")
    return Losses(replace(asked, curriculum=NO_CURRICULUM, windows=1, resampling="fixed", batch_size=0), torch.device("cpu"))


def _felt(losses: Losses, network: nn.Sequential) -> dict[str, bool]:
    """Whether the solution feels each constant: what it multiplies in some equation does not cancel out, or a condition holds it.

    Where it cancels, what is left is noise in the network's derivatives, which is not linear any more, and pulls the constant to zero.
    """
    leaves = losses.leaves(network, losses.draws.at_step(0).interior)
    found = {}
    for name in (item.name for item in losses.problem.estimates):
        slopes = [partial(tree, Derivative(name)) for tree in losses.problem.equations if Derivative(name) in derivatives_in(tree)]
        held = any(item.unknown == name for condition in losses.asked.conditions for item in derivatives(condition.residual))
        found[name] = held or any(rms(compile(slope, TORCH)(leaves)) > CANCELS * summed(slope, leaves) for slope in slopes)
    return found


class Decomposed:
    """J, (rows, parameters), of which the last `data` rows are those of the data, by its singular value decomposition.

    Each parameter is measured by the length of its column, so that units make no difference.
    """

    def __init__(self, rows: Array, data: int) -> None:
        lengths = np.linalg.norm(rows, axis=0)
        self._lengths = np.where(lengths > 0, lengths, 1.0)  # (parameters,)
        left, sizes, right = np.linalg.svd(rows / self._lengths, full_matrices=False)
        kept = sizes > SMALLEST * sizes[0]
        self._left, self._sizes, self._right = left[:, kept], sizes[kept], right[kept]  # (rows, k), (k,), (k, parameters)
        self._data = rows[-data:] / self._lengths @ self._right.T / self._sizes  # (data, k): J_d V S⁻¹

    @property
    def spent(self) -> float:
        """The degrees of freedom that are spent on the data: the trace of J_d (JᵀJ)⁻¹ J_dᵀ."""
        return float(np.sum(self._data**2))

    def step(self, residuals: Array) -> Array:
        """The step to the minimum of |R + J δ|², (parameters,), along the directions in which that is worth it.

        Far down the singular values are directions of the network that change next to nothing: what R has there is left alone.
        """
        worth = self._sizes > WORTH * self._sizes[0]
        step: Array = -self._right[worth].T @ (self._left[:, worth].T @ residuals / self._sizes[worth]) / self._lengths
        return step

    def moved(self, place: int) -> Array:
        """How each row of the data moves the parameter number `place`, (data,): J_d (JᵀJ)⁻¹ e; infinite where it is free."""
        parts = self._right[:, place]
        if 1 - float(parts @ parts) > FREE:
            return np.full(len(self._data), np.inf)
        moved: Array = self._data @ (parts / self._sizes) / self._lengths[place]
        return moved
