"""An evolution on points: what the state holds, and derivatives of it there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.domain import grids
from core.domain.domain import TIME
from core.errors import InputError
from core.expressions import NUMPY, Coordinate, Expression, Leaf, Vector
from core.references.lines.evolution.evolution import Evolution, Slot
from core.references.lines.space.axis import Axis, Bounded
from core.references.lines.space.boundary import Given, Solved

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
        self.pointwise = not any(sum(self.slots[number].space) for number in self.top)
        self.coupled = any(axis.coupled for axis in axes)
        self.given = self._boundary()
        self.solved = None if self._plain else Solved(evolution, self._only_bounded())
        self.columns = {level: slice(n * self.count, (n + 1) * self.count) for n, level in enumerate(evolution.levels)}
        self.size = len(evolution.levels) * self.count + (len(self.solved.evolving) if self.solved else 0)
        self.points: list[Array] = list(grids.points([axis.points for axis in axes]).T)
        if self.solved and not self.pointwise:
            raise InputError("reference-rate-in-space", names=", ".join(f"{leaf.unknown}_{leaf.by}" for leaf in evolution.rates))
        self._operators: dict[Slot, tuple[Array, ...]] = {}
        self._last: tuple[float, Array, list[Array]] = (np.nan, np.empty(0), [])

    @property
    def _plain(self) -> bool:
        """Whether the conditions' functionals are functions of time and place alone; of one unknown each, unless there is one axis."""
        if any(item.value is None for axis in self.axes for item in axis.conditions):
            return False
        return not self.coupled or (len(self.axes) == 1 and self.pointwise and len(set(self.evolution.orders)) == 1)

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

    def along_state(self, slot: Slot) -> Array:
        """(N, size): the state → a derivative of an unknown, conditions at zero; others count where conditions couple them."""
        wide = np.zeros((self.count, self.size))
        if not self.coupled or not sum(slot.space):
            wide[:, self.columns[slot.unknown, slot.level]] = self.matrix(slot) if sum(slot.space) else np.eye(self.count)
            return wide
        row = self.axes[0].row(slot.unknown, slot.space[0])
        for unknown in range(len(self.evolution.unknowns)):
            wide[:, self.columns[unknown, slot.level]] = row[:, unknown * self.count : (unknown + 1) * self.count]
        return wide

    def derived(self, slot: Slot, state: Array) -> Array:
        """(N,): a derivative of an unknown in a state, conditions at zero."""
        if not self.coupled or not sum(slot.space):
            return self.derivative(slot, state[self.columns[slot.unknown, slot.level]])
        values = np.concatenate([state[self.columns[unknown, slot.level]] for unknown in range(len(self.evolution.unknowns))])
        result: Array = self.axes[0].row(slot.unknown, slot.space[0])[:, : len(values)] @ values
        return result

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
            zs = self.levels(t, state)
            return [self.axes[0].row(slot.unknown, slot.space[0]) @ zs[slot.level] for slot in self.below_slots]
        found = []
        for slot in self.below_slots:
            values = self.derived(slot, state)
            offset = self.offset(slot, t)
            found.append(values if offset is None else values + offset)
        return found

    @cached_property
    def below_slots(self) -> list[Slot]:
        return [self.slots[number] for number in self.below]

    def levels(self, t: float, state: Array) -> list[Array]:
        """z of each level below the highest rate's."""
        assert self.solved is not None
        if self._last[0] == t and np.array_equal(self._last[1], state):  # derivatives and functionals ask for the same
            return list(self._last[2])
        zs: list[Array] = []
        for level in range(max(self.evolution.orders)):
            zs.append(self.solved.known(t, self.solved.values(level, state), zs))
        self._last = (t, state.copy(), zs)
        return list(zs)

    def level_slopes(self, t: float, state: Array) -> list[Array]:
        """∂z/∂state of each of `levels`, (z, state)."""
        assert self.solved is not None
        zs, slopes = self.levels(t, state), list[Array]()
        for level in range(len(zs)):
            slopes.append(self.solved.slopes(t, zs[: level + 1], self.solved.selection(level), slopes))
        return slopes

    def resting(self, t: float) -> list[Array | float]:
        """The rates' derivatives where the rates are zero at the points: what the conditions add to them."""
        if self.pointwise:
            return [0.0] * len(self.top)
        offsets = [self.offset(self.slots[number], t) for number in self.top]
        return [0.0 if offset is None else offset for offset in offsets]

    @property
    def evolving(self) -> slice:
        """Where the state holds functionals."""
        return slice(len(self.columns) * self.count, self.size)

    def functional(self, number: int) -> int:
        """The place of a condition's functional in z."""
        return len(self.evolution.unknowns) * self.count + number

    def vector(self, trees: Sequence[Expression]) -> Vector:
        """Trees made ready for `evaluated`."""
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

    def shifted(self, state: Array) -> Array:
        """The state's change as far as levels give it: each is the one above; the rates are left out."""
        change = np.zeros(self.size)
        for (unknown, level), part in self.columns.items():
            if level + 1 < self.evolution.orders[unknown]:
                change[part] = state[self.columns[unknown, level + 1]]
        return change

    def with_rates(self, shifted: Array, rates: Array) -> Array:
        """The state's change: `shifted` with the rates in the places of the highest levels."""
        for unknown, order in enumerate(self.evolution.orders):
            shifted[self.columns[unknown, order - 1]] = rates[unknown]
        return shifted

    def with_rate_slopes(self, rates: Array) -> Array:
        """(size, size): the slopes of the state's change, those of the rates (unknowns, N, size) among them."""
        result = np.zeros((self.size, self.size))
        for (unknown, level), part in self.columns.items():
            if level + 1 == self.evolution.orders[unknown]:
                result[part] = rates[unknown]
            else:
                result[part, self.columns[unknown, level + 1]] = np.eye(self.count)
        return result
