"""How each kind of layer maps jets forward, and their adjoints backward.

An affine layer takes all streams of jets as one matrix, other layers take them one by one. `forward` gives the jets after a layer and what
`backward` will need; that gives the adjoints of the jets before it and hands those of the layer's parameters to `Gradients`. Both are
written out, to be called where no graph is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from core.jets.activations import DERIVATIVES
from core.jets.orders import Composed, Streams
from core.networks.activations import Adaptive
from core.networks.architectures import Encoders, Gated, Last
from core.networks.layers import Factorised


class Jets:
    """All streams as one tensor, `flat`, (streams · n, width), and as views of it, `streams`, (n, width) each."""

    __slots__ = ("flat", "streams")

    def __init__(self, flat: Tensor, count: int) -> None:
        self.flat, self.streams = flat, flat.view(count, -1, flat.shape[1]).unbind()

    def empty(self) -> Jets:
        """Jets of the same sizes, to be filled."""
        return Jets(torch.empty_like(self.flat), len(self.streams))

    def of(self, flat: Tensor) -> Jets:
        """Jets of as many streams."""
        return Jets(flat, len(self.streams))

    def times(self, factor: Tensor) -> Jets:
        """Each stream times one and the same factor, (n, width)."""
        found = self.empty()
        for stream, out in zip(self.streams, found.streams, strict=True):
            torch.mul(stream, factor, out=out)
        return found


class Gradients(Protocol):
    """Where the gradients of parameters go."""

    def product(self, weight: Tensor, left: Jets, right: Jets) -> None:
        """That of a weight, (out, in), is the sum of the outer products of the rows of `left`, width out, and `right`, width in."""

    def rows(self, parameter: Tensor, rows: Tensor) -> None:
        """That of a parameter, (size,) or (), is the sum of these rows, (n, size)."""


class Rule(Protocol):
    """One layer, for jets of certain streams; `state` is what goes from layer to layer: jets, for gated layers three of them."""

    def forward(self, state: Any, *, keep: bool) -> tuple[Any, Any]:
        """The state after the layer; what `backward` needs, if `keep`."""

    def backward(self, adjoint: Any, kept: Any, gradients: Gradients) -> Any:
        """The adjoint of the state before the layer."""


class _Linear:
    def __init__(self, layer: nn.Linear, streams: Streams) -> None:
        self._weight, self._bias = layer.weight, layer.bias

    def forward(self, state: Jets, *, keep: bool) -> tuple[Jets, Any]:
        after = state.of(torch.mm(state.flat, self._weight.t()))
        after.streams[0].add_(self._bias)
        return after, state

    def backward(self, adjoint: Jets, kept: Jets, gradients: Gradients) -> Jets:
        gradients.product(self._weight, adjoint, kept)
        gradients.rows(self._bias, adjoint.streams[0])
        return adjoint.of(torch.mm(adjoint.flat, self._weight))


class _Factorised:
    def __init__(self, layer: Factorised, streams: Streams) -> None:
        self._layer = layer

    def forward(self, state: Jets, *, keep: bool) -> tuple[Jets, Any]:
        unscaled = state.of(torch.mm(state.flat, self._layer.directions.t()))
        after = state.of(unscaled.flat * self._layer.scale)
        after.streams[0].add_(self._layer.bias)
        return after, (state, unscaled)

    def backward(self, adjoint: Jets, kept: tuple[Jets, Jets], gradients: Gradients) -> Jets:
        state, unscaled = kept
        gradients.rows(self._layer.scale, _dot(adjoint.streams, unscaled.streams))
        gradients.rows(self._layer.bias, adjoint.streams[0])
        scaled = adjoint.of(adjoint.flat * self._layer.scale)
        gradients.product(self._layer.directions, scaled, state)
        return adjoint.of(torch.mm(scaled.flat, self._layer.directions))


class _Activation:
    """Any activation, by its derivatives at z."""

    def __init__(self, layer: nn.Module, streams: Streams) -> None:
        self._derivatives = DERIVATIVES[type(layer)]
        self._order = streams.order
        self._further = _further(streams)

    def forward(self, state: Jets, *, keep: bool) -> tuple[Jets, Any]:
        before = state.streams
        slopes = self._derivatives(before[0], self._order + 1 if keep else self._order)
        if len(before) == 1:
            return state.of(slopes[0]), (state, slopes)
        after = state.times(slopes[1])
        after.streams[0].copy_(slopes[0])
        for stream, term in self._further:
            first, *others, last = term.factors
            part = slopes[term.order] * before[first]
            for factor in others:
                part *= before[factor]
            after.streams[stream].addcmul_(part, before[last], value=term.times)
        return after, (state, slopes)

    def backward(self, adjoint: Jets, kept: tuple[Jets, list[Tensor]], gradients: Gradients) -> Jets:
        state, slopes = kept
        found = adjoint.times(slopes[1])
        before, of_before, of_after = state.streams, found.streams, adjoint.streams
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
        return found


class _Tanh:
    """tanh for derivatives up to the second, by what it gives alone: φ′ = 1 − a², φ″ = −2 a φ′."""

    def __init__(self, layer: nn.Module, streams: Streams) -> None:
        self._further = _further(streams)

    def forward(self, state: Jets, *, keep: bool) -> tuple[Jets, Any]:
        found = state.empty()
        before, after = state.streams, found.streams
        value = torch.tanh(before[0], out=after[0])
        slope = _slope(value) if keep or len(before) > 1 else value
        for item, out in zip(before[1:], after[1:], strict=True):
            torch.mul(item, slope, out=out)
        for stream, term in self._further:
            first, second = term.factors
            after[stream].addcmul_(after[first] * before[second], value, value=-2 * term.times)
        return found, (found, slope)

    def backward(self, adjoint: Jets, kept: tuple[Jets, Tensor], gradients: Gradients) -> Jets:
        jets, slope = kept
        found = adjoint.times(slope)
        after, of_before, of_after = jets.streams, found.streams, adjoint.streams
        value = after[0]
        if len(after) > 1:
            of_before[0].addcmul_(_dot(of_after[1:], after[1:]), value, value=-2)
        for stream, term in self._further:
            first, second = term.factors
            part = of_after[stream] * after[first]
            of_before[0].addcmul_(part, after[second], value=-2 * term.times)
            if first == second:
                of_before[first].addcmul_(part, value, value=-4 * term.times)
            else:
                of_before[second].addcmul_(part, value, value=-2 * term.times)
                of_before[first].addcmul_(of_after[stream] * after[second], value, value=-2 * term.times)
        return found


def _slope(value: Tensor) -> Tensor:
    """1 − value²."""
    return (value * value).neg_().add_(1)


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


def _tanh(layer: nn.Tanh, streams: Streams) -> Rule:
    return (_Tanh if streams.order <= 2 else _Activation)(layer, streams)


class _Adaptive:
    def __init__(self, layer: Adaptive, streams: Streams) -> None:
        self._slope, self._function = layer.slope, rule(layer.function, streams)

    def forward(self, state: Jets, *, keep: bool) -> tuple[Jets, Any]:
        after, kept = self._function.forward(state.of(state.flat * self._slope), keep=keep)
        return after, (state, kept)

    def backward(self, adjoint: Jets, kept: tuple[Jets, Any], gradients: Gradients) -> Jets:
        state, inner = kept
        scaled = self._function.backward(adjoint, inner, gradients)
        gradients.rows(self._slope, _dot(scaled.streams, state.streams).sum(1, keepdim=True))
        return adjoint.of(scaled.flat * self._slope)


class _Chain:
    """Layers one after the other."""

    def __init__(self, layers: nn.Sequential, streams: Streams) -> None:
        self._rules = [rule(layer, streams) for layer in layers]

    def forward(self, state: Any, *, keep: bool) -> tuple[Any, Any]:
        kept = []
        for each in self._rules:
            state, item = each.forward(state, keep=keep)
            if keep:
                kept.append(item)
        return state, kept

    def backward(self, adjoint: Any, kept: list[Any], gradients: Gradients) -> Any:
        for each, item in zip(reversed(self._rules), reversed(kept), strict=True):
            adjoint = each.backward(adjoint, item, gradients)
        return adjoint


class _Encoders:
    def __init__(self, layer: Encoders, streams: Streams) -> None:
        self._first, self._second = _Chain(layer.first, streams), _Chain(layer.second, streams)

    def forward(self, state: Jets, *, keep: bool) -> tuple[tuple[Jets, Jets, Jets], Any]:
        first, one = self._first.forward(state, keep=keep)
        second, other = self._second.forward(state, keep=keep)
        return (first, first.of(second.flat - first.flat), state), (one, other)

    def backward(self, adjoint: tuple[Jets, Jets, Jets], kept: Any, gradients: Gradients) -> Jets:
        first, difference, state = adjoint
        one, other = kept
        before = self._first.backward(first.of(first.flat - difference.flat), one, gradients)
        return state.of(before.flat + self._second.backward(difference, other, gradients).flat + state.flat)


class _Gated:
    def __init__(self, layer: Gated, streams: Streams) -> None:
        self._chain = _Chain(nn.Sequential(layer.layer, layer.activation), streams)
        self._terms = [(stream, term) for stream, terms in enumerate(streams.multiplied) for term in terms]

    def forward(self, state: tuple[Jets, Jets, Jets], *, keep: bool) -> tuple[tuple[Jets, Jets, Jets], Any]:
        first, difference, before = state
        share, kept = self._chain.forward(before, keep=keep)
        after = first.of(first.flat.clone())
        for stream, term in self._terms:
            after.streams[stream].addcmul_(share.streams[term.first], difference.streams[term.second], value=term.times)
        return (first, difference, after), (share, difference, kept)

    def backward(self, adjoint: tuple[Jets, Jets, Jets], kept: Any, gradients: Gradients) -> tuple[Jets, Jets, Jets]:
        first, of_difference, after = adjoint
        share, difference, inner = kept
        of_share, of_difference = after.of(torch.zeros_like(after.flat)), after.of(of_difference.flat.clone())
        for stream, term in self._terms:
            of_share.streams[term.first].addcmul_(after.streams[stream], difference.streams[term.second], value=term.times)
            of_difference.streams[term.second].addcmul_(after.streams[stream], share.streams[term.first], value=term.times)
        return after.of(first.flat + after.flat), of_difference, self._chain.backward(of_share, inner, gradients)


class _Last:
    def __init__(self, layer: Last, streams: Streams) -> None:
        pass

    def forward(self, state: tuple[Jets, Jets, Jets], *, keep: bool) -> tuple[Jets, Any]:
        return state[2], state[0]

    def backward(self, adjoint: Jets, kept: Jets, gradients: Gradients) -> tuple[Jets, Jets, Jets]:
        nothing = kept.of(torch.zeros_like(kept.flat))
        return nothing, nothing, adjoint


RULES: dict[type[nn.Module], Callable[[Any, Streams], Rule]] = {
    nn.Linear: _Linear,
    Factorised: _Factorised,
    Adaptive: _Adaptive,
    Encoders: _Encoders,
    Gated: _Gated,
    Last: _Last,
    nn.Sequential: _Chain,
    **dict.fromkeys(DERIVATIVES, _Activation),
    nn.Tanh: _tanh,
}


def rule(layer: nn.Module, streams: Streams) -> Rule:
    """That of a layer."""
    return RULES[type(layer)](layer, streams)
