"""Derivatives of a trial function u = A + B·N by Leibniz' rule.

D^α u = D^α A + Σ_{β ≤ α} (α over β) · D^{α−β}B · D^β N. A and B depend on the points alone: where these stay, their derivatives are
computed once, and a step differentiates the network N and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby, product
from math import comb, prod

import torch
from torch import Tensor

from core.derivatives import derivatives, ordered
from core.expressions import Derivative
from core.networks import Trial

Columns = Mapping[str, Tensor]
"""Coordinate name → (n, 1)."""


class Products:
    """The `wanted` derivatives of the unknowns of a trial function."""

    def __init__(self, unknowns: Sequence[str], wanted: Collection[Derivative]) -> None:
        self._unknowns, self._wanted = unknowns, ordered(wanted)
        self._inside = ordered({Derivative(item.unknown, inner) for item in wanted for inner, _, _ in splits(item.by)})
        self._last: tuple[Columns, dict[Derivative, tuple[Tensor, dict[str, Tensor]]]] | None = None

    def values(self, network: Trial, columns: Columns) -> dict[Derivative, Tensor]:
        """Each wanted derivative at the points, (n, 1), differentiable in the network's weights."""
        outputs = network.inside(torch.cat(list(columns.values()), dim=1)).split(1, dim=1)
        inside = derivatives(dict(zip(self._unknowns, outputs, strict=True)), columns, self._inside)
        found = {}
        for item, (total, factors) in self._given(network, columns).items():
            for inner, factor in factors.items():
                total = torch.addcmul(total, factor, inside[Derivative(item.unknown, inner)])
            found[item] = total
        return found

    def _given(self, network: Trial, columns: Columns) -> dict[Derivative, tuple[Tensor, dict[str, Tensor]]]:
        """For each wanted derivative that of A, (n, 1), and each derivative of N with its factor, (n, 1); kept while the points stay."""
        if self._last is None or self._last[0] is not columns:
            self._last = columns, self._computed(network, columns)
        return self._last[1]

    def _computed(self, network: Trial, columns: Columns) -> dict[Derivative, tuple[Tensor, dict[str, Tensor]]]:
        zero = torch.zeros_like(next(iter(columns.values())))
        shifts, factors = (dict(zip(self._unknowns, part, strict=True)) for part in network.parts(columns))
        outer = {Derivative(item.unknown, outer) for item in self._wanted for _, outer, _ in splits(item.by)}
        of_shifts = derivatives({unknown: zero + value for unknown, value in shifts.items()}, columns, self._wanted)
        of_factors = derivatives({unknown: zero + value for unknown, value in factors.items()}, columns, outer)
        return {
            item: (
                of_shifts[item].detach(),
                {inner: times * of_factors[Derivative(item.unknown, outer)].detach() for inner, outer, times in splits(item.by)},
            )
            for item in self._wanted
        }


def splits(by: str) -> Iterator[tuple[str, str, int]]:
    """Every way to share a derivative's letters between two factors, and how often it occurs: xx → ("", xx, 1), (x, x, 2), (xx, "", 1)."""
    orders = [(letter, len(list(group))) for letter, group in groupby(by)]
    for counts in product(*(range(order + 1) for _, order in orders)):
        inner = "".join(letter * count for (letter, _), count in zip(orders, counts, strict=True))
        outer = "".join(letter * (order - count) for (letter, order), count in zip(orders, counts, strict=True))
        yield inner, outer, prod(comb(order, count) for (_, order), count in zip(orders, counts, strict=True))
