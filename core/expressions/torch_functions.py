"""The functions of the grammar on tensors, special ones among them, with derivatives of every order: what `compile` needs.

PyTorch has few derivatives of special functions: these are the trees of `core/expressions/algebra.py`, evaluated. Its values of J and Y are
off by up to 7e-7 for 1 < x < 26 (torch 2.13); there they are means over a circle, as Bessel wrote them: J₀(x) is that of cos(x sin θ),
J₁(x) that of sin θ sin(x sin θ), and the midpoint rule has all digits. Y₀ = 2/π (log(x/2) + γ) J₀ − 4/π Σ (−1)^k J_2k / k (M. Abramowitz
and I. A. Stegun, "Handbook of Mathematical Functions", 1964, 9.1.88).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from core.expressions import Coordinate, Number, compile
from core.expressions.algebra import SLOPES, SLOPES_OF_TWO
from core.expressions.special import DERIVED

Function = Callable[[Tensor], Tensor]
NEAR = 4.0
"""The |x| up to which Λ is summed as a series; beyond, its recurrence finds it. Either keeps all but two digits there."""
TERMS = 24
CIRCLE = 25.0
"""The |x| up to which J and Y are means over a circle."""
EULER = 0.57721566490153286
POINTS = 32
"""Points of a quarter of the circle."""
X = Coordinate("x")


def _pair(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Any, Any], Tensor]:
    """`function` of two tensors, made to take a number in either place."""

    def of(first: Any, second: Any) -> Tensor:
        like = first if isinstance(first, Tensor) else second
        return function(*(item if isinstance(item, Tensor) else torch.full_like(like, item) for item in (first, second)))

    return of


ELEMENTARY: Mapping[str, Callable[..., Any]] = {
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "asin": torch.asin,
    "acos": torch.acos,
    "atan": torch.atan,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "tanh": torch.tanh,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "sign": torch.sign,
    "heaviside": lambda value: torch.heaviside(value.detach(), torch.full_like(value, 0.5)),  # torch has no derivative for it; it is zero
    "atan2": _pair(torch.atan2),
    "min": _pair(torch.minimum),
    "max": _pair(torch.maximum),
}
"""The elementary functions; the special ones join them below."""


class _Closed(torch.autograd.Function):
    """A function with its slope, which is differentiable in turn."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, value: Function, slope: Function) -> Tensor:
        ctx.save_for_backward(x)
        ctx.slope = slope
        return value(x)

    @staticmethod
    def backward(ctx: Any, *adjoints: Tensor) -> tuple[Tensor, None, None]:
        (x,) = ctx.saved_tensors
        return adjoints[0] * ctx.slope(x), None, None


def _sech(x: Tensor) -> Tensor:
    decay = torch.exp(-torch.abs(x))
    return 2 * decay / (1 + decay * decay)


def _sinc(x: Tensor) -> Tensor:
    return torch.where(x == 0, 1.0, torch.sin(x) / torch.where(x == 0, 1.0, x))


def _circle(x: Tensor) -> tuple[Tensor, Tensor]:
    """sin θ at the points of a quarter of a circle, and the points' shares in Σ (−1)^k cos(2kθ) / k, (POINTS,) each."""
    angles = (torch.arange(POINTS, dtype=torch.float64) + 0.5) * (math.pi / 2 / POINTS)
    orders = torch.arange(1, POINTS, dtype=torch.float64)[:, None]
    shares = ((-1) ** orders * torch.cos(2 * orders * angles) / orders).sum(dim=0)
    return torch.sin(angles).to(x), shares.to(x)


def _first_kind(order: int, x: Tensor) -> Tensor:
    """J₀ or J₁."""
    sines, _ = _circle(x)
    near = x.abs() <= CIRCLE
    turned = torch.where(near, x, 0.0)[..., None] * sines
    mean = torch.cos(turned) if order == 0 else sines * torch.sin(turned)
    far = [torch.special.bessel_j0, torch.special.bessel_j1][order](torch.where(near, 2 * CIRCLE, x))
    return torch.where(near, mean.mean(dim=-1), far)


