"""Evolutions in Fourier modes as y' = A y + N(t, y), for exponential integrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain import grids
from core.domain.domain import TIME
from core.errors import InputError
from core.expressions import NUMPY, Coordinate, Leaf, Number, Vector, partial
from core.references.common.spectral import Fourier
from core.references.lines.evolution import mirrors
from core.references.lines.evolution.evolution import Evolution
from core.references.lines.evolution.exponential import Blocks
from core.references.lines.evolution.mirrors import Parities
from core.references.lines.evolution.splitting import Splitting

Array = NDArray[np.float64]
Modes = NDArray[np.complex128]


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
        """The values at the nodes, (*shape,)."""
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
