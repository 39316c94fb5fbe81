"""Levenberg–Marquardt: K. Levenberg 1944; D. W. Marquardt 1963, "An algorithm for least-squares estimation of nonlinear parameters".

A step δ minimises |R + J δ|² + λ |δ/s|², where R are the residuals, J is their Jacobian and s are the scales of the weights. It is found
from JᵀJ or, where there are fewer residuals than weights, from JJᵀ: (JᵀJ + λI)⁻¹ Jᵀ = Jᵀ (JJᵀ + λI)⁻¹.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.engines.objective import Objective
from core.experiment.experiment import Experiment
from core.network.parameters import Vector

FIRST, SMALLEST, LARGEST = 1e-3, 1e-18, 1e10
"""The damping λ at the start and its bounds; the scales make 1 the largest entry of the diagonal of JᵀJ."""
TRIES = 10
"""Steps of more and more damping that `gain_ratio` tries before it leaves the weights as they are."""
ROUNDING = 8
"""Units in the last place by which a loss must fall: less is rounding."""
FLOOR = 1e-3
"""What `_marquardt` adds to the length of each column of J, over that of the longest."""
LESS, MORE, GAIN = (0.3, 0.1, 0.01), (3.0, 10.0, 100.0), 0.15
"""The dampings that `probed` tries, over the last one, and the gain that it seeks."""


# Scales.


def _identity(sizes: Tensor) -> Tensor:
    """A scaling that is one for all weights."""
    return sizes.max().expand_as(sizes)


def _marquardt(sizes: Tensor) -> Tensor:
    """A scaling for each weight, so that steps do not depend on its units; none is so long that a neuron saturates."""
    return sizes + FLOOR * sizes.max()


SCALINGS: dict[str, Callable[[Tensor], Tensor]] = {"identity": _identity, "marquardt": _marquardt}
"""A function for each scaling: it takes the lengths of J's columns, (parameters,), and gives what to divide these by."""


# Damping.


@dataclass(frozen=True)
class Attempt:
    """A step (parameters,) with one damping, and its gain: how much the loss falls, over how much it would if R were linear.

    The gain is −∞ where there is no such step.
    """

    damping: float
    step: Tensor | None
    gain: float


@dataclass(frozen=True)
class Choice:
    """The attempt that is taken, if any, and the damping to begin with next time and how it grows."""

    attempt: Attempt | None
    damping: float
    growth: float


def gain_ratio(attempt: Callable[[float], Attempt], damping: float, growth: float) -> Choice:
    """H. B. Nielsen 1999, "Damping parameter in Marquardt's method": the first step that lowers the loss; less damping the better it was.

    As in Madsen, Nielsen and Tingleff 2004, "Methods for non-linear least squares problems", algorithm 3.16.
    """
    for _ in range(TRIES):
        tried = attempt(damping)
        if tried.gain > 0:
            return Choice(tried, damping * max(1 / 3, 1 - (2 * tried.gain - 1) ** 3), 2.0)
        damping, growth = damping * growth, 2 * growth
        if damping > LARGEST:
            break
    return Choice(None, damping, growth)


def probed(attempt: Callable[[float], Attempt], damping: float, growth: float) -> Choice:
    """Choose, among the last damping, some less and some more, the one whose gain is nearest to `GAIN`.

    A small gain is that of a step as long as the model just bears. Gains are told apart to a tenth, and of equals the least damping is
    taken: near a minimum all are one. The search ends with the first damping that is worse than the one before.
    """
    best = attempt(damping)
    less = best.gain > GAIN
    for factor in LESS if less else MORE:
        tried = attempt(damping * factor)
        if _distance(tried) > _distance(best) or (not less and math.isfinite(_distance(best)) and _distance(tried) == _distance(best)):
            break
        best = tried
    return Choice(best, best.damping, growth) if best.gain > 0 else Choice(None, damping * MORE[-1] ** 2, growth)


def _distance(tried: Attempt) -> float:
    """The distance from the gain that `probed` seeks; infinite where the step is of no use."""
    return abs(round(min(tried.gain, 1.0), 1) - GAIN) if tried.gain > 0 else math.inf


DAMPINGS: dict[str, Callable[[Callable[[float], Attempt], float, float], Choice]] = {"gain-ratio": gain_ratio, "probed": probed}


