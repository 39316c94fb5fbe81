"""The points of a step, and the residuals there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from core.network.columns import Columns


@dataclass(frozen=True)
class Rows:
    """The rows of the condition batch that belong to one condition, `at` each place and at its own coordinates, `base`."""

    at: Mapping[tuple[float | None, ...], slice]
    base: Columns


@dataclass(frozen=True)
class Batch:
    """Rows of data: `points` (n, d), and the `values` (n, unknowns) of the unknowns that are known there."""

    points: Tensor
    values: Tensor


@dataclass(frozen=True)
class Points:
    """The points of one step: `interior` for the equations, `edge` for all conditions together, `rows` for each condition, and the data."""

    interior: Columns
    edge: Columns
    rows: tuple[Rows, ...]
    data: Batch | None = None
    _blocks: dict[int, list[Columns]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def blocks(self, size: int) -> list[Columns]:
        """The points of the equations, at most so many at a time: the same objects each time, so that what is known of them may be kept."""
        if size not in self._blocks:
            count = -(-self.interior.rows // size)
            self._blocks[size] = [self.interior] if count == 1 else _cut(self.interior, count)
        return self._blocks[size]


def _cut(columns: Columns, count: int) -> list[Columns]:
    """The columns cut into `count` parts, each of which requires gradients where the whole does."""
    parts = [[part.detach().requires_grad_(column.requires_grad) for part in column.tensor_split(count)] for column in columns.values()]
    return [Columns(zip(columns, part, strict=True)) for part in zip(*parts, strict=True)]


@dataclass(frozen=True)
class Residual:
    """What the loss term number `term`, from 0, asks to vanish: (rows, columns), one column for each unknown that is measured, else one.

    Row i depends on row i of each of `at`, slices of the points that the network was given. Where the points are cut into blocks, the rows
    are some of the term's, from row `begin` on; `count` is the number of all its residuals.
    """

    term: int
    value: Tensor
    at: tuple[slice, ...]
    begin: int
    count: int
