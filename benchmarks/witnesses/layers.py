"""Linear systems with constant coefficients by layers, solved exactly: matrix exponentials between the nodes, one linear system for all.

In a layer the state y(x), which is continuous, obeys y' = matrix·y + constant + slope·(x − low). The exponential of the matrix that is
bordered by the right side carries y from node to node (Van Loan 1978, IEEE Transactions on Automatic Control 23).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm
from scipy.sparse import coo_array
from scipy.sparse.linalg import splu

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """A stretch of constant coefficients: `matrix` (n, n), `constant` and `slope` (n,) each; no slope means 0."""

    low: float
    high: float
    matrix: Array
    constant: Array
    slope: Array | None = None

    def carried(self, begin: float, end: float) -> tuple[Array, Array]:
        """The matrix (n, n) and the shift (n,) that take y at `begin` to y at `end`, both within the layer."""
        count = len(self.constant)
        slope = np.zeros(count) if self.slope is None else self.slope
        bordered = np.zeros((count + 2, count + 2))
        bordered[:count, :count] = self.matrix
        bordered[:count, count] = self.constant + slope * (begin - self.low)
        bordered[:count, count + 1] = slope
        bordered[count, count + 1] = 0.0
        bordered[count + 1, count] = 1.0
        power = expm(bordered * (end - begin))
        return power[:count, :count], power[:count, count]


@dataclass(frozen=True)
class End:
    """A condition: `factors`·y = `value` at `place`."""

    place: float
    factors: tuple[float, ...]
    value: float


def march(layers: Sequence[Layer], start: Sequence[float], axis: Array) -> Array:
    """The states (points, n) on the growing `axis`, from the state `start` at its first point."""
    nodes = _nodes(layers, axis)
    states = [np.asarray(start, dtype=float)]
    for power, shift in _cells(layers, nodes):
        states.append(power @ states[-1] + shift)
    return np.array(states)[np.searchsorted(nodes, axis)]


def solve(layers: Sequence[Layer], ends: Sequence[End], axis: Array) -> Array:
    """The states (points, n) on the growing `axis` that meet as many `ends` as the state has parts."""
    nodes = _nodes(layers, axis)
    count = len(layers[0].constant)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    right: list[float] = []

    def put(row: int, block: Array, column: int) -> None:
        for (down, across), value in np.ndenumerate(block):
            rows.append(row + down)
            columns.append(column + across)
            values.append(value)

    for index, (power, shift) in enumerate(_cells(layers, nodes)):
        put(index * count, power, index * count)
        put(index * count, -np.eye(count), (index + 1) * count)
        right.extend(-shift)
    for number, item in enumerate(ends):
        put(
            (len(nodes) - 1) * count + number,
            np.array([item.factors]),
            int(np.searchsorted(nodes, item.place)) * count,
        )
        right.append(item.value)
    size = len(nodes) * count
    system = coo_array((values, (rows, columns)), shape=(size, size)).tocsc()
    found: Array = splu(system).solve(np.array(right)).reshape(len(nodes), count)
    return found[np.searchsorted(nodes, axis)]


def _nodes(layers: Sequence[Layer], axis: Array) -> Array:
    """The points of the axis and the borders of the layers that lie between its ends."""
    borders = [border for layer in layers for border in (layer.low, layer.high) if axis[0] < border < axis[-1]]
    return np.unique(np.concatenate([axis, borders]))


def _cells(layers: Sequence[Layer], nodes: Array) -> Iterator[tuple[Array, Array]]:
    """What carries the state over each cell; equal cells of one layer share it where nothing in it depends on the place."""
    known: dict[tuple[int, str], tuple[Array, Array]] = {}
    for begin, end in itertools.pairwise(nodes):
        layer = _layer(layers, begin, end)
        key = (id(layer), f"{end - begin:.13g}")
        found = known.get(key) if layer.slope is None else None
        known[key] = found or layer.carried(begin, end)
        yield known[key]


def _layer(layers: Sequence[Layer], begin: float, end: float) -> Layer:
    """The layer that holds the middle of a cell."""
    middle = (begin + end) / 2
    return next(layer for layer in layers if layer.low <= middle <= layer.high)
