"""How often a residual and the solution cross their mean along lines through the domain: what is missing where one oscillates alone."""

from __future__ import annotations

from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.diagnosis.quantities import Waves
from core.loss.losses import Losses

ALONG = 401
"""Points on a line."""
PLACES = (0.25, 0.5, 0.75)
"""Where lines lie, in parts of the other coordinates' ranges."""
NOTICED = 0.1
"""The part of the largest distance from the mean below which a value is on neither side of it."""


def waves(losses: Losses, network: nn.Sequential) -> Waves:
    """The waves along the coordinate on which the residual crosses its mean most often."""
    names = losses.draws.coordinates
    return max((_along(losses, network, axis) for axis in range(len(names))), key=lambda found: found.residual)


def crossings(values: NDArray[np.float64]) -> int:
    """How often values, (n,), change between clearly above and clearly below their mean."""
    distance = values - values.mean()
    sides = np.sign(distance[np.abs(distance) > NOTICED * np.abs(distance).max()])
    return int(np.count_nonzero(np.diff(sides)))


def _along(losses: Losses, network: nn.Sequential, axis: int) -> Waves:
    problem = losses.problem
    low, high = np.array(problem.low), np.array(problem.high)
    residual, solution = 0, 0
    for places in product(PLACES, repeat=len(low) - 1):
        parts = np.insert(np.tile(np.array(places), (ALONG, 1)), axis, np.linspace(0, 1, ALONG), axis=1)  # (n, d)
        columns = losses.draws.columns(low + (high - low) * parts)
        residuals = [item.detach().cpu().double().numpy()[:, 0] for item in losses.residuals(network, columns)]  # (n,) each
        said = network(torch.cat(list(columns.values()), dim=1)).detach().cpu().double().numpy()  # (n, unknowns)
        residual = max([residual, *(crossings(column) for column in residuals)])
        solution = max(solution, *(crossings(column) for column in said.T))
    return Waves(losses.draws.coordinates[axis], residual, solution)
