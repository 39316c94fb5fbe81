"""Blocks of points that pass through a network together, and where in them lies what residuals take of it and give back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from core.derivatives.jets.buffers import Rows
from core.derivatives.jets.plans import Plan
from core.engines.residual_groups import ResidualGroup


class Passes:
    """The passes of groups, `block` points at a time; if `joined`, the last of the first group goes together with all others.

    `all` are they, one after the other; those of as many points have one plan, and its memory, in common.
    """

    def __init__(self, layers: Sequence[Any], like: Tensor, groups: Sequence[ResidualGroup], block: int, *, joined: bool) -> None:
        self._layers, self._like, self._groups, self._block = layers, like, groups, block
        self._plans: dict[tuple[int, int], Plan] = {}
        self.all = [self._pass(cuts) for cuts in self._cut(joined=joined)]

    def move(self, groups: Sequence[ResidualGroup]) -> None:
        """Take the points of other groups of the same sizes, into the same memory."""
        self._groups = groups
        for each in self.all:
            each.before.copy_(self._before(each.cuts).flatten(0, 1))
            for piece in each.pieces:
                for column, values in zip(piece.columns, groups[piece.group].columns, strict=True):
                    column.copy_(values[piece.rows])

    def _cut(self, *, joined: bool) -> Iterator[list[Cut]]:
        """The cuts that pass through the network together."""
        first, *others = range(len(self._groups))
        *blocks, last = self._blocks(first)
        yield from ([block] for block in blocks)
        if joined:
            yield [last, *(Cut(number, slice(0, self._groups[number].rows)) for number in others)]
        else:
            yield [last]
            yield from ([block] for number in others for block in self._blocks(number))

    def _blocks(self, number: int) -> list[Cut]:
        group = self._groups[number]
        count = -(-group.points // self._block)
        size = -(-group.rows // count)  # all but the last have the same, and so the same plan
        return [Cut(number, slice(start, min(start + size, group.rows))) for start in range(0, group.rows, size)]

    def _before(self, cuts: Sequence[Cut]) -> Tensor:
        """The jets of the features at the points of all places, (streams, points, features)."""
        return torch.cat([place[:, rows] for number, rows in cuts for place in self._groups[number].inputs], dim=1)

    def _pass(self, cuts: Sequence[Cut]) -> Pass:
        before, streams = self._before(cuts), self._groups[cuts[0].group].streams
        key = (id(streams), before.shape[1])
        if key not in self._plans:
            self._plans[key] = Plan(self._layers, self._like, streams, before.shape[1], before.shape[2])
        plan = self._plans[key]
        pieces = []
        start = 0
        for number, rows in cuts:
            group, n = self._groups[number], rows.stop - rows.start
            places = [slice(start + index * n, start + (index + 1) * n) for index in range(len(group.inputs))]
            start = places[-1].stop
            outputs, adjoints = (_slots(of, places) for of in (plan.after, plan.adjoints))
            pieces.append(Piece(number, rows, outputs, adjoints, list(group.columns[:, rows].clone())))
        return Pass(before.flatten(0, 1).clone(), plan, plan.adjoints, cuts, pieces)


class Cut(NamedTuple):
    """A part of a group's rows."""

    group: int
    rows: slice


@dataclass(frozen=True)
class Piece:
    """Rows of a group: the values of the network's outputs there, in the order of a tape's slots, where their adjoints belong, columns."""

    group: int
    rows: slice
    outputs: list[Tensor]
    adjoints: list[Tensor]
    columns: list[Tensor]


@dataclass(frozen=True)
class Pass:
    """Points that pass through the network together; `before` are the jets of the features there, (streams · points, features)."""

    before: Tensor
    plan: Plan
    adjoints: Rows
    cuts: Sequence[Cut]
    pieces: list[Piece]


def _slots(rows: Rows, places: Sequence[slice]) -> list[Tensor]:
    """(place, stream, unknown) as a list of (rows,) each."""
    return [unknown[part] for part in places for stream in rows.streams for unknown in stream.unbind(1)]
