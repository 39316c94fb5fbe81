"""Derivatives of a trial function u = A + B·N by Leibniz' rule.

D^α u = D^α A + Σ_{β ≤ α} (α over β) · D^{α−β}B · D^β N. A and B depend on the points alone: where these stay, their derivatives are
computed once, and a step differentiates the network N and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from core.derivatives.jets.orders import Parts, parts, splits
from core.derivatives.reverse import derivatives
from core.derivatives.table import Values, Wanted
from core.expressions import Derivative
from core.network.columns import Columns
from core.network.trial import TrialNetwork


class Products:
    """The `wanted` derivatives of the unknowns of a trial function, those of the network within by an engine."""

    def __init__(self, engine: Values, unknowns: Sequence[str], wanted: Collection[Wanted]) -> None:
        self._engine = engine
        self._unknowns, self._wanted = unknowns, _ordered(wanted)
        self.inside = frozenset(inside for item in wanted for inside in _splits(item))
        self._known: WeakKeyDictionary[Columns, dict[Wanted, tuple[Tensor, dict[Wanted, Tensor]]]] = WeakKeyDictionary()

    def within(self, item: Wanted) -> Collection[Wanted]:
        """The derivatives of the network within that a wanted one needs."""
        return _splits(item)

    def values(self, network: TrialNetwork, columns: Columns) -> dict[Wanted, Tensor]:
        """Each wanted derivative at the points, (n, 1), differentiable in the network's weights."""
        inside = self._engine(network.within, columns, self._unknowns, self.inside)
        found = {}
        for item, (total, factors) in self.given(network, columns).items():
            for inner, factor in factors.items():
                total = torch.addcmul(total, factor, inside[inner])
            found[item] = total
        return found

    def given(self, network: TrialNetwork, columns: Columns) -> dict[Wanted, tuple[Tensor, dict[Wanted, Tensor]]]:
        """The parts of each wanted derivative: A's derivative, (n, 1), and the factor of each derivative of N, (n, 1)."""
        if columns not in self._known:
            self._known[columns] = self._computed(network, columns)
        return self._known[columns]

    @torch.enable_grad()  # also where nobody wants gradients of what is computed from it
    def _computed(self, network: TrialNetwork, columns: Columns) -> dict[Wanted, tuple[Tensor, dict[Wanted, Tensor]]]:
        columns = Columns((name, column.detach().clone().requires_grad_()) for name, column in columns.items())
        zero = torch.zeros_like(next(iter(columns.values())))
        shifts, factors = (dict(zip(self._unknowns, part, strict=True)) for part in network.parts(columns))
        plain = {Derivative(item.unknown, by) for item in self._wanted for by, _ in parts(item)}
        outer = {Derivative(item.unknown, outer) for item in plain for _, outer, _ in splits(item.by)}
        of_shifts = derivatives({unknown: zero + value for unknown, value in shifts.items()}, columns, plain)
        of_factors = derivatives({unknown: zero + value for unknown, value in factors.items()}, columns, outer)

        def total(of: Mapping[Derivative, Tensor], unknown: str, terms: Parts) -> Tensor:
            return torch.stack([factor * of[Derivative(unknown, by)].detach() for by, factor in terms]).sum(0)  # (n, 1)

        return {
            item: (
                total(of_shifts, item.unknown, parts(item)),
                {inner: total(of_factors, item.unknown, terms) for inner, terms in _splits(item).items()},
            )
            for item in self._wanted
        }


def _ordered(wanted: Collection[Wanted]) -> tuple[Wanted, ...]:
    """The wanted derivatives, always the same way round: see `core.derivatives.reverse.ordered`."""
    return tuple(sorted(wanted, key=lambda item: (item.unknown, parts(item))))


def _splits(item: Wanted) -> dict[Wanted, Parts]:
    """The derivatives of N that a wanted one needs, each with the sum of B's derivatives that is its factor."""
    found: dict[Wanted, list[tuple[str, float]]] = {item: [("", 1.0)]}
    for by, factor in parts(item):
        for inner, outer, times in splits(by):
            if outer:
                found.setdefault(Derivative(item.unknown, inner), []).append((outer, factor * times))
    return {inner: tuple(terms) for inner, terms in found.items()}
