"""Constants that are learned beside a solution: the last outputs of a network, each a bias of the last layer without weights.

Their weights are zero, and stay so, as their gradients are taken for zero: `free` says which parameters are learned. So the constants
take part in whatever moves or differentiates a network's parameters, and every engine and method can find them.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from core.network.architectures import last
from core.network.layers import Affine
from core.problem.measurements.estimates import Estimate


def start(network: nn.Sequential, estimates: Sequence[Estimate]) -> None:
    """Give a network's last outputs their first guesses, and no weights."""
    if not estimates:
        return
    layer, count = last(network), len(estimates)
    with torch.no_grad():
        matrix(layer)[-count:] = 0.0
        layer.bias[-count:] = torch.tensor([item.start for item in estimates], dtype=layer.bias.dtype)


def values(network: nn.Sequential, estimates: Sequence[Estimate]) -> dict[str, float]:
    """The constants of a network, by name."""
    if not estimates:
        return {}
    found = last(network).bias.detach()[-len(estimates) :].tolist()
    return {item.name: item.scale * value for item, value in zip(estimates, found, strict=True)}


def places(network: nn.Sequential, count: int) -> list[int]:
    """Where in the network's parameters, flattened, its `count` constants are."""
    layer, begin = last(network), 0
    for parameter in network.parameters():
        if parameter is layer.bias:
            return list(range(begin + parameter.numel() - count, begin + parameter.numel()))
        begin += parameter.numel() if parameter.requires_grad else 0
    raise ValueError("the last layer has no biases that are learned")


def free(network: nn.Sequential, count: int) -> Tensor | None:
    """1 for each parameter of the network, flattened, that is learned, 0 for the weights of its `count` constants; None for all 1."""
    if not count:
        return None
    weights = matrix(last(network))
    parts = []
    for parameter in network.parameters():
        part = torch.ones_like(parameter)
        if parameter is weights:
            part[-count:] = 0.0
        if parameter.requires_grad:
            parts.append(part.flatten())
    return torch.cat(parts).detach()


def matrix(layer: Affine) -> Tensor:
    """The weights of a layer that are learned, (out, in)."""
    return layer.weight if isinstance(layer, nn.Linear) else layer.directions
