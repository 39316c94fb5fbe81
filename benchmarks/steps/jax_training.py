"""What both JAX programs share: a pure loss, Adam by hand, and all steps of a turn in one compiled loop."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.steps.points import draw
from benchmarks.steps.workloads import DELTA, LEARNING_RATE, NU, OMEGA, Axes, Steps, Workload

Weights = list[tuple[jax.Array, jax.Array]]
"""(fan_in, fan_out) and (fan_out,) of each layer."""
Derivatives = Callable[[Weights, jax.Array, tuple[Axes, ...]], list[jax.Array]]
"""The network's derivatives along these axes at points (n, d), (n,) each."""
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


def training(workload: Workload, derivatives: Derivatives) -> Steps:
    """A training whose loss takes its derivatives from `derivatives`."""
    points = draw(workload)
    interior = jnp.array(points.interior)
    residual = RESIDUALS[workload.problem](interior)
    edges = [jnp.array(edge) for edge in points.edges]
    targets = [value(edge) for value, edge in zip(VALUES[workload.problem], edges, strict=True)]

    def loss(weights: Weights) -> jax.Array:
        total = workload.weight * jnp.mean(residual(*derivatives(weights, interior, workload.derivatives)) ** 2)
        for condition, edge, target in zip(workload.conditions, edges, targets, strict=True):
            (*_, found) = derivatives(weights, edge, tuple({(): None, condition.derivative: None}))
            total += condition.weight * jnp.mean((found - target) ** 2)
        return total

    def step(_index: int, state: Any) -> Any:
        number, weights, first, second, _loss = state
        value, gradient = jax.value_and_grad(loss)(weights)
        number += 1
        first = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, first, gradient)
        second = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, second, gradient)
        rate, root = LEARNING_RATE / (1 - BETA_1**number), jnp.sqrt(1 - BETA_2**number)
        weights = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) / root + EPSILON), weights, first, second)
        return number, weights, first, second, value

    run = jax.jit(lambda count, state: jax.lax.fori_loop(0, count, step, state), donate_argnums=1)
    weights = initial(workload)
    zeros = [jax.tree.map(jnp.zeros_like, weights) for _ in range(2)]
    states = [(jnp.float32(0), weights, *zeros, jnp.float32(0))]

    def steps(count: int) -> float:
        states[0] = run(count, states[0])
        return float(states[0][-1])

    return steps


def initial(workload: Workload) -> Weights:
    """Glorot and Bengio's weights, and no biases."""
    random = np.random.default_rng(1)
    sizes = list(pairwise(workload.sizes))
    drawn = [random.normal(0, math.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out)) for fan_in, fan_out in sizes]
    return [(jnp.array(matrix, jnp.float32), jnp.zeros(matrix.shape[1], jnp.float32)) for matrix in drawn]


def _burgers(_points: jax.Array) -> Callable[..., jax.Array]:
    return lambda u, u_x, u_t, u_xx: u_t + u * u_x - NU * u_xx


def _oscillator(_points: jax.Array) -> Callable[..., jax.Array]:
    return lambda u, u_t, u_tt: u_tt + 2 * DELTA * u_t + OMEGA**2 * u


def _poisson(points: jax.Array) -> Callable[..., jax.Array]:
    load = 2 * math.pi**2 * jnp.prod(jnp.sin(math.pi * points), axis=1)
    return lambda u, u_x, u_y, u_xx, u_yy: -u_xx - u_yy - load


RESIDUALS: dict[str, Callable[[jax.Array], Callable[..., jax.Array]]] = {
    "burgers": _burgers,
    "damped-oscillator": _oscillator,
    "poisson": _poisson,
}
VALUES: dict[str, list[Callable[[jax.Array], Any]]] = {
    "burgers": [lambda edge: -jnp.sin(math.pi * edge[:, 0]), lambda _edge: 0.0, lambda _edge: 0.0],
    "damped-oscillator": [lambda _edge: 1.0, lambda _edge: 0.0],
    "poisson": [lambda _edge: 0.0],
}
"""What each condition's derivative is to be."""
