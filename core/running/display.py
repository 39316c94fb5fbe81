"""What a run looks like: the network, its reference, error and residual on grids, and its distance from the reference."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.domain import grids
from core.experiment.experiment import Experiment
from core.loss.losses import Losses
from core.network.architectures import weights
from core.references import Reference
from core.store import frames, moments
from core.store.classical import Answer
from core.store.losses import curve
from core.training.training import Snapshot

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Resolution:
    """Points an axis for the solution and for the residual, by the number of coordinates."""

    solution: Mapping[int, int]
    residual: Mapping[int, int]


LIVE = Resolution(grids.LIVE, grids.RESIDUAL)
"""Coarse, so that a frame costs less than a training step."""
FULL = Resolution(grids.FULL, {**grids.FULL, 3: grids.LIVE[3]})
"""The resolution of what is kept, and of the figures that are quoted."""

WEIGHTS = 16


class Grid:
    """A regular grid over the box of an experiment's coordinates."""

    def __init__(self, experiment: Experiment, counts: Mapping[int, int]) -> None:
        axes = grids.axes(experiment.bound.coordinates, counts)
        self.axes = {item.name: axis for item, axis in zip(experiment.bound.coordinates, axes, strict=True)}
        self.shape = tuple(map(len, axes))
        self.points = grids.points(axes)  # (n, d)

    def values(self, reference: Reference) -> Reference:
        """A reference on this grid, (n, unknowns): every point of `grids.FULL`, or every second."""
        first, *others = (self._thinned(solution) for solution in reference.solutions)
        return replace(reference, values=first, others=tuple(others))

    def _thinned(self, solution: Array) -> Array:
        every = (len(solution) - 1) // (self.shape[0] - 1)
        return solution[(slice(None, None, every),) * len(self.shape)].reshape(len(self.points), -1)


@dataclass(frozen=True)
class Compared:
    """A reference beside a network: the `number` of the solution that is nearest to it, from 1, and that on the network's grid."""

    reference: Reference
    number: int
    values: Array


@dataclass(frozen=True)
class Scores:
    """Each unknown's distance from the reference v: ‖u − v‖₂/‖v‖₂ and max |u − v| over a grid; None without a reference.

    Where the problem has several solutions, v is that which is nearest to u, all unknowns together.

    A network cannot be known to be better than the reference it is held against, so neither is smaller than the reference's own relative
    error ε, an estimate: ε for the first, ε max |v| for the second.
    """

    relative_l2: dict[str, float | None]
    max_error: dict[str, float | None]


@dataclass(frozen=True)
class Drawn:
    """What a moment and a frame are made of."""

    header: dict[str, Any]
    axes: dict[str, Array]
    fields: dict[str, Array]
    reference: dict[str, Array]


