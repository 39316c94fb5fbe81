"""What a run looks like: the network, its reference, error and residual on grids, and its distance from the reference."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core import grids, references
from core.errors import TangenteError
from core.experiment import Experiment, terms
from core.frames import pack
from core.losses import Losses
from core.training import Snapshot

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Resolution:
    """Points an axis for the solution and for the residual, by the number of coordinates."""

    solution: Mapping[int, int]
    residual: Mapping[int, int]


LIVE = Resolution(grids.LIVE, grids.RESIDUAL)
"""Coarse, so that a frame costs less than a training step."""
FULL = Resolution(grids.FULL, {**grids.FULL, 3: grids.LIVE[3]})
"""For what is kept, and for the figures that are quoted."""

LOSS_POINTS = 400
WEIGHTS = 16


class Grid:
    """A regular grid over the box of an experiment's coordinates, with the reference on it."""

    def __init__(self, experiment: Experiment, count: int, *, reference: bool) -> None:
        problem = experiment.bound
        self.axes = {c.name: np.linspace(c.low, c.high, count) for c in problem.coordinates}
        self.shape = tuple(len(axis) for axis in self.axes.values())
        self.points = grids.points(tuple(self.axes.values()))  # (n, d)
        self.reference = _reference(experiment, count) if reference else None  # (n, unknowns) or None


@dataclass(frozen=True)
class Scores:
    """Each unknown's distance from the reference: ‖u − v‖₂/‖v‖₂ and max |u − v| over the full grid; None without a reference."""

    relative_l2: dict[str, float | None]
    max_error: dict[str, float | None]


class Display:
    """Draws the frames of one experiment's training and scores it. Grids and references are made once, when first needed."""

    def __init__(self, experiment: Experiment, losses: Losses) -> None:
        self.experiment, self._losses = experiment, losses
        self._unknowns = experiment.bound.unknowns
        self._terms = terms(experiment.problem)
        self._grids: dict[tuple[int, bool], Grid] = {}

    def scores(self, snapshot: Snapshot) -> Scores:
        """The scores on the full grid."""
        grid = self._grid(FULL.solution, reference=True)
        return self._scores(grid, self._solution(snapshot.network, grid))

    def frame(self, snapshot: Snapshot, history: NDArray[Any], extra: Mapping[str, Any], *, full: bool = False) -> bytes:
        """The packed frame of one moment; `history` holds the loss terms of all steps so far, (steps, terms); `extra` joins the header."""
        resolution = FULL if full else LIVE
        grid = self._grid(resolution.solution, reference=True)
        solution = self._solution(snapshot.network, grid)
        scores = self._scores(grid, solution)
        last = [float(value) for value in history[-1]] if len(history) else []
        header = {
            "step": snapshot.step,
            "steps": self.experiment.steps,
            "seconds": snapshot.seconds,
            "loss": float(np.dot(self._weights, last)) if last else None,
            "losses": dict(zip(self._terms, last, strict=False)),
            "relative_l2": scores.relative_l2,
            "max_error": scores.max_error,
            "grid": dict(zip(grid.axes, grid.shape, strict=True)),
            "device": self.experiment.device,
            **extra,
        }
        arrays = {
            **{f"axis.{name}": axis for name, axis in grid.axes.items()},
            **self._solution_arrays(grid, solution),
            **self._residual_arrays(snapshot.network, resolution),
            **self._loss_arrays(history),
            **_weight_arrays(snapshot.network),
        }
        return pack(header, arrays)

    def _grid(self, counts: Mapping[int, int], *, reference: bool) -> Grid:
        count = counts[len(self.experiment.bound.coordinates)]
        if (count, reference) not in self._grids:
            self._grids[count, reference] = Grid(self.experiment, count, reference=reference)
        return self._grids[count, reference]

    @property
    def _weights(self) -> list[float]:
        return [weight for _, weight in self.experiment.weights]

    @torch.no_grad()
    def _solution(self, network: nn.Module, grid: Grid) -> Array:
        columns = self._losses.columns(grid.points)
        values: Array = network(torch.cat(list(columns.values()), dim=1)).cpu().double().numpy()  # (n, unknowns)
        return values

    def _scores(self, grid: Grid, solution: Array) -> Scores:
        if grid.reference is None:
            nothing: dict[str, float | None] = dict.fromkeys(self._unknowns)
            return Scores(nothing, dict(nothing))
        errors = solution - grid.reference
        sizes = np.linalg.norm(grid.reference, axis=0)
        distances = np.linalg.norm(errors, axis=0)
        relative = [float(distance / size) if size else math.inf for distance, size in zip(distances, sizes, strict=True)]
        largest = [float(value) for value in np.abs(errors).max(axis=0)]
        return Scores(dict(zip(self._unknowns, relative, strict=True)), dict(zip(self._unknowns, largest, strict=True)))

    def _solution_arrays(self, grid: Grid, solution: Array) -> dict[str, Array]:
        arrays = {}
        for index, unknown in enumerate(self._unknowns):
            arrays[f"solution.{unknown}"] = solution[:, index].reshape(grid.shape)
            if grid.reference is not None:
                arrays[f"reference.{unknown}"] = grid.reference[:, index].reshape(grid.shape)
                arrays[f"error.{unknown}"] = np.abs(solution[:, index] - grid.reference[:, index]).reshape(grid.shape)
        return arrays

    def _residual_arrays(self, network: nn.Module, resolution: Resolution) -> dict[str, Array]:
        grid = self._grid(resolution.residual, reference=False)
        residuals = self._losses.residuals(network, self._losses.columns(grid.points))
        arrays = {f"residual-axis.{name}": axis for name, axis in grid.axes.items()}
        for number, residual in enumerate(residuals, start=1):
            arrays[f"residual.{number}"] = residual.detach().cpu().double().numpy().reshape(grid.shape)
        return arrays

    def _loss_arrays(self, history: NDArray[Any]) -> dict[str, Array]:
        if not len(history):
            return {}
        rows = np.unique(np.geomspace(1, len(history), min(len(history), LOSS_POINTS)).round().astype(int)) - 1
        kept = history[rows].astype(np.float64)  # (k, terms)
        arrays = {"loss.steps": rows + 1.0, "loss.total": kept @ np.array(self._weights)}
        return arrays | {f"loss.{term}": kept[:, index] for index, term in enumerate(self._terms)}


def _reference(experiment: Experiment, count: int) -> Array | None:
    """The reference (n, unknowns), or None where the problem has none or it cannot be computed: the picture does without."""
    try:
        values = references.solve(experiment.bound, experiment.problem.reference).values
    except TangenteError:
        return None
    every = (values.shape[0] - 1) // (count - 1)
    return values[(slice(None, None, every),) * (values.ndim - 1)].reshape(-1, values.shape[-1])


def _weight_arrays(network: nn.Sequential) -> dict[str, Array]:
    """Each layer's weights, thinned to at most 16 × 16, evenly: `weights.0` is the layer nearest the input."""
    linears = [layer for layer in network if isinstance(layer, nn.Linear)]
    arrays = {}
    for index, layer in enumerate(linears):
        weight = layer.weight.detach().cpu().double().numpy()  # (out, in)
        arrays[f"weights.{index}"] = weight[np.ix_(*[thinned(size) for size in weight.shape])]
    return arrays


def thinned(size: int) -> NDArray[np.int64]:
    """At most 16 of `size` neurons, evenly spread, the first and the last among them."""
    return np.unique(np.linspace(0, size - 1, min(size, WEIGHTS)).round().astype(np.int64))
