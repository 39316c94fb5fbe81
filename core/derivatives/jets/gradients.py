"""Where the gradients of parameters go on the way back through layers."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from core.derivatives.jets.buffers import Rows
from core.network.per_sample import SampleTape


class Gradients(Protocol):
    """Where the gradients of parameters go; the rows are another's as soon as a call returns."""

    def product(self, weight: Tensor, left: Rows, right: Rows) -> None:
        """Add a weight's gradient, (out, in): the sum of the outer products of the rows of `left`, width out, and `right`, width in."""

    def rows(self, parameter: Tensor, rows: Tensor) -> None:
        """Add a parameter's gradient, (size,) or (): the sum of these rows, (n, size)."""


class Sums:
    """Gradients summed over all points: `found`, by the id of the parameter."""

    def __init__(self) -> None:
        self.found: dict[int, Tensor] = {}

    def product(self, weight: Tensor, left: Rows, right: Rows) -> None:
        if weight.requires_grad:
            self._add(weight, torch.mm(left.columns, right.flat))

    def rows(self, parameter: Tensor, rows: Tensor) -> None:
        if parameter.requires_grad:
            self._add(parameter, rows.sum(0).view_as(parameter))

    def _add(self, parameter: Tensor, gradient: Tensor) -> None:
        before = self.found.get(id(parameter))
        self.found[id(parameter)] = gradient if before is None else before + gradient


class Added:
    """Gradients added to the `grad` that parameters have."""

    def __init__(self, network: nn.Module) -> None:
        self._slopes = {id(parameter): parameter.grad for parameter in network.parameters() if parameter.grad is not None}

    def product(self, weight: Tensor, left: Rows, right: Rows) -> None:
        slopes = self._slopes.get(id(weight))
        if slopes is None:
            return
        if right.flat.shape[1] < left.flat.shape[1]:  # a product of few columns is faster the other way round
            slopes.add_(torch.mm(right.columns, left.flat).t())
        else:
            slopes.addmm_(left.columns, right.flat)

    def rows(self, parameter: Tensor, rows: Tensor) -> None:
        slopes = self._slopes.get(id(parameter))
        if slopes is not None:
            found = rows.sum(0)
            slopes.add_(found if found.ndim == slopes.ndim else found.view_as(slopes))


class Copies:
    """Adjoints copied on their way to a tape, which reads them when their memory is another's again.

    What an affine layer was given, `right`, has memory of its own until the plan is used again.
    """

    def __init__(self, tape: SampleTape) -> None:
        self._tape = tape

    def product(self, weight: Tensor, left: Rows, right: Rows) -> None:
        self._tape.product(weight, left.copy(), right)

    def rows(self, parameter: Tensor, rows: Tensor) -> None:
        self._tape.rows(parameter, rows.clone())
