"""The loss of an experiment as torch's own graph gives it, with its gradient: by nested `torch.autograd.grad`, block by block of points."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from core.loss.jacobian import jacobian
from core.loss.losses import Losses
from core.loss.points import Points, Residual
from core.loss.weights import Weights
from core.network.parameters import Vector

ENTRIES = 2**20
"""The numbers in one layer's values at the points of a block: fewer are no faster, more take more memory."""
AT_ONCE = 2**23
"""The numbers in one layer's values at the points of a block on a GPU, which is the faster the more it is given."""


class Nested:
    """The loss of `network` at certain points; `weights` may change."""

    def __init__(self, losses: Losses, network: nn.Sequential, points: Points, weights: Weights) -> None:
        self._losses, self._network, self._points, self._weights = losses, network, points, weights
        self._vector = Vector.of(network)
        self._block = max(1, (ENTRIES if losses.device.type == "cpu" else AT_ONCE) // losses.experiment.width)

    def made_of(self, losses: Losses, points: Points) -> bool:
        """Whether the step was made of these losses and points: others have other equations, or other values of parameters."""
        return self._losses is losses and self._points is points

    def move(self, losses: Losses, points: Points) -> bool:
        """Say that nothing can be moved: this engine keeps nothing of the points."""
        return False

    def weigh(self, weights: Weights) -> None:
        """Take other weights."""
        self._weights = weights

    def descend(self) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,); its gradient is left in the `slopes` of the network's vector."""
        self._vector.slopes.zero_()
        return self._swept(_descend)

    def value(self) -> Tensor:
        """The loss, ()."""
        return self._swept(lambda residuals, seeds: None)[0]

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        """R, (rows,), whose |R|² is the loss; dR/dθ, (rows, parameters); the terms, (terms,)."""
        return jacobian(self._losses, self._network, self._points, self._weights)

    def _blocks(self) -> Iterator[list[Residual]]:
        """All residuals, in blocks that need not be in memory together, each after its own pass through the network."""
        total, begin = self._points.interior.rows, 0
        for columns in self._points.blocks(self._block):
            yield self._losses.of_equations(self._network, columns, begin, total)
            begin += columns.rows
        yield from self._losses.of_others(self._network, self._points)

    def _swept(self, use: Use) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,); `use` is given each block's residuals and the loss's derivatives by them."""
        squares = _Squares(self._weights)
        for block in self._blocks():
            squares.take(block, use)
        return squares.total()


Use = Callable[[list[Tensor], list[Tensor]], None]


def _descend(residuals: list[Tensor], seeds: list[Tensor]) -> None:
    """Add the gradient of residuals, (rows, columns) each, times `seeds`, of the same sizes, to that of the parameters."""
    learned = [(residual, seed) for residual, seed in zip(residuals, seeds, strict=True) if residual.requires_grad]
    if learned:  # an equation may have lost its unknown
        torch.autograd.backward([residual for residual, _ in learned], [seed for _, seed in learned])


class _Squares:
    """The sums of the squares of residuals, by term."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._terms: list[Tensor | None] = [None] * len(weights.terms)
        self._weighted: list[Tensor] = []

    def take(self, block: list[Residual], use: Use) -> None:
        """Add a block and empty it: its graph is then free before the next one is made."""
        seeds = [self._weights.seeds(residual) for residual in block]
        use([residual.value for residual in block], seeds)
        for residual, seed in zip(block, seeds, strict=True):
            values = residual.value.detach().flatten()
            square, before = torch.dot(values, values) / residual.count, self._terms[residual.term]
            self._terms[residual.term] = square if before is None else before + square
            if self._weights.points:
                self._weighted.append(torch.dot(values, seed.flatten()) / 2)
        block.clear()

    def total(self) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,)."""
        terms = torch.stack([self._weights.nothing if item is None else item for item in self._terms])
        return torch.stack(self._weighted).sum() if self._weighted else torch.dot(self._weights.terms, terms), terms
