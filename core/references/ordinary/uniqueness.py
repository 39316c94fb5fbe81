"""Whether the solution of a boundary-value problem is the only one near it: the linearised equations on its mesh tell.

On a mesh of m points they are a matrix, by the same formula of Lobatto as the solution (Ascher, Mattheij and Russell 1995, section 5.4).
Its smallest singular value times m settles as the mesh is halved, unless there is a function that the equations take no notice of: then
only the formula's error is left, which falls by 2⁴.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.linalg import splu

from core.errors import RunError
from core.references.ordinary.unit_interval import Pieces

Array = NDArray[np.float64]

FALLS = 0.3
"""What is left of the smallest singular value on the halved mesh, if there is such a function."""
SMALL = 1e-2
"""A value, times the number of points, that can be one of these."""
ROUNDS = 5
"""The rounds of inverse iteration."""


def check(pieces: Pieces, mesh: Array, between: Callable[[Array], Array]) -> None:
    """Raise `RunError` where something can be added to a solution, which is given on a mesh (m,) of [0, 1] and between its points."""
    halved = np.sort(np.concatenate([mesh, (mesh[1:] + mesh[:-1]) / 2]))
    coarse, fine = (_softness(pieces, points, between) for points in (mesh, halved))
    if fine < min(FALLS * coarse, SMALL):
        raise RunError("reference-undetermined" if linear(pieces, mesh, between) else "reference-double")


def linear(pieces: Pieces, mesh: Array, between: Callable[[Array], Array]) -> bool:
    """Whether the slopes of equations and conditions are the same at the solution and elsewhere."""
    states = between(mesh)
    other = states + 1.0
    same = np.array_equal(pieces.jacobian(mesh, states, 1.0), pieces.jacobian(mesh, other, 1.0))
    ends = [pieces.residual_slopes(values[:, 0], values[:, -1]) for values in (states, other)]
    return same and all(np.array_equal(*pair) for pair in zip(*ends, strict=True))


def _softness(pieces: Pieces, mesh: Array, between: Callable[[Array], Array]) -> float:
    """The smallest singular value of the matrix, rows of length about one, times the number of points."""
    matrix = _matrix(pieces, mesh, between).tocsc()
    try:
        factors = splu(matrix)
    except RuntimeError:  # it is singular to the last bit
        return 0.0
    vector = np.random.default_rng(0).standard_normal(matrix.shape[0])
    for _ in range(ROUNDS):
        vector = vector / np.linalg.norm(vector)
        vector = factors.solve(factors.solve(vector, trans="T"))
    size = float(np.linalg.norm(vector))
    return len(mesh) / np.sqrt(size) if np.isfinite(size) else 0.0


def _matrix(pieces: Pieces, mesh: Array, between: Callable[[Array], Array]) -> coo_array:
    """The rows of each interval, then those of the conditions, (m n, m n)."""
    count, points = pieces.count * pieces.size, len(mesh)
    steps = np.diff(mesh)[:, None, None]
    middle = (mesh[1:] + mesh[:-1]) / 2
    at, half = (pieces.jacobian(where, between(where), 1.0).transpose(2, 0, 1) for where in (mesh, middle))  # (m, n, n)
    low = -np.eye(count) - steps / 6 * (at[:-1] + 2 * half) - steps**2 / 12 * (half @ at[:-1])
    high = np.eye(count) - steps / 6 * (at[1:] + 2 * half) + steps**2 / 12 * (half @ at[1:])
    scales = np.maximum(np.abs(low).sum(axis=2), np.abs(high).sum(axis=2))[:, :, None]
    ends = between(mesh[[0, -1]])
    left, right = pieces.residual_slopes(ends[:, 0], ends[:, 1])
    lengths = np.maximum(np.abs(left).sum(axis=1) + np.abs(right).sum(axis=1), np.finfo(float).tiny)[:, None]
    blocks = [*low / scales, *high / scales, left / lengths, right / lengths]
    row = [*range(points - 1), *range(points - 1), points - 1, points - 1]
    column = [*range(points - 1), *range(1, points), 0, points - 1]
    inner = np.arange(count)
    rows = (np.array(row)[:, None, None] * count + inner[None, :, None]) + 0 * inner[None, None, :]
    columns = (np.array(column)[:, None, None] * count + inner[None, None, :]) + 0 * inner[None, :, None]
    return coo_array((np.array(blocks).ravel(), (rows.ravel(), columns.ravel())), shape=(points * count, points * count))
