"""Gated layers: what goes from one to the next are the two encodings of the inputs, as one of them and their difference, and the rest."""

from __future__ import annotations

import torch

from core.derivatives.jets.buffers import Jets, Memory
from core.derivatives.jets.gradients import Gradients
from core.derivatives.jets.rules import Chain
from core.network import architectures


class Encoders:
    def __init__(self, layer: architectures.Encoders, before: Jets, memory: Memory, *, lasting: bool) -> None:
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


class Gated:
    def __init__(self, layer: architectures.Gated, before: tuple[Jets, Jets, Jets], memory: Memory, *, lasting: bool) -> None:
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


class Last:
    def __init__(self, layer: architectures.Last, before: tuple[Jets, Jets, Jets], memory: Memory, *, lasting: bool) -> None:
        self._encoded, self.after = before[:2], before[2]

    def forward(self, *, keep: bool) -> None:
        pass

    def backward(self, gradients: Gradients) -> None:
        """The gated layers before it will add to the adjoints of what was encoded."""
        for jets in self._encoded:
            jets.given.flat.zero_()
