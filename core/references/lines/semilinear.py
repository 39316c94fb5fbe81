"""Evolutions as y' = A y + N(t, y), on points or in Fourier modes, for exponential integrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core import grids
from core.domain import TIME
from core.errors import InputError
from core.expressions import NUMPY, Coordinate, Derivative, Expression, Leaf, Number, Vector, partial
from core.references.lines import mirrors
from core.references.lines.axis import Bounded
from core.references.lines.evolution import Evolution, Slot
from core.references.lines.exponential import Blocks
from core.references.lines.mirrors import Parities
from core.references.lines.nodal import Nodal
from core.references.lines.splitting import Splitting
from core.references.spectral import Fourier

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
        self._mass = self.nodal.mass_factors()
        (first, *others) = nodal.axes
        self._lift = first.lift() if isinstance(first, Bounded) and not others else None
        self._lifted: dict[Slot, Array] = {}
        self.blocks = self._matrix()[None]
        moving = any(given.moves() for given in nodal.given)
        self.moves = splitting.moves or moving
        self._ends = None if moving else self._from_ends(0.0)

    def start(self) -> Blocks:
        state = self.nodal.start()
        return self._shifted(self.nodal.evolution.time.low, state, -1.0)[None]

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
        return nodal.with_rates(np.zeros(nodal.size), nodal.unmassed(None, residuals))[None]

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
            count = self.nodal.count
            lift = self._lift[slot.unknown * count : (slot.unknown + 1) * count]
            axis, (order,) = self.nodal.axes[0], slot.space
            self._lifted[slot] = axis.own(slot.unknown, order) @ lift + axis.given(slot.unknown, order)
        result: Array = self._lifted[slot] @ values[:, 0]
        return result

    def _field(self, slot: Slot, t: float, state: Array) -> Array:
        values = self.nodal.derivative(slot, state[self.nodal.columns[slot.unknown, slot.level]])
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
                stiffness[equation, :, nodal.columns[slot.unknown, slot.level]] += factor[:, None] * nodal.matrix(slot)
        return nodal.with_rate_slopes(nodal.unmassed(None, stiffness))

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


class InModes:
    """A block a Fourier mode; for coordinates that are periodic or have mirrors at their ends, and constant factors."""

    def __init__(self, evolution: Evolution, grids_: Sequence[Fourier], splitting: Splitting, parities: Mapping[str, Parities]) -> None:
        self.evolution = evolution
        self._parities = parities
        self.grids = tuple(grids_)
        self.shape = tuple(grid.n for grid in self.grids)
        self._half = (*self.shape[:-1], self.shape[-1] // 2 + 1)
        self._splitting = splitting
        self._slots = [evolution.slot(leaf) for leaf in splitting.leaves]
        self._column = {level: number for number, level in enumerate(evolution.levels)}
        self._symbols: dict[tuple[int, ...], Modes] = {}
        coordinates: list[Leaf] = [Coordinate(TIME), *(Coordinate(item.name) for item in evolution.space)]
        self._points = list(grids.points([grid.nodes for grid in self.grids]).T.reshape(len(self.grids), *self.shape))
        self._rest = Vector(splitting.rest, [*coordinates, *splitting.leaves], NUMPY)
        self.moves = splitting.moves
        self._inverse = self._mass_inverse()
        self.blocks = self._blocks()
        self._space = tuple(range(1, len(self.shape) + 1))
        self._columns_of_slots = [self._column[slot.unknown, slot.level] for slot in self._slots]
        self._symbols_of_slots = np.array([self.symbol(slot.space) for slot in self._slots])
        self._rates = [self._column[unknown, order - 1] for unknown, order in enumerate(evolution.orders)]
        self._projection = self._to_rates()
        self._interpolations: tuple[Sequence[Array], list[Array]] | None = None

    def _to_rates(self) -> Modes:
        """Residuals' modes → rates': (unknowns, unknowns, modes), or (unknowns, modes) where each residual gives one rate."""
        projection = -(self._inverse * self._mask()[:, :, None]).transpose(1, 2, 0)
        diagonal = np.einsum("iik->ik", projection)
        alone = np.count_nonzero(projection) == np.count_nonzero(diagonal)
        return np.array(diagonal if alone else projection, dtype=np.complex128)

    def _mask(self) -> Array:
        """(modes, 1): zero for the highest third, into which products of the others would be aliased (Orszag 1971)."""
        keeps = [np.abs(np.fft.fftfreq(grid.n, 1 / grid.n)) <= grid.n / 3 for grid in self.grids]
        keeps[-1] = keeps[-1][: self._half[-1]]
        product = keeps[0]
        for keep in keeps[1:]:
            product = product[:, None] & keep
        return np.asarray(product.ravel(), dtype=np.float64)[:, None]

    def symbol(self, space: tuple[int, ...]) -> Modes:
        """(modes,): a derivative in space."""
        if space not in self._symbols:
            factors = [_full(grid, order) for grid, order in zip(self.grids[:-1], space[:-1], strict=True)]
            factors.append(self.grids[-1].symbol(space[-1]))
            product = factors[0]
            for factor in factors[1:]:
                product = product[:, None] * factor
            self._symbols[space] = product.ravel()
        return self._symbols[space]

    def _mass_inverse(self) -> Modes:
        unknowns = len(self.evolution.unknowns)
        mass = np.zeros((int(np.prod(self._half)), unknowns, unknowns), dtype=np.complex128)
        for equation, tree in enumerate(self.evolution.equations):
            for leaf in self.evolution.rates:
                slot, factor = self.evolution.slot(leaf), partial(tree, leaf)
                mass[:, equation, slot.unknown] += _number(factor) * self.symbol(slot.space)
        if not (np.abs(np.linalg.det(mass)) > 0).all():
            names = ", ".join(f"{leaf.unknown}_{leaf.by}" for leaf in self.evolution.rates)
            raise InputError("reference-rates-undetermined", names=names)
        return np.asarray(np.linalg.inv(mass), dtype=np.complex128)

    def _blocks(self) -> Blocks:
        levels = self.evolution.levels
        linear = np.zeros((len(self._inverse), len(self.evolution.unknowns), len(levels)), dtype=np.complex128)
        for equation, factors in enumerate(self._splitting.linear):
            for leaf, factor in factors.items():
                slot = self.evolution.slot(leaf)
                linear[:, equation, self._column[slot.unknown, slot.level]] += _number(factor) * self.symbol(slot.space)
        rates = -self._inverse @ linear
        blocks = np.zeros((len(linear), len(levels), len(levels)), dtype=np.complex128)
        for (unknown, level), row in self._column.items():
            if level + 1 == self.evolution.orders[unknown]:
                blocks[:, row] = rates[:, unknown]
            else:
                blocks[:, row, self._column[unknown, level + 1]] = 1
        diagonal = np.einsum("kii->ki", blocks)
        return diagonal.copy() if np.count_nonzero(blocks) == np.count_nonzero(diagonal) else blocks

    def start(self) -> Blocks:
        values = mirrors.start(self.evolution, self.grids, self._parities)
        if not np.isfinite(values).all():
            raise InputError("reference-start-not-finite")
        return self._modes(values)

    def _modes(self, values: Sequence[Array]) -> Modes:
        """(modes, len(values))."""
        return np.stack([np.fft.rfftn(value).ravel() for value in values], axis=1)

    def values(self, modes: Modes) -> Array:
        """At the nodes, (*shape,)."""
        result: Array = np.fft.irfftn(modes.reshape(self._half), s=self.shape, axes=range(len(self.shape)))
        return result

    def rest(self, t: float, state: Blocks) -> Blocks:
        results = self._rest([np.float64(t), *self._points, *self._fields(state)])
        residuals = np.empty((len(results), *self.shape))
        for row, result in zip(residuals, results, strict=True):
            row[:] = result
        modes = np.fft.rfftn(residuals, axes=self._space).reshape(len(results), -1)
        change = np.zeros_like(state)
        change[:, self._rates] = (
            (self._projection * modes).T if self._projection.ndim == 2 else np.einsum("ijk,jk->ki", self._projection, modes)
        )
        return change

    def _fields(self, state: Blocks) -> Array:
        """(derivatives in the rest, *shape)."""
        if not self._slots:
            return np.empty((0, *self.shape))
        modes = self._symbols_of_slots * state.T[self._columns_of_slots]
        fields: Array = np.fft.irfftn(modes.reshape(-1, *self._half), s=self.shape, axes=self._space)
        return fields

    def output(self, points: Sequence[Array], state: Blocks) -> Array:
        """The unknowns on a grid, (*shape, unknowns)."""
        if self._interpolations is None or self._interpolations[0] is not points:
            self._interpolations = (points, [grid.interpolation(place) for grid, place in zip(self.grids, points, strict=True)])
        found = []
        for unknown in range(len(self.evolution.unknowns)):
            values = self.values(state[:, self._column[unknown, 0]])
            for number, matrix in enumerate(self._interpolations[1]):
                values = np.moveaxis(np.tensordot(matrix, values, axes=(1, number)), 0, number)
            found.append(values)
        return np.stack(found, axis=-1)


def _full(grid: Fourier, order: int) -> Modes:
    """The symbol in the order of `numpy.fft.fft`."""
    half = grid.symbol(order)
    return np.concatenate([half, half[1 : (grid.n + 1) // 2][::-1].conj()])


def _number(tree: object) -> float:
    assert isinstance(tree, Number)
    return tree.value
