"""How each kind of layer maps jets forward, and their adjoints backward.

Jets are (streams · n, width) here, all points of a stream before those of the next: an affine layer takes them as one matrix. `forward`
gives the jets after a layer and what `backward` will need; that gives the adjoints of the jets before it and hands those of the layer's
parameters to `Gradients`. Both are written out, to be called where no graph is recorded.
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


class Gradients(Protocol):
    """Where the gradients of parameters go."""

    def product(self, weight: Tensor, left: Tensor, right: Tensor) -> None:
        """That of a weight, (out, in), is the sum of the outer products of the rows of `left`, (rows, out), and `right`, (rows, in)."""

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
        self._weight, self._bias, self._count = layer.weight, layer.bias, len(streams.held)

    def forward(self, state: Tensor, *, keep: bool) -> tuple[Tensor, Any]:
        after = torch.mm(state, self._weight.t())
        after[: len(state) // self._count].add_(self._bias)
        return after, state

    def backward(self, adjoint: Tensor, kept: Tensor, gradients: Gradients) -> Tensor:
        gradients.product(self._weight, adjoint, kept)
        gradients.rows(self._bias, adjoint[: len(kept) // self._count])
        return torch.mm(adjoint, self._weight)


class _Factorised:
    def __init__(self, layer: Factorised, streams: Streams) -> None:
        self._layer, self._count = layer, len(streams.held)

    def forward(self, state: Tensor, *, keep: bool) -> tuple[Tensor, Any]:
        unscaled = torch.mm(state, self._layer.directions.t())
        after = unscaled * self._layer.scale
        after[: len(state) // self._count].add_(self._layer.bias)
        return after, (state, unscaled)

    def backward(self, adjoint: Tensor, kept: tuple[Tensor, Tensor], gradients: Gradients) -> Tensor:
        state, unscaled = kept
        n = len(state) // self._count
        gradients.rows(self._layer.scale, (adjoint * unscaled).view(self._count, n, -1).sum(0))
        gradients.rows(self._layer.bias, adjoint[:n])
        scaled = adjoint * self._layer.scale
        gradients.product(self._layer.directions, scaled, state)
        return torch.mm(scaled, self._layer.directions)


class _Activation:
    """Any activation, by its derivatives at z."""

    def __init__(self, layer: nn.Module, streams: Streams) -> None:
        self._derivatives = DERIVATIVES[type(layer)]
        self._order, self._count = streams.order, len(streams.held)
        self._further = _further(streams)

    def forward(self, state: Tensor, *, keep: bool) -> tuple[Tensor, Any]:
        before = state.view(self._count, -1, state.shape[1])
        slopes = self._derivatives(before[0], self._order + 1 if keep else self._order)
        if self._count == 1:
            return slopes[0], (before, slopes)
        after = torch.mul(before, slopes[1])
        after[0] = slopes[0]
        for stream, term in self._further:
            first, *others, last = term.factors
            part = slopes[term.order] * before[first]
            for factor in others:
                part *= before[factor]
            after[stream].addcmul_(part, before[last], value=term.times)
        return after.view_as(state), (before, slopes)

    def backward(self, adjoint: Tensor, kept: tuple[Tensor, list[Tensor]], gradients: Gradients) -> Tensor:
        before, slopes = kept
        of_after = adjoint.view_as(before)
        found = torch.mul(of_after, slopes[1])
        if self._count > 1:
            found[0].addcmul_(_dot(of_after, before), slopes[2])
        for stream, term in self._further:
            part = of_after[stream] * slopes[term.order]
            for factor in set(term.factors):
                others = list(term.factors)
                others.remove(factor)
                times = term.times * term.factors.count(factor)
                _add_product(found[factor], part, [before[other] for other in others], times)
            part = of_after[stream] * slopes[term.order + 1]
            _add_product(found[0], part, [before[factor] for factor in term.factors], term.times)
        return found.view_as(adjoint)


class _Tanh:
    """tanh for derivatives up to the second, by what it gives alone: φ′ = 1 − a², φ″ = −2 a φ′, so that nothing but a is kept."""

    def __init__(self, layer: nn.Module, streams: Streams) -> None:
        self._count, self._further = len(streams.held), _further(streams)

    def forward(self, state: Tensor, *, keep: bool) -> tuple[Tensor, Any]:
        if self._count == 1:
            after = torch.tanh(state)
            return after, after
        before = state.view(self._count, -1, state.shape[1])
        value = torch.tanh(before[0])
        found = torch.addcmul(before, before, value * value, value=-1)
        found[0] = value
        for stream, term in self._further:
            first, second = term.factors
            found[stream].addcmul_(found[first] * before[second], value, value=-2 * term.times)
        return found.view_as(state), found

    def backward(self, adjoint: Tensor, kept: Tensor, gradients: Gradients) -> Tensor:
        if self._count == 1:
            return torch.addcmul(adjoint, adjoint, kept * kept, value=-1)
        of_after = adjoint.view_as(kept)
        value = kept[0]
        found = torch.addcmul(of_after, of_after, value * value, value=-1)
        total = _dot(of_after, kept)
        for stream, term in self._further:
            first, second = term.factors
            part = of_after[stream] * kept[first]
            found[second].addcmul_(part, value, value=-2 * term.times)
            found[first].addcmul_(of_after[stream] * kept[second] if first != second else part, value, value=-2 * term.times)
            found[0].addcmul_(part, kept[second], value=-2 * term.times)
        found[0].addcmul_(total, value, value=-2)
        return found.view_as(adjoint)


def _dot(first: Tensor, second: Tensor) -> Tensor:
    """The sum of the products of all streams but the values, (n, width)."""
    _, one, *others = first.unbind()
    _, other, *seconds = second.unbind()
    total = one * other
    for one, other in zip(others, seconds, strict=True):
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
        self._slope, self._function, self._count = layer.slope, rule(layer.function, streams), len(streams.held)

    def forward(self, state: Tensor, *, keep: bool) -> tuple[Tensor, Any]:
        after, kept = self._function.forward(state * self._slope, keep=keep)
        return after, (state, kept)

    def backward(self, adjoint: Tensor, kept: tuple[Tensor, Any], gradients: Gradients) -> Tensor:
        state, inner = kept
        scaled = self._function.backward(adjoint, inner, gradients)
        gradients.rows(self._slope, (scaled * state).sum(1).view(self._count, -1).sum(0)[:, None])
        found: Tensor = scaled * self._slope
        return found


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

    def forward(self, state: Tensor, *, keep: bool) -> tuple[tuple[Tensor, Tensor, Tensor], Any]:
        first, one = self._first.forward(state, keep=keep)
        second, other = self._second.forward(state, keep=keep)
        return (first, second - first, state), (one, other)

    def backward(self, adjoint: tuple[Tensor, Tensor, Tensor], kept: Any, gradients: Gradients) -> Tensor:
        first, difference, state = adjoint
        one, other = kept
        before = self._first.backward(first - difference, one, gradients) + self._second.backward(difference, other, gradients)
        found: Tensor = before + state
        return found


class _Gated:
    def __init__(self, layer: Gated, streams: Streams) -> None:
        self._chain, self._count = _Chain(nn.Sequential(layer.layer, layer.activation), streams), len(streams.held)
        self._terms = [(stream, term) for stream, terms in enumerate(streams.multiplied) for term in terms]

    def forward(self, state: tuple[Tensor, Tensor, Tensor], *, keep: bool) -> tuple[tuple[Tensor, Tensor, Tensor], Any]:
        first, difference, before = state
        share, kept = self._chain.forward(before, keep=keep)
        after = first.clone()
        found, shares, differences = (self._streams(item) for item in (after, share, difference))
        for stream, term in self._terms:
            found[stream].addcmul_(shares[term.first], differences[term.second], value=term.times)
        return (first, difference, after), (shares, differences, kept)

    def backward(self, adjoint: tuple[Tensor, Tensor, Tensor], kept: Any, gradients: Gradients) -> tuple[Tensor, Tensor, Tensor]:
        first, of_difference, after = adjoint
        shares, differences, inner = kept
        of_share, of_difference = torch.zeros_like(after), of_difference.clone()
        of_shares, of_differences, of_after = (self._streams(item) for item in (of_share, of_difference, after))
        for stream, term in self._terms:
            of_shares[term.first].addcmul_(of_after[stream], differences[term.second], value=term.times)
            of_differences[term.second].addcmul_(of_after[stream], shares[term.first], value=term.times)
        return first + after, of_difference, self._chain.backward(of_share, inner, gradients)

    def _streams(self, state: Tensor) -> tuple[Tensor, ...]:
        return state.view(self._count, -1, state.shape[1]).unbind()


class _Last:
    def __init__(self, layer: Last, streams: Streams) -> None:
        pass

    def forward(self, state: tuple[Tensor, Tensor, Tensor], *, keep: bool) -> tuple[Tensor, Any]:
        return state[2], state[0]

    def backward(self, adjoint: Tensor, kept: Tensor, gradients: Gradients) -> tuple[Tensor, Tensor, Tensor]:
        nothing = torch.zeros_like(kept)
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