# The method.


class Model:
    """|R + J δ|² as a function of δ."""

    def __init__(self, residuals: Tensor, rows: Tensor, scaling: str) -> None:
        self._residuals, self._rows, self._dual = residuals, rows, len(rows) < rows.shape[1]
        squares = rows.square().sum(0) if self._dual else _square(rows)
        sizes = SCALINGS[scaling]((squares if self._dual else squares.diagonal()).sqrt())
        self._scales = 1 / torch.where(sizes > 0, sizes, 1)  # (parameters,), the s of above
        if self._dual:
            self._rows = rows * self._scales
            self._gram = _square(self._rows.T)  # (rows, rows)
        else:
            self._gram = squares.mul_(self._scales).mul_(self._scales[:, None])  # (parameters, parameters)
        self._slope = (residuals @ rows) * self._scales  # (parameters,)

    def step(self, damping: float) -> tuple[Tensor, float] | None:
        """The step, (parameters,), and by how much it should lower |R|²; None where the equations cannot be solved."""
        damped = self._gram.clone()
        damped.diagonal().add_(damping)
        factor, failed = torch.linalg.cholesky_ex(damped)
        if failed.item():
            return None
        right = self._residuals if self._dual else self._slope
        solution = torch.cholesky_solve(right[:, None], factor)[:, 0]
        step = -(solution @ self._rows if self._dual else solution)
        return self._scales * step, torch.dot(step, damping * step - self._slope).item()


class LevenbergMarquardt:
    """Steps that never raise the loss; `stalled` says that the last one found no way down, however short."""

    damping, scaling = "probed", "marquardt"

    def __init__(self, network: nn.Module, experiment: Experiment) -> None:
        self._vector = Vector.of(network)
        self._damping, self._growth = FIRST, 2.0
        self.stalled = False

    def step(self, objective: Objective, learning_rate: float) -> Tensor:
        """One update, or none where no step lowers the loss; the learning rate has no say. Returns the terms before it."""
        residuals, rows, terms = objective.jacobian()
        model = Model(_precise(residuals), _precise(rows), self.scaling)
        start = self._vector.read()
        before = objective.value().item()  # not |R|², which is rounded in another order
        least = ROUNDING * torch.finfo(residuals.dtype).eps * before

        def attempt(damping: float) -> Attempt:
            found = model.step(damping)
            if found is None:
                return Attempt(damping, None, -math.inf)
            step, predicted = found
            self._vector.write(start + step.to(start))
            fallen = before - objective.value().item()
            return Attempt(damping, step, fallen / predicted if predicted > 0 and fallen > least else -math.inf)

        choice = DAMPINGS[self.damping](attempt, self._damping, self._growth)
        self._vector.write(start if choice.attempt is None or choice.attempt.step is None else start + choice.attempt.step.to(start))
        self.stalled = choice.attempt is None and choice.damping >= LARGEST
        self._damping = min(max(choice.damping, SMALLEST), LARGEST)
        self._growth = 2.0 if self.stalled else choice.growth
        return terms

    def state(self) -> dict[str, Tensor]:
        """The damping, how it grows, and whether it has stalled."""
        return {"rule": torch.tensor([self._damping, self._growth, float(self.stalled)], dtype=torch.float64)}

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave."""
        if state:
            self._damping, self._growth, stalled = state["rule"].tolist()
            self.stalled = bool(stalled)

    def take_over(self, state: dict[str, Tensor]) -> None:
        """Begin with the damping of another run."""
        self.load(state)
        self.stalled = False


class GainRatio(LevenbergMarquardt):
    """The classic rule: surer than `probed` where there are shocks, slower elsewhere."""

    damping = "gain-ratio"


def _precise(values: Tensor) -> Tensor:
    """The values in float64, as JᵀJ squares the condition; on the CPU where the device has none."""
    return values.to(device="cpu" if values.device.type == "mps" else values.device, dtype=torch.float64)


def _square(columns: Tensor) -> Tensor:
    """AᵀA of A, (m, n) → (n, n); on the CPU by NumPy, which computes one half of it and copies the other."""
    if columns.device.type != "cpu":
        return columns.T @ columns
    array, square = columns.numpy(), columns.new_empty(columns.shape[1], columns.shape[1])
    np.matmul(array.T, array, out=square.numpy())
    return square
