"""The loss of an experiment by the compiled kernel (`core/engines/kernel`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.derivatives.jets import inputs
from core.derivatives.jets.activation_derivatives import DERIVATIVES
from core.engines import kernel
from core.engines.kernel.layout.codes import UNCOMPILED
from core.engines.residual_groups import Groups, ResidualGroup
from core.expressions import Call, Coordinate, leaves_in
from core.expressions.tree import walk
from core.loss.losses import Losses
from core.loss.points import Points
from core.loss.weights import Weights
from core.network.parameters import Vector
from core.problem.bound import BoundProblem

Array = NDArray[Any]
NAMES = dict(zip(DERIVATIVES, ("tanh", "sin", "gelu", "silu", "softplus", "sigmoid", "relu"), strict=True))
"""The activations as the kernel calls them."""


def suits(network: nn.Sequential) -> bool:
    """Whether the kernel knows this network: affine layers, all learned, with one and the same activation between them, on a CPU."""
    _, layers = inputs.split(network)
    between = layers[1::2]
    return (
        len(layers) % 2 == 1
        and all(type(layer) is nn.Linear for layer in layers[::2])
        and len({type(layer) for layer in between}) == 1
        and type(between[0]) in NAMES
        and all(parameter.requires_grad and parameter.device.type == "cpu" for parameter in network.parameters())
    )


def covers(problem: BoundProblem) -> bool:
    """Whether the kernel has code for all that equations and conditions make of the unknowns."""
    residuals = (*problem.equations, *(condition.residual for condition in problem.conditions))
    called = (node for tree in residuals for node in walk(tree) if isinstance(node, Call) and node.function in UNCOMPILED)
    return all(isinstance(leaf, Coordinate) for node in called for leaf in leaves_in(node))


class Compiled:
    """The loss of `network` at certain points by the kernel, which must be there; weights and points may change, their number may not."""

    def __init__(self, losses: Losses, network: nn.Sequential, points: Points, weights: Weights) -> None:
        self._vector, self._dtype, self._weights = Vector.of(network), losses.dtype, weights
        self._given = weights.terms.numpy()
        self._groups = Groups(losses, network, points, alike=False)
        _, layers = inputs.split(network)
        sizes = (layers[0].in_features, *(layer.out_features for layer in layers[::2]))
        self._plan = kernel.Plan(
            kernel.Network(sizes, NAMES[type(layers[1])]),
            [_packed(group, weights) for group in self._groups.found],
            str(self._dtype).removeprefix("torch."),
        )
        self._theta, self._slopes = self._vector.values.numpy(), self._vector.slopes.numpy()
        self._terms = np.concatenate([np.array(group.terms, np.int64) for group in self._groups.found])
        self._counts = np.concatenate([np.full(len(group.terms), group.count) for group in self._groups.found])

    def made_of(self, losses: Losses, points: Points) -> bool:
        """Whether the step was made of these losses and points: others have other equations, or other values of parameters."""
        return self._groups.are_of(losses, points)

    def move(self, losses: Losses, points: Points) -> bool:
        """Take other points of the same losses, and as many; False, and nothing is changed, where that cannot be."""
        if not self._groups.move(losses, points):
            return False
        for number, group in enumerate(self._groups.found):
            self._plan.move(number, group.inputs.transpose(2, 3).numpy(), group.columns.numpy())
        return True

    def weigh(self, weights: Weights) -> None:
        """Take other weights."""
        self._weights, self._given = weights, weights.terms.numpy()
        for number, group in enumerate(self._groups.found):
            self._plan.rescale(number, group.scales(weights).numpy())

    def descend(self) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,); its gradient is left in the `slopes` of the network's vector."""
        return self._evaluated(self._slopes)

    def value(self) -> Tensor:
        """The loss, ()."""
        return self._evaluated(None)[0]

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        """R, (rows,), whose |R|² is the loss, dR/dθ, (rows, parameters), and the terms, (terms,)."""
        size = sum(len(group.terms) * group.rows for group in self._groups.found)
        rows = torch.empty(size, self._vector.size, dtype=self._dtype)
        residuals = self._plan.jacobian(self._theta, rows.numpy())
        return torch.tensor(residuals), rows, self._means()

    def _evaluated(self, slopes: Array | None) -> tuple[Tensor, Tensor]:
        self._plan.evaluate(self._theta, slopes)
        terms = self._means()
        if not self._weights.points:
            return torch.tensor(self._given @ terms.numpy(), dtype=self._dtype), terms
        pairs = zip(self._groups.found, self._plan.residuals(self._theta), strict=True)
        return torch.tensor(sum((group.scales(self._weights).numpy() * found**2).sum() for group, found in pairs), dtype=self._dtype), terms

    def _means(self) -> Tensor:
        """The terms, after an evaluation; in torch's memory, as NumPy's may begin anywhere and sums depend on that."""
        sums = np.concatenate(self._plan.sums)
        means = np.bincount(self._terms, sums / self._counts, len(self._given))
        return torch.tensor(means, dtype=self._dtype)


def _packed(group: ResidualGroup, weights: Weights) -> kernel.Group:
    """The group as the kernel takes it."""
    terms = [
        kernel.Term(stream, term.order, term.factors, term.times) for stream, found in enumerate(group.streams.composed) for term in found
    ]
    known = kernel.Terms(len(group.streams.held), tuple(terms))
    inputs = group.inputs.transpose(2, 3).numpy()
    return kernel.Group(known, inputs, group.columns.numpy(), group.tape, group.scales(weights).numpy())
