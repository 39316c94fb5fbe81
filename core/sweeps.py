"""The loss of an experiment by jets, with its gradient: forward and backward through blocks of points, without a graph of torch's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.batches import Points
from core.gradients import jacobian
from core.groups import Group, Groups
from core.jets import Plan, inputs
from core.jets.gradients import Added
from core.jets.memory import Rows
from core.jets.program import Number, Program
from core.losses import Losses
from core.vector import Vector
from core.weights import Weights

ENTRIES = 2**15
"""The numbers in one layer's values at the points of a block: with their derivatives and adjoints, what a core's own cache holds."""
AT_ONCE = 2**22
"""Such numbers for a GPU, which computes the faster the more there is, in some 2 GB of its memory."""
SHARE, FEW = 0.2, 200
"""Points of conditions that are taken together with those of the equations: such a share of them, and so many besides."""


class Sweep:
    """The loss of `network` at certain points by jets; weights and points may change, their number may not."""

    def __init__(self, losses: Losses, network: nn.Sequential, points: Points, weights: Weights) -> None:
        self._made_of, self._network = (losses, points), network
        self._vector = Vector.of(network)
        self._block = max(1, (ENTRIES if losses.device.type == "cpu" else AT_ONCE) // losses.experiment.width)
        others = points.edge.rows + (losses.measured_at[0].rows if losses.measured_at else 0)
        joined = others <= SHARE * min(self._block, points.interior.rows) + FEW
        self._moving = Groups(losses, network, points, alike=joined)
        self._groups = self._moving.found
        self._programs = [_program(group, len(losses.problem.unknowns)) for group in self._groups]
        _, self._layers = inputs.split(network)
        self._plans: dict[tuple[int, int], Plan] = {}
        self._passes = [self._pass(cuts) for cuts in self._cut(joined=joined)]
        self._gradients = Added(network)
        self.weigh(weights)

    def made_of(self, losses: Losses, points: Points) -> bool:
        """Whether it was made of these: others have other equations, or others' values of parameters."""
        return self._made_of[0] is losses and self._made_of[1] is points

    def move(self, losses: Losses, points: Points) -> bool:
        """Take other points of the same losses, and as many, into the same memory; False, and nothing is changed, where that cannot be."""
        if losses is not self._made_of[0] or not self._moving.move(points):
            return False
        self._made_of, self._groups = (losses, points), self._moving.found
        for each in self._passes:
            each.before.copy_(self._before(each.cuts).flatten(0, 1))
            for piece in each.pieces:
                for column, values in zip(piece.columns, self._groups[piece.group].columns, strict=True):
                    column.copy_(values[piece.rows])
        return True

    def weigh(self, weights: Weights) -> None:
        """Take other weights."""
        self._weights = weights
        self._scales: list[Tensor | list[float]] = []
        for group in self._groups:
            scales = group.scales(weights)  # (residuals, rows), or (residuals, 1)
            self._scales.append(scales if weights.points else scales[:, 0].tolist())

    def descend(self) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,); its gradient is left in the `slopes` of the network's vector."""
        self._vector.slopes.zero_()
        return self._swept(back=True)

    def value(self) -> Tensor:
        """The loss, ()."""
        return self._swept(back=False)[0]

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        """R, (rows,), whose |R|² is the loss; dR/dθ, (rows, parameters); the terms, (terms,)."""
        losses, points = self._made_of
        return jacobian(losses, self._network, points, self._weights)

    @torch.no_grad()
    def _swept(self, *, back: bool) -> tuple[Tensor, Tensor]:
        squares: list[list[Tensor]] = [[] for _ in self._weights.terms]
        weighted: list[Tensor] = []
        for each in self._passes:
            each.plan.forward(each.before, keep=back)
            if back:
                each.adjoints.flat.zero_()
            for piece in each.pieces:
                self._take(piece, squares, weighted, back=back)
            if back:
                each.plan.backward(self._gradients)
        nothing = self._weights.nothing
        terms = torch.stack([_sum(found) if found else nothing for found in squares])
        return _sum(weighted) if self._weights.points else torch.dot(self._weights.terms, terms), terms

    def _take(self, piece: _Piece, squares: list[list[Tensor]], weighted: list[Tensor], *, back: bool) -> None:
        """Add up the squares of a piece's residuals and, if `back`, put the adjoints of the outputs where they belong."""
        group, program, scales = self._groups[piece.group], self._programs[piece.group], self._scales[piece.group]
        values = program.run(piece.outputs, piece.columns)
        seeds = []
        for number, (term, value) in enumerate(zip(group.terms, program.results(values), strict=True)):
            residual = _row(value, piece.columns, piece.outputs)
            squares[term].append(torch.dot(residual, residual) / group.count)
            scale = scales[number][piece.rows] if isinstance(scales, Tensor) and scales.shape[1] > 1 else scales[number]
            seeds.append(residual * (2 * scale))
            if self._weights.points:
                weighted.append(torch.dot(residual, seeds[-1]) / 2)
        if back:
            for place, adjoint in zip(piece.adjoints, program.back(values, seeds), strict=True):
                if adjoint is not None:
                    place.copy_(adjoint)

    def _cut(self, *, joined: bool) -> Iterator[list[_Cut]]:
        """What passes through the network together."""
        first, *others = range(len(self._groups))
        *blocks, last = self._blocks(first)
        yield from ([block] for block in blocks)
        if joined:
            yield [last, *(_Cut(number, slice(0, self._groups[number].rows)) for number in others)]
        else:
            yield [last]
            yield from ([block] for number in others for block in self._blocks(number))

    def _blocks(self, number: int) -> list[_Cut]:
        group = self._groups[number]
        count = -(-group.points // self._block)
        size = -(-group.rows // count)  # all but the last have the same, and so the same plan
        return [_Cut(number, slice(start, min(start + size, group.rows))) for start in range(0, group.rows, size)]

    def _before(self, cuts: Sequence[_Cut]) -> Tensor:
        """The jets of the features at the points of all places, (streams, points, features)."""
        return torch.cat([place[:, rows] for number, rows in cuts for place in self._groups[number].inputs], dim=1)

    def _pass(self, cuts: Sequence[_Cut]) -> _Pass:
        before, streams = self._before(cuts), self._groups[cuts[0].group].streams
        key = (id(streams), before.shape[1])
        if key not in self._plans:
            self._plans[key] = Plan(self._layers, self._vector.values, streams, before.shape[1], before.shape[2])
        plan = self._plans[key]
        pieces = []
        start = 0
        for number, rows in cuts:
            group, n = self._groups[number], rows.stop - rows.start
            places = [slice(start + index * n, start + (index + 1) * n) for index in range(len(group.inputs))]
            start = places[-1].stop
            outputs, adjoints = (_slots(of, places) for of in (plan.after, plan.adjoints))
            pieces.append(_Piece(number, rows, outputs, adjoints, list(group.columns[:, rows].clone())))
        return _Pass(before.flatten(0, 1).clone(), plan, plan.adjoints, cuts, pieces)


class _Cut(NamedTuple):
    """Some rows of a group."""

    group: int
    rows: slice


@dataclass(frozen=True)
class _Piece:
    """Rows of a group: the values of the network's outputs there, in the order of a tape's slots, where their adjoints belong, columns."""

    group: int
    rows: slice
    outputs: list[Tensor]
    adjoints: list[Tensor]
    columns: list[Tensor]


@dataclass(frozen=True)
class _Pass:
    """Points that pass through the network together; `before` are the jets of the features there, (streams · points, features)."""

    before: Tensor
    plan: Plan
    adjoints: Rows
    cuts: Sequence[_Cut]
    pieces: list[_Piece]


def _program(group: Group, unknowns: int) -> Program:
    return Program(group.tape, len(group.inputs) * len(group.streams.held) * unknowns, len(group.columns))


def _slots(rows: Rows, places: Sequence[slice]) -> list[Tensor]:
    """(place, stream, unknown) as a list of (rows,) each."""
    return [unknown[part] for part in places for stream in rows.streams for unknown in stream.unbind(1)]


def _row(value: Number, columns: Sequence[Tensor], outputs: Sequence[Tensor]) -> Tensor:
    """A result as (rows,), also where it is one number."""
    return value if isinstance(value, Tensor) else torch.full_like([*outputs, *columns][0], value)


def _sum(values: Sequence[Tensor]) -> Tensor:
    """()."""
    return values[0] if len(values) == 1 else torch.stack(list(values)).sum()
