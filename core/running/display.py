"""What a run looks like: the network, its reference, error and residual on grids, and its distance from the reference."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.domain import grids
from core.experiment.experiment import Experiment
from core.expressions import Derivative
from core.loss.losses import Losses
from core.loss.weights import Weights
from core.network import constants
from core.network.architectures import weights
from core.references import Reference
from core.store.classical import Answer
from core.store.frames import pack
from core.store.losses import curve
from core.store.moments import VALIDATION
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
GLANCED = 256
"""Points of a glance."""


MOMENT = Resolution({**grids.LIVE, 1: grids.FULL[1]}, grids.RESIDUAL)
"""The resolution of a film, but for its last moment: lines cost next to nothing."""


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
class State:
    """The state that a moment is drawn from; `weights` are those of the loss's terms, and `end` is the causal weight of the end of time."""

    step: int
    seconds: float
    network: nn.Sequential
    weights: Weights
    end: float
    engine: str

    @classmethod
    def of(cls, snapshot: Snapshot) -> State:
        """The state of a snapshot, valid as long as that is."""
        objective = snapshot.objective
        return cls(snapshot.step, snapshot.seconds, snapshot.network, objective.weights, objective.end, snapshot.engine)


@dataclass(frozen=True)
class Drawn:
    """A drawn moment: its header, its fields, and what is beside them in a frame; `solution` is that of all unknowns, (n, unknowns)."""

    header: dict[str, Any]
    fields: dict[str, Array]
    beside: dict[str, Array]
    solution: Array


