"""How layers and activations make a network, (n, features) → (n, unknowns)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor, nn

from core.network.layers import Affine, Factorised


class Parts(Protocol):
    """What networks are made of; `layer` draws, so that the order of the calls matters."""

    def layer(self, fan_in: int, fan_out: int, *, first: bool = False) -> Affine:
        """An affine layer, `first` where it takes the inputs."""

    def activation(self) -> nn.Module:
        """The function after a hidden layer."""


def perceptron(parts: Parts, sizes: Sequence[int]) -> list[nn.Module]:
    """Layers with activations between them; `sizes` are the numbers of features, of each hidden layer's neurons, and of unknowns."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [parts.layer(fan_in, fan_out, first=not layers), parts.activation()]
    return layers[:-1]  # no activation after the last layer


class Encoders(nn.Module):
    """x → U, V − U and x, with two layers U = φ(W₁x + b₁) and V = φ(W₂x + b₂)."""

    def __init__(self, first: nn.Sequential, second: nn.Sequential) -> None:
        super().__init__()
        self.first, self.second = first, second

    def forward(self, values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(n, features) → (n, width), (n, width) and (n, features)."""
        first = self.first(values)
        return first, self.second(values) - first, values


class Gated(nn.Module):
    """z → (1 − z) U + z V, written U + z (V − U), where z = φ(Wx + b) is of the layer before."""

    def __init__(self, layer: Affine, activation: nn.Module) -> None:
        super().__init__()
        self.layer, self.activation = layer, activation

    def forward(self, values: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """U and V − U, (n, width) each, and (n, fan-in) → the same two and (n, width)."""
        first, difference, before = values
        return first, difference, torch.addcmul(first, self.activation(self.layer(before)), difference)


class Last(nn.Module):
    """What the last of the gated layers gives."""

    def forward(self, values: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """U and V − U, and (n, width) → (n, width)."""
        return values[2]


def modified(parts: Parts, sizes: Sequence[int]) -> list[nn.Module]:
    """Each hidden layer mixes two encodings of the inputs, so that these are at hand all the way.

    S. Wang, Y. Teng and P. Perdikaris, "Understanding and mitigating gradient flow pathologies in physics-informed neural networks",
    SIAM J. Sci. Comput. 43 (2021) A3055; the first hidden layer mixes too, as in the authors' later code (JAX-PI).
    """
    *hidden, outputs = sizes
    gated = [Gated(parts.layer(*pair, first=index == 0), parts.activation()) for index, pair in enumerate(pairwise(hidden))]
    last = parts.layer(hidden[-1], outputs)
    encoders = [nn.Sequential(parts.layer(hidden[0], hidden[1], first=True), parts.activation()) for _ in range(2)]
    return [Encoders(*encoders), *gated, Last(), last]


ARCHITECTURES: dict[str, Callable[[Parts, Sequence[int]], list[nn.Module]]] = {"perceptron": perceptron, "modified": modified}


def last(network: nn.Sequential) -> Affine:
    """The layer that gives a network's outputs."""
    *_, layer = network
    assert isinstance(layer, nn.Linear | Factorised)
    return layer


def weights(network: nn.Sequential) -> list[Tensor]:
    """The weights of each layer on the way from the inputs to the outputs, (out, in) each; encoders stand beside that way."""
    layers = [layer.layer if isinstance(layer, Gated) else layer for layer in network]
    return [layer.weight for layer in layers if isinstance(layer, nn.Linear | Factorised)]
