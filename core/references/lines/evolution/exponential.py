"""Exponential integrators for y' = A y + N(t, y), with A as a stack of blocks: one a Fourier mode, or one for all points.

The method has five stages and keeps its order four where A is stiff and N not zero at ends that the solution is zero at, as ETDRK4 does
not (Hochbruck and Ostermann 2005, SIAM Journal on Numerical Analysis 43: 1069, section 5.3). Where N is constant, one step of any length is
exact. The functions φ_k that it needs come from their Taylor series at a small argument and repeated doubling (Skaflestad and Wright 2009,
Applied Numerical Mathematics 59: 783).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.references.common.clock import Clock

Array = NDArray[np.float64]
Blocks = NDArray[Any]
"""(K, b, b), or, where all blocks are diagonal, (K, b); vectors (K, b); real or complex."""

Advance = Callable[[float, Blocks], Blocks]
"""The state a step later, given the time and the state."""

TERMS = 14
"""The terms of the Taylor series at arguments of at most a half: the next is below rounding."""
HALF = 0.5
ROUNDING = 1e-9
"""A length so little beyond a number of steps needs no further one."""
SWEEPS = 6
"""The sweeps of balancing."""


class Semilinear(Protocol):
    """A semilinear evolution that is to be integrated; `moves` is false where N is constant."""

    blocks: Blocks
    moves: bool

    def rest(self, t: float, state: Blocks) -> Blocks: ...


class Diverged(Exception):
    """The numbers grew beyond all bounds: the step is too large, or the solution ends."""


def march(problem: Semilinear, state: Blocks, times: Array, steps: Steps, clock: Clock) -> Iterator[Blocks]:
    """The states at `times`, the first of which is given; raises `Diverged`."""
    yield state
    advances: dict[str, Advance] = {}
    for t, later in pairwise(times):
        count = steps.between(t, later) if problem.moves else 1
        step = (later - t) / count
        alike = f"{step:.11e}"  # times that are equidistant but for rounding share what a step needs
        if alike not in advances:
            advances[alike] = _five_stages(problem, step, clock) if problem.moves else _exact(problem, state, step, clock)
        for inner in range(count):
            clock.check()
            state = advances[alike](t + inner * step, state)
        if not np.isfinite(state).all():
            raise Diverged
        yield state


@dataclass(frozen=True)
class Steps:
    """How long steps are: no longer than `longest`, and each of these cut into `parts`."""

    parts: int
    longest: float

    def between(self, t: float, later: float) -> int:
        """How many steps lead from one time to another."""
        return self.parts * max(1, math.ceil((later - t) / self.longest * (1 - ROUNDING)))


def _exact(problem: Semilinear, state: Blocks, step: float, clock: Clock) -> Advance:
    constant = problem.rest(0.0, state)
    forced = bool(np.any(constant))
    exponential, *rest = phi(problem.blocks * step, int(forced), clock)
    times = _product(problem)
    added = step * times(rest[0], constant) if forced else 0.0
    return lambda _, state: times(exponential, state) + added


def _five_stages(problem: Semilinear, step: float, clock: Clock) -> Advance:
    half = phi(problem.blocks * (step / 2), 3, clock)
    whole = doubled(half)
    _, h1, h2, h3 = (step * values for values in half)
    _, w1, w2, w3 = (step * values for values in whole)
    a52 = h2 / 2 - w3 + w2 / 4 - h3 / 2
    a54 = h2 / 4 - a52
    of_u = np.stack([half[0], whole[0]])
    of_1 = np.stack([h1 / 2, h1 / 2 - h2, w1 - 2 * w2, h1 / 2 - 2 * a52 - a54, w1 - 3 * w2 + 4 * w3])
    of_23 = np.stack([w2, a52])
    of_4 = np.stack([a54, 4 * w3 - w2])
    of_5 = 4 * w2 - 8 * w3
    n, times = problem.rest, _product(problem)

    def advance(t: float, u: Blocks) -> Blocks:
        halfway, there = times(of_u, u)
        from_2, from_3, from_4, from_5, from_all = times(of_1, n(t, u))
        n2 = n(t + step / 2, halfway + from_2)
        n3 = n(t + step / 2, halfway + from_3 + times(h2, n2))
        to_4, to_5 = times(of_23, n2 + n3)
        of_fourth, last = times(of_4, n(t + step, there + from_4 + to_4))
        n5 = n(t + step / 2, halfway + from_5 + to_5 + of_fourth)
        result: Blocks = there + from_all + last + times(of_5, n5)
        return result

    return advance


def _product(problem: Semilinear) -> Callable[[Blocks, Blocks], Blocks]:
    """Matrices as stacks of blocks, (…, *blocks), times (K, b)."""
    if problem.blocks.ndim == 2:
        return operator.mul
    if len(problem.blocks) == 1:
        return lambda matrices, vectors: (matrices @ vectors[0, :, None])[..., 0]
    return lambda matrices, vectors: np.einsum("...kij,kj->...ki", matrices, vectors)


def phi(blocks: Blocks, most: int, clock: Clock) -> list[Blocks]:
    """φ_0 = exp, …, φ_most of each block; φ_k(z) = (φ_{k−1}(z) − 1/(k−1)!)/z."""
    if blocks.ndim == 2:
        return _of_numbers(blocks, most)
    balanced, scales = _balanced(blocks)
    norms = np.abs(balanced).sum(axis=2).max(axis=1)
    doublings = np.maximum(0, np.ceil(np.log2(np.maximum(norms, 1e-300) / HALF))).astype(int)
    result = [np.empty_like(balanced) for _ in range(most + 1)]
    for count in np.unique(doublings):
        some = doublings == count
        values = _series(balanced[some] / 2.0**count, most)
        for _ in range(count):
            clock.check()
            values = doubled(values)
        for whole, part in zip(result, values, strict=True):
            whole[some] = part
    return [scales[:, :, None] * values / scales[:, None, :] for values in result]


def _balanced(blocks: Blocks) -> tuple[Blocks, Array]:
    """Similar blocks with smaller norms, and the scales, powers of two, that lead to them (Parlett and Reinsch 1969)."""
    balanced, scales = blocks.copy(), np.ones(blocks.shape[:2])
    off = ~np.eye(blocks.shape[1], dtype=bool)
    for _ in range(SWEEPS):
        for place in range(blocks.shape[1]):
            row = np.abs(balanced[:, place][:, off[place]]).sum(axis=1)
            column = np.abs(balanced[:, :, place][:, off[place]]).sum(axis=1)
            usable = (row > 0) & (column > 0)
            scale = np.where(usable, np.exp2(np.round(np.log2(np.where(usable, row / np.where(usable, column, 1), 1)) / 2)), 1.0)
            balanced[:, place] /= scale[:, None]
            balanced[:, :, place] *= scale[:, None]
            scales[:, place] *= scale
    return balanced, scales


def _series(z: Blocks, most: int) -> list[Blocks]:
    identity = np.broadcast_to(np.eye(z.shape[1]), z.shape)
    factorials = np.cumprod([1.0, *range(1, TERMS + most + 1)])
    total = identity / factorials[TERMS + most]
    for number in range(TERMS - 1, -1, -1):
        total = identity / factorials[number + most] + z @ total
    values = [total]
    for number in range(most - 1, -1, -1):
        values.insert(0, identity / factorials[number] + z @ values[0])
    return values


def doubled(values: list[Blocks]) -> list[Blocks]:
    """φ_k(2z) from φ_0(z) … φ_k(z)."""
    if values[0].ndim == 2:
        return _combined(values, [values[0] * item for item in values])
    return _combined(values, [values[0] @ item for item in values])


def _combined(values: list[Blocks], products: list[Blocks]) -> list[Blocks]:
    factorials = np.cumprod([1.0, *range(1, len(values))])
    result = [products[0]]
    for k in range(1, len(values)):
        total = products[k] + sum(values[j] / factorials[k - j] for j in range(1, k + 1))
        result.append(total / 2.0**k)
    return result


def _of_numbers(z: Blocks, most: int) -> list[Blocks]:
    """The functions of numbers z: by the recursion where it loses no digits, by the series elsewhere."""
    large = np.abs(z) > 1
    values = _small_numbers(np.where(large, 0, z), most)
    divisor = np.where(large, z, 1)
    term = np.exp(np.where(large, z, 0))
    found = [np.where(large, term, values[0])]
    factorial = 1.0
    for k in range(1, most + 1):
        term = (term - 1 / factorial) / divisor
        factorial *= k
        found.append(np.where(large, term, values[k]))
    return found


def _small_numbers(z: Blocks, most: int) -> list[Blocks]:
    terms = 20
    factorials = np.cumprod([1.0, *range(1, terms + most + 1)])
    total = np.full_like(z, 1 / factorials[terms + most])
    for number in range(terms - 1, -1, -1):
        total = 1 / factorials[number + most] + z * total
    values = [total]
    for number in range(most - 1, -1, -1):
        values.insert(0, 1 / factorials[number] + z * values[0])
    return values
