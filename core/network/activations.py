"""The functions between the layers."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


class Sine(nn.Module):
    """sin, element by element."""

    def forward(self, values: Tensor) -> Tensor:
        """(n, width) → (n, width)."""
        return torch.sin(values)


class Adaptive(nn.Module):
    """φ(a x), with a slope a, (), that is learned, from 1 on.

    A. D. Jagtap, K. Kawaguchi and G. E. Karniadakis, "Locally adaptive activation functions with slope recovery for deep and
    physics-informed neural networks", Proc. R. Soc. A 476 (2020) 20200334: one slope a layer, their scale n being 1.
    """

    def __init__(self, function: nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        self.function = function
        self.slope = nn.Parameter(torch.ones((), dtype=dtype))

    def forward(self, values: Tensor) -> Tensor:
        """(n, width) → (n, width)."""
        activated: Tensor = self.function(values * self.slope)
        return activated


ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "tanh": nn.Tanh,
    "sin": Sine,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "sigmoid": nn.Sigmoid,
    "relu": nn.ReLU,
}

SLOPES: dict[str, Callable[[nn.Module, torch.dtype], nn.Module]] = {"fixed": lambda function, dtype: function, "adaptive": Adaptive}
"""What becomes of an activation function."""
