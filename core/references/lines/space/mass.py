"""The mass M: what the rates are multiplied by in the equations, a small matrix at each point or one for all points."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import TIME
from core.errors import InputError
from core.expressions import Coordinate, Derivative, Number, leaves_in, partial
from core.references.lines.space.discretised import Nodal

Array = NDArray[np.float64]


class Mass:
    """M of an evolution on points; one matrix for all where an equation differentiates a rate in space, as u_xxt."""

    def __init__(self, nodal: Nodal) -> None:
        self._nodal = nodal
        self._unknowns = len(nodal.evolution.unknowns)
        leaves = nodal.evolution.leaves
        self.trees = [partial(tree, leaves[number]) for tree in nodal.evolution.equations for number in nodal.top]
        """∂residual/∂rate, equation by equation."""

    def factors(self) -> Array:
        """(unknowns · rates in the equations, N): the trees' values, where they depend on nothing but the place."""
        nothing = [np.zeros(self._nodal.count)] * len(self._nodal.below)
        return self._nodal.evaluated(self._nodal.vector(self.trees), 0.0, nothing, [0.0] * len(self._nodal.top))

    def removed(self, factors: Array | None, residuals: Array) -> Array:
        """−M⁻¹ residuals, (unknowns, N, …) → the same; `factors` (unknowns · rates in the equations, N)."""
        if self.constant is not None:
            inverse = self.constant
        elif factors is None:
            raise ValueError("this mass changes, so its factors are needed")
        elif self._nodal.pointwise:
            inverse = self._point_inverse(factors)
        else:
            flat = residuals.reshape(len(residuals) * self._nodal.count, -1)
            return np.asarray(-np.linalg.solve(self._for_all(factors), flat), dtype=np.float64).reshape(residuals.shape)
        if len(residuals) == 1 and self._nodal.pointwise:
            factor: Array = -inverse[:, 0, 0].reshape(-1, *[1] * (residuals.ndim - 2))
            return factor * residuals
        if self._nodal.pointwise:
            return np.asarray(np.einsum("nij,jn...->in...", -inverse, residuals), dtype=np.float64)
        flat = residuals.reshape(len(residuals) * self._nodal.count, -1)
        product: Array = -(inverse @ flat).reshape(residuals.shape)
        return product

    @cached_property
    def constant(self) -> Array | None:
        """M⁻¹ where it never changes: (1 or N, unknowns, unknowns), or for all points at once."""
        if any(isinstance(leaf, Derivative) or leaf == Coordinate(TIME) for tree in self.trees for leaf in leaves_in(tree)):
            return None
        factors = self.factors()
        if not self._nodal.pointwise:
            return self._inverted(self._for_all(factors))
        constant = all(isinstance(tree, Number) for tree in self.trees)
        return self._point_inverse(factors[:, :1] if constant else factors)

    def _point_inverse(self, factors: Array) -> Array:
        unknowns = self._unknowns
        mass = np.zeros((factors.shape[1], unknowns, unknowns))
        for equation in range(unknowns):
            for place, number in enumerate(self._nodal.top):
                mass[:, equation, self._nodal.slots[number].unknown] = factors[equation * len(self._nodal.top) + place]
        if unknowns > 1:
            return self._inverted(mass)
        with np.errstate(all="ignore"):
            quotient: Array = 1 / mass
        return quotient

    def _inverted(self, mass: Array) -> Array:
        try:
            inverse = np.asarray(np.linalg.inv(mass), dtype=np.float64)
        except np.linalg.LinAlgError:
            names = ", ".join(f"{leaf.unknown}_{leaf.by}" for leaf in self._nodal.evolution.rates)
            raise InputError("reference-rates-undetermined", names=names) from None
        return inverse

    def _for_all(self, factors: Array) -> Array:
        """(unknowns · N, unknowns · N)."""
        unknowns, count = self._unknowns, self._nodal.count
        mass = np.zeros((unknowns * count, unknowns * count))
        for equation in range(unknowns):
            rows = slice(equation * count, (equation + 1) * count)
            for place, number in enumerate(self._nodal.top):
                slot = self._nodal.slots[number]
                columns = slice(slot.unknown * count, (slot.unknown + 1) * count)
                mass[rows, columns] += factors[equation * len(self._nodal.top) + place][:, None] * self._nodal.matrix(slot)
        return mass
