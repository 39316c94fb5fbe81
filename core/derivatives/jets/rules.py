"""How each kind of layer maps jets forward, and their adjoints backward.

A rule is made for the jets before its layer and has those `after` it in memory that stays: `forward` computes these, `backward` the
adjoints before the layer from those after it. An affine layer takes all streams of jets as one matrix, activations most of them at once.
Both ways are written out, to be called where no graph is recorded; an activation turns adjoints where they are, an affine layer takes
them to the other side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from torch import nn

from core.derivatives.jets.buffers import Memory
from core.derivatives.jets.gradients import Gradients
from core.derivatives.jets.orders import Streams


class Rule(Protocol):
    """One layer, between certain jets; what goes from layer to layer are jets, for gated layers three of them."""

    after: Any

    def forward(self, *, keep: bool) -> None:
        """The jets after the layer, and what `backward` needs, if `keep`."""

    def backward(self, gradients: Gradients) -> None:
        """The adjoints of the jets before the layer, where these have any, and the gradients of its parameters."""


RULES: dict[type[nn.Module], Callable[..., Rule]] = {}
"""A rule for every layer of the library: `core/derivatives/jets/table.py` fills it, as some rules are made of others."""


def rule(layer: nn.Module, before: Any, memory: Memory, *, lasting: bool) -> Rule:
    """The rule of a layer after these jets; the jets after the layer last until the way back if `lasting`."""
    return RULES[type(layer)](layer, before, memory, lasting=lasting)


def reads_back(layer: nn.Module, streams: Streams) -> bool:
    """Whether a layer's way back needs what was before it."""
    return not (type(layer) is nn.Tanh and streams.short)


class Chain:
    """Layers one after the other."""

    def __init__(self, layers: Sequence[nn.Module], before: Any, memory: Memory) -> None:
        self._rules: list[Rule] = []
        self.after = before
        for layer, following in zip(layers, [*layers[1:], None], strict=True):
            lasting = following is not None and reads_back(following, memory.streams)
            self._rules.append(rule(layer, self.after, memory, lasting=lasting))
            self.after = self._rules[-1].after
        self._back = self._rules[::-1]

    def forward(self, *, keep: bool) -> None:
        for each in self._rules:
            each.forward(keep=keep)

    def backward(self, gradients: Gradients) -> None:
        for each in self._back:
            each.backward(gradients)
