"""Affine layers, and how their weights are drawn and written."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


class Factorised(nn.Module):
    """x Wᵀ + b with W = diag(s) V, both of which are learned: each neuron has a length of its own beside its direction.

    S. Wang, H. Wang, J. H. Seidman and P. Perdikaris, "Random weight factorization improves the training of continuous neural
    representations", arXiv 2210.01274: s = exp(N(μ, σ²)) with μ = 1 and σ = 0.1, and V such that W is at first what `layer` has.
    """

    MEAN, DEVIATION = 1.0, 0.1

    def __init__(self, layer: nn.Linear, generator: torch.Generator) -> None:
        super().__init__()
        drawn = torch.randn(layer.out_features, dtype=torch.float64, generator=generator)
        scale = torch.exp(self.MEAN + self.DEVIATION * drawn).to(layer.weight.dtype)
        self.scale = nn.Parameter(scale)  # (out,)
        self.directions = nn.Parameter(layer.weight.detach() / scale[:, None])  # (out, in)
        self.bias = layer.bias  # (out,)

    @property
    def weight(self) -> Tensor:
        """W, (out, in)."""
        return self.scale[:, None] * self.directions

    def forward(self, values: Tensor) -> Tensor:
        """(n, in) → (n, out). s multiplies the rows, not V: `core/network/per_sample.py` follows it there."""
        return nn.functional.linear(values, self.directions) * self.scale + self.bias


Affine = nn.Linear | Factorised

FACTORISATIONS: dict[str, Callable[[nn.Linear, torch.Generator], Affine]] = {
    "none": lambda layer, generator: layer,
    "random": Factorised,
}
"""What becomes of a layer whose weights are drawn."""


def linear(fan_in: int, fan_out: int, dtype: torch.dtype, generator: torch.Generator, gain: float) -> nn.Linear:
    """A layer with Xavier's weights times `gain`, and without biases."""
    layer: nn.Linear = nn.utils.skip_init(nn.Linear, fan_in, fan_out, dtype=dtype)  # draws nothing from the global generator
    nn.init.xavier_normal_(layer.weight, gain, generator=generator)
    nn.init.zeros_(layer.bias)
    return layer
