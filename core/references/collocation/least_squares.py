"""Linear least squares by orthogonal factorisation, and how long that takes."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from core.errors import RunError
from core.references.common.clock import Clock

Array = NDArray[np.float64]

BLOCK = 32
"""Columns that LAPACK takes at once."""
UNSEEN = 1e-15
"""A column so much shorter than the longest is rounding, and stays short."""
ROUNDS = 4
"""The rounds of inverse iteration: singular values that matter differ by powers of ten."""


@dataclass
class Speed:
    """Operations a second that factorisations have reached so far: LAPACK cannot be interrupted, so its time is foretold."""

    operations: float = 5e7
    spent: float = 0.01  # seconds

    def seconds(self, rows: int, columns: int) -> float:
        """What a factorisation will take."""
        return _operations(rows, columns) * self.spent / self.operations

    def measured(self, rows: int, columns: int, seconds: float) -> None:
        """Count a factorisation; those before it count half as much each time, and a small one that had to wait says little."""
        if columns >= 200:
            self.operations = self.operations / 2 + _operations(rows, columns)
            self.spent = self.spent / 2 + seconds


@dataclass(frozen=True)
class Factors:
    """A matrix A (rows, size), its columns scaled to length 1, as Q R: what LAPACK's `geqrf` leaves of it.

    QR errs by the condition number of A, normal equations would by its square (Björck 1996, Numerical Methods for Least Squares Problems,
    sections 2.4 and 2.2). `condition` is the reciprocal of the scaled matrix's.
    """

    packed: Array
    reflectors: Array
    lengths: Array
    condition: float

    @classmethod
    def of(cls, matrix: Array, clock: Clock, speed: Speed) -> Factors:
        """Factor A, in Fortran's order, which is overwritten; raises `RunError` where this would outlast the clock."""
        rows, size = matrix.shape
        if speed.seconds(rows, size) > clock.left:
            raise RunError("reference-too-slow", limit=f"{clock.limit:g}")
        lengths = np.sqrt(np.einsum("ij,ij->j", matrix, matrix))
        lengths[lengths <= UNSEEN * lengths.max(initial=0.0)] = 1.0
        matrix /= lengths
        begun = time.perf_counter()
        packed, reflectors, _, _ = lapack.dgeqrf(matrix, lwork=BLOCK * size, overwrite_a=1)
        speed.measured(rows, size, time.perf_counter() - begun)
        condition = float(lapack.dtrcon(packed[:size], norm="1", uplo="U", diag="N")[0])
        return cls(packed, reflectors, lengths, condition)

    def fit(self, right: Array) -> tuple[Array, float]:
        """The x (size,) that makes ‖A x − b‖ smallest for b (rows,), and that norm; zeros for a singular A."""
        size = len(self.lengths)
        turned = lapack.dormqr("L", "T", self.packed, self.reflectors, right[:, None], BLOCK)[0][:, 0]
        remains = float(np.linalg.norm(turned[size:]))
        if self.condition == 0:
            return np.zeros(size), remains
        return lapack.dtrtrs(self.packed[:size], turned[:size])[0] / self.lengths, remains

    def weakest(self, most: int) -> tuple[Array, Array]:
        """The smallest singular values of the scaled matrix, (most,), rising, and the x of length 1 that belong to them, (size, most).

        By inverse iteration with several vectors at once (Golub and Van Loan 2013, section 8.2.4); lengths are those of the scaled x.
        """
        size = len(self.lengths)
        upper = np.triu(self.packed[:size])
        diagonal = np.abs(np.diag(upper))
        np.fill_diagonal(upper, np.where(diagonal > 0, np.diag(upper), np.finfo(float).eps * (diagonal.max() or 1.0)))
        block = np.linalg.qr(np.random.default_rng(0).standard_normal((size, min(most, size))))[0]
        for _ in range(ROUNDS):
            block = np.linalg.qr(lapack.dtrtrs(upper, lapack.dtrtrs(upper, block, trans=1)[0])[0])[0]
        _, values, turn = np.linalg.svd(upper @ block, full_matrices=False)
        return values[::-1], (block @ turn.T[:, ::-1]) / self.lengths[:, None]


def _operations(rows: int, columns: int) -> float:
    """The operations of a QR factorisation (Golub and Van Loan 2013, section 5.2.1)."""
    return 2.0 * columns**2 * (rows - columns / 3)
