"""An evolution on points: the state holds every level of every unknown there, and the equations there give its rate of change.

With the mass M, what the rates q are multiplied by in the residuals F, q = −M⁻¹ F(q = 0). M is a small matrix at each point, or, where an
equation differentiates a rate in space (u_xxt), one matrix for all points. Slopes follow from ∂q/∂state = −M⁻¹ ∂F/∂state at fixed q.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core import grids
from core.domain import TIME
from core.errors import InputError
from core.expressions import NUMPY, Coordinate, Derivative, Expression, Leaf, Number, Vector, leaves_in, partial
from core.references.lines.axis import Axis, Bounded
from core.references.lines.boundary import Given, Solved
from core.references.lines.evolution import Evolution, Slot

Array = NDArray[np.float64]


class Nodal:
    """The state is one vector: the levels in the order of `Evolution.levels`, N values each, then functionals that evolve of themselves."""

    def __init__(self, evolution: Evolution, axes: tuple[Axis, ...]) -> None:
        self.evolution = evolution
        self.axes = axes
        self.shape = tuple(len(axis.points) for axis in axes)
        self.count = int(np.prod(self.shape))
        self.slots = [evolution.slot(leaf) for leaf in evolution.leaves]
        self.top = [number for number, leaf in enumerate(evolution.leaves) if leaf in evolution.rates]
        self.below = [number for number in range(len(self.slots)) if number not in self.top]
        self.given = self._boundary()
        self.solved = None if self._plain else Solved(evolution, self._only_bounded())
        self.columns = {level: slice(n * self.count, (n + 1) * self.count) for n, level in enumerate(evolution.levels)}
        self.size = len(evolution.levels) * self.count + (len(self.solved.evolving) if self.solved else 0)
        self.points: list[Array] = list(grids.points([axis.points for axis in axes]).T)
        self._residuals = self._vector([*evolution.equations, *(tree for row in self._mass_trees for tree in row)])
        self._pointwise = not any(sum(self.slots[number].space) for number in self.top)
        self._operators: dict[Slot, tuple[Array, ...]] = {}
        self._last: tuple[float, Array, list[Array]] = (np.nan, np.empty(0), [])

    # What the conditions give.

    @property
    def _plain(self) -> bool:
        """Whether the conditions' functionals are functions of time and place alone, of one unknown each."""
        return not any(axis.coupled or any(item.value is None for item in axis.conditions) for axis in self.axes)

    def _only_bounded(self) -> Bounded:
        (axis,) = self.axes
        if not isinstance(axis, Bounded):
            raise TypeError("only a coordinate with ends has conditions")
        return axis

    def _boundary(self) -> list[Given]:
        if len(self.axes) == 1:
            return [Given(self.evolution, self.axes[0])]
        pairs = zip(self.axes, reversed(self.axes), strict=True)
        return [Given(self.evolution, axis, edge.interval.name, edge.points) for axis, edge in pairs]

    # Derivatives at the points.

    def operator(self, slot: Slot) -> tuple[Array, ...]:
        """One (m, m) matrix an axis: the unknown's values → its derivative, conditions at zero."""
        if slot not in self._operators:
            pairs = zip(self.axes, slot.space, strict=True)
            self._operators[slot] = tuple(axis.own(slot.unknown, order) for axis, order in pairs)
        return self._operators[slot]

    def matrix(self, slot: Slot) -> Array:
        """(N, N): the same for all points at once."""
        first, *rest = self.operator(slot)
        return np.asarray(np.kron(first, rest[0]), dtype=np.float64) if rest else first

    def offset(self, slot: Slot, t: float) -> Array | None:
        """(N,): what the conditions add to a derivative; None where that is zero. For conditions that are given."""
        if not sum(slot.space):
            return None
        first, *rest = [given(slot.level, order, t) for given, order in zip(self.given, (0, *slot.space), strict=False)]
        along = self._spread(self.axes[0].given(slot.unknown, slot.space[0]), first)
        if not rest:
            return None if along is None else along.ravel()
        (second,) = rest
        across = self._spread(self.axes[1].given(slot.unknown, slot.space[1]), second)
        moved = None if along is None else along @ self.operator(slot)[1].T
        parts = [part for part in (moved, None if across is None else across.T) if part is not None]
        return np.add.reduce(parts).ravel() if parts else None

    @staticmethod
    def _spread(matrix: Array, values: Array | None) -> Array | None:
        return None if values is None else matrix @ values

    def derivative(self, slot: Slot, values: Array) -> Array:
        """(N,) values of an unknown → a derivative of it, conditions at zero."""
        if not sum(slot.space):
            return values
        first, *rest = self.operator(slot)
        if not rest:
            return first @ values
        result: Array = first @ values.reshape(self.shape) @ rest[0].T
        return result.ravel()

    def fields(self, t: float, state: Array) -> list[Array]:
        """The derivatives below the rates, at the points, in the order of `below`."""
        if self.solved:
            zs = self._levels(t, state)
            return [self.axes[0].row(slot.unknown, slot.space[0]) @ zs[slot.level] for slot in self._below_slots]
        found = []
        for slot in self._below_slots:
            values = self.derivative(slot, state[self.columns[slot.unknown, slot.level]])
            offset = self.offset(slot, t)
            found.append(values if offset is None else values + offset)
        return found

    @cached_property
    def _below_slots(self) -> list[Slot]:
        return [self.slots[number] for number in self.below]

    def _levels(self, t: float, state: Array) -> list[Array]:
        """z of each level below the highest rate's."""
        assert self.solved is not None
        if self._last[0] == t and np.array_equal(self._last[1], state):  # derivatives and functionals ask for the same
            return list(self._last[2])
        zs: list[Array] = []
        for level in range(max(self.evolution.orders)):
            zs.append(self.solved.known(t, self.solved.values(level, state), zs))
        self._last = (t, state.copy(), zs)
        return list(zs)

    # Rates.

    @cached_property
    def _mass_trees(self) -> list[list[Expression]]:
        leaves = self.evolution.leaves
        return [[partial(tree, leaves[number]) for number in self.top] for tree in self.evolution.equations]

    def _vector(self, trees: Sequence[Expression]) -> Vector:
        coordinates: list[Leaf] = [Coordinate(TIME), *(Coordinate(axis.interval.name) for axis in self.axes)]
        ordered = [*self.below, *self.top]
        return Vector(trees, [*coordinates, *(self.evolution.leaves[number] for number in ordered)], NUMPY)

    def evaluated(self, vector: Vector, t: float, fields: Sequence[Array], rates: Sequence[Array | float]) -> Array:
        """(trees, N): the trees at the points."""
        results = vector([np.float64(t), *self.points, *fields, *rates])
        table = np.empty((len(results), self.count))
        for row, result in zip(table, results, strict=True):
            row[:] = result
        return table

    def rate(self, t: float, state: Array) -> Array:
        """d state/dt; not finite where the equations have no value."""
        fields = self.fields(t, state)
        return self._assembled(t, state, self.rates(t, fields))

    def rates(self, t: float, fields: Sequence[Array]) -> Array:
        """(unknowns, N): each unknown's highest derivative along `t`."""
        table = self.evaluated(self._residuals, t, fields, self._resting(t))
        unknowns = len(self.evolution.unknowns)
        return self.unmassed(table[unknowns:], table[:unknowns])

    def _resting(self, t: float) -> list[Array | float]:
        """The rates' derivatives where the rates are zero at the points: what the conditions add to them."""
        if self._pointwise or self.solved:
            return [0.0] * len(self.top)
        offsets = [self.offset(self.slots[number], t) for number in self.top]
        return [0.0 if offset is None else offset for offset in offsets]

    def mass_factors(self) -> Array:
        """(unknowns · rates in the equations, N): the factors of the rates; for a mass of numbers or places."""
        trees = [tree for row in self._mass_trees for tree in row]
        return self.evaluated(self._vector(trees), 0.0, self._nothing, [0.0] * len(self.top))

    @property
    def _nothing(self) -> list[Array]:
        return [np.zeros(self.count)] * len(self.below)

    def unmassed(self, factors: Array | None, residuals: Array) -> Array:
        """−M⁻¹ residuals, (unknowns, N, …) → the same; `factors` (unknowns · rates in the equations, N)."""
        if self.constant_mass is not None:
            inverse = self.constant_mass
        elif factors is None:
            raise ValueError("this mass changes, so its factors are needed")
        elif self._pointwise:
            inverse = self._point_inverse(factors)
        else:
            flat = residuals.reshape(len(residuals) * self.count, -1)
            return np.asarray(-np.linalg.solve(self._mass(factors), flat), dtype=np.float64).reshape(residuals.shape)
        if len(residuals) == 1 and self._pointwise:
            factor: Array = -inverse[:, 0, 0].reshape(-1, *[1] * (residuals.ndim - 2))
            return factor * residuals
        if self._pointwise:
            return np.asarray(np.einsum("nij,jn...->in...", -inverse, residuals), dtype=np.float64)
        flat = residuals.reshape(len(residuals) * self.count, -1)
        product: Array = -(inverse @ flat).reshape(residuals.shape)
        return product

    @cached_property
    def constant_mass(self) -> Array | None:
        """M⁻¹ where it never changes: (1 or N, unknowns, unknowns), or for all points at once."""
        trees = [tree for row in self._mass_trees for tree in row]
        if any(isinstance(leaf, Derivative) or leaf == Coordinate(TIME) for tree in trees for leaf in leaves_in(tree)):
            return None
        factors = self.mass_factors()
        if not self._pointwise:
            return self._inverted(self._mass(factors))
        constant = all(isinstance(tree, Number) for tree in trees)
        return self._point_inverse(factors[:, :1] if constant else factors)

    def _point_inverse(self, factors: Array) -> Array:
        unknowns = len(self.evolution.unknowns)
        mass = np.zeros((factors.shape[1], unknowns, unknowns))
        for equation in range(unknowns):
            for place, number in enumerate(self.top):
                mass[:, equation, self.slots[number].unknown] = factors[equation * len(self.top) + place]
        if unknowns > 1:
            return self._inverted(mass)
        with np.errstate(all="ignore"):
            quotient: Array = 1 / mass
        return quotient

    def _inverted(self, mass: Array) -> Array:
        try:
            inverse = np.asarray(np.linalg.inv(mass), dtype=np.float64)
        except np.linalg.LinAlgError:
            names = ", ".join(f"{leaf.unknown}_{leaf.by}" for leaf in self.evolution.rates)
            raise InputError("reference-rates-undetermined", names=names) from None
        return inverse

    def _mass(self, factors: Array) -> Array:
        """(unknowns · N, unknowns · N)."""
        unknowns, count = len(self.evolution.unknowns), self.count
        mass = np.zeros((unknowns * count, unknowns * count))
        for equation in range(unknowns):
            rows = slice(equation * count, (equation + 1) * count)
            for place, number in enumerate(self.top):
                slot = self.slots[number]
                columns = slice(slot.unknown * count, (slot.unknown + 1) * count)
                mass[rows, columns] += factors[equation * len(self.top) + place][:, None] * self.matrix(slot)
        return mass

    def with_rates(self, shifted: Array, rates: Array) -> Array:
        """The state's change: `shifted` with the rates in the places of the highest levels."""
        for unknown, order in enumerate(self.evolution.orders):
            shifted[self.columns[unknown, order - 1]] = rates[unknown]
        return shifted

    def _assembled(self, t: float, state: Array, rates: Array) -> Array:
        shifted = np.empty(self.size)
        for (unknown, level), part in self.columns.items():
            if level + 1 < self.evolution.orders[unknown]:
                shifted[part] = state[self.columns[unknown, level + 1]]
        result = self.with_rates(shifted, rates)
        if self.solved and self.solved.evolving:
            result[len(self.columns) * self.count :] = self._evolving(t, state, rates)
        return result

    def _evolving(self, t: float, state: Array, rates: Array) -> list[float]:
        """The rates of the functionals that are part of the state: the same functionals, a level higher."""
        assert self.solved is not None
        zs = self._levels(t, state)
        top = max(self.evolution.orders)
        z = self.solved.values(top, state)
        for unknown, order in enumerate(self.evolution.orders):
            if order == top:
                z[unknown * self.count : (unknown + 1) * self.count] = rates[unknown]
        zs.append(self.solved.known(t, z, zs))
        first = len(self.evolution.unknowns) * self.count
        return [float(zs[level + 1][first + number]) for number, level in self.solved.evolving]

    # Slopes.

    @cached_property
    def _slopes(self) -> Vector:
        leaves = self.evolution.leaves
        return self._vector([partial(tree, leaves[number]) for tree in self.evolution.equations for number in self.below])

    def jacobian(self, t: float, state: Array) -> Array:
        """(size, size): ∂rate/∂state."""
        fields = self.fields(t, state)
        rates = self.rates(t, fields)
        tops = [self._rate_derivative(number, t, rates) for number in self.top]
        factors = self.evaluated(self._slopes, t, fields, tops).reshape(len(rates), len(self.below), self.count)
        stiffness = np.zeros((len(rates), self.count, self.size))
        for place, (slot, matrix) in enumerate(zip(self._below_slots, self._field_slopes(t, state), strict=True)):
            columns = slice(None) if self.solved else self.columns[slot.unknown, slot.level]
            for equation in range(len(rates)):
                if factors[equation, place].any():
                    stiffness[equation, :, columns] += factors[equation, place][:, None] * matrix
        mass = self.evaluated(self._residuals, t, fields, tops)[len(rates) :]
        return self._assembled_slopes(t, state, self.unmassed(mass, stiffness))

    def _rate_derivative(self, number: int, t: float, rates: Array) -> Array:
        slot = self.slots[number]
        values = rates[slot.unknown] if not sum(slot.space) else self.derivative(slot, rates[slot.unknown])
        offset = None if self._pointwise or self.solved else self.offset(slot, t)
        return values if offset is None else values + offset

    def _field_slopes(self, t: float, state: Array) -> list[Array]:
        if not self.solved:
            return [self.matrix(slot) for slot in self._below_slots]
        _, slopes = self._level_slopes(t, state)
        return [self.axes[0].row(slot.unknown, slot.space[0]) @ slopes[slot.level] for slot in self._below_slots]

    def _level_slopes(self, t: float, state: Array) -> tuple[list[Array], list[Array]]:
        assert self.solved is not None
        zs, slopes = self._levels(t, state), list[Array]()
        for level in range(len(zs)):
            slopes.append(self.solved.slopes(t, zs[: level + 1], self.solved.selection(level), slopes))
        return zs, slopes

    def with_rate_slopes(self, rates: Array) -> Array:
        """(size, size): the slopes of the state's change, those of the rates (unknowns, N, size) among them."""
        result = np.zeros((self.size, self.size))
        for (unknown, level), part in self.columns.items():
            if level + 1 == self.evolution.orders[unknown]:
                result[part] = rates[unknown]
            else:
                result[part, self.columns[unknown, level + 1]] = np.eye(self.count)
        return result

    def _assembled_slopes(self, t: float, state: Array, rates: Array) -> Array:
        result = self.with_rate_slopes(rates)
        if self.solved and self.solved.evolving:
            zs, slopes = self._level_slopes(t, state)
            first = len(self.evolution.unknowns) * self.count
            for row, (number, level) in enumerate(self.solved.evolving, len(self.columns) * self.count):
                if level + 1 < len(slopes):
                    result[row] = slopes[level + 1][first + number]
                else:  # the highest level: its slopes by the same rule
                    z, slope = self.solved.values(level + 1, state), self.solved.selection(level + 1)
                    for unknown, order in enumerate(self.evolution.orders):
                        if order == level + 1:
                            slope[unknown * self.count : (unknown + 1) * self.count] = rates[unknown]
                    result[row] = self.solved.slopes(t, [*zs, self.solved.known(t, z, zs)], slope, slopes)[first + number]
        return result

    # The start and the result.

    def start(self) -> Array:
        """The state at the first time; raises `InputError` where it is not finite."""
        place: list[Leaf] = [Coordinate(axis.interval.name) for axis in self.axes]
        trees = [self.evolution.starts[level] for level in self.evolution.levels]
        values = Vector(trees, place, NUMPY)(self.points)
        state = np.concatenate([np.broadcast_to(value, self.count) for value in values])
        if self.solved:
            state = np.concatenate([state, self.solved.start(self.evolution)])
        if not np.isfinite(state).all():
            raise InputError("reference-start-not-finite")
        return state

    def output(self, points: Sequence[Array]) -> Output:
        """A function that gives the unknowns on a grid."""
        return Output(self, points)


