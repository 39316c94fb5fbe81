"""The solution on the output grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.references.lines.space.boundary import Given
from core.references.lines.space.discretised import Nodal

Array = NDArray[np.float64]


class Output:
    """A function of a time and a state: it gives the unknowns on a grid in space, (*shape, unknowns)."""

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
        if nodal.coupled:
            return self._of_all(unknown, t, state)
        values = state[nodal.columns[unknown, 0]].reshape(nodal.shape)
        result = self._along(0, unknown, values, nodal.given[0](0, 0, t))
        return result if len(nodal.axes) == 1 else self._along(1, unknown, result.T, self._edges[0](0, 0, t)).T

    def _of_all(self, unknown: int, t: float, state: Array) -> Array:
        """An unknown on the grid where the conditions of the one axis couple it to others."""
        matrix, given = self._matrices[unknown][0], self._nodal.given[0](0, 0, t)
        values = np.concatenate([state[self._nodal.columns[other, 0]] for other in self._unknowns])
        result: Array = matrix[:, : len(values)] @ values
        return result if given is None else result + matrix[:, len(values) :] @ given[:, 0]

    def _along(self, number: int, unknown: int, values: Array, given: Array | None) -> Array:
        matrix, count = self._matrices[unknown][number], len(self._nodal.axes[number].points)
        own = matrix[:, unknown * count : (unknown + 1) * count]
        result: Array = own @ values
        if given is not None:
            data = matrix[:, len(self._unknowns) * count :] @ given
            result = result + (data if result.ndim == 2 else data[:, 0])
        return result
