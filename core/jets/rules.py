"""How each kind of layer maps jets forward, and their adjoints backward.

A rule is made for the jets before its layer and has those `after` it in memory that stays: `forward` computes these, `backward` the
adjoints before the layer from those after it. An affine layer takes all streams of jets as one matrix, activations most of them at once.
Both ways are written out, to be called where no graph is recorded; an activation turns adjoints where they are, an affine layer takes
them to the other side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from core.jets.activations import DERIVATIVES
from core.jets.gradients import Gradients
from core.jets.memory import Jets, Memory
from core.jets.orders import Composed, Streams
from core.networks.activations import Adaptive
from core.networks.architectures import Encoders, Gated, Last
from core.networks.layers import Factorised


class Rule(Protocol):
    """One layer, between certain jets; what goes from layer to layer are jets, for gated layers three of them."""

    after: Any

    def forward(self, *, keep: bool) -> None:
        """The jets after the layer, and what `backward` needs, if `keep`."""

    def backward(self, gradients: Gradients) -> None:
        """The adjoints of the jets before the layer, where these have any, and the gradients of its parameters."""


class _Linear:
    def __init__(self, layer: nn.Linear, before: Jets, memory: Memory, *, lasting: bool) -> None:
        self._before = before
        self.after = memory.between(layer.out_features, 1 - before.side, lasting=lasting)
        self._weight, self._bias = layer.weight, layer.bias
        self._values, self._offset = layer.weight.detach(), layer.bias.detach()
        self._columns = self._values.t()

    def forward(self, *, keep: bool) -> None:
        values = self.after.values
        torch.mm(self._before.values.flat, self._columns, out=values.flat)
        values.streams[0].add_(self._offset)

    def backward(self, gradients: Gradients) -> None:
        before, given = self._before, self.after.given
        gradients.product(self._weight, given, before.values)
        gradients.rows(self._bias, given.streams[0])
        if before.adjoints is not None:
            torch.mm(given.flat, self._values, out=before.adjoints.flat)


class _Factorised:
    def __init__(self, layer: Factorised, before: Jets, memory: Memory, *, lasting: bool) -> None:
        self._layer, self._before = layer, before
        width = len(layer.scale)
        self.after, self._unscaled = memory.between(width, 1 - before.side, lasting=lasting), memory.own(width)
        self._directions, self._scale, self._offset = layer.directions.detach(), layer.scale.detach(), layer.bias.detach()
        self._columns = self._directions.t()

    def forward(self, *, keep: bool) -> None:
        values = self.after.values
        torch.mm(self._before.values.flat, self._columns, out=self._unscaled.flat)
        torch.mul(self._unscaled.flat, self._scale, out=values.flat)
        values.streams[0].add_(self._offset)

    def backward(self, gradients: Gradients) -> None:
        before, given = self._before, self.after.given
        gradients.rows(self._layer.scale, _dot(given.streams, self._unscaled.streams))
        gradients.rows(self._layer.bias, given.streams[0])
        given.flat.mul_(self._scale)
        gradients.product(self._layer.directions, given, before.values)
        if before.adjoints is not None:
            torch.mm(given.flat, self._directions, out=before.adjoints.flat)


class _Activation:
    """Any activation, by its derivatives at z."""

    def __init__(self, layer: nn.Module, before: Jets, memory: Memory, *, lasting: bool) -> None:
        self._before, self.after = before, Jets(memory.own(before.width), before.adjoints, before.side)
        self._given = memory.shared("given", before.width)
        self._derivatives = DERIVATIVES[type(layer)]
        self._order = memory.streams.order
        self._further = _further(memory.streams)
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
            of_before[0].addcmul_(_dot(of_after[1:], before[1:]), slopes[2])
        for stream, term in self._further:
            part = of_after[stream] * slopes[term.order]
            for factor in set(term.factors):
                others = list(term.factors)
                others.remove(factor)
                times = term.times * term.factors.count(factor)
                _add_product(of_before[factor], part, [before[other] for other in others], times)
            part = of_after[stream] * slopes[term.order + 1]
            _add_product(of_before[0], part, [before[factor] for factor in term.factors], term.times)


class _Tanh:
    """tanh for derivatives up to the second, by what it gives alone: φ′ = 1 − a², φ″ = −2 a φ′."""

    def __init__(self, layer: nn.Module, before: Jets, memory: Memory, *, lasting: bool) -> None:
        self._before, self.after = before, Jets(memory.own(before.width), before.adjoints, before.side)
        self._one, self._slope = memory.one, memory.one_stream(before.width)
        further = _further(memory.streams)
        parts = memory.shared("parts", before.width), memory.shared("further parts", before.width)
        self._sum, self._part = parts[0].streams[0], parts[1].streams[0]
        self._terms = [(stream, term.factors[0], term.factors[1], term.times) for stream, term in further]
        self._parts = [tuple(part.streams[number + 1] for part in parts) for number in range(len(further))]

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


def _dot(first: Sequence[Tensor], second: Sequence[Tensor]) -> Tensor:
    """Σ over the streams of the products, (n, width)."""
    total = first[0] * second[0]
    for one, other in zip(first[1:], second[1:], strict=True):
        total.addcmul_(one, other)
    return total


def _further(streams: Streams) -> list[tuple[int, Composed]]:
    """The terms with φ″ and higher derivatives; beside them each stream is φ′ times itself."""
    return [(stream, term) for stream, terms in enumerate(streams.composed) for term in terms if term.order > 1]


def _add_product(total: Tensor, part: Tensor, factors: Sequence[Tensor], times: float) -> None:
    """Add times · part · Π factors."""
    *others, last = factors
    for factor in others:
        part = part * factor
    total.addcmul_(part, last, value=times)


def _short(streams: Streams) -> bool:
    """Whether tanh needs but what it gives; its terms of second order are then fewer than the streams."""
    return streams.order <= 2 and len(_further(streams)) < len(streams.held)


def _tanh(layer: nn.Tanh, before: Jets, memory: Memory, *, lasting: bool) -> Rule:
    return (_Tanh if _short(memory.streams) else _Activation)(layer, before, memory, lasting=lasting)


class _Adaptive:
    def __init__(self, layer: Adaptive, before: Jets, memory: Memory, *, lasting: bool) -> None:
        self._slope, self._factor, self._before = layer.slope, layer.slope.detach(), before
        passing = not _reads_back(layer.function, memory.streams)
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
        gradients.rows(self._slope, _dot(given.streams, self._before.values.streams).sum(1, keepdim=True))
        given.flat.mul_(self._factor)


class Chain:
    """Layers one after the other."""

    def __init__(self, layers: Sequence[nn.Module], before: Any, memory: Memory) -> None:
        self._rules: list[Rule] = []
        self.after = before
        for layer, following in zip(layers, [*layers[1:], None], strict=True):
            lasting = following is not None and _reads_back(following, memory.streams)
            self._rules.append(rule(layer, self.after, memory, lasting=lasting))
            self.after = self._rules[-1].after
        self._back = self._rules[::-1]

    def forward(self, *, keep: bool) -> None:
        for each in self._rules:
            each.forward(keep=keep)

    def backward(self, gradients: Gradients) -> None:
        for each in self._back:
            each.backward(gradients)


class _Encoders:
    def __init__(self, layer: Encoders, before: Jets, memory: Memory, *, lasting: bool) -> None:
        assert before.adjoints is None, "encoders are the first layer that learns"
        self._first, self._second = Chain(list(layer.first), before, memory), Chain(list(layer.second), before, memory)
        of_first: Jets = self._first.after
        width, side = of_first.width, of_first.side
        self.after = (Jets(of_first.values, memory.own(width), side), Jets(memory.own(width), memory.own(width), side), before)

    def forward(self, *, keep: bool) -> None:
        self._first.forward(keep=keep)
        self._second.forward(keep=keep)
        torch.sub(self._second.after.values.flat, self._first.after.values.flat, out=self.after[1].values.flat)

    def backward(self, gradients: Gradients) -> None:
        first, difference, _ = self.after
        torch.sub(first.given.flat, difference.given.flat, out=self._first.after.given.flat)
        self._first.backward(gradients)
        self._second.after.given.flat.copy_(difference.given.flat)
        self._second.backward(gradients)


class _Gated:
    def __init__(self, layer: Gated, before: tuple[Jets, Jets, Jets], memory: Memory, *, lasting: bool) -> None:
        self._first, self._difference, inner = before
        self._chain = Chain([layer.layer, layer.activation], inner, memory)
        self._share: Jets = self._chain.after
        self._mixed = memory.between(self._share.width, 1 - self._share.side, lasting=True)
        self.after = (self._first, self._difference, self._mixed)
        self._terms = [(stream, term) for stream, terms in enumerate(memory.streams.multiplied) for term in terms]

    def forward(self, *, keep: bool) -> None:
        self._chain.forward(keep=keep)
        after, share, difference = (jets.values for jets in (self._mixed, self._share, self._difference))
        after.flat.copy_(self._first.values.flat)
        for stream, term in self._terms:
            after.streams[stream].addcmul_(share.streams[term.first], difference.streams[term.second], value=term.times)

    def backward(self, gradients: Gradients) -> None:
        share, difference, given = self._share, self._difference, self._mixed.given
        share.given.flat.zero_()
        for stream, term in self._terms:
            of_stream = given.streams[stream]
            share.given.streams[term.first].addcmul_(of_stream, difference.values.streams[term.second], value=term.times)
            difference.given.streams[term.second].addcmul_(of_stream, share.values.streams[term.first], value=term.times)
        self._first.given.flat.add_(given.flat)
        self._chain.backward(gradients)


class _Last:
    def __init__(self, layer: Last, before: tuple[Jets, Jets, Jets], memory: Memory, *, lasting: bool) -> None:
        self._encoded, self.after = before[:2], before[2]

    def forward(self, *, keep: bool) -> None:
        pass

    def backward(self, gradients: Gradients) -> None:
        """The gated layers before it will add to the adjoints of what was encoded."""
        for jets in self._encoded:
            jets.given.flat.zero_()


RULES: dict[type[nn.Module], Callable[..., Rule]] = {
    nn.Linear: _Linear,
    Factorised: _Factorised,
    Adaptive: _Adaptive,
    Encoders: _Encoders,
    Gated: _Gated,
    Last: _Last,
    **dict.fromkeys(DERIVATIVES, _Activation),
    nn.Tanh: _tanh,
}


def rule(layer: nn.Module, before: Any, memory: Memory, *, lasting: bool) -> Rule:
    """That of a layer after these jets; those after it last until the way back if `lasting`."""
    return RULES[type(layer)](layer, before, memory, lasting=lasting)


def _reads_back(layer: nn.Module, streams: Streams) -> bool:
    """Whether a layer's way back needs what was before it."""
    return not (type(layer) is nn.Tanh and _short(streams))
