"""What counts how much in a loss: a weight for each term and, where the points of a term differ, one for each of these."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from torch import Tensor

from core.loss.points import Residual


@dataclass(frozen=True)
class Weights:
    """The loss Σⱼ termsⱼ · meanᵢ(pointsⱼᵢ rⱼᵢ²) of the residuals rⱼ: `terms`, (terms,); `points`, (n, 1) each, by the number of the term.

    A term that `points` lacks counts all of its points alike.
    """

    terms: Tensor
    points: Mapping[int, Tensor] = field(default_factory=dict)

    def mean(self, residual: Residual) -> Tensor:
        """The mean square of a residual with the weights of its points, ()."""
        squares = residual.value**2
        return (self.points[residual.term] * squares if residual.term in self.points else squares).mean()

    def seeds(self, residual: Residual) -> Tensor:
        """The derivative of the loss by each residual of a block, (rows, columns)."""
        seeds: Tensor = residual.value.detach() * (2 * self._terms[residual.term] / residual.count)
        if residual.term in self.points:
            seeds *= self.points[residual.term][residual.begin : residual.begin + len(seeds)]
        return seeds

    @cached_property
    def nothing(self) -> Tensor:
        """Zero, ()."""
        return self.terms.new_zeros(())

    @cached_property
    def _terms(self) -> list[float]:
        return self.terms.tolist()

    def roots(self, residual: Residual) -> Tensor | float:
        """The factor of each row of a residual that makes `mean` its mean square, (n,), or one number for all."""
        return self.points[residual.term][:, 0].sqrt() if residual.term in self.points else 1.0

    def scales(self, residuals: Sequence[Residual]) -> list[Tensor | float]:
        """The factors of the rows of each residual that make the sum of all squares the loss."""
        return [math.sqrt(self._terms[residual.term] / residual.value.numel()) * self.roots(residual) for residual in residuals]