def _second_kind(order: int, x: Tensor) -> Tensor:
    """Y₀ or Y₁ = −Y₀′."""
    sines, shares = _circle(x)
    near = x.abs() <= CIRCLE
    inside = torch.where(near, x, 1.0)
    turned, growth = inside[..., None] * sines, torch.log(inside / 2) + EULER
    if order == 0:
        found = growth * _first_kind(0, inside) - 2 * (torch.cos(turned) * shares).mean(dim=-1)
    else:
        found = growth * _first_kind(1, inside) - _first_kind(0, inside) / inside - 2 * (sines * torch.sin(turned) * shares).mean(dim=-1)
    far = [torch.special.bessel_y0, torch.special.bessel_y1][order](torch.where(near, 2 * CIRCLE, x))
    return torch.where(near, 2 / math.pi * found, far)


def _lambda(name: str, order: float, x: Tensor) -> Tensor:
    """Λ_ν of `core/expressions/special.py`; of I_ν, ν is whole."""
    sign = 1.0 if name == "lambda_i" else -1.0
    near = x.abs() <= NEAR
    far = torch.where(near, 2 * NEAR, x)
    return torch.where(near, _series(order, sign * torch.where(near, x, 0.0) ** 2 / 4), _recurred(name, order, far, sign * far**2 / 4))


def _series(order: float, z: Tensor) -> Tensor:
    """Σ z^k / (k! (ν+1)…(ν+k))."""
    total = torch.ones_like(z)
    for k in range(TERMS, 0, -1):
        total = 1 + z * total / (k * (order + k))
    return total


def _recurred(name: str, order: float, x: Tensor, z: Tensor) -> Tensor:
    """The value of Λ by Λ_{ν+2} = (ν+1) (ν+2) (Λ_ν − Λ_{ν+1}) / z from the two lowest orders, 0 and 1 or −1/2 and 1/2."""
    first, second = ("i0", "i1") if name == "lambda_i" else ("j0", "j1")
    at, low, high = 0.0, VALUES[first](x), 2 * VALUES[second](x) / x
    if order % 1:
        at, low, high = -0.5, torch.cos(x), torch.sin(x) / x
    while at < order - 1:
        low, high = high, (at + 1) * (at + 2) * (low - high) / z
        at += 1
    return high


@cache
def _slope(name: str, order: float) -> Function:
    tree = SLOPES[name](X) if name in SLOPES else SLOPES_OF_TWO[name](Number(order), X)[1]
    program = compile(tree, TORCH)
    return lambda x: program({X: x})


def _differentiable(name: str, value: Function) -> Function:
    return lambda x: _Closed.apply(x, value, _slope(name, 0.0))  # type: ignore[no-untyped-call]


def _of_order(name: str) -> Callable[[float, Tensor], Tensor]:
    return lambda order, x: _Closed.apply(x, lambda x: _lambda(name, order, x), _slope(name, order))  # type: ignore[no-untyped-call]


VALUES: Mapping[str, Function] = {
    "sech": _sech,
    "sinc": _sinc,
    "j0": partial(_first_kind, 0),
    "j1": partial(_first_kind, 1),
    "y0": partial(_second_kind, 0),
    "y1": partial(_second_kind, 1),
    "i0": torch.special.modified_bessel_i0,
    "i1": torch.special.modified_bessel_i1,
    "k0": torch.special.modified_bessel_k0,
    "k1": torch.special.modified_bessel_k1,
}
"""The functions of torch that give values and no derivatives."""
TORCH: Mapping[str, Callable[..., Any]] = {
    **ELEMENTARY,
    "erf": torch.erf,
    "erfc": torch.erfc,
    **{name: _differentiable(name, value) for name, value in VALUES.items()},
    **{name: _of_order(name) for name in DERIVED},
}
"""What `compile` makes torch values of a tree by."""