class Display:
    """Draws the frames of one experiment's training and scores it.

    `reference` tells the reference, or why there is none, or None while it is being computed: frames do without it until it is there.
    """

    def __init__(self, experiment: Experiment, losses: Losses, reference: Callable[[], Answer | None]) -> None:
        self.experiment, self._losses, self._reference = experiment, losses, reference
        self._unknowns = experiment.bound.unknowns
        self._terms = experiment.terms
        self._grids: dict[int, Grid] = {}
        self._inputs: dict[Hashable, Tensor] = {}

    def scores(self, snapshot: Snapshot) -> Scores:
        """The scores on the full grid."""
        grid = self._grid(FULL.solution)
        solution = self._solution(snapshot.network, grid)
        return self._scores(solution, compared(solution, grid, self._reference()))

    def frame(self, snapshot: Snapshot, history: NDArray[Any], extra: Mapping[str, Any], *, full: bool = False) -> bytes:
        """The packed frame of one moment; `history` holds the loss terms so far, (rows, terms); `extra` joins the header."""
        drawn = self.draw(State.of(snapshot), history[-1] if len(history) else None, FULL if full else LIVE)
        return self.framed(drawn, history, extra)

    def framed(self, drawn: Drawn, history: NDArray[Any], extra: Mapping[str, Any]) -> bytes:
        """The packed frame of what is drawn already, with the losses so far, (rows, terms)."""
        return pack({**drawn.header, **extra}, {**drawn.beside, **drawn.fields, **curve(history, self.experiment.weights)})

    def draw(self, state: State, losses: NDArray[Any] | None, resolution: Resolution) -> Drawn:
        """One moment; `losses` are the terms of its weights, (terms,), where they are known."""
        grid, answer = self._grid(resolution.solution), self._reference()
        solution = self._solution(state.network, grid)
        beside = compared(solution, grid, answer)
        scores = self._scores(solution, beside)
        last = [] if losses is None else [float(value) for value in losses]
        header = {
            "step": state.step,
            "steps": self.experiment.steps,
            "seconds": state.seconds,
            "loss": float(np.dot(self._weights, last)) if last else None,
            "losses": dict(zip(self._terms, last, strict=False)),
            "weights": {**dict(zip(self._terms, state.weights.terms.tolist(), strict=True)), "end": state.end},
            "relative_l2": scores.relative_l2,
            "max_error": scores.max_error,
            "estimates": constants.values(state.network, self.experiment.asked.estimates),
            "reference": told(answer, beside.number if beside else None),
            "grid": dict(zip(grid.axes, grid.shape, strict=True)),
            "device": self.experiment.device,
            "engine": state.engine,
            **({} if (held := self._losses.of_held(state.network)) is None else {VALIDATION: held}),
        }
        axes = {f"axis.{name}": axis for name, axis in grid.axes.items()}
        coarse = {f"residual-axis.{name}": axis for name, axis in self._grid(resolution.residual).axes.items()}
        fields = {
            **self._by_unknown("solution", solution, grid),
            **(self._by_unknown("error", np.abs(solution - beside.values), grid) if beside else {}),
            **self._residual_arrays(state.network, resolution),
            **self._slope_arrays(state.network, grid),
            **_weight_arrays(state.network),
        }
        reference = self._by_unknown("reference", beside.values, grid) if beside else {}
        return Drawn(header, fields, {**axes, **coarse, **reference}, solution)

    def glance(self, network: nn.Sequential) -> Array:
        """The network at a few points all over its picture, (k, unknowns): enough to see that it has changed."""
        grid = self._grid(LIVE.solution)
        return self._values(network, grid.points[glanced(len(grid.points))], "glance")

    def solution(self, fields: Mapping[str, Array]) -> Array:
        """The solution of all unknowns, (n, unknowns), of a moment's fields."""
        return np.stack([fields[f"solution.{name}"].ravel() for name in self._unknowns], axis=1)

    def live(self, solution: Array) -> Array:
        """A solution of either resolution, (n, unknowns), on the live grid."""
        grid = self._grid(LIVE.solution)
        if len(solution) == len(grid.points):
            return solution
        shape = self._grid(FULL.solution).shape
        every = (slice(None, None, 2),) * len(shape)
        return solution.reshape(*shape, -1)[every].reshape(len(grid.points), -1)

    def _grid(self, counts: Mapping[int, int]) -> Grid:
        count = counts[len(self.experiment.bound.coordinates)]
        if count not in self._grids:
            self._grids[count] = Grid(self.experiment, counts)
        return self._grids[count]

    @property
    def _weights(self) -> list[float]:
        return [weight for _, weight in self.experiment.weights]

    def _solution(self, network: nn.Module, grid: Grid) -> Array:
        return self._values(network, grid.points, grid.shape)

    @torch.no_grad()
    def _values(self, network: nn.Module, points: Array, key: Hashable) -> Array:
        """The network at points, (n, d), which are the same whenever `key` is: (n, unknowns)."""
        if key not in self._inputs:
            self._inputs[key] = torch.cat([column.detach() for column in self._losses.draws.columns(points).values()], dim=1)
        values: Array = network(self._inputs[key])[:, : len(self._unknowns)].cpu().double().numpy()  # without constants
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

    def _by_unknown(self, kind: str, values: Array, grid: Grid) -> dict[str, Array]:
        """The columns of values, (n, unknowns), each as the field of its unknown."""
        return {f"{kind}.{name}": column.reshape(grid.shape) for name, column in zip(self._unknowns, values.T, strict=True)}

    def _residual_arrays(self, network: nn.Sequential, resolution: Resolution) -> dict[str, Array]:
        grid = self._grid(resolution.residual)
        with self._losses.looking():
            residuals = self._losses.residuals(network, self._losses.draws.columns(grid.points))
        fields = {}
        for number, residual in enumerate(residuals, start=1):
            fields[f"residual.{number}"] = residual.detach().cpu().double().numpy().reshape(grid.shape)
        return fields

    def _slope_arrays(self, network: nn.Sequential, grid: Grid) -> dict[str, Array]:
        """The derivative of a network of one coordinate that learns data alone; its equations show that of any other."""
        if self.experiment.bound.equations or len(grid.axes) > 1:
            return {}
        slopes = [Derivative(unknown, next(iter(grid.axes))) for unknown in self._unknowns]
        columns = self._losses.draws.differentiable(self._losses.draws.tensor(grid.points), frozenset(slopes))
        found = self._losses.values(network, columns, frozenset(slopes))
        return {f"slope.{item.unknown}": found[item].detach().cpu().double().numpy().reshape(grid.shape) for item in slopes}


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


def glanced(size: int) -> NDArray[np.int64]:
    """Numbers below `size`, at most `GLANCED`, spread by the golden ratio, so that on a grid all rows and columns have some."""
    if size <= GLANCED:
        return np.arange(size)
    return np.unique((np.arange(GLANCED) * ((math.sqrt(5) - 1) / 2) % 1 * size).astype(np.int64))
