"""The functions between the layers, with their derivatives to the fifth in closed form.

`start` gives φ(z) and what else the derivatives are made of (the memo, kept for the backward pass); `derivatives` gives φ', φ'', … in turn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.engines.kernel.emission import elementary
from core.engines.kernel.emission.emission import Function, Module, Real
from core.engines.kernel.layout.codes import ACTIVATIONS, MEMOS, ORDERS

Derivatives = Callable[[Function, Real, Real, Sequence[Real]], Iterator[Real]]


@dataclass(frozen=True)
class Activation:
    """`start(f, z)` and `derivatives(f, z, φ(z), memo)`."""

    start: Callable[[Function, Real], tuple[Real, list[Real]]]
    derivatives: Derivatives


def _convolved(values: Sequence[Real]) -> Real:
    """(y²)⁽ⁿ⁾ by Leibniz, of y, y', …, y⁽ⁿ⁾."""
    n = len(values) - 1
    total: Real | None = None
    for k in range(n // 2 + 1):
        term = values[k] * values[n - k] * float(math.comb(n, k) * (1 if 2 * k == n else 2))
        total = term if total is None else total + term
    assert total is not None
    return total


def _of_tanh(f: Function, z: Real, a: Real, memo: Sequence[Real]) -> Iterator[Real]:
    values = [a, f.fma(-a, a, 1.0)]  # y' = 1 − y²
    for _ in range(ORDERS):
        yield values[-1]
        values.append(-_convolved(values))


def _of_sigmoid(f: Function, z: Real, a: Real, memo: Sequence[Real]) -> Iterator[Real]:
    values = [a, f.fma(-a, a, a)]  # y' = y − y²
    for _ in range(ORDERS):
        yield values[-1]
        values.append(values[-1] - _convolved(values))


def _of_sine(f: Function, z: Real, a: Real, memo: Sequence[Real]) -> Iterator[Real]:
    yield from (memo[0], -a, -memo[0], a, memo[0])


def _of_softplus(f: Function, z: Real, a: Real, memo: Sequence[Real]) -> Iterator[Real]:
    yield memo[0]
    yield from _of_sigmoid(f, z, memo[0], memo)


def _times(z: Real, factors: Iterator[Real]) -> Iterator[Real]:
    """(z y)⁽ᵐ⁾ = z y⁽ᵐ⁾ + m y⁽ᵐ⁻¹⁾ of y, y', …"""
    for m, (lower, upper) in enumerate(pairwise(factors), start=1):
        yield z.function.fma(z, upper, lower * float(m))


def _of_silu(f: Function, z: Real, a: Real, memo: Sequence[Real]) -> Iterator[Real]:
    yield from _times(z, _of_softplus(f, z, a, memo))


def _normal(f: Function, z: Real, memo: Sequence[Real]) -> Iterator[Real]:
    """Φ, and its derivatives: the density times Hermite's polynomials, He_n' = n He_n₋₁."""
    yield memo[0]
    square = z * z
    factors = (None, -z, square - 1.0, z * (3.0 - square), f.fma(square, square - 6.0, 3.0))
    for factor in factors:
        yield memo[1] if factor is None else memo[1] * factor


def _of_gelu(f: Function, z: Real, a: Real, memo: Sequence[Real]) -> Iterator[Real]:
    yield from _times(z, _normal(f, z, memo))


def _of_relu(f: Function, z: Real, a: Real, memo: Sequence[Real]) -> Iterator[Real]:
    yield f.select(z.is_("gt", 0.0), f.splat(1.0), 0.0)
    for _ in range(ORDERS - 1):
        yield f.splat(0.0)


def _start_sine(f: Function, z: Real) -> tuple[Real, list[Real]]:
    sine, cosine = elementary.sine_and_cosine(f, z)
    return sine, [cosine]


def _start_softplus(f: Function, z: Real) -> tuple[Real, list[Real]]:
    value, derivative = elementary.softplus(f, z)
    return value, [derivative]


def _start_silu(f: Function, z: Real) -> tuple[Real, list[Real]]:
    factor = elementary.sigmoid(f, z)
    return z * factor, [factor]


def _start_gelu(f: Function, z: Real) -> tuple[Real, list[Real]]:
    below, density = elementary.normal(f, z)
    return z * below, [below, density]


FUNCTIONS: dict[str, Activation] = {
    "tanh": Activation(lambda f, z: (elementary.tanh(f, z), []), _of_tanh),
    "sin": Activation(_start_sine, _of_sine),
    "gelu": Activation(_start_gelu, _of_gelu),
    "silu": Activation(_start_silu, _of_silu),
    "softplus": Activation(_start_softplus, _of_softplus),
    "sigmoid": Activation(lambda f, z: (elementary.sigmoid(f, z), []), _of_sigmoid),
    "relu": Activation(lambda f, z: (f.select(z.is_("le", 0.0), 0.0, z), []), _of_relu),
}


def emit(module: Module) -> None:
    """Write `fresh_…` and `again_…` for each activation: φ(z) and the memo, computed or read, and φ', φ'', … up to `order`.

    They take a chunk of points, whose vectors are `apart`; the derivatives go to `d`, [order][chunk].
    """
    for name in ACTIVATIONS:
        for prefix in ("fresh", "again"):
            _emit(module, f"{prefix}_{name}", FUNCTIONS[name], fresh=prefix == "fresh")


def _emit(module: Module, name: str, activation: Activation, *, fresh: bool) -> None:
    lanes, vectors, chunk = module.shape.lanes, module.shape.vectors, module.shape.chunk
    with module.function(name, "pppipii") as (f, z, a, e, e_stride, d, order, apart):
        streams = []
        for v in range(vectors):
            place = apart * v
            value = z.vector(place)
            if fresh:
                result, memo = activation.start(f, value)
                a.write(result, place)
                for number, item in enumerate(memo):
                    e.at(e_stride * number).write(item, place)
            else:
                result, memo = a.vector(place), [e.at(e_stride * number).vector(place) for number in range(MEMOS)]
            streams.append(activation.derivatives(f, value, result, memo))

        def stage(m: int) -> None:
            with f.when(f.integer(m - 1).below(order)):
                for v, stream in enumerate(streams):
                    d.write(next(stream), (m - 1) * chunk + v * lanes)
                if m < ORDERS:
                    stage(m + 1)

        stage(1)