class Output:
    """Called with a time and a state: the unknowns on a grid in space, (*shape, unknowns)."""

    def __init__(self, nodal: Nodal, points: Sequence[Array]) -> None:
        self._nodal = nodal
        self._unknowns = range(len(nodal.evolution.unknowns))
        self._matrices = [
            [axis.output(unknown, place) for axis, place in zip(nodal.axes, points, strict=True)] for unknown in self._unknowns
        ]
        self._edges = [Given(nodal.evolution, axis, nodal.axes[0].interval.name, points[0]) for axis in nodal.axes[1:]]

    def __call__(self, t: float, state: Array) -> Array:
        return np.stack([self._unknown(unknown, t, state) for unknown in self._unknowns], axis=-1)

    def _unknown(self, unknown: int, t: float, state: Array) -> Array:
        nodal = self._nodal
        if nodal.solved:
            return self._matrices[unknown][0] @ nodal.solved.known(t, nodal.solved.values(0, state), [])
        values = state[nodal.columns[unknown, 0]].reshape(nodal.shape)
        result = self._along(0, unknown, values, nodal.given[0](0, 0, t))
        return result if len(nodal.axes) == 1 else self._along(1, unknown, result.T, self._edges[0](0, 0, t)).T

    def _along(self, number: int, unknown: int, values: Array, given: Array | None) -> Array:
        matrix, count = self._matrices[unknown][number], len(self._nodal.axes[number].points)
        own = matrix[:, unknown * count : (unknown + 1) * count]
        result: Array = own @ values
        if given is not None:
            data = matrix[:, len(self._unknowns) * count :] @ given
            result = result + (data if result.ndim == 2 else data[:, 0])
        return result