class Display:
    """Draws the frames of one experiment's training and scores it.

    `reference` tells the reference, or why there is none, or None while it is being computed: frames do without it until it is there.
    """

    def __init__(self, experiment: Experiment, losses: Losses, reference: Callable[[], Answer | None]) -> None:
        self.experiment, self._losses, self._reference = experiment, losses, reference
        self._unknowns = experiment.bound.unknowns
        self._terms = experiment.terms
        self._grids: dict[int, Grid] = {}

    def scores(self, snapshot: Snapshot) -> Scores:
        """The scores on the full grid."""
        grid = self._grid(FULL.solution)
        solution = self._solution(snapshot.network, grid)
        return self._scores(solution, compared(solution, grid, self._reference()))

    def frame(self, snapshot: Snapshot, history: NDArray[Any], extra: Mapping[str, Any], *, full: bool = False) -> bytes:
        """The packed frame of one moment; `history` holds the loss terms of all steps so far, (steps, terms); `extra` joins the header."""
        drawn = self._drawn(snapshot, history[-1] if len(history) else None, FULL if full else LIVE)
        return frames.pack({**drawn.header, **extra}, {**drawn.axes, **drawn.fields, **drawn.reference, **self._loss_arrays(history)})

    def moment(self, snapshot: Snapshot, losses: NDArray[Any] | None, extra: Mapping[str, Any], *, full: bool = False) -> bytes:
        """The packed moment; `losses` are the terms at its weights, (terms,), where they are known; `extra` joins the header."""
        drawn = self._drawn(snapshot, losses, FULL if full else LIVE)
        return moments.pack({**drawn.header, **extra}, drawn.fields)

    def _drawn(self, snapshot: Snapshot, losses: NDArray[Any] | None, resolution: Resolution) -> Drawn:
        grid, answer = self._grid(resolution.solution), self._reference()
        solution = self._solution(snapshot.network, grid)
        beside = compared(solution, grid, answer)
        scores = self._scores(solution, beside)
        last = [] if losses is None else [float(value) for value in losses]
        header = {
            "step": snapshot.step,
            "steps": self.experiment.steps,
            "seconds": snapshot.seconds,
            "loss": float(np.dot(self._weights, last)) if last else None,
            "losses": dict(zip(self._terms, last, strict=False)),
            "weights": {**dict(zip(self._terms, snapshot.objective.weights.terms.tolist(), strict=True)), "end": snapshot.objective.end},
            "relative_l2": scores.relative_l2,
            "max_error": scores.max_error,
            "reference": told(answer, beside.number if beside else None),
            "grid": dict(zip(grid.axes, grid.shape, strict=True)),
            "device": self.experiment.device,
            "engine": snapshot.engine,
        }
        shown = self._solution_arrays(solution, grid, beside)
        coarse = self._residual_arrays(snapshot.network, resolution)
        reference = {name: array for name, array in shown.items() if name.startswith("reference.")}
        fields = {**shown, **coarse, **_weight_arrays(snapshot.network)}
        residual_axes = {name: array for name, array in coarse.items() if name.startswith("residual-axis.")}
        axes = {**{f"axis.{name}": axis for name, axis in grid.axes.items()}, **residual_axes}
        return Drawn(header, axes, {name: array for name, array in fields.items() if name not in {**reference, **axes}}, reference)

    def _grid(self, counts: Mapping[int, int]) -> Grid:
        count = counts[len(self.experiment.bound.coordinates)]
        if count not in self._grids:
            self._grids[count] = Grid(self.experiment, counts)
        return self._grids[count]

    @property
    def _weights(self) -> list[float]:
        return [weight for _, weight in self.experiment.weights]

    @torch.no_grad()
    def _solution(self, network: nn.Module, grid: Grid) -> Array:
        columns = self._losses.draws.columns(grid.points)
        values: Array = network(torch.cat(list(columns.values()), dim=1)).cpu().double().numpy()  # (n, unknowns)
        return values

    def _scores(self, solution: Array, beside: Compared | None) -> Scores:
        if beside is None:
            nothing: dict[str, float | None] = dict.fromkeys(self._unknowns)
            return Scores(nothing, dict(nothing))
        relative: dict[str, float | None] = {}
        largest: dict[str, float | None] = {}
        error = beside.reference.error
        for unknown, u, v in zip(self._unknowns, solution.T, beside.values.T, strict=True):  # (n,) each
            size, distance = float(np.linalg.norm(v)), float(np.linalg.norm(u - v))
            relative[unknown] = max(distance / size, error) if size else math.inf
            largest[unknown] = max(float(np.abs(u - v).max()), error * float(np.abs(v).max()))
        return Scores(relative, largest)

    def _solution_arrays(self, solution: Array, grid: Grid, beside: Compared | None) -> dict[str, Array]:
        arrays = {f"solution.{name}": u.reshape(grid.shape) for name, u in zip(self._unknowns, solution.T, strict=True)}
        if beside is not None:
            for name, u, v in zip(self._unknowns, solution.T, beside.values.T, strict=True):  # (n,) each
                arrays[f"reference.{name}"] = v.reshape(grid.shape)
                arrays[f"error.{name}"] = np.abs(u - v).reshape(grid.shape)
        return arrays

    def _residual_arrays(self, network: nn.Sequential, resolution: Resolution) -> dict[str, Array]:
        grid = self._grid(resolution.residual)
        with self._losses.looking():
            residuals = self._losses.residuals(network, self._losses.draws.columns(grid.points))
        arrays = {f"residual-axis.{name}": axis for name, axis in grid.axes.items()}
        for number, residual in enumerate(residuals, start=1):
            arrays[f"residual.{number}"] = residual.detach().cpu().double().numpy().reshape(grid.shape)
        return arrays

    def _loss_arrays(self, history: NDArray[Any]) -> dict[str, Array]:
        return curve(history, self.experiment.weights)


def compared(solution: Array, grid: Grid, answer: Answer | None) -> Compared | None:
    """The reference beside a network's values, (n, unknowns); None where there is none."""
    if not isinstance(answer, Reference):
        return None
    reference = grid.values(answer)
    nearest = reference.nearest(solution)
    return Compared(answer, nearest + 1, reference.solutions[nearest])


def told(answer: Answer | None, nearest: int | None = None) -> dict[str, Any] | None:
    """What a frame's header, or a result, says of a reference; None while it is being computed.

    `nearest` is the number, from 1, of the solution that the network is held against.
    """
    if not isinstance(answer, Reference):
        return None if answer is None else answer.plain()
    said = {"method": answer.method, "error": answer.error, "seconds": answer.seconds, "evidence": asdict(answer.evidence)}
    return {**said, "solutions": len(answer.solutions), "nearest": nearest}


def _weight_arrays(network: nn.Sequential) -> dict[str, Array]:
    """Each layer's weights, thinned to at most 16 × 16, evenly: `weights.0` is the layer nearest the input."""
    arrays = {}
    for index, layer in enumerate(weights(network)):
        weight = layer.detach().cpu().double().numpy()  # (out, in)
        arrays[f"weights.{index}"] = weight[np.ix_(*[thinned(size) for size in weight.shape])]
    return arrays


def thinned(size: int) -> NDArray[np.int64]:
    """The numbers of at most 16 of `size` neurons, evenly spread, the first and the last among them."""
    return np.unique(np.linspace(0, size - 1, min(size, WEIGHTS)).round().astype(np.int64))
