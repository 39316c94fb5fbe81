"""The loss of an experiment by jets, with its gradient: forward and backward through blocks of points, without a graph of torch's."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from core.derivatives.jets import inputs
from core.derivatives.jets.gradients import Added
from core.derivatives.jets.program import Number, Program
from core.engines.blocks import Passes, Piece
from core.engines.residual_groups import Groups, ResidualGroup
from core.loss.jacobian import jacobian
from core.loss.losses import Losses
from core.loss.points import Points
from core.loss.weights import Weights
from core.network.parameters import Vector

ENTRIES = 2**15
"""The numbers in one layer's values at the points of a block: with their derivatives and adjoints, what a core's own cache holds."""
AT_ONCE = 2**22
"""The numbers in one layer's values at the points of a block on a GPU, which is the faster the more it is given; some 2 GB."""
SHARE, FEW = 0.2, 200
"""Points of conditions that are taken together with those of the equations: such a share of them, and so many besides."""


class Sweep:
    """The loss of `network` at certain points by jets; weights and points may change, their number may not."""

    def __init__(self, losses: Losses, network: nn.Sequential, points: Points, weights: Weights) -> None:
        self._network = network
        self._vector = Vector.of(network)
        block = max(1, (ENTRIES if losses.device.type == "cpu" else AT_ONCE) // losses.experiment.width)
        first = points.interior.rows if losses.asked.equations else 0
        others = points.edge.rows + (len(points.data.points) if points.data else 0)
        joined = others <= SHARE * min(block, first) + FEW
        self._groups = Groups(losses, network, points, alike=joined)
        self._programs = [_program(group, len(losses.problem.outputs)) for group in self._groups.found]
        _, layers = inputs.split(network)
        self._passes = Passes(layers, self._vector.values, self._groups.found, block, joined=joined)
        self._gradients = Added(network)
        self.weigh(weights)

    def made_of(self, losses: Losses, points: Points) -> bool:
        """Whether the step was made of these losses and points: others have other equations, or other values of parameters."""
        return self._groups.are_of(losses, points)

    def move(self, losses: Losses, points: Points) -> bool:
        """Take other points of the same losses, and as many, into the same memory; False, and nothing is changed, where that cannot be."""
        if not self._groups.move(losses, points):
            return False
        self._passes.move(self._groups.found)
        return True

    def weigh(self, weights: Weights) -> None:
        """Take other weights."""
        self._weights = weights
        self._scales: list[Tensor | list[float]] = []
        for group in self._groups.found:
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
        losses, points = self._groups.made_of
        return jacobian(losses, self._network, points, self._weights)

    @torch.no_grad()
    def _swept(self, *, back: bool) -> tuple[Tensor, Tensor]:
        squares: list[list[Tensor]] = [[] for _ in self._weights.terms]
        weighted: list[Tensor] = []
        for each in self._passes.all:
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

    def _take(self, piece: Piece, squares: list[list[Tensor]], weighted: list[Tensor], *, back: bool) -> None:
        """Add up the squares of a piece's residuals and, if `back`, put the adjoints of the outputs where they belong."""
        group, program, scales = self._groups.found[piece.group], self._programs[piece.group], self._scales[piece.group]
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


def _program(group: ResidualGroup, unknowns: int) -> Program:
    return Program(group.tape, len(group.inputs) * len(group.streams.held) * unknowns, len(group.columns))


def _row(value: Number, columns: Sequence[Tensor], outputs: Sequence[Tensor]) -> Tensor:
    """A result as (rows,), also where it is one number."""
    return value if isinstance(value, Tensor) else torch.full_like([*outputs, *columns][0], value)


def _sum(values: Sequence[Tensor]) -> Tensor:
    """()."""
    return values[0] if len(values) == 1 else torch.stack(list(values)).sum()
