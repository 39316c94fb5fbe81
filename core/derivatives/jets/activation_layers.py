"""Activations: most streams at once; adjoints are turned where they are."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from core.derivatives.jets.activation_derivatives import DERIVATIVES
from core.derivatives.jets.buffers import Jets, Memory, dot
from core.derivatives.jets.gradients import Gradients
from core.derivatives.jets.rules import Rule, reads_back, rule
from core.network.activations import Adaptive as Layer


class Activation:
    """Any activation, by its derivatives at z."""

    def __init__(self, layer: nn.Module, before: Jets, memory: Memory, *, lasting: bool) -> None:
        self._before, self.after = before, Jets(memory.own(before.width), before.adjoints, before.side)
        self._given = memory.shared("given", before.width)
        self._derivatives = DERIVATIVES[type(layer)]
        self._order = memory.streams.order
        self._further = memory.streams.further
        self._slopes: list[Tensor] = []

    def forward(self, *, keep: bool) -> None:
        before, after = self._before.values, self.after.values
        slopes = self._slopes = self._derivatives(before.streams[0], self._order + 1 if keep else self._order)
        after.streams[0].copy_(slopes[0])
        if len(before.streams) == 1:
            return
        torch.mul(before.others, slopes[1], out=after.others)
        for stream, term in self._further:
            first, *others, last = term.factors
            part = slopes[term.order] * before.streams[first]
            for factor in others:
                part *= before.streams[factor]
            after.streams[stream].addcmul_(part, before.streams[last], value=term.times)

    def backward(self, gradients: Gradients) -> None:
        slopes, before = self._slopes, self._before.values.streams
        found, given = self._before.given, self._given
        given.flat.copy_(found.flat)
        torch.mul(given.stacked, slopes[1], out=found.stacked)
        of_before, of_after = found.streams, given.streams
        if len(before) > 1:
            of_before[0].addcmul_(dot(of_after[1:], before[1:]), slopes[2])
        for stream, term in self._further:
            part = of_after[stream] * slopes[term.order]
            for factor in set(term.factors):
                others = list(term.factors)
                others.remove(factor)
                times = term.times * term.factors.count(factor)
                _add_product(of_before[factor], part, [before[other] for other in others], times)
            part = of_after[stream] * slopes[term.order + 1]
            _add_product(of_before[0], part, [before[factor] for factor in term.factors], term.times)


class Tanh:
    """tanh for derivatives up to the second, by what it gives alone: φ′ = 1 − a², φ″ = −2 a φ′."""

    def __init__(self, layer: nn.Module, before: Jets, memory: Memory, *, lasting: bool) -> None:
        self._before, self.after = before, Jets(memory.own(before.width), before.adjoints, before.side)
        self._one, self._slope = memory.one, memory.one_stream(before.width)
        terms = memory.streams.further
        parts = memory.shared("parts", before.width), memory.shared("further parts", before.width)
        self._sum, self._part = parts[0].streams[0], parts[1].streams[0]
        self._terms = [(stream, term.factors[0], term.factors[1], term.times) for stream, term in terms]
        self._parts = [tuple(part.streams[number + 1] for part in parts) for number in range(len(terms))]

    def forward(self, *, keep: bool) -> None:
        before, after, slope = self._before.values, self.after.values, self._slope
        value = torch.tanh(before.streams[0], out=after.streams[0])
        if len(before.streams) == 1 and not keep:
            return
        torch.addcmul(self._one, value, value, value=-1, out=slope)
        if len(before.streams) == 1:
            return
        torch.mul(before.others, slope, out=after.others)
        for stream, first, second, times in self._terms:
            part = torch.mul(after.streams[first], before.streams[second], out=self._part)
            after.streams[stream].addcmul_(part, value, value=-2 * times)

    def backward(self, gradients: Gradients) -> None:
        after, given = self.after.values.streams, self.after.given
        adjoints = given.streams
        value, total = after[0], self._sum
        for number in range(1, len(after)):
            if number == 1:
                torch.mul(adjoints[1], after[1], out=total)
            else:
                total.addcmul_(adjoints[number], after[number])
        for (stream, first, second, _), (one, other) in zip(self._terms, self._parts, strict=True):
            torch.mul(adjoints[stream], after[first], out=one)
            if first != second:
                torch.mul(adjoints[stream], after[second], out=other)
        given.stacked.mul_(self._slope)
        if len(after) > 1:
            adjoints[0].addcmul_(total, value, value=-2)
        for (_, first, second, times), (one, other) in zip(self._terms, self._parts, strict=True):
            adjoints[0].addcmul_(one, after[second], value=-2 * times)
            if first == second:
                adjoints[first].addcmul_(one, value, value=-4 * times)
            else:
                adjoints[second].addcmul_(one, value, value=-2 * times)
                adjoints[first].addcmul_(other, value, value=-2 * times)


def _add_product(total: Tensor, part: Tensor, factors: Sequence[Tensor], times: float) -> None:
    """Add times · part · Π factors."""
    *others, last = factors
    for factor in others:
        part = part * factor
    total.addcmul_(part, last, value=times)


def tanh(layer: nn.Tanh, before: Jets, memory: Memory, *, lasting: bool) -> Rule:
    return (Tanh if memory.streams.short else Activation)(layer, before, memory, lasting=lasting)


class Adaptive:
    def __init__(self, layer: Layer, before: Jets, memory: Memory, *, lasting: bool) -> None:
        self._slope, self._factor, self._before = layer.slope, layer.slope.detach(), before
        passing = not reads_back(layer.function, memory.streams)
        values = memory.shared("passing", before.width) if passing else memory.own(before.width)
        self._inner = Jets(values, before.adjoints, before.side)
        self._function = rule(layer.function, self._inner, memory, lasting=lasting)
        self.after = self._function.after

    def forward(self, *, keep: bool) -> None:
        torch.mul(self._before.values.flat, self._factor, out=self._inner.values.flat)
        self._function.forward(keep=keep)

    def backward(self, gradients: Gradients) -> None:
        self._function.backward(gradients)
        given = self._before.given
        gradients.rows(self._slope, dot(given.streams, self._before.values.streams).sum(1, keepdim=True))
        given.flat.mul_(self._factor)
