"""The derivatives of the activation functions, in closed form: φ, φ′, φ″, …, as many as are asked for.

Those of tanh are polynomials in itself, those of the logistic function σ likewise; softplus is its integral, SiLU is z·σ(z), and GELU is
z·Φ(z) with the normal distribution Φ, whose derivatives are Hermite's polynomials times its density.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from core.network.activations import Sine

HIGHEST = 5
"""The highest derivative that is known here: the fourth of a network, and one more for the gradient."""


def _tanh(z: Tensor, order: int) -> list[Tensor]:
    t = torch.tanh(z)
    found = [t]
    if order >= 1:
        slope = torch.addcmul(t.new_ones(()), t, t, value=-1)  # 1 − t²
        found.append(slope)
    if order >= 2:
        found.append(torch.mul(t, slope).mul_(-2))
    if order >= 3:
        square = slope * slope
        found.append(torch.add(square.mul(-6), slope, alpha=4))  # (6 t² − 2)(1 − t²)
    if order >= 4:
        found.append(torch.add(square.mul(24), slope, alpha=-8).mul_(t))  # (16 t − 24 t³)(1 − t²)
    if order >= 5:
        found.append(slope * (16 + square * 120 - 120 * slope))  # (16 − 120 t² + 120 t⁴)(1 − t²), with t² = 1 − slope
    return found


def _logistic(s: Tensor, order: int) -> list[Tensor]:
    """The derivatives of the logistic function up to `order`, given its values s."""
    found = [s]
    if order >= 1:
        slope = torch.addcmul(s, s, s, value=-1)  # s − s²
        found.append(slope)
    if order >= 2:
        bend = 1 - 2 * s
        found.append(slope * bend)
    if order >= 3:
        found.append(torch.addcmul(slope, slope, slope, value=-6))
    if order >= 4:
        found.append(found[2] * (1 - 12 * slope))
    if order >= 5:
        found.append(slope * (1 + slope * (120 * slope - 30)))
    return found


def _sigmoid(z: Tensor, order: int) -> list[Tensor]:
    return _logistic(torch.sigmoid(z), order)


def _softplus(z: Tensor, order: int) -> list[Tensor]:
    values = nn.functional.softplus(z)
    if not order:
        return [values]
    straight = torch.where(z > 20, 1.0, torch.sigmoid(z))  # where torch's softplus is a straight line
    return [values, *_logistic(straight, order - 1)]


def _silu(z: Tensor, order: int) -> list[Tensor]:
    logistic = _logistic(torch.sigmoid(z), order)
    return [z * logistic[0], *(torch.addcmul(number * logistic[number - 1], z, logistic[number]) for number in range(1, order + 1))]


def _gelu(z: Tensor, order: int) -> list[Tensor]:
    below = 0.5 + 0.5 * torch.erf(z * math.sqrt(0.5))
    found = [z * below]
    if order >= 1:
        square = z * z
        density = torch.exp(-0.5 * square) * (1 / math.sqrt(2 * math.pi))
        found.append(torch.addcmul(below, z, density))
    if order >= 2:
        found.append(density * (2 - square))
    if order >= 3:
        found.append(density * z * (square - 4))
    if order >= 4:
        found.append(density * (square * (7 - square) - 4))
    if order >= 5:
        found.append(density * z * (square * (square - 11) + 18))
    return found


def _sine(z: Tensor, order: int) -> list[Tensor]:
    sine = torch.sin(z)
    if not order:
        return [sine]
    cosine = torch.cos(z)
    return [sine, cosine, -sine, -cosine, sine, cosine][: order + 1]


def _relu(z: Tensor, order: int) -> list[Tensor]:
    found = [torch.relu(z)]
    if order >= 1:
        found.append((z > 0).to(z.dtype))
    return found + [torch.zeros_like(z)] * (order - 1)


DERIVATIVES: dict[type[nn.Module], Callable[[Tensor, int], list[Tensor]]] = {
    nn.Tanh: _tanh,
    Sine: _sine,
    nn.GELU: _gelu,
    nn.SiLU: _silu,
    nn.Softplus: _softplus,
    nn.Sigmoid: _sigmoid,
    nn.ReLU: _relu,
}
"""A function for each activation: it takes z and an order k ≤ `HIGHEST`, and gives φ(z), φ′(z), …, φ⁽ᵏ⁾(z)."""
