"""Where jets and their adjoints are kept: memory that stays, with all views of it that are needed, so that a pass makes none of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor

from core.derivatives.jets.orders import Streams


class Rows:
    """All streams as one tensor, `flat`, (streams · points, width), and as views of it, `streams`, (points, width) each.

    `columns` is the transpose of `flat`, `stacked` all streams, (streams, points, width), and `others` all but the first.
    """

    __slots__ = ("columns", "flat", "others", "stacked", "streams")

    def __init__(self, flat: Tensor, points: int) -> None:
        self.flat, self.columns = flat, flat.t()
        self.stacked = flat.view(-1, points, flat.shape[1])
        self.streams, self.others = self.stacked.unbind(), self.stacked[1:]

    def copy(self) -> Rows:
        """A copy of these rows in other memory."""
        return Rows(self.flat.clone(), len(self.streams[0]))


class Jets(NamedTuple):
    """Jets somewhere between two layers, and their adjoints, the derivatives of the loss by them; None where nothing before them learns.

    What lies on either side of an affine layer has adjoints on other sides, 0 and 1, of memory that all layers share.
    """

    values: Rows
    adjoints: Rows | None
    side: int

    @property
    def given(self) -> Rows:
        """The adjoints, where there are some."""
        assert self.adjoints is not None
        return self.adjoints

    @property
    def width(self) -> int:
        """Numbers in each stream at each point."""
        return self.values.flat.shape[1]


class Memory:
    """The memory for one network's jets at `points` points at a time, of the type and on the device of `like`."""

    def __init__(self, like: Tensor, streams: Streams, points: int) -> None:
        self.streams, self.points = streams, points
        self.one = like.new_ones(())
        self._like = like
        self._shared: dict[tuple[str, int], Rows] = {}

    def own(self, width: int) -> Rows:
        """Rows for all streams, for one use."""
        return Rows(self._like.new_empty(len(self.streams.held) * self.points, width), self.points)

    def shared(self, name: str, width: int) -> Rows:
        """Rows for all streams, which all uses of one name share."""
        if (name, width) not in self._shared:
            self._shared[name, width] = self.own(width)
        return self._shared[name, width]

    def one_stream(self, width: int) -> Tensor:
        """(points, width), for one use."""
        return self._like.new_empty(self.points, width)

    def adjoints(self, side: int, width: int) -> Rows:
        """Rows for the adjoints on one side."""
        return self.shared(f"adjoints, {side}", width)

    def between(self, width: int, side: int, *, lasting: bool) -> Jets:
        """Jets between two layers, with adjoints; their values last until the way back if `lasting`."""
        values = self.own(width) if lasting else self.shared("passing", width)
        return Jets(values, self.adjoints(side, width), side)


def dot(first: Sequence[Tensor], second: Sequence[Tensor]) -> Tensor:
    """Σ over the streams of the products, (n, width)."""
    total = first[0] * second[0]
    for one, other in zip(first[1:], second[1:], strict=True):
        total.addcmul_(one, other)
    return total
