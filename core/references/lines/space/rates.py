"""How fast an evolution on points changes, and the slopes of that for implicit integrators.

With the mass M, what the rates q are multiplied by in the residuals F, q = −M⁻¹ F(q = 0), and ∂q/∂state = −M⁻¹ ∂F/∂state at fixed q.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.expressions import partial
from core.references.lines.space.boundary import Solved
from core.references.lines.space.discretised import Nodal
from core.references.lines.space.mass import Mass

Array = NDArray[np.float64]


class Rates:
    """The right-hand side of state' = f(t, state)."""

    def __init__(self, nodal: Nodal) -> None:
        self._nodal = nodal
        self._mass = Mass(nodal)
        self._unknowns = len(nodal.evolution.unknowns)
        equations, leaves = nodal.evolution.equations, nodal.evolution.leaves
        self._residuals = nodal.vector([*equations, *self._mass.trees])
        self._slopes = nodal.vector([partial(tree, leaves[number]) for tree in equations for number in nodal.below])

    def __call__(self, t: float, state: Array) -> Array:
        """d state/dt; not finite where the equations have no value."""
        nodal = self._nodal
        rates = self._rates(t, nodal.fields(t, state))
        change = nodal.with_rates(nodal.shifted(state), rates)
        if nodal.solved and nodal.solved.evolving:
            zs = [*nodal.levels(t, state), self._above(nodal.solved, t, state, rates)]
            change[nodal.evolving] = [zs[level + 1][nodal.functional(number)] for number, level in nodal.solved.evolving]
        return change

    def _rates(self, t: float, fields: Sequence[Array]) -> Array:
        """(unknowns, N): each unknown's highest derivative along `t`."""
        table = self._nodal.evaluated(self._residuals, t, fields, self._nodal.resting(t))
        return self._mass.removed(table[self._unknowns :], table[: self._unknowns])

    def _above(self, solved: Solved, t: float, state: Array, rates: Array) -> Array:
        """z of the level above all that the state holds, of which unknowns' rates are part."""
        top = max(self._nodal.evolution.orders)
        return solved.known(t, self._with_rates(solved.values(top, state), rates, top), self._nodal.levels(t, state))

    def _with_rates(self, z: Array, rates: Array, level: int) -> Array:
        count = self._nodal.count
        for unknown, order in enumerate(self._nodal.evolution.orders):
            if order == level:
                z[unknown * count : (unknown + 1) * count] = rates[unknown]
        return z

    def jacobian(self, t: float, state: Array) -> Array:
        """(size, size): ∂f/∂state."""
        nodal = self._nodal
        fields = nodal.fields(t, state)
        rates = self._rates(t, fields)
        tops = [self._derivative(number, t, rates) for number in nodal.top]
        factors = nodal.evaluated(self._slopes, t, fields, tops).reshape(self._unknowns, len(nodal.below), nodal.count)
        stiffness = np.zeros((self._unknowns, nodal.count, nodal.size))
        for place, matrix in enumerate(self._field_slopes(t, state)):
            for equation in range(self._unknowns):
                if factors[equation, place].any():
                    stiffness[equation] += factors[equation, place][:, None] * matrix
        mass = nodal.evaluated(self._residuals, t, fields, tops)[self._unknowns :]
        slopes = self._mass.removed(mass, stiffness)
        result = nodal.with_rate_slopes(slopes)
        if nodal.solved and nodal.solved.evolving:
            result[nodal.evolving] = self._evolving_slopes(nodal.solved, t, state, rates, slopes)
        return result

    def _derivative(self, number: int, t: float, rates: Array) -> Array:
        """A derivative of the rates at the points."""
        slot = self._nodal.slots[number]
        values = self._nodal.derivative(slot, rates[slot.unknown])
        offset = None if self._nodal.pointwise else self._nodal.offset(slot, t)
        return values if offset is None else values + offset

    def _field_slopes(self, t: float, state: Array) -> list[Array]:
        """∂derivative/∂state, (N, size) each, in the order of `below_slots`."""
        nodal = self._nodal
        if not nodal.solved:
            return self._constant_slopes
        slopes = nodal.level_slopes(t, state)
        return [nodal.axes[0].row(slot.unknown, slot.space[0]) @ slopes[slot.level] for slot in nodal.below_slots]

    @cached_property
    def _constant_slopes(self) -> list[Array]:
        return [self._nodal.along_state(slot) for slot in self._nodal.below_slots]

    def _evolving_slopes(self, solved: Solved, t: float, state: Array, rates: Array, rate_slopes: Array) -> list[Array]:
        """The slopes of the rates of those functionals that are part of the state: the functionals a level higher."""
        nodal, top = self._nodal, max(self._nodal.evolution.orders)
        slopes = nodal.level_slopes(t, state)
        zs = [*nodal.levels(t, state), self._above(solved, t, state, rates)]
        above = solved.selection(top)
        for unknown, order in enumerate(nodal.evolution.orders):
            if order == top:
                above[unknown * nodal.count : (unknown + 1) * nodal.count] = rate_slopes[unknown]
        slopes.append(solved.slopes(t, zs, above, slopes))
        return [slopes[level + 1][nodal.functional(number)] for number, level in solved.evolving]
