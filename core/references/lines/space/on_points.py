"""Evolutions on points as y' = A y + N(t, y), for exponential integrators."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import TIME
from core.expressions import NUMPY, Coordinate, Derivative, Expression, Leaf, Vector
from core.references.lines.evolution.evolution import Slot
from core.references.lines.evolution.exponential import Blocks
from core.references.lines.evolution.splitting import Splitting
from core.references.lines.space.axis import Bounded
from core.references.lines.space.discretised import Nodal
from core.references.lines.space.mass import Mass

Array = NDArray[np.float64]
Modes = NDArray[np.complex128]


class OnPoints:
    """One real block for all points; for a mass that never changes, and conditions that are given.

    Where conditions move, the state is what is left of the solution above a polynomial of low degree that meets them: N then stays smooth
    up to the ends (with one coordinate in space).
    """

    def __init__(self, nodal: Nodal, splitting: Splitting) -> None:
        self.nodal = nodal
        self._slots = [nodal.evolution.slot(leaf) for leaf in splitting.leaves]
        coordinates: list[Leaf] = [Coordinate(TIME), *(Coordinate(axis.interval.name) for axis in nodal.axes)]
        self._rest = Vector(splitting.rest, [*coordinates, *splitting.leaves], NUMPY)
        self._factors = [self._evaluated(factors) for factors in splitting.linear]
        mass = Mass(nodal)
        self._removed, self._mass = mass.removed, mass.factors()
        (first, *others) = nodal.axes
        self._lift = first.lift() if isinstance(first, Bounded) and not others else None
        self._lifted: dict[Slot, Array] = {}
        self.blocks = self._matrix()[None]
        moving = any(given.moves() for given in nodal.given)
        self.moves = splitting.moves or moving
        self._ends = None if moving else self._from_ends(0.0)

    def begun(self, t: float, values: Array) -> Blocks:
        """The state at a time, given that of the equations on points."""
        return self._shifted(t, values, -1.0)[None]

    def values(self, t: float, state: Blocks) -> Array:
        """The state of the equations on points."""
        return self._shifted(t, state[0], 1.0)

    def rest(self, t: float, state: Blocks) -> Blocks:
        nodal, values = self.nodal, state[0]
        fields = [self._field(slot, t, values) for slot in self._slots]
        results = self._rest([np.float64(t), *nodal.points, *fields])
        residuals = self._from_ends(t) if self._ends is None else self._ends.copy()
        for row, result in zip(residuals, results, strict=True):
            row += result
        return nodal.with_rates(np.zeros(nodal.size), self._removed(None, residuals))[None]

    def _shifted(self, t: float, state: Array, sign: float) -> Array:
        """The state with the polynomial that meets the conditions added, or taken away."""
        shifted = state.copy()
        if self._lift is not None:
            for unknown, level in self.nodal.evolution.levels:
                offset = self._offset(Slot(unknown, level, (0,)), t)
                if offset is not None:
                    shifted[self.nodal.columns[unknown, level]] += sign * offset
        return shifted

    def _offset(self, slot: Slot, t: float) -> Array | None:
        """(N,): what the conditions add to a derivative; None where that is zero."""
        if self._lift is None:
            return self.nodal.offset(slot, t)
        values = self.nodal.given[0](slot.level, 0, t)
        if values is None:
            return None
        if slot not in self._lifted:
            axis, (order,) = self.nodal.axes[0], slot.space
            self._lifted[slot] = axis.row(slot.unknown, order)[:, : len(self._lift)] @ self._lift + axis.given(slot.unknown, order)
        result: Array = self._lifted[slot] @ values[:, 0]
        return result

    def _field(self, slot: Slot, t: float, state: Array) -> Array:
        values = self.nodal.derived(slot, state)
        offset = self._offset(slot, t)
        return values if offset is None else values + offset

    def _evaluated(self, factors: Mapping[Derivative, Expression]) -> list[tuple[Slot, Array]]:
        """Each derivative's factor at the points, (1,) or (N,)."""
        place: list[Leaf] = [Coordinate(axis.interval.name) for axis in self.nodal.axes]
        results = Vector(list(factors.values()), place, NUMPY)(self.nodal.points)
        return [(self.nodal.evolution.slot(leaf), np.atleast_1d(result)) for leaf, result in zip(factors, results, strict=True)]

    def _matrix(self) -> Array:
        nodal = self.nodal
        stiffness = np.zeros((len(self._factors), nodal.count, nodal.size))
        for equation, factors in enumerate(self._factors):
            for slot, factor in factors:
                stiffness[equation] += factor[:, None] * nodal.along_state(slot)
        return nodal.with_rate_slopes(self._removed(None, stiffness))

    def _from_ends(self, t: float) -> Array:
        """(unknowns, N): what the conditions add to the linear part and to the rates in the residuals."""
        residuals = np.zeros((len(self._factors), self.nodal.count))
        for equation, (row, factors) in enumerate(zip(residuals, self._factors, strict=True)):
            masses = self._mass[equation * len(self.nodal.top) :]
            rates = [(self.nodal.slots[number], mass) for number, mass in zip(self.nodal.top, masses, strict=False)]
            for slot, factor in [*factors, *rates]:
                offset = self._offset(slot, t)
                if offset is not None:
                    row += factor * offset
        return residuals
